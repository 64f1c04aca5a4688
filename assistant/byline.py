"""“Who wrote this?”: the line that names the author, or the note about the author. Pure, English.

No sentence of an article says that somebody wrote it; a by-line at the top or a note at the end
does.
"""

import re
from collections.abc import Sequence

from index.types import Sentence

NEAR_AN_END = 8
"""How many sentences at either end of a document may name its author."""
CONFIDENCE = 0.8
"""A note about a person at the end of a text is mostly, not always, about its author."""

_WHAT = (
    r"(?:it|this|(?:the|this)\s+(?:article|text|document|piece|essay|report|paper|op-?ed|story)"
    r"(?:\s+(?:on|about|concerning|regarding)\s+(.{2,80}?))?)"
)
_ASKS = re.compile(
    rf"(?:who\s+(?:wrote|authored|penned)\s+{_WHAT}"
    rf"|who(?:\s+is|'s|’s|\s+was)\s+the\s+(?:author|writer)(?:\s+of\s+{_WHAT})?"
    rf"|by\s+whom\s+(?:is|was)\s+{_WHAT}\s+written"
    rf"|(?:what\s+is\s+)?the\s+(?:author|writer)['’]s\s+name)[\s?.!]*",
    re.IGNORECASE,
)
_NAME = r"(?P<name>[A-ZÀ-Þ][\w.’'-]+(?:\s+(?:[A-ZÀ-Þ][\w.’'-]*|de|van|von|al|bin)){1,4})"
_WORK = (
    r"fellow|professor|journalist|author|writer|editor|columnist|analyst|researcher|correspondent|"
    r"reporter|lecturer|scholar|economist|historian|critic|scientist|student|director"
)
_BYLINE = re.compile(rf"(?:[Bb]y|[Ww]ritten by|[Aa]uthor:)\s+{_NAME}\W*$")
_NOTE = re.compile(rf"{_NAME}\s+(?:is|was)\s+(?:an?|the)\s+[^.]{{0,80}}\b(?i:{_WORK})\b")


def authored(question: str) -> str | None:
    """What the document is about whose author it asks for; None where it asks for no author.

    >>> authored("Who wrote this article?"), authored("Who wrote the report on salt?")
    ('', 'salt')
    >>> authored("Who wrote War and Peace?")
    """
    found = _ASKS.fullmatch(question.strip())
    return "".join(group or "" for group in found.groups()) if found else None


def author_line(sentences: Sequence[Sentence]) -> tuple[Sentence, tuple[int, int]] | None:
    """The sentence that names the author, and where the name stands in the document.

    Args:
        sentences: all of a document, in order.

    Returns:
        None where no sentence at either end does.
    """
    for sentence in [*sentences[:NEAR_AN_END], *sentences[-NEAR_AN_END:]]:
        plain = sentence.text.replace("\u202f", " ").replace("\xa0", " ")
        found = _BYLINE.match(plain) or (
            _NOTE.match(plain) if sentence in sentences[-NEAR_AN_END:] else None
        )
        if found:
            start, end = found.span("name")
            return sentence, (sentence.start + start, sentence.start + end)
    return None

"""“Which documents mention X?”, “How often is X mentioned?”: counted in the texts. Pure.

What is counted is said in the answer: whole words, upper and lower case alike, nothing else.
"""

import re
from collections.abc import Sequence

from assistant.wording.words import WORK, plain
from index.types import Sentence

_THING = r"[\"“”'‘’]?(.{2,80}?)[\"“”'‘’]?"
_TEXT = rf"(?:{WORK}|authors?|folder)"
_SPEAK = (
    r"(?:mentions?|names?|contains?|covers?|refers?\ to|discuss(?:es)?|deals?\ with"
    r"|(?:is|are|talks?|speaks?)\ (?:about|of)|says?\ (?:something|anything)\ (?:about|on))"
)
_ASKS = re.compile(
    rf"""(?:
    (?:which|what|how\ many)\ (?:of\ the\ |of\ these\ )?{_TEXT}\ {_SPEAK}\ {_THING}
    |(?:where|in\ (?:which|what)\ {_TEXT})\ (?:is|are|was|were)\ {_THING}
        \ (?:mentioned|named|discussed)
    |(?:where|in\ (?:which|what)\ {_TEXT})\ (?:can|do)\ i\ (?:find|read|learn)
        \ (?:(?:something|anything|more|information)\ )?(?:about|on)\ {_THING}
    |how\ (?:often|many\ times)\ (?:is|are|was|were)\ {_THING}\ (?:mentioned|named)
        (?:\ in\ .{{1,40}})?
    |how\ (?:often|many\ times)\ (?:does|do|did)\ (?:the|this|it|these|those)?\ ?(?:{_TEXT})?\ ?
        {_SPEAK}\ {_THING}
    )[\s?.!]*""",
    re.IGNORECASE | re.VERBOSE,
)


def asked_for(question: str) -> str | None:
    """What is to be looked for; None where the question asks for something else.

    >>> asked_for("Which documents mention the Minsk Protocol?")
    'the Minsk Protocol'
    """
    found = _ASKS.fullmatch(plain(question))
    what = next(filter(None, found.groups()), "") if found else ""
    return what if words_of(what) else None


def other_number(what: str) -> str:
    """``what`` in the plural if it is in the singular, and the other way round.

    >>> other_number("monk seals"), other_number("city"), other_number("glass")
    ('monk seal', 'cities', 'glasses')
    """
    for end, other in (("ies", "y"), ("ss", "sses"), ("s", ""), ("y", "ies")):
        if what.lower().endswith(end):
            return what[: -len(end)] + other
    return f"{what}s"


def count_in(text: str, what: str) -> int:
    """How often ``what`` stands in ``text``.

    >>> count_in("Salt, salty and SALT.", "the salt")
    2
    """
    return len(_pattern(what).findall(text))


def first_with(what: str, sentences: Sequence[Sentence]) -> Sentence | None:
    """The first sentence that has it; None where it stands across two."""
    pattern = _pattern(what)
    return next((s for s in sentences if pattern.search(s.text)), None)


def words_of(what: str) -> str:
    """``what`` without an article in front: it is not what one looks for."""
    return re.sub(r"^(?:the|a|an)\s+", "", " ".join(what.split()), flags=re.IGNORECASE)


def summary_of(
    what: str, counts: Sequence[int], documents: int, shown: int, *, goes_on: bool = False
) -> str:
    """What was counted, in a sentence or two.

    Args:
        what: that was looked for.
        counts: of the documents that have it.
        documents: how many were looked through.
        shown: how many of those that have it are listed.
        goes_on: some were listed before.
    """
    times = "once" if sum(counts) == 1 else f"{sum(counts)} times"
    places = f"{len(counts)} of {documents} documents" if documents > 1 else "the document"
    said = f"“{words_of(what)}” stands {times} in {places}, counted as whole words in any case."
    if shown < len(counts):
        which = f"{shown} more" if goes_on else f"The {shown} that have it most often"
        return f"{said} {which}:"
    return said


def _pattern(what: str) -> re.Pattern[str]:
    spaced = r"\s+".join(re.escape(word) for word in words_of(what).split())
    return re.compile(rf"(?<!\w){spaced}(?!\w)", re.IGNORECASE)

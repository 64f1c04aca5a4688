"""“Who wrote this?”, “What does the author do?”: the line that names the author, or the note about
the author. Pure, English.

No sentence of an article says that somebody wrote it; a by-line at the top or a note at the end
does.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.wording.words import WORK, plain
from index.types import Sentence

NEAR_AN_END = 8
"""How many sentences at either end of a document may name its author."""
CONFIDENCE = 0.8
"""A note about a person at the end of a text is mostly, not always, about its author."""

_WHAT = (
    rf"(?:it|this|(?:the|this)\s+{WORK}"
    r"(?:\s+(?:on|about|concerning|regarding)\s+(.{2,80}?))?)"
)
_ASKS = re.compile(
    rf"(?:who\s+(?:wrote|authored|penned)\s+{_WHAT}"
    rf"|who(?:\s+is|'s|’s|\s+was)\s+the\s+(?:author|writer)(?:\s+of\s+{_WHAT})?"
    rf"|by\s+whom\s+(?:is|was)\s+{_WHAT}\s+written"
    rf"|(?:what\s+is\s+)?the\s+(?:author|writer)['’]s\s+name)[\s?.!]*",
    re.IGNORECASE,
)
_SPEAKS_OF_A_WORK = re.compile(
    r"\b(?:wrote|writ(?:es?|ers?|ing|ten)|author\w*|penned|books?|novels?|poems?|plays?|letters?|"
    r"songs?|scripts?|memoirs?|diar(?:y|ies)|stud(?:y|ies)|columns?|laws?|bills?|speech(?:es)?|plans?"
    r"|(?<!this )(?:reports?|papers?|essays?|stor(?:y|ies))"
    r"|(?<!this )(?<!the )(?:articles?|texts?|documents?|pieces?|op-?eds?))\b",
    re.IGNORECASE,
)
"""One that has an author of its own."""
_IT = re.compile(r"\bit\b", re.IGNORECASE)
_ASKS_BY_NAME = re.compile(
    r"who\s+(?:wrote|authored|(?:is|was)\s+the\s+(?:author|writer)\s+of)\s+"
    r"[\"“‘']?(.{2,80}?)[\"”’']?[\s?.!]*",
    re.IGNORECASE,
)
_AUTHOR = r"(?:the|its|this)\s+(?:author|writer)"
_ASKS_ABOUT = re.compile(
    rf"(?:(?:tell\s+(?:me|us)|what\s+(?:do\s+(?:you|we)\s+know|is\s+(?:said|known)|does\s+it\s+say)"
    rf"|is\s+there)(?:\s+(?:something|anything|more|a\s+bit))*\s+about\s+{_AUTHOR}"
    rf"|(?:something|anything|more)\s+about\s+{_AUTHOR}"
    rf"|what\s+(?:does|did)\s+{_AUTHOR}\s+do(?:\s+(?:for\s+(?:a\s+living|work)|professionally))?"
    rf"|what(?:\s+is|['’]?s|\s+was)\s+{_AUTHOR}(?:['’]?s|s['’])?\s+(?:(?:day|main|current)\s+)?"
    r"(?:job|profession|occupation|background|position|affiliation|employer|credentials|bio"
    r"(?:graphy)?)"
    rf"|where\s+(?:does|did)\s+{_AUTHOR}\s+(?:work|teach)"
    rf"|who\s+does\s+{_AUTHOR}\s+work\s+for"
    r")[\s?.!]*",
    re.IGNORECASE,
)
_WHO = r"(\w[\w.'-]*(?:\ \w[\w.'-]*){0,3}?)"
_WHAT_OF = r"(\w.{1,100}?)"
_STANCE = re.compile(
    rf"""(?:and\ |so\ )?(?:
    what\ (?:do|does|did)\ {_WHO}\ (?:think|feel|believe|say|argue|write|conclude|make)
        \ (?:of|about|on)\ {_WHAT_OF}
    |what(?:'s|\ is|\ are|\ was)\ {_WHO}(?:'s|')\ (?:\w+\ )?
        (?:opinion|view|take|stance|position|attitude|assessment|verdict|judge?ment|thought|feeling)s?
        \ (?:of|on|about|towards?|regarding|concerning)\ {_WHAT_OF}
    |how\ (?:do|does|did)\ {_WHO}\ (?:feel\ about|see|view|describe|portray|characteri[sz]e|judge
        |regard|assess)\ {_WHAT_OF}
    )[\s?.!]*""",
    re.IGNORECASE | re.VERBOSE,
)
_WHO_WROTE = re.compile(r"(?:the\s+)?(?:author|writer|columnist|journalist)s?", re.IGNORECASE)
_GOES_ON = re.compile(r"\W*(?:He|She|They|His|Her|Their)\b")
_NAME = r"(?P<name>[A-ZÀ-Þ][\w.’'-]+(?:\s+(?:[A-ZÀ-Þ][\w.’'-]*|de|van|von|al|bin)){1,4})"
_WORK = (
    r"fellow|professor|journalist|author|writer|editor|columnist|analyst|researcher|correspondent|"
    r"reporter|lecturer|scholar|economist|historian|critic|scientist|student|director"
)
_BYLINE = re.compile(rf"(?:[Bb]y|[Ww]ritten by|[Aa]uthor:)\s+{_NAME}\W*$")
_NOTE = re.compile(rf"{_NAME}\s+(?:is|was)\s+(?:an?|the)\s+[^.]{{0,80}}\b(?i:{_WORK})\b")


def authored(question: str, said: str = "") -> str | None:
    """What the document is about whose author it asks for; None where it asks for no author.

    Args:
        question: what is asked.
        said: the turn before. After it “who wrote it?” may ask about anything, and “who is the
            author?” about a book that it speaks of.

    >>> authored("Who wrote this article?"), authored("Who wrote the report on salt?")
    ('', 'salt')
    >>> authored("Who wrote War and Peace?")
    """
    if said and (_IT.search(question) or _SPEAKS_OF_A_WORK.search(said)):
        return None
    found = _ASKS.fullmatch(plain(question))
    return "".join(group or "" for group in found.groups()) if found else None


def named_work(question: str) -> str:
    """The name of what it asks for the author of; empty for none.

    >>> named_work("Who wrote “The Salt Road”?")
    'The Salt Road'
    """
    found = _ASKS_BY_NAME.fullmatch(plain(question))
    return found[1] if found else ""


def is_called(name: str, title: str) -> bool:
    """Whether ``title`` is ``name``, whatever its case and its article.

    >>> is_called("the Salt Road", "Salt Road"), is_called("Salt", "Salt Road")
    (True, False)
    """
    words = [re.findall(r"\w+", text.lower()) for text in (name, title)]
    first, second = (each[1:] if each[:1] == ["the"] else each for each in words)
    return bool(first) and first == second


def asks_about_author(question: str) -> bool:
    """Whether it asks for what is told of the author, not what the author says.

    >>> [asks_about_author(f"What does the author {verb}?") for verb in ("do", "say")]
    [True, False]
    """
    return bool(_ASKS_ABOUT.fullmatch(plain(question)))


@dataclass(frozen=True, slots=True)
class Stance:
    """What somebody thinks of something."""

    who: str
    """As written; empty for the author of the documents."""
    topic: str


def stance_asked_for(question: str) -> Stance | None:
    """Whose opinion of what it asks for; None where it asks for none.

    >>> stance_asked_for("What is the author's opinion of the toll?")
    Stance(who='', topic='the toll')
    >>> stance_asked_for("What does Novo think about it all?").who
    'Novo'
    """
    found = _STANCE.fullmatch(plain(question))
    if not found:
        return None
    who, topic = (group for group in found.groups() if group)
    return Stance("" if _WHO_WROTE.fullmatch(who) else who, topic)


def author_note(sentences: Sequence[Sentence]) -> list[Sentence]:
    """What a document tells of its author: the sentence that names the author, and the one after it
    if it goes on with “He” or “She”; empty where there is only a name, or nothing.

    Args:
        sentences: all of a document, in order.
    """
    found = author_line(sentences)
    if not found or _BYLINE.match(_plain(found[0])):
        return []
    after = sentences[sentences.index(found[0]) + 1 :][:1]
    return [found[0], *(s for s in after if _GOES_ON.match(s.text))]


def author_line(sentences: Sequence[Sentence]) -> tuple[Sentence, tuple[int, int]] | None:
    """The sentence that names the author, and where the name stands in the document.

    Args:
        sentences: all of a document, in order.

    Returns:
        None where no sentence at either end does.
    """
    for sentence in [*sentences[:NEAR_AN_END], *sentences[-NEAR_AN_END:]]:
        plain = _plain(sentence)
        found = _BYLINE.match(plain) or (
            _NOTE.match(plain) if sentence in sentences[-NEAR_AN_END:] else None
        )
        if found:
            start, end = found.span("name")
            return sentence, (sentence.start + start, sentence.start + end)
    return None


def _plain(sentence: Sentence) -> str:
    return sentence.text.replace("\u202f", " ").replace("\xa0", " ")

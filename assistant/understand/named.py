"""“Summarise minutes.txt”, “What does the handbook say about leave?”: the document that a question
names. Pure, English rules.

It is asked alone then, and of “the document”: its name is no word to look for in its text.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import PurePosixPath
from unicodedata import normalize

from assistant.understand.kinds import Kind, kind_of
from assistant.wording.dated import issue_of
from assistant.wording.words import says_what_about
from index.read import SUFFIXES
from index.types import DocumentInfo

IT = "the document"
"""What stands in the question for the name."""
OF_THE_WHOLE = f"What is {IT} about?"
"""What is asked with nothing but a name."""
_SEVERAL = re.compile(
    rf"{IT}(?:(?:,|,? and|,? or|,? with|,? to)(?: in| from)? {IT})+", re.IGNORECASE
)
NAME_WORDS = 3
"""So many words of a title name a document where people and places, too, are said to say things or
to have them in them: “What does Mario Draghi say?” is asked of no file."""

_KIND = "document|file|text|article|pdf|paper|piece|page|source"
"""What any document may be called."""
_SORT = (
    "abstract|agenda|agreement|biography|book|brochure|bylaws|catalogue|changelog|charter|column"
    "|contract|e-?mail|essay|faq|guide|guidelines|handbook|interview|invoice|leaflet|lease|letter"
    "|list|manual|memo|minutes|news|newsletter|notes|notice|obituary|offer|opinion|plan|policy"
    "|presentation|prices|profile|programme|proposal|protocol|recipe|regulations|report|review"
    "|rules|schedule|sheet|slides|specification|speech|spreadsheet|statement|story|study|summary"
    "|survey|syllabus|table|terms|thesis|timetable|transcript"
)
"""What a document of some sort is called, in its name too."""
_SORTED = re.compile(rf"\b(?:{_KIND}|{_SORT})\b", re.IGNORECASE)
_CERTAIN = re.compile(r"(?:the|this|that|these|those|our|my|your|its|their)\b", re.IGNORECASE)
"""“In the minutes”, and not “in minutes”."""
_FILE = re.compile(
    rf"\.(?:{'|'.join(sorted(s.removeprefix('.') for s in SUFFIXES))})\b", re.IGNORECASE
)
_EXCLUDES = re.compile(
    r"\b(?:other than|except|besides|apart from|ignor(?:e|ing)|without|not in|instead of)\b",
    re.IGNORECASE,
)
_END = " ?.!"
_AT_THE_END = re.compile(r"(?:,? (?:please|for (?:me|us)))++$", re.IGNORECASE)
_WHERE = re.compile(
    rf"^(?:according to|in|from) {IT}s?[,:]? | (?:according to|in|from) {IT}s?(?=[\s?.!]*$)",
    re.IGNORECASE,
)
"""What says no more than which document is asked."""
_ASKED = "(?:and )*"
_WHOLE = re.compile(
    rf"""{_ASKED}(?:summari[sz]e|sum\ up|outline|recap
    |(?:(?:give|write|show|make|provide)\ )?(?:me\ )?(?:an?\ |the\ )?(?:short\ |brief\ |quick\ )?
        (?:summary|overview|outline|gist|tl;?dr|main\ points?|key\ points?)(?:\ of|:)?
    |what(?:'s|’s|\ is|\ are)\ (?:the\ )?(?:summary|gist|main\ points?|key\ points?|main\ ideas?)
        \ (?:of|in|from)
    )\ """,
    re.IGNORECASE | re.VERBOSE,
)
"""Asks for the whole of what is named behind it."""
_ABOUT = re.compile(
    r"(what(?:'s|’s| is| are) )(.+?)(?: all| mainly)? about", re.IGNORECASE | re.DOTALL
)
_AROUND = tuple(
    (re.compile(before, re.IGNORECASE), re.compile(after, re.IGNORECASE))
    for before, after in (
        (
            rf"{_ASKED}(?:(?:what|anything|everything|something) )?(?:does|do|did|is) ",
            r" (?:say|tell (?:us|me)|mention|state|write|report|cover|contain|discuss|describe"
            r"|deal with|speak of)\b",
        ),
        (
            "according to ",
            r"[,:]? (?=(?:who|what|when|where|why|how|which|is|are|was|were|do|does|did|can)\b)"
            r"|[,:] ",
        ),
        ("(?:in|from) ", r"[,:] "),
    )
)
"""What may stand before and after the name of a document in which something is looked for."""
_BEFORE_THE_END = re.compile(r" (?:according to|in|from) ", re.IGNORECASE)
_ALL_AFTER = re.compile(
    r"(?:and|or|but|what about|how about) (?:in |for )?"
    rf"|{_ASKED}tell (?:me|us) (?:more |something |all )?about ",
    re.IGNORECASE,
)
_ALONE = re.compile(
    rf"(?:(?:and|or|but|so|what about|how about) )?(?:(?:in|for|from|with) )?{IT}s?[\s?.!]*",
    re.IGNORECASE,
)
LONGEST_NAME = 150
"""Characters."""
MOST_SLOTS = 30
"""Places of a question where a name is looked for."""
_LITTLE = frozenset(
    f"the a an this that our my your of on about from for by called named titled {_KIND}".replace(
        "|", " "
    ).split()
)
_QUOTES = "“”„\"'‘’«»*_` "


@dataclass(frozen=True, slots=True)
class Named:
    """A question, and what it is asked of."""

    question: str
    """With ``IT`` for the name of a document."""
    documents: Collection[str]
    """Ids, at least one."""


@dataclass(frozen=True, slots=True)
class _Slot:
    """Where in a question the name of a document may stand."""

    start: int
    end: int
    is_of_the_whole: bool


def may_name(question: str) -> bool:
    """Whether it is worth looking at what the documents are called."""
    text = _single_spaced(question)
    return bool(_FILE.search(text)) or any(_is_apt(text, slot) for slot in _slots(text))


def named_in(question: str, documents: Sequence[DocumentInfo]) -> Named | None:
    """The question, and what it is asked of, where it says so by name; else None.

    The name of a file counts wherever it stands, a title where documents are spoken of.

    >>> letter = DocumentInfo("mail/letter.txt", "To the Editor", "", 1, None, 1, 1, 0.0)
    >>> named_in("Who signed letter.txt?", [letter]).question
    'Who signed the document?'
    >>> named_in("What does the letter say about tolls?", [letter]).documents
    ('mail/letter.txt',)
    >>> named_in("Who signed the letter?", [letter])
    """
    text = _single_spaced(question)
    if _EXCLUDES.search(text):
        return None
    named = _by_file(text, documents) or _by_title(text, documents)
    if not named:
        return None
    left = _WHERE.sub("", named.question)
    is_enough = says_what_about(left) or kind_of(left) is Kind.OVERVIEW
    return replace(named, question=left) if is_enough else named


def only_names(named: Named) -> bool:
    """Whether the question is nothing but a name: “And in minutes.txt?”."""
    return bool(_ALONE.fullmatch(named.question))


def of_these(question: str, documents: Collection[str]) -> str:
    """``question``, asked of ``documents`` (ids) by name.

    >>> of_these("Who won?", ["a.txt"])
    'According to a.txt: Who won?'
    """
    return f"According to {' and '.join(documents)}: {question}"


def _by_file(text: str, documents: Sequence[DocumentInfo]) -> Named | None:
    if not _FILE.search(text):
        return None
    told = text.casefold()
    names: dict[str, list[str]] = {}
    for info in documents:
        for name in {_single_spaced(info.id), _single_spaced(PurePosixPath(info.id).name)}:
            if name.casefold() in told:
                names.setdefault(name, []).append(info.id)
    asked: dict[str, None] = {}
    for name in sorted(names, key=len, reverse=True)[:MOST_SLOTS]:
        whole = re.compile(
            rf"(?:\bthe )?(?:\b(?:{_KIND}) )?(?<![\w./-])[{_QUOTES}]*{re.escape(name)}"
            rf"(?![\w-]|\.\w)[{_QUOTES.strip()}]*",
            re.IGNORECASE,
        )
        text, count = whole.subn(IT, text)
        asked |= dict.fromkeys(names[name] if count else ())
    return Named(_SEVERAL.sub(f"{IT}s", text), tuple(asked)) if asked else None


def _by_title(text: str, documents: Sequence[DocumentInfo]) -> Named | None:
    for slot in _slots(text):
        asked = _resolved(text, slot, documents) if _is_apt(text, slot) else ()
        if asked:
            its = IT if len(asked) == 1 else f"{IT}s"
            return Named(f"{text[: slot.start]}{its}{text[slot.end :]}", asked)
    return None


def _slots(text: str) -> Iterator[_Slot]:
    """Where a name may stand: not too many places, none too long."""
    slots = (slot for slot in _all_slots(text) if 0 < slot.end - slot.start <= LONGEST_NAME)
    return islice(slots, MOST_SLOTS)


def _all_slots(text: str) -> Iterator[_Slot]:
    text = _AT_THE_END.sub("", text.rstrip(_END))
    if found := _WHOLE.match(text):
        yield _Slot(found.end(), len(text), is_of_the_whole=True)
    if found := _ABOUT.fullmatch(text):
        yield _Slot(*found.span(2), is_of_the_whole=True)
    for before, after in _AROUND:
        if found := before.match(text):
            for end in after.finditer(text, found.end()):
                yield _Slot(found.end(), end.start(), is_of_the_whole=False)
    if found := _ALL_AFTER.match(text):
        yield _Slot(found.end(), len(text), is_of_the_whole=False)
    for found in _BEFORE_THE_END.finditer(text, max(0, len(text) - LONGEST_NAME)):
        yield _Slot(found.end(), len(text), is_of_the_whole=False)


def _is_apt(text: str, slot: _Slot) -> bool:
    """Whether what stands there may be a name at all."""
    name = text[slot.start : slot.end]
    return _may_be_title(name, slot) or bool(_CERTAIN.match(name) and _SORTED.search(name))


def _may_be_title(name: str, slot: _Slot) -> bool:
    is_quoted = name[0] in _QUOTES and name[-1] in _QUOTES
    return slot.is_of_the_whole or is_quoted or len(_words(name)) >= NAME_WORDS


def _resolved(text: str, slot: _Slot, documents: Sequence[DocumentInfo]) -> tuple[str, ...]:
    """Ids of what the name there stands for; of each of several names, where they are joined."""
    name = text[slot.start : slot.end]
    asked = _called(name, documents) if _may_be_title(name, slot) else ()
    if asked := asked or _of_sort(name, documents):
        return asked
    parts = re.split(r",? and |, ", name, flags=re.IGNORECASE) if slot.is_of_the_whole else ()
    each = [_called(part, documents) or _of_sort(part, documents) for part in parts]
    return tuple(dict.fromkeys(chain(*each))) if len(each) > 1 and all(each) else ()


def _called(name: str, documents: Iterable[DocumentInfo]) -> tuple[str, ...]:
    """Ids of the documents with just this title, or name of a file."""
    words = _words(name)
    return tuple(info.id for info in documents if words and words in _names(info))


def _names(info: DocumentInfo) -> tuple[list[str], ...]:
    path = PurePosixPath(info.id)
    return _words(info.title), _words(path.stem), _words(path.name)


def _of_sort(name: str, documents: Iterable[DocumentInfo]) -> tuple[str, ...]:
    """Id of the only document in whose title or name “the ferry report” stands; else empty. In
    minutes_2024-03-14.txt stands “March”.
    """
    words = frozenset(_words(name)) - _LITTLE
    if not words or not _SORTED.search(name):
        return ()
    named = [i.id for i in documents if words <= frozenset(chain(*_names(i), _months_in(i)))]
    return tuple(named) if len(named) == 1 else ()


def _months_in(info: DocumentInfo) -> Iterator[str]:
    for name in (info.title, PurePosixPath(info.id).name):
        if issue := issue_of(name):
            yield issue[1].casefold()


def _words(name: str) -> list[str]:
    """Its words and numbers, without the article before them."""
    words = re.findall(r"[^\W_]+", normalize("NFC", name).casefold())
    return words[1:] if words[:1] in (["the"], ["a"], ["an"]) else words


def _single_spaced(text: str) -> str:
    return " ".join(normalize("NFC", text).split())

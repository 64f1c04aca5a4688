"""“Summarise minutes.txt”, “What does the handbook say about leave?”: the document that a question
names. Pure, English rules.

It is asked alone then, and of “the document”: its name is no word to look for in its text.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from assistant.question import says_what_about
from index.read import SUFFIXES
from index.types import DocumentInfo

IT = "the document"
"""What stands in the question for the name."""
OF_THE_WHOLE = f"What is {IT} about?"
"""What is asked with nothing but a name."""
_SEVERAL = re.compile(rf"{IT}(?:(?:,|,? and|,? or|,? with|,? to) {IT})+", re.IGNORECASE)
NAME_WORDS = 3
"""So many words of a title name a document where people and places, too, are said to say things or
to have them in them: “What does Mario Draghi say?” is asked of no file."""

_KIND = "document|file|text|article|pdf|paper|piece|page|source"
"""What any document may be called."""
_SORT = (
    "agenda|agreement|book|brochure|bylaws|catalogue|column|contract|e-?mail|essay|faq|guide"
    "|guidelines|handbook|interview|invoice|leaflet|lease|letter|list|manual|memo|minutes|news"
    "|newsletter|notes|notice|obituary|offer|opinion|plan|policy|presentation|prices|programme"
    "|proposal|protocol|regulations|report|review|rules|sheet|slides|specification|speech"
    "|spreadsheet|statement|story|study|summary|survey|table|terms|thesis|transcript"
)
"""What a document of some sort is called, in its name too."""
_FILE = re.compile(
    rf"\.(?:{'|'.join(sorted(s.removeprefix('.') for s in SUFFIXES))})\b", re.IGNORECASE
)
_WHERE = re.compile(
    rf"^(?:according to|in|from) {IT}s?,? | (?:according to|in|from) {IT}s?(?=[\s?.!]*$)",
    re.IGNORECASE,
)
"""What says no more than which document is asked."""
_NAME = r"(?P<name>\S.{0,150}?)"
_ASKED = r"(?:please |and |can you |could you |would you )*"
_OF_THE_WHOLE = tuple(
    re.compile(rf"{_ASKED}{pattern}{_NAME}{after}(?:,? please)?[\s?.!]*", re.IGNORECASE)
    for pattern, after in (
        (r"(?:summari[sz]e|sum up|outline|recap) ", ""),
        (
            r"(?:(?:give|write|show|make|provide) )?(?:me )?(?:an? |the )?(?:short |brief |quick )?"
            r"(?:summary|overview|outline|gist|tl;?dr|main points?|key points?)(?: of|:)? ",
            "",
        ),
        (
            r"what(?:'s| is| are) (?:the )?(?:summary|gist|main points?|key points?|main ideas?)"
            r" (?:of|in|from) ",
            "",
        ),
        (r"what(?:'s|’s| is| are) ", r" (?:all |mainly )?about"),
        (r"what (?:does|do) ", r" (?:say|cover|contain|discuss|describe|deal with)"),
    )
)
_OF_A_PART = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_ASKED}(?:what|anything|everything|something) (?:does|do|did|is) {_NAME} "
        r"(?:say|tell (?:us|me)|mention|state|write|report)\b.+",
        rf"{_ASKED}(?:does|do|did) {_NAME} (?:say|mention|cover|state|discuss|tell|speak of)\b.+",
        rf"according to {_NAME},? ?(?=, |who|what|when|where|why|how|which|is|are|was|were|do|does"
        r"|did|can|must)(?:, )?\w.+",
        rf".+ according to {_NAME}[\s?.!]*",
        rf"(?:in|from) {_NAME}, \w.+",
        rf".+ (?:in|from) {_NAME}[\s?.!]*",
        rf"{_ASKED}tell (?:me|us) (?:more |something |all )?about {_NAME}[\s?.!]*",
        rf"(?:and|or|but|what about|how about) (?:in |for )?{_NAME}[\s?.!]*",
    )
)
_ALONE = re.compile(
    rf"(?:(?:and|or|but|so|what about|how about) )?(?:(?:in|for|from|with) )?{IT}s?[\s?.!]*",
    re.IGNORECASE,
)
_SORTED = re.compile(rf"\b(?:{_KIND}|{_SORT})\b", re.IGNORECASE)
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
    documents: Collection[str] | None
    """Ids; None for all."""


def may_name(question: str) -> bool:
    """Whether it is worth looking at what the documents are called."""
    return bool(_FILE.search(question)) or any(True for _ in _slots(_single_spaced(question)))


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
    named = _by_file(text, documents) or _by_title(text, documents)
    if not named:
        return None
    left = _WHERE.sub("", named.question)
    return replace(named, question=left) if says_what_about(left) else named


def only_names(question: str) -> bool:
    """Whether there is nothing in it but ``IT``: “And in minutes.txt?”, the name replaced."""
    return bool(_ALONE.fullmatch(question))


def _by_file(text: str, documents: Sequence[DocumentInfo]) -> Named | None:
    if not _FILE.search(text):
        return None
    told = text.casefold()
    names: dict[str, list[str]] = {}
    for info in documents:
        for name in {info.id, PurePosixPath(info.id).name}:
            if name.casefold() in told:
                names.setdefault(name, []).append(info.id)
    asked: dict[str, None] = {}
    for name in sorted(names, key=len, reverse=True):
        whole = re.compile(
            rf"(?:\bthe )?(?:\b(?:{_KIND}) )?(?<![\w./-])[{_QUOTES}]*{re.escape(name)}"
            rf"(?![\w-]|\.\w)[{_QUOTES.strip()}]*",
            re.IGNORECASE,
        )
        text, count = whole.subn(IT, text)
        asked |= dict.fromkeys(names[name] if count else ())
    return Named(_SEVERAL.sub(f"{IT}s", text), tuple(asked)) if asked else None


def _by_title(text: str, documents: Sequence[DocumentInfo]) -> Named | None:
    for start, end, is_of_the_whole in _slots(text):
        name = text[start:end]
        is_quoted = name[0] in _QUOTES and name[-1] in _QUOTES
        is_plain = is_quoted or is_of_the_whole or len(_words(name)) >= NAME_WORDS
        asked = _called(name, documents) if is_plain else ()
        asked = asked or _of_sort(name, documents)
        if asked:
            return Named(f"{text[:start]}{IT}{text[end:]}", asked)
    return None


def _slots(text: str) -> Iterator[tuple[int, int, bool]]:
    """Where a name may stand, and whether the whole of what has it is asked for."""
    for patterns, is_of_the_whole in ((_OF_THE_WHOLE, True), (_OF_A_PART, False)):
        for pattern in patterns:
            if found := pattern.fullmatch(text):
                yield *found.span("name"), is_of_the_whole


def _called(name: str, documents: Iterable[DocumentInfo]) -> tuple[str, ...]:
    """Ids of the documents with just this title, or name of a file."""
    words = _words(name)
    return tuple(
        info.id
        for info in documents
        if words and words in (_words(info.title), _words(PurePosixPath(info.id).stem))
    )


def _of_sort(name: str, documents: Iterable[DocumentInfo]) -> tuple[str, ...]:
    """Id of the only document in whose title or name “the ferry report” stands; else empty."""
    words = frozenset(_words(name)) - _LITTLE
    if not words or not _SORTED.search(name):
        return ()
    named = [info.id for info in documents if words <= _all_words(info)]
    return tuple(named) if len(named) == 1 else ()


def _all_words(info: DocumentInfo) -> frozenset[str]:
    return frozenset((*_words(info.title), *_words(PurePosixPath(info.id).stem)))


def _words(name: str) -> list[str]:
    """Its words and numbers, without the article before them."""
    words = re.findall(r"[^\W_]+", name.casefold())
    return words[1:] if words[:1] in (["the"], ["a"], ["an"]) else words


def _single_spaced(text: str) -> str:
    return " ".join(text.split())

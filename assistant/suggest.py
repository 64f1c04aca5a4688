"""Questions that the documents do answer, made from their own text and tried before they are shown.

A question is about a name or a heading, so that it can be made without a language model.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice, zip_longest

from assistant.types import Answer, Place
from assistant.understand.followup import POSSESSIVE, name_places
from index.search import Index
from index.types import BlockKind, Document

OVERVIEW_QUESTION = "What is this about?"
DOCUMENTS_READ = 20
MOST_TRIED = 6
"""How many follow-up questions are put to the engine for one answer, good or not."""

_NEAR_CHARACTERS = 700
"""Before and after what was cited: the passages beside it."""
_MOST_HEADINGS = 4
_LONGEST_TOPIC = 60
_CALENDAR = frozenset(
    "january february march april may june july august september october november december "
    "monday tuesday wednesday thursday friday saturday sunday".split()
)
_NUMBERED = re.compile(r"\s*\d")
_LETTERED = re.compile(r"(?<=\s[A-Z])(?:,|\s+(?:and|or|to))\s+[A-Z]\b")
_ADJECTIVE = re.compile(r"\w+(?:ians?|ish|ese)")
_SENTENCE_END = re.compile(r"(?:[.!?:;”\"]\s+|\n\s*|^[“\"(]*)$")
_HEADING_NUMBER = re.compile(r"^(?:(?:item|chapter|section|part|note|article)\s+)?[\dIVX.)\s–-]+\s")

Ask = Callable[[str], Answer]


def suggest_questions(index: Index, ask: Ask, count: int) -> tuple[str, ...]:
    """The overview question, and one about each of the names that stand out most in a document,
    of one document after the other.

    Args:
        index: of the documents.
        ask: used to keep only questions that are answered.
        count: how many at most, at least 1.
    """
    first = (index.gist(document.id) for document in index.documents()[:DOCUMENTS_READ])
    texts = ("\n".join(sentence.text for sentence in sentences) for sentences in first)
    turns = zip_longest(*(_topics([text], text) for text in texts))
    questions = [OVERVIEW_QUESTION]
    for name in islice(filter(None, chain.from_iterable(turns)), 3 * count):
        if len(questions) == count:
            break
        if not _is_known(name, questions) and not ask(_about(name)).refused:
            questions.append(_about(name))
    return tuple(questions)


def follow_ups(
    places: Sequence[Place],
    asked: Sequence[str],
    documents: Sequence[Document],
    ask: Ask,
    count: int,
) -> tuple[str, ...]:
    """Questions about what stands near some passages, each with other passages for an answer.

    Args:
        places: what an answer cites or, where there is none, came closest to.
        asked: all questions so far.
        documents: those of the places, in order of importance.
        ask: used to keep only questions that are answered, and elsewhere.
        count: how many at most.
    """
    shown = {(place.document_id, place.start) for place in places}
    found: list[str] = []
    topics = (t for t in topics_near(places, documents) if not _is_known(t, [*asked, *found]))
    for topic in islice(topics, MOST_TRIED):
        tried = ask(_about(topic))
        if not tried.refused and not {(c.document_id, c.start) for c in tried.citations} <= shown:
            found.append(_about(topic))
        if len(found) == count:
            break
    return tuple(found)


def topics_near(places: Sequence[Place], documents: Sequence[Document]) -> Iterator[str]:
    """Names and headings near the places, the best first, each once."""
    seen: set[str] = set()
    for document in documents:
        here = [place for place in places if place.document_id == document.id]
        names, headings = _names_near(here, document), _headings_near(here, document)
        for topic in chain(islice(names, 2), headings, names):
            if topic.casefold() not in seen:
                seen.add(topic.casefold())
                yield topic


def is_topic(name: str, words: set[str]) -> bool:
    """Whether one would ask about ``name``: no date, no common word that began a sentence.

    Args:
        name: capitalised.
        words: of the documents, as they are written there.

    >>> is_topic("Company", {"the", "company"}), is_topic("Apple", {"the", "company"})
    (False, True)
    """
    parts = name.split()
    if (
        _ADJECTIVE.fullmatch(name)
        or not 3 < len(name) <= _LONGEST_TOPIC
        or any(part.lower() in _CALENDAR for part in parts)
    ):
        return False
    return any(part.lower() not in words for part in parts)


def _about(topic: str) -> str:
    return f"What does it say about {topic}?"


def _is_known(topic: str, questions: Sequence[str]) -> bool:
    """Whether a question is about the topic already, or one with a word of its family in it."""
    stems = [part[:4] for part in topic.casefold().split() if len(part) > 3]
    asked = " ".join(questions).casefold()
    return any(re.search(rf"\b{re.escape(stem)}", asked) for stem in stems)


def _names_near(places: Sequence[Place], document: Document) -> Iterator[str]:
    """The names around the places, most frequent first."""
    text = document.text
    return _topics([_around(text, place.start, place.end) for place in places], text)


def _around(text: str, start: int, end: int) -> str:
    """What stands there and on both sides of it, in whole words."""
    before = text[max(0, start - _NEAR_CHARACTERS) : start].partition(" ")[2]
    after = text[end : end + _NEAR_CHARACTERS].rpartition(" ")[0]
    return before + text[start:end] + after


def _topics(parts: Sequence[str], text: str) -> Iterator[str]:
    """The names in ``parts`` of ``text``, longer and more frequent ones first."""
    names = Counter(name for part in parts for line in part.split("\n") for name in _names(line))
    words = set(re.findall(r"\w+", text))
    for name in sorted(names, key=lambda name: -names[name] * len(name.split())):
        if is_topic(name, words):
            yield _with_article(name, text)


def _with_article(name: str, text: str) -> str:
    """``name`` as the text mostly writes it: “the Minsk Protocol”, but “Italy”."""
    articles = re.findall(rf"\b(the\s+)?{re.escape(name)}\b", text, re.IGNORECASE)
    return f"the {name}" if sum(map(bool, articles)) * 2 > len(articles) else name


def _names(text: str) -> Iterator[str]:
    """The names in a line of text, as often as they stand in it; no "Item 3", no "Blocks A" of "A
    and B", no label ("Price:"), and not a single word that opens a sentence, which may be any word.
    """
    for name, start in name_places(text):
        opens = _SENTENCE_END.search(text[max(0, start - 20) : start])
        end = start + len(name)
        is_label = text.startswith(":", end)
        is_one_of_some = _NUMBERED.match(text, end) or _LETTERED.match(text, end)
        if (" " in name or not opens) and not is_label and not is_one_of_some:
            yield POSSESSIVE.sub("", name)


def _headings_near(places: Sequence[Place], document: Document) -> Iterator[str]:
    """The headings after and before the places, nearest first."""
    blocks = [block for block in document.blocks if block.kind is BlockKind.HEADING]
    for place in places:
        for block in sorted(blocks, key=lambda b: abs(b.start - place.start))[:_MOST_HEADINGS]:
            heading = " ".join(document.text[block.start : block.end].split())
            heading = _HEADING_NUMBER.sub("", heading).strip(" .:?!–-")
            if len(heading) <= _LONGEST_TOPIC and 1 < len(heading.split()) <= 8:
                yield heading

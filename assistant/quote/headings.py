"""What a document says about a topic, where it has a section on it. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from assistant.understand.question import Question, Terms, content_terms
from assistant.wording.openers import starts_in_the_air
from index.chunk import HEADING_SEPARATOR, innermost
from index.types import BlockKind, Found, Sentence

MOST_PARTS = 6
"""Parts of a section that are quoted from, the first ones."""


def under_headings(found: Found, terms: Terms) -> Found:
    """What was found, each sentence with the words of the heading right above it too: what stands
    under “Sickness” is about sickness.
    """
    headings = {hit.passage.heading for hit in found.hits}
    inner = {h: frozenset(terms(innermost(h))) for h in headings}
    told = [replace(s, terms=s.terms | inner[s.hit.passage.heading]) for s in found.sentences]
    return replace(found, sentences=tuple(told))


def section_on(question: Question, found: Found, terms: Terms, count: int) -> tuple[Sentence, ...]:
    """How the section begins whose heading is the topic of ``question``, up to ``count`` sentences;
    where it has parts, how each of them begins. Empty where there is none.

    >>> section_on(question, found, terms, 2)  # “What does it say about leave?”  # doctest: +SKIP
    """
    place = _section_named(question, found, terms)
    inside = [s for s in found.sentences if place and _is_in(s, place)]
    order = sorted(inside, key=lambda s: s.start)
    parts = [list(part) for _, part in groupby(order, key=lambda s: s.hit.passage.heading)]
    begun = [first for part in parts if (first := _first(part)) is not None]
    if len(begun) > 1:
        return tuple(begun[:MOST_PARTS])
    return tuple(s for s in order if s.kind is not BlockKind.HEADING)[:count]


def _section_named(question: Question, found: Found, terms: Terms) -> tuple[str, str] | None:
    """Document and path of the best passage’s section that is named as the topic."""
    topic = set(question.terms)
    for hit in found.hits:
        path = hit.passage.heading.split(HEADING_SEPARATOR)
        for depth, heading in enumerate(path, start=1):
            words = set(content_terms(heading, terms))
            unnumbered = {word for word in words if not word.isdigit()}
            if unnumbered and topic in (words, unnumbered):
                return hit.passage.document_id, HEADING_SEPARATOR.join(path[:depth])
    return None


def _is_in(sentence: Sentence, place: tuple[str, str]) -> bool:
    passage, (document, path) = sentence.hit.passage, place
    is_part = f"{passage.heading}{HEADING_SEPARATOR}".startswith(f"{path}{HEADING_SEPARATOR}")
    return passage.document_id == document and is_part


def _first(part: Sequence[Sentence]) -> Sentence | None:
    """The first sentence that can stand by itself."""
    told = (s for s in part if s.kind is not BlockKind.HEADING)
    return next((s for s in told if not starts_in_the_air(s.text)), None)

"""Answers to questions about the whole of one or more documents: overview, count, author."""

from collections.abc import Sequence
from dataclasses import replace

from assistant.byline import CONFIDENCE, author_line
from assistant.choose import Place
from assistant.compose import compose, compose_overview
from assistant.mentions import count_in, first_with, summary_of
from assistant.overview import Section, central_sentences, one_of_each, sections_of
from assistant.types import Answer
from index.search import Index
from index.types import Hit, Sentence

SENTENCES = 4
"""In an overview of one document."""
DOCUMENTS = 6
"""The most that are quoted from."""


def overview_of(asked: str, index: Index, documents: Sequence[str]) -> Answer:
    """What ``documents`` (ids) say, in their most central sentences; of a long one, by section."""
    if len(documents) == 1 and (sections := sections_of(index.gist(documents[0]))):
        return _by_section(asked, sections)
    shown = documents[:DOCUMENTS]
    each = max(SENTENCES // max(len(shown), 1), 1)
    chosen = [s for id_ in shown for s in central_sentences(index.gist(id_), each)]
    if len(documents) > 1:
        opening = f"The folder holds {len(documents)} documents. "
        opening += "From each:" if shown == documents else f"From the first {len(shown)}:"
    else:
        opening = "In the document’s own words:"
    return _listed(asked, opening, chosen)


def _by_section(asked: str, sections: Sequence[Section]) -> Answer:
    headings, chosen = zip(*one_of_each(sections), strict=True)
    return _listed(asked, "Section by section, in the document’s own words:", chosen, headings)


def mentions_of(asked: str, what: str, index: Index, documents: Sequence[str]) -> Answer | None:
    """How often ``what`` stands in which of ``documents`` (ids); None where it does in none."""
    counts = {id_: count_in(index.document(id_).text, what) for id_ in documents}
    having = sorted((id_ for id_ in documents if counts[id_]), key=lambda i: (-counts[i], i))
    firsts = [first_with(what, index.gist(id_)) for id_ in having[:DOCUMENTS]]
    chosen = [s for s in firsts if s is not None]
    if not chosen:
        return None
    found = [counts[id_] for id_ in having]
    return _listed(asked, summary_of(what, found, len(documents), len(chosen)), chosen)


def author_of(asked: str, index: Index, documents: Sequence[str]) -> Answer | None:
    """Who wrote the one document; None where there are several, or it does not say."""
    if len(documents) != 1:
        return None
    found = author_line(index.gist(documents[0]))
    if not found:
        return None
    sentence, (start, end) = found
    text, citations = compose([sentence], Place(documents[0], start, end))
    return Answer(asked, text, citations, False, CONFIDENCE, (replace(sentence.hit, rank=1),))


def _listed(
    asked: str, opening: str, chosen: Sequence[Sentence], headings: Sequence[str] = ()
) -> Answer:
    text, citations = compose_overview(chosen, opening, headings)
    seen = dict.fromkeys(s.hit.passage for s in chosen)
    hits = tuple(Hit(passage, 0.0, rank) for rank, passage in enumerate(seen, start=1))
    return Answer(asked, text, citations, False, 1.0, hits)

"""What the documents are about: their most central sentences, none twice. Pure."""

from collections.abc import Sequence
from itertools import groupby

from assistant.wording.openers import starts_in_the_air
from index.chunk import HEADING_SEPARATOR
from index.types import BlockKind, Sentence

LEAD_BONUS = 0.25
"""Added to the first sentence in a paragraph: it usually says what the rest is about."""
SAME_WORDS = 0.5
"""Two sentences that share this much of their words (Jaccard) say the same."""
LEAST_TERMS = 6
LONG = 100
"""Sentences from which on a document is shown section by section."""
_STOPS = tuple(".!?…:;。！？؟।")
"""A sentence ends so; a title, a by-line or an address otherwise."""
_CLOSING = " \n\t\"'”’»)]}」』*_"
SECTIONS = 8
"""The most that are shown, the longest ones."""

SENTENCES = 4
"""In an overview of one document, where the question asks for no other number."""
Section = tuple[str, Sequence[Sentence]]
"""A heading and the sentences under it."""


def sections_of(sentences: Sequence[Sentence]) -> list[Section]:
    """The sections of a long document, in order; none for a short one, or one without.

    The headings are those of the highest level at which there are three or more: above them
    there often is only the title.
    """
    told = [s for s in _told(sentences) if _stands(s)]
    if len(told) < LONG:
        return []
    for level in range(3):
        grouped = groupby(told, key=lambda s: _heading(s, level))
        sections = [(heading, list(of)) for heading, of in grouped]
        named = [(heading, of) for heading, of in sections if heading]
        if len(named) >= 3:
            kept = sorted(named, key=lambda section: -len(section[1]))[:SECTIONS]
            return [section for section in named if section in kept]
    return []


def one_of_each(sections: Sequence[Section]) -> list[tuple[str, Sentence]]:
    """The heading and most central sentence of each section; none that says the same as another."""
    picked: list[tuple[str, Sentence]] = []
    for heading, sentences in sections:
        [central] = central_sentences(sentences, 1)
        if not any(_overlap(central, other) >= SAME_WORDS for _, other in picked):
            picked.append((heading, central))
    return picked


def _heading(sentence: Sentence, level: int) -> str:
    path = sentence.hit.passage.heading.split(HEADING_SEPARATOR)
    return path[level] if level < len(path) else ""


def central_sentences(sentences: Sequence[Sentence], count: int) -> tuple[Sentence, ...]:
    """Up to ``count`` sentences that stand for a document, in document order.

    Args:
        sentences: all of a document, in order, ``similarity`` being that with the whole of it.
        count: at least 1.
    """
    told = _told(sentences)
    ranked = sorted(
        told,
        key=lambda s: (-s.similarity - LEAD_BONUS * (s is told[0]), s.start),
    )
    picked: list[Sentence] = []
    for s in ranked:
        if len(picked) == count:
            break
        if _stands(s) and not any(_overlap(s, other) >= SAME_WORDS for other in picked):
            picked.append(s)
    return tuple(sorted(picked or ranked[:1], key=lambda s: s.start))


def _told(sentences: Sequence[Sentence]) -> Sequence[Sentence]:
    """The sentences of the text itself, where there are any."""
    paragraphs = [s for s in sentences if s.kind is BlockKind.PARAGRAPH]
    return (
        [s for s in paragraphs if s.text.rstrip(_CLOSING).endswith(_STOPS)]
        or paragraphs
        or sentences
    )


def _stands(s: Sentence) -> bool:
    """Whether it says something by itself: no pronoun first, no few words, no list announced."""
    announces = s.text.rstrip().endswith(":")
    return not (starts_in_the_air(s.text) or announces) and len(s.terms) >= LEAST_TERMS


def _overlap(a: Sentence, b: Sentence) -> float:
    return len(a.terms & b.terms) / max(len(a.terms | b.terms), 1)

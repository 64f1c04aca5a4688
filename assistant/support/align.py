"""Which sentences of the documents say what a written sentence says. Pure.

Words are compared as the index does it, by stem. A second sentence joins the first only for what
it adds in ordinary words, and only when it is not about somebody else: that a name or a number
stands somewhere else proves nothing.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from assistant.understand.question import Terms, content_terms
from assistant.wording import claims, quantities
from assistant.wording.openers import LOOK_BACK
from assistant.wording.words import STOP_WORDS
from index.types import Sentence

MOST_SENTENCES = 3
"""How many sentences of the documents one written sentence may rest on."""
LEAST_ADDED = 2
"""How many further words a second or third must have."""
FRAMES_KEPT = 64
"""Patterns made for the titles that were found with one question."""

SAYS = (
    r"(writes?|wrote|says?|said|states?|stated|reports?|reported|argues?|argued|notes?|noted|"
    r"explains?|explained|suggests?|suggested|adds?|added|points? out)"
)
SAYS_OF = r"(mentions?|mentioned|highlights?|highlighted|indicates?|indicated|shows?|tells? us)"
"""Without "that" these say what the text is about, which is a claim of its own."""
_SOURCE = (
    r"(the|this) (\w+ )?(author|writer|article|document|text|passage|piece|report|essay|source)s?"
    r"(?! of\b)"
)
_FILE = re.compile(r"\.\w{1,5}$")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of the documents, made ready to be compared."""

    sentence: Sentence
    stems: tuple[str, ...]
    """In order, with repetitions."""
    plain: str
    before: str
    """The sentences just before it in its passage, for what its pronouns stand for."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """What a written sentence rests on."""

    support: tuple[Candidate, ...]
    """The best first; empty where no word is shared."""
    content: tuple[str, ...]
    """Distinct stems of its own words that carry meaning."""
    uncovered: tuple[str, ...]
    """Those of ``content`` that ``support`` does not have."""

    @property
    def coverage(self) -> float:
        """Share of ``content`` that is covered, 0 to 1; 1 for a sentence without any."""
        if not self.content:
            return 1.0
        return 1 - len(self.uncovered) / len(self.content)


def candidates_of(sentences: Sequence[Sentence], terms: Terms) -> tuple[Candidate, ...]:
    """All ``sentences`` made ready; they are in order of passage and then of place."""
    made = []
    for i, sentence in enumerate(sentences):
        near = range(max(i - LOOK_BACK, 0), i)
        before = [
            sentences[j].text
            for j in near
            if sentences[j].hit.passage.id == sentence.hit.passage.id
        ]
        stems = tuple(terms(sentence.text))
        made.append(Candidate(sentence, stems, quantities.plain(sentence.text), "\n".join(before)))
    return tuple(made)


def without_frame(text: str, titles: Collection[str] = ()) -> str:
    """``text`` without "According to the article," and the like: who says so is not what is said.

    Args:
        text: a written sentence.
        titles: of the documents, which may stand for "the article".
    """
    named = _named(titles)
    bare = _frame_after(named).sub("", _frame(named).sub("", text, count=1))
    return bare if re.search(r"\w", bare) else text


def _named(titles: Collection[str]) -> tuple[str, str]:
    """What may stand for the source after “according to”, and what may elsewhere, as patterns.

    A title may be a word like any other, as “Italy” is: elsewhere only file names are taken for the
    source, and titles in quotation marks.
    """
    ranked = sorted(filter(None, titles), key=len, reverse=True)
    bare = [rf"(?<!\w){re.escape(title)}(?!\w)" for title in ranked]
    sure = [title for title, said in zip(bare, ranked, strict=True) if _FILE.search(said)]
    quoted = [rf"[“\"‘']{title}[”\"’']" for title in bare]
    return "|".join([_SOURCE, *quoted, *bare]), "|".join([_SOURCE, *quoted, *sure])


@lru_cache(FRAMES_KEPT)
def _frame(named: tuple[str, str]) -> re.Pattern[str]:
    told, elsewhere = named
    return re.compile(
        rf"(?<!\w)according to ({told})( {SAYS})?\s*,?\s+"
        rf"|^\W*in ({elsewhere})( {SAYS})?\s*,?\s+"
        rf"|(?<!\w)as ({elsewhere}) {SAYS}\s*,?\s+"
        rf"|(?<!\w)({elsewhere}) (also )?({SAYS}( that)?|{SAYS_OF} that),?:?\s+",
        re.IGNORECASE,
    )


@lru_cache(FRAMES_KEPT)
def _frame_after(named: tuple[str, str]) -> re.Pattern[str]:
    told, elsewhere = named
    return re.compile(
        rf",? (according to ({told})|as ({elsewhere}) {SAYS}|({elsewhere}) {SAYS})\W*$",
        re.IGNORECASE,
    )


def align(
    text: str,
    candidates: Sequence[Candidate],
    cited: Collection[int],
    terms: Terms,
    asked: frozenset[str] = frozenset(),
) -> Alignment:
    """The sentences that share most with ``text``; of equals, those that share most with ``asked``,
    and then those in ``cited`` passages.

    Args:
        text: a written sentence without its frame.
        candidates: to look among, in a fixed order that settles ties.
        cited: ids of the passages that the model says it rests on.
        terms: the index's stemmer.
        asked: stems of the question, where ``text`` says something only with it.
    """
    content = content_terms(text, terms)
    wanted = frozenset(content) or frozenset(terms(text))
    pairs = _pairs(terms(text))
    names = frozenset(claims.name_key(name) for name in claims.names(text))

    def rank(candidate: Candidate) -> tuple[float, int, bool, int]:
        shared = len(wanted & candidate.sentence.terms)
        together = len(pairs & _pairs(candidate.stems))
        about = len(asked & candidate.sentence.terms)
        is_cited = candidate.sentence.hit.passage.id in cited
        return (shared + 0.5 * together, about, is_cited, -len(candidate.stems))

    best = max(candidates, key=rank, default=None)
    if best is None or not wanted & best.sentence.terms:
        return Alignment((), content, content)
    support = [best]
    missing = wanted - best.sentence.terms
    ordinary = missing - exact_stems(text, terms)
    while len(support) < MOST_SENTENCES and len(ordinary) >= LEAST_ADDED:
        more = _next(candidates, ordinary, names, best)
        if more is None or more in support:
            break
        support.append(more)
        missing -= more.sentence.terms
        ordinary -= more.sentence.terms
    return Alignment(tuple(support), content, tuple(t for t in content if t in missing))


def _next(
    candidates: Sequence[Candidate],
    wanted: frozenset[str],
    names: frozenset[str],
    first: Candidate,
) -> Candidate | None:
    """The candidate that adds most of ``wanted`` and is about nobody but ``names``."""
    document = first.sentence.hit.passage.document_id

    def rank(candidate: Candidate) -> tuple[int, bool]:
        shared = len(wanted & candidate.sentence.terms)
        return shared, candidate.sentence.hit.passage.document_id == document

    for candidate in sorted(candidates, key=rank, reverse=True):
        if len(wanted & candidate.sentence.terms) < LEAST_ADDED:
            return None
        theirs = {claims.name_key(name) for name in claims.names(candidate.plain)}
        if theirs <= names:
            return candidate
    return None


def exact_stems(text: str, terms: Terms) -> frozenset[str]:
    """Stems of the names and numbers in ``text``."""
    exact = [*claims.names(text), *(number.shown for number in quantities.numbers(text))]
    return frozenset(terms(" ".join(exact)))


def _pairs(stems: Sequence[str]) -> frozenset[tuple[str, str]]:
    return frozenset(pairwise(stems))


def shared_pairs(text: str, support: Sequence[Candidate], terms: Terms) -> float:
    """Share of the word pairs in ``text`` that stand together in ``support`` too, 0 to 1."""
    pairs = _pairs(terms(text))
    there = frozenset[tuple[str, str]]().union(*(_pairs(c.stems) for c in support))
    return len(pairs & there) / len(pairs) if pairs else 1.0


def shared_words(text: str, support: Sequence[Candidate], terms: Terms) -> float:
    """Share of all words in ``text``, small ones too, that ``support`` has, 0 to 1."""
    stems = terms(text)
    there = frozenset[str]().union(*(c.sentence.terms for c in support))
    return sum(stem in there for stem in stems) / len(stems) if stems else 1.0


def shown_words(text: str, stems: Collection[str], terms: Terms) -> list[str]:
    """The words of ``text``, as written, whose stems are in ``stems``."""
    found = [
        word
        for word in claims.words(quantities.plain(text))
        if word.lower() not in STOP_WORDS and set(terms(word)) & set(stems)
    ]
    return list(dict.fromkeys(found))

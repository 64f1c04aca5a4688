"""Which sentences of the documents say what a written sentence says. Pure.

Words are compared as the index does it, by stem. A second sentence joins the first only for what
it adds in ordinary words, and only when it is not about somebody else: that a name or a number
stands somewhere else proves nothing.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant import claims, quantities
from assistant.features import LOOK_BACK
from assistant.question import STOP_WORDS, Terms, content_terms
from index.types import Sentence

MOST_SENTENCES = 3
"""How many sentences of the documents one written sentence may rest on."""
LEAST_ADDED = 2
"""How many further words a second or third must have."""

_SOURCE = r"(author|writer|article|document|text|passage|piece|report|essay|source)s?"
SAYS = (
    r"(writes?|wrote|says?|said|states?|stated|reports?|reported|argues?|argued|notes?|noted|"
    r"explains?|explained|suggests?|suggested|adds?|added|points? out)"
)
SAYS_OF = r"(mentions?|mentioned|highlights?|highlighted|indicates?|indicated|shows?|tells? us)"
"""Without "that" these say what the text is about, which is a claim of its own."""
_FRAME = re.compile(
    rf"(according to|in|as) (the|this) (\w+ )?{_SOURCE}( {SAYS})?\s*,?\s+"
    rf"|(the|this) (\w+ )?{_SOURCE} (also )?({SAYS}( that)?|{SAYS_OF} that),?:?\s+",
    re.IGNORECASE,
)
_FRAME_AFTER = re.compile(
    rf",? (according to the {_SOURCE}|as the {_SOURCE} {SAYS}|the {_SOURCE} {SAYS})\W*$",
    re.IGNORECASE,
)


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
    for title in sorted(titles, key=lambda title: -len(title)):
        if title:
            text = re.sub(re.escape(title), "the document", text, flags=re.IGNORECASE)
    bare = _FRAME_AFTER.sub("", _FRAME.sub("", text, count=1))
    return bare if re.search(r"\w", bare) else text


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

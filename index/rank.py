"""The order of the passages that fusion found: by meaning and words, of passage and sentence. Pure.

Reciprocal rank fusion only knows places in two lists. Reading the few candidates it gives more
closely, and weighing four numbers, puts the right passage first far more often (docs/quality.md).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from index.records import StoredPassage
from index.types import Hit

PASSAGE_SIMILARITY = 1.5
SENTENCE_SIMILARITY = 14.6
PASSAGE_COVERAGE = 4.5
SENTENCE_COVERAGE = 6.6
"""Fitted as a choice among the candidates of each question (conditional logit) on three public
sets, each weighing the same; fitted without a set, they do as well on it."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that fusion found, compared with the question."""

    stored: StoredPassage
    similarity: float
    """Cosine of question and passage, -1 to 1."""
    bm25: float
    """0 or more; 0 when it shares no word with the question."""
    cosines: Sequence[float]
    """Of the question and each sentence, -1 to 1."""
    terms: Sequence[frozenset[str]]
    """Of each sentence."""
    all_terms: frozenset[str]
    """Of all its sentences."""


def rank_candidates(
    candidates: Iterable[Candidate], weights: Mapping[str, float], count: int
) -> list[tuple[Hit, Candidate]]:
    """The ``count`` best candidates as hits, best first, ties by passage id.

    Args:
        candidates: in any order.
        weights: of the question's terms.
        count: at least 1.
    """
    scored = sorted(
        ((_score(candidate, weights), candidate) for candidate in candidates),
        key=lambda item: (-item[0], item[1].stored.passage.id),
    )
    return [
        (Hit(found.stored.passage, score, rank, found.similarity, found.bm25), found)
        for rank, (score, found) in enumerate(scored[:count], start=1)
    ]


def _score(candidate: Candidate, weights: Mapping[str, float]) -> float:
    best = max((coverage(weights, weights, terms) for terms in candidate.terms), default=0.0)
    return (
        PASSAGE_SIMILARITY * candidate.similarity
        + SENTENCE_SIMILARITY * max(candidate.cosines, default=0.0)
        + PASSAGE_COVERAGE * coverage(weights, weights, candidate.all_terms)
        + SENTENCE_COVERAGE * best
    )


def coverage(terms: Iterable[str], weights: Mapping[str, float], present: Collection[str]) -> float:
    """Weighted share of ``terms`` that are in ``present``, 0 to 1; 0 for no terms."""
    total = covered = 0.0
    for term in terms:
        weight = weights.get(term, 0.0)
        total += weight
        covered += weight if term in present else 0.0
    return covered / total if total else 0.0

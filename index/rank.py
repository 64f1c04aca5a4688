"""The order of the passages that fusion found: by meaning and words, of passage and sentence. Pure.

Reciprocal rank fusion only knows places in two lists. Reading the few candidates it gives more
closely, and weighing four numbers, puts the right passage first far more often
(docs/decisions/ranking.md).
"""

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
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

    @property
    def document_id(self) -> str:
        """Of the document that it is in."""
        return self.stored.passage.document_id


Scored = tuple[float, Candidate]
Reread = Callable[[Sequence[str]], Sequence[float]]
"""Reads passages with the question and scores each, on any scale."""

FREE_PLACES = 3
SHARE_OF_ONE = 0.6
"""One document may have the first three places, and then this share of them, where a passage of
another document is as good as ``NEARLY`` says. So no file, however much it repeats of a question,
has all of what is shown to a language model (docs/decisions/one-document.md)."""
NEARLY = 0.5
"""In points of the score, which goes up to about 27."""
ALIKE = 0.8
"""Cosine from which on two passages of one document count as variations of the same: beyond its
share these make way for whatever else matches."""


def most_of_one(count: int) -> int:
    """How many of the first ``count`` places one document may take where others match too."""
    return max(FREE_PLACES, math.ceil(SHARE_OF_ONE * count))


def crowding(candidates: Iterable[Candidate], count: int) -> list[str]:
    """The documents with more ``candidates`` than they may have of ``count`` places, sorted; none
    where the other candidates are enough for the places that are left.
    """
    counts = Counter(candidate.document_id for candidate in candidates)
    most = most_of_one(count)
    crowd = sorted(document for document, number in counts.items() if number > most)
    others = sum(number for document, number in counts.items() if document not in crowd)
    return crowd if others < count - most else []


def rank_candidates(
    candidates: Iterable[Candidate],
    weights: Mapping[str, float],
    count: int,
    reread: Reread | None = None,
) -> list[tuple[Hit, Candidate]]:
    """The ``count`` best candidates as hits, best first, ties by passage id.

    A document that has had its share of places lets others go before it (``most_of_one``).

    Args:
        candidates: in any order.
        weights: of the question's terms.
        count: at least 1.
        reread: what orders them anew, if anything does.
    """
    scored = sorted(
        ((_score(candidate, weights), candidate) for candidate in candidates),
        key=lambda item: (-item[0], item[1].stored.passage.id),
    )
    if reread is not None:
        scored = _reordered(scored, reread)
    return [
        (Hit(found.stored.passage, score, rank, found.similarity, found.bm25), found)
        for rank, (score, found) in enumerate(_spread(scored, count), start=1)
    ]


def _reordered(scored: Sequence[Scored], reread: Reread) -> list[Scored]:
    """The candidates in the order of ``reread``, ties as before; each with the score of its place,
    so that scores stay on one scale.
    """
    read = reread([candidate.stored.passage.text for _, candidate in scored])
    order = sorted(range(len(scored)), key=lambda i: -read[i])
    return [(score, scored[i][1]) for (score, _), i in zip(scored, order, strict=True)]


def _spread(scored: Sequence[Scored], count: int) -> list[Scored]:
    """The ``count`` best, with no more of one document than its share where others match too."""
    left = _repeats_last(scored)
    placed: list[Scored] = []
    counts: Counter[str] = Counter()
    while left and len(placed) < count:
        most = most_of_one(len(placed) + 1)
        best_score, best = left[0]
        place = 0
        if counts[best.document_id] >= most:
            least = -math.inf if _is_variation(best, placed) else best_score - NEARLY
            place = next(
                (
                    i
                    for i, (score, other) in enumerate(left)
                    if counts[other.document_id] < most and score >= least
                ),
                0,
            )
        placed.append(left.pop(place))
        counts[placed[-1][1].document_id] += 1
    return placed


def _repeats_last(scored: Sequence[Scored]) -> list[Scored]:
    """The same, with those last that only repeat the sentences of a better one beside them."""
    new: list[Scored] = []
    repeats: list[Scored] = []
    seen: dict[str, list[set[frozenset[str]]]] = {}
    for item in scored:
        said = set(filter(None, item[1].terms))
        before = seen.setdefault(item[1].document_id, [])
        if said and any(said <= other for other in before):
            repeats.append(item)
        else:
            new.append(item)
            before.append(said)
    return new + repeats


def _is_variation(candidate: Candidate, placed: Sequence[Scored]) -> bool:
    """Whether all but the same is placed already, from the same document."""
    return any(
        other.document_id == candidate.document_id
        and float(other.stored.vector @ candidate.stored.vector) >= ALIKE
        for _, other in placed
    )


def _score(candidate: Candidate, weights: Mapping[str, float]) -> float:
    total = sum(weights.values()) or 1.0
    best = max((_weight_in(terms, weights) for terms in candidate.terms), default=0.0)
    return (
        PASSAGE_SIMILARITY * candidate.similarity
        + SENTENCE_SIMILARITY * max(candidate.cosines, default=0.0)
        + PASSAGE_COVERAGE * _weight_in(candidate.all_terms, weights) / total
        + SENTENCE_COVERAGE * best / total
    )


def _weight_in(terms: Collection[str], weights: Mapping[str, float]) -> float:
    """What of the question's weight is in ``terms``: coverage, before it is made a share."""
    return sum([weight for term, weight in weights.items() if term in terms])


def coverage(terms: Iterable[str], weights: Mapping[str, float], present: Collection[str]) -> float:
    """Weighted share of ``terms`` that are in ``present``, 0 to 1; 0 for no terms."""
    total = covered = 0.0
    for term in terms:
        weight = weights.get(term, 0.0)
        total += weight
        covered += weight if term in present else 0.0
    return covered / total if total else 0.0

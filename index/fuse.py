"""Two rankings into one. Pure."""

from collections.abc import Iterable, Sequence

RANK_CONSTANT = 60
"""k of reciprocal rank fusion; 60 as in Cormack, Clarke and Büttcher, SIGIR 2009."""


def reciprocal_rank_fusion(rankings: Iterable[Sequence[int]]) -> list[tuple[int, float]]:
    """``(id, score)`` of every id in any ranking, best first, ties by id.

    The score is the sum of ``1 / (RANK_CONSTANT + rank)`` over the rankings, ranks from 1.
    """
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, id_ in enumerate(ranking, start=1):
            scores[id_] = scores.get(id_, 0.0) + 1 / (RANK_CONSTANT + rank)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))

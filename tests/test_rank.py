"""Ranking the candidates of a search more closely."""

import numpy as np
import pytest

from index.rank import (
    PASSAGE_COVERAGE,
    PASSAGE_SIMILARITY,
    SENTENCE_COVERAGE,
    SENTENCE_SIMILARITY,
    Candidate,
    coverage,
    rank_candidates,
)
from index.records import StoredPassage
from index.types import Passage

WEIGHTS = {"peace": 3.0, "plan": 1.0}


def candidate(id_, similarity, *sentences):
    """A passage with ``(similarity, terms)`` for each of its sentences."""
    passage = Passage(id_, "a.txt", "a", 0, 9, "text text")
    terms = [frozenset(terms) for _, terms in sentences]
    stored = StoredPassage(passage, (), np.zeros(8), np.zeros((0, 8)), b"")
    return Candidate(
        stored, similarity, 0.0, [s for s, _ in sentences], terms, frozenset().union(*terms)
    )


def test_coverage_weighs_each_term_by_how_telling_it_is():
    assert coverage(["peace", "plan"], WEIGHTS, {"peace"}) == 0.75
    assert coverage(["peace", "unknown"], WEIGHTS, {"peace"}) == 1.0
    assert coverage([], WEIGHTS, {"peace"}) == 0.0


def test_the_score_is_the_weighted_sum_of_four_numbers():
    [(hit, _)] = rank_candidates(
        [candidate(7, 0.5, (0.4, {"peace"}), (0.6, {"plan"}))], WEIGHTS, 10
    )
    assert hit.score == pytest.approx(
        0.5 * PASSAGE_SIMILARITY
        + 0.6 * SENTENCE_SIMILARITY
        + 1.0 * PASSAGE_COVERAGE
        + 0.75 * SENTENCE_COVERAGE
    )


def test_the_passage_with_the_nearest_sentence_comes_first_and_ranks_count_from_one():
    far, near = candidate(1, 0.5, (0.2, ())), candidate(2, 0.5, (0.2, ()), (0.7, ()))
    ranked = rank_candidates([far, near], WEIGHTS, 10)
    assert [(hit.passage.id, hit.rank) for hit, _ in ranked] == [(2, 1), (1, 2)]


def test_ties_are_broken_by_id_and_no_more_than_asked_for_come_back():
    ranked = rank_candidates([candidate(i, 0.5, (0.2, ())) for i in (3, 1, 2)], WEIGHTS, 2)
    assert [hit.passage.id for hit, _ in ranked] == [1, 2]


def test_nothing_found_ranks_nothing():
    assert rank_candidates([], WEIGHTS, 10) == []

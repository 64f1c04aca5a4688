"""Ranking the candidates of a search more closely."""

import pytest

from index.rank import (
    PASSAGE_COVERAGE,
    PASSAGE_SIMILARITY,
    SENTENCE_COVERAGE,
    SENTENCE_SIMILARITY,
    coverage,
    rank_hits,
)
from index.types import Hit, Passage, Sentence

WEIGHTS = {"peace": 3.0, "plan": 1.0}


def candidate(id_, similarity, *sentences):
    """A hit with ``(similarity, terms)`` for each of its sentences."""
    hit = Hit(Passage(id_, "a.txt", "a", 0, 9, "text text"), 0.0, 0, similarity)
    return hit, [Sentence(hit, 0, 4, "text", s, frozenset(terms)) for s, terms in sentences]


def test_coverage_weighs_each_term_by_how_telling_it_is():
    assert coverage(["peace", "plan"], WEIGHTS, {"peace"}) == 0.75
    assert coverage(["peace", "unknown"], WEIGHTS, {"peace"}) == 1.0
    assert coverage([], WEIGHTS, {"peace"}) == 0.0


def test_the_score_is_the_weighted_sum_of_four_numbers():
    [(hit, _)] = rank_hits([candidate(7, 0.5, (0.4, {"peace"}), (0.6, {"plan"}))], WEIGHTS, 10)
    assert hit.score == pytest.approx(
        0.5 * PASSAGE_SIMILARITY
        + 0.6 * SENTENCE_SIMILARITY
        + 1.0 * PASSAGE_COVERAGE
        + 0.75 * SENTENCE_COVERAGE
    )


def test_the_passage_with_the_nearest_sentence_comes_first_and_ranks_count_from_one():
    far, near = candidate(1, 0.5, (0.2, ())), candidate(2, 0.5, (0.2, ()), (0.7, ()))
    ranked = rank_hits([far, near], WEIGHTS, 10)
    assert [(hit.passage.id, hit.rank) for hit, _ in ranked] == [(2, 1), (1, 2)]
    assert all(s.hit is hit for hit, sentences in ranked for s in sentences)


def test_ties_are_broken_by_id_and_no_more_than_asked_for_come_back():
    ranked = rank_hits([candidate(i, 0.5, (0.2, ())) for i in (3, 1, 2)], WEIGHTS, 2)
    assert [hit.passage.id for hit, _ in ranked] == [1, 2]


def test_nothing_found_ranks_nothing():
    assert rank_hits([], WEIGHTS, 10) == []

"""Ranking the candidates of a search more closely."""

import numpy as np
import pytest

from index.rank import (
    NEARLY,
    PASSAGE_COVERAGE,
    PASSAGE_SIMILARITY,
    SENTENCE_COVERAGE,
    SENTENCE_SIMILARITY,
    Candidate,
    coverage,
    crowding,
    most_of_one,
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


def from_document(document, id_, similarity, vector=(1.0, 0.0), terms=("peace",)):
    """A candidate of ``document`` whose one sentence has that similarity and a term of its own."""
    passage = Passage(id_, document, document, 0, 9, "text text")
    stored = StoredPassage(passage, (), np.array(vector), np.zeros((0, 2)), b"")
    own = frozenset({*terms, f"own {id_}"})
    return Candidate(stored, 0.0, 0.0, [similarity], [own], own)


def order(candidates, count=10):
    return [hit.passage.id for hit, _ in rank_candidates(candidates, WEIGHTS, count)]


def turned(id_):
    """A vector that is like no other of another ``id_``."""
    return np.eye(30)[id_]


def test_beyond_its_share_a_document_lets_one_that_is_nearly_as_good_go_first():
    long = [from_document("a.txt", i, 0.9 - i / 10000, turned(i)) for i in range(1, 9)]
    near = from_document("b.txt", 20, 0.9 - 0.9 * NEARLY / SENTENCE_SIMILARITY, turned(20))
    far = from_document("b.txt", 21, 0.9 - 1.2 * NEARLY / SENTENCE_SIMILARITY, turned(21))
    assert order([*long, near]) == [1, 2, 3, 20, 4, 5, 6, 7, 8]
    assert order([*long, far]) == [1, 2, 3, 4, 5, 6, 7, 8, 21]


def test_beyond_its_share_variations_of_the_same_let_anything_go_first():
    same = [from_document("a.txt", i, 0.9 - i / 1000) for i in range(1, 9)]
    far = from_document("b.txt", 21, 0.1, turned(21)[:2])
    assert order([*same, far]) == [1, 2, 3, 21, 4, 5, 6, 7, 8]


def test_a_single_document_has_all_places_in_order():
    assert order([from_document("a.txt", i, i / 100) for i in range(20)], 6) == list(
        range(19, 13, -1)
    )


def test_what_only_repeats_a_better_passage_of_its_document_comes_last():
    first, repeat = candidate(1, 0.5, (0.9, {"a"}), (0.8, {"b"})), candidate(2, 0.5, (0.8, {"b"}))
    new = candidate(3, 0.5, (0.1, {"c"}))
    assert order([first, repeat, new]) == [1, 3, 2]


@pytest.mark.parametrize(("count", "most"), [(1, 3), (4, 3), (5, 3), (6, 4), (10, 6)])
def test_a_document_crowds_when_it_has_more_candidates_than_its_share(count, most):
    assert most_of_one(count) == most
    few = [from_document("a.txt", i, 0.5) for i in range(most)]
    assert crowding(few, count) == []
    crowd = [*few, from_document("a.txt", 50, 0.5)]
    others = [from_document("b.txt", 60 + i, 0.4) for i in range(max(count - most, 0))]
    assert crowding(crowd + others[1:], count) == (["a.txt"] if others else [])
    assert crowding(crowd + others, count) == []

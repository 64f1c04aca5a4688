import pytest

from index.fuse import reciprocal_rank_fusion


def test_an_id_in_both_rankings_gets_the_sum():
    fused = reciprocal_rank_fusion([[7, 8], [8, 9]])
    assert fused == [
        (8, pytest.approx(1 / 62 + 1 / 61)),
        (7, pytest.approx(1 / 61)),
        (9, pytest.approx(1 / 62)),
    ]


def test_ties_are_broken_by_id():
    assert [i for i, _ in reciprocal_rank_fusion([[5], [3]])] == [3, 5]


def test_nothing_fuses_to_nothing():
    assert reciprocal_rank_fusion([[], []]) == []

from functools import partial

import numpy as np
import pytest

from eval import aggregate, statistics


def test_each_draw_takes_as_many_cases_as_there_are() -> None:
    weights = np.concatenate(list(statistics.draws(7, resamples=50)))
    assert weights.shape == (50, 7)
    assert set(weights.sum(axis=1)) == {7.0}
    assert weights.max() > 1


def test_draws_are_the_same_each_time_and_differ_by_seed() -> None:
    def first(seed: int) -> list[float]:
        return next(statistics.draws(20, 1, seed))[0].tolist()

    assert first(1) == first(1)
    assert first(1) != first(2)


def test_large_sets_are_drawn_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "_CELLS", 30)
    blocks = [weights.shape for weights in statistics.draws(10, resamples=7)]
    assert blocks == [(3, 10), (3, 10), (1, 10)]


def test_the_interval_of_a_share_is_about_two_standard_errors() -> None:
    # 100 cases, 60 right: standard error sqrt(.6 * .4 / 100) = .049.
    values = np.array([1.0] * 60 + [0.0] * 40)
    low, high = statistics.interval(partial(aggregate.mean, values), 100) or (0.0, 0.0)
    assert low == pytest.approx(0.6 - 1.96 * 0.049, abs=0.02)
    assert high == pytest.approx(0.6 + 1.96 * 0.049, abs=0.02)


def test_the_paired_interval_is_narrow_where_few_cases_differ() -> None:
    # 99 hard and easy cases agree; one is better: the difference is .01, never more than a few.
    before = np.array([1.0, 0.0] * 50)
    after = before.copy()
    after[1] = 1.0
    low, high = statistics.paired_interval(
        partial(aggregate.mean, before), partial(aggregate.mean, after), 100
    ) or (9.0, 9.0)
    assert low == 0.0
    assert 0.01 <= high <= 0.04


def test_equal_runs_have_a_difference_of_exactly_zero() -> None:
    values = partial(aggregate.mean, np.array([1.0, 0.0, 0.5]))
    assert statistics.paired_interval(values, values, 3) == (0.0, 0.0)


def test_a_measure_that_is_never_defined_has_no_value_and_no_interval() -> None:
    empty = partial(aggregate.mean, np.array([]))
    assert statistics.point(empty, 0) is None
    assert statistics.interval(empty, 0) is None


def test_draws_without_a_defined_value_are_left_out() -> None:
    # Two cases, one unanswerable: one draw in four holds no unanswerable case.
    measure = partial(aggregate.refusal_recall, np.array([True, True]), np.array([True, False]))
    assert statistics.interval(measure, 2) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("better", "worse", "chance"),
    [
        (0, 0, 1.0),
        (1, 0, 1.0),
        (0, 5, 2 / 2**5),
        (5, 0, 2 / 2**5),
        (1, 6, 2 * (1 + 7) / 2**7),
        (3, 3, 1.0),
    ],
)
def test_mcnemar_is_the_two_sided_binomial(better: int, worse: int, chance: float) -> None:
    assert statistics.mcnemar(better, worse) == pytest.approx(chance)


def test_mcnemar_of_thousands_of_flips_is_still_a_number() -> None:
    assert 0 <= statistics.mcnemar(4000, 5000) < 1e-20

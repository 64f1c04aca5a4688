import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval import aggregate

ONE = np.ones((1, 4))
CONFIDENCE = np.array([0.9, 0.6, 0.6, 0.2])
ANSWERABLE = np.array([True, True, False, False])


def flags(*values: int) -> aggregate.BoolVector:
    return np.array(values, dtype=np.bool_)


def test_the_mean_leaves_out_what_could_not_be_scored_with_its_weight() -> None:
    values = np.array([1.0, 0.0, np.nan])
    weights = np.array([[1.0, 1.0, 1.0], [3.0, 1.0, 9.0], [0.0, 0.0, 5.0]])
    result = aggregate.mean(values, weights)
    assert result[:2].tolist() == [0.5, 0.75]
    assert np.isnan(result[2])


def test_refusal_precision_recall_and_f1_of_a_worked_example() -> None:
    # Refused: cases 2, 3, 4. Unanswerable: 3, 4, 5. Both: 3, 4.
    refused, answerable = flags(0, 1, 1, 1, 0), flags(1, 1, 0, 0, 0)
    ones = np.ones((1, 5))
    assert aggregate.refusal_precision(refused, answerable, ones) == pytest.approx(2 / 3)
    assert aggregate.refusal_recall(refused, answerable, ones) == pytest.approx(2 / 3)
    assert aggregate.refusal_f1(refused, answerable, ones) == pytest.approx(2 * 2 / (3 + 3))


def test_refusal_measures_follow_the_weights() -> None:
    refused, answerable = flags(1, 1), flags(0, 1)
    assert aggregate.refusal_precision(refused, answerable, np.array([[3.0, 1.0]])) == 0.75


def test_refusal_measures_are_undefined_without_refusals_or_unanswerable_cases() -> None:
    nothing, everything = flags(0, 0), flags(1, 1)
    ones = np.ones((1, 2))
    assert np.isnan(aggregate.refusal_precision(nothing, everything, ones))[0]
    assert np.isnan(aggregate.refusal_recall(nothing, everything, ones))[0]
    assert np.isnan(aggregate.refusal_f1(nothing, everything, ones))[0]


def test_auroc_is_the_share_of_pairs_in_the_right_order_and_a_tie_is_half() -> None:
    # Pairs (answerable, unanswerable): .9>.6, .9>.2, .6=.6, .6>.2 -> 3.5 of 4.
    assert aggregate.refusal_auroc(CONFIDENCE, ANSWERABLE, ONE) == pytest.approx(3.5 / 4)


def test_auroc_counts_each_case_as_often_as_its_weight() -> None:
    # Case 1 twice and case 3 three times: 2*3 right, 2*1 right, .5*1*3, 1*1 -> 10.5 of 3*4.
    weights = np.array([[2.0, 1.0, 3.0, 1.0]])
    assert aggregate.refusal_auroc(CONFIDENCE, ANSWERABLE, weights) == pytest.approx(10.5 / 12)


def test_auroc_needs_both_kinds_of_case() -> None:
    assert np.isnan(aggregate.refusal_auroc(CONFIDENCE, flags(1, 1, 1, 1), ONE))[0]


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=30))
def test_auroc_agrees_with_counting_the_pairs(cases: list[tuple[int, bool]]) -> None:
    confidence = np.array([level / 5 for level, _ in cases])
    answerable = np.array([is_answerable for _, is_answerable in cases])
    pairs = [
        (1.0 if yes > no else 0.5 if yes == no else 0.0)
        for yes in confidence[answerable]
        for no in confidence[~answerable]
    ]
    result = aggregate.refusal_auroc(confidence, answerable, np.ones((1, len(cases))))[0]
    assert np.isnan(result) if not pairs else result == pytest.approx(sum(pairs) / len(pairs))


def test_the_risk_coverage_area_of_a_worked_example() -> None:
    # By falling confidence: right, (wrong, right) tied, wrong. Risks 0, 1/3, 1/3, 2/4.
    right = flags(1, 0, 1, 0)
    expected = (0 + 1 / 3 + 1 / 3 + 2 / 4) / 4
    assert aggregate.risk_coverage_area(CONFIDENCE, right, ONE) == pytest.approx(expected)


def test_the_order_of_tied_cases_does_not_change_the_area() -> None:
    first = aggregate.risk_coverage_area(CONFIDENCE, flags(1, 0, 1, 0), ONE)
    second = aggregate.risk_coverage_area(CONFIDENCE, flags(1, 1, 0, 0), ONE)
    assert first == second


def test_the_curve_has_one_point_a_confidence() -> None:
    points = aggregate.risk_coverage_curve(CONFIDENCE, flags(1, 0, 1, 0))
    assert [(point.coverage, point.threshold) for point in points] == [
        (0.25, 0.9), (0.75, 0.6), (1.0, 0.2),
    ]  # fmt: skip
    assert [point.risk for point in points] == pytest.approx([0, 1 / 3, 1 / 2])
    assert aggregate.risk_coverage_curve(np.array([]), flags()) == ()


def test_calibration_error_weighs_each_bin_by_its_cases() -> None:
    # Bin .9: one case, |.95 - 1| = .05. Bin .2: three cases, mean .25, one right: |.25 - 1/3|.
    confidence = np.array([0.95, 0.2, 0.25, 0.3 - 1e-9])
    right = flags(1, 0, 1, 0)
    expected = (1 * 0.05 + 3 * (1 / 3 - 0.25)) / 4
    assert aggregate.calibration_error(confidence, right, ONE) == pytest.approx(expected)


def test_certainty_falls_into_the_last_bin() -> None:
    bins = aggregate.calibration_bins(np.array([1.0, 0.95]), flags(1, 0))
    assert [(each.cases, each.right) for each in bins] == [(2, 0.5)]
    assert bins[0].confidence == pytest.approx(0.975)


def test_percentiles_are_values_that_occurred() -> None:
    values = np.array([5.0, 1.0, 4.0, 2.0, 3.0])
    ones = np.ones((1, 5))
    assert aggregate.percentile(values, 0.5, ones) == 3
    assert aggregate.percentile(values, 0.95, ones) == 5
    assert aggregate.percentile(np.arange(1.0, 21.0), 0.95, np.ones((1, 20))) == 19


def test_percentiles_follow_the_weights_and_leave_out_nan() -> None:
    values = np.array([1.0, np.nan, 9.0])
    assert aggregate.percentile(values, 0.5, np.array([[1.0, 5.0, 2.0]])) == 9
    assert np.isnan(aggregate.percentile(np.array([np.nan]), 0.5, np.ones((1, 1))))[0]


def test_nothing_to_measure_is_undefined_and_not_an_error() -> None:
    empty, none, weights = np.array([]), flags(), np.ones((2, 0))
    for result in (
        aggregate.mean(empty, weights),
        aggregate.refusal_auroc(empty, none, weights),
        aggregate.risk_coverage_area(empty, none, weights),
        aggregate.calibration_error(empty, none, weights),
        aggregate.percentile(empty, 0.5, weights),
    ):
        assert np.isnan(result).tolist() == [True, True]

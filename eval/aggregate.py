"""The measures of a set of cases: pure functions over arrays, each with its source.

Every function takes *weights*, how often each case counts, shape ``(draws, cases)``, and gives
one value for each draw, shape ``(draws,)``: NaN where it is not defined (no refusal, no
unanswerable case). With one row of ones that is the figure itself, with the rows of
:func:`eval.statistics.draws` its bootstrap distribution; there is one formula for both.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatVector = NDArray[np.float64]
FloatMatrix = NDArray[np.float64]
BoolVector = NDArray[np.bool_]

BINS = 10


def mean(values: FloatVector, weights: FloatMatrix) -> FloatVector:
    """The weighted mean of ``values``; NaN values are left out with their weight.

    >>> mean(np.array([1.0, 0.0, np.nan]), np.array([[1.0, 1.0, 1.0], [3.0, 1.0, 9.0]]))
    array([0.5 , 0.75])
    """
    known = ~np.isnan(values)
    kept = weights[:, known]
    return _ratio(kept @ values[known], kept.sum(axis=1))


def refusal_precision(
    refused: BoolVector, answerable: BoolVector, weights: FloatMatrix
) -> FloatVector:
    """The share of refusals that were right: unanswerable and refused / refused.

    Source: precision with "refuse" as the positive class (*Introduction to Information
    Retrieval*, chapter 8.3); the task is that of Rajpurkar et al., *Know What You Don't Know*,
    2018.
    """
    right = (refused & ~answerable).astype(float)
    return _ratio(weights @ right, weights @ refused.astype(float))


def refusal_recall(
    refused: BoolVector, answerable: BoolVector, weights: FloatMatrix
) -> FloatVector:
    """The share of unanswerable cases that were refused. Source as for the precision."""
    right = (refused & ~answerable).astype(float)
    return _ratio(weights @ right, weights @ (~answerable).astype(float))


def refusal_f1(refused: BoolVector, answerable: BoolVector, weights: FloatMatrix) -> FloatVector:
    """2 TP / (2 TP + FP + FN), the harmonic mean of refusal precision and recall.

    Source: van Rijsbergen, *Information Retrieval*, 1979.
    """
    right = weights @ (refused & ~answerable).astype(float)
    both = weights @ refused.astype(float) + weights @ (~answerable).astype(float)
    return _ratio(2 * right, both)


def refusal_auroc(
    confidence: FloatVector, answerable: BoolVector, weights: FloatMatrix
) -> FloatVector:
    """The chance that an answerable case has the higher confidence of a pair; a tie is half.

    Whether the confidence could tell answerable from unanswerable at some threshold, whatever
    the threshold in use. 0.5 is chance. Source: Hanley and McNeil, *The meaning and use of the
    area under a ROC curve*, 1982 (the Mann-Whitney statistic).

    >>> ones = np.ones((1, 3))
    >>> refusal_auroc(np.array([0.9, 0.4, 0.4]), np.array([True, True, False]), ones)
    array([0.75])
    """
    answered = _by_level(confidence, weights * answerable)
    unanswered = _by_level(confidence, weights * ~answerable)
    above = answered.sum(axis=1, keepdims=True) - np.cumsum(answered, axis=1)
    wins = (unanswered * (above + answered / 2)).sum(axis=1)
    return _ratio(wins, answered.sum(axis=1) * unanswered.sum(axis=1))


def risk_coverage_area(
    confidence: FloatVector, right: BoolVector, weights: FloatMatrix
) -> FloatVector:
    """The area under the risk-coverage curve, 0 (best) to 1.

    The mean, over the cases in order of falling confidence, of the share of wrong answers so far:
    what would go wrong if only the most confident part were answered. Cases of the same
    confidence share the risk at the end of their group, so that the order in the file is
    indifferent. Source: Geifman and El-Yaniv, *Selective Classification for Deep Neural
    Networks*, 2017; the area from their *Bias-Reduced Uncertainty Estimation*, 2019.

    >>> ones = np.ones((1, 2))
    >>> risk_coverage_area(np.array([0.9, 0.1]), np.array([True, False]), ones)  # (0 + 1/2) / 2
    array([0.25])
    """
    count = _by_level(-confidence, weights)
    wrong = np.cumsum(_by_level(-confidence, weights * ~right), axis=1)
    answered = np.cumsum(count, axis=1)
    risk = np.divide(wrong, answered, out=np.zeros_like(wrong), where=answered > 0)
    return _ratio((risk * count).sum(axis=1), count.sum(axis=1))


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One threshold of the risk-coverage curve."""

    coverage: float
    """Share of cases whose confidence is at least ``threshold``, 0 to 1."""
    risk: float
    """Share of those that were not right."""
    threshold: float


def risk_coverage_curve(confidence: FloatVector, right: BoolVector) -> tuple[CurvePoint, ...]:
    """The curve whose area :func:`risk_coverage_area` is, by rising coverage; empty for no case.

    >>> [point.risk for point in risk_coverage_curve(np.array([0.9, 0.1]), np.array([True, False]))]
    [0.0, 0.5]
    """
    levels = np.unique(confidence)[::-1]
    answered = np.cumsum(_by_level(-confidence, np.ones((1, len(right)))))
    wrong = np.cumsum(_by_level(-confidence, (~right[None, :]).astype(np.float64)))
    return tuple(
        CurvePoint(float(count / len(confidence)), float(bad / count), float(level))
        for level, count, bad in zip(levels, answered, wrong, strict=True)
    )


def calibration_error(
    confidence: FloatVector, right: BoolVector, weights: FloatMatrix
) -> FloatVector:
    """Expected calibration error over ten bins of equal width, 0 (best) to 1.

    The mean over cases of how far the mean confidence of their bin is from the share that was
    right in it. Source: Guo et al., *On Calibration of Modern Neural Networks*, 2017; the binning
    from Naeini et al., 2015. The last bin includes 1.

    >>> ones = np.ones((1, 2))
    >>> calibration_error(np.array([0.75, 0.75]), np.array([True, False]), ones)  # |0.75 - 0.5|
    array([0.25])
    """
    bins = _binned(confidence)
    gap = weights @ (bins * (confidence - right)[:, None])
    return _ratio(np.abs(gap).sum(axis=1), weights.sum(axis=1))


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """The cases whose confidence lies in one tenth of 0..1."""

    confidence: float
    """Their mean confidence."""
    right: float
    """The share of them that was right."""
    cases: int


def calibration_bins(confidence: FloatVector, right: BoolVector) -> tuple[CalibrationBin, ...]:
    """The bins of :func:`calibration_error` that hold a case, by rising confidence."""
    which = _bin_of(confidence)
    return tuple(
        CalibrationBin(
            confidence=float(confidence[which == number].mean()),
            right=float(right[which == number].mean()),
            cases=int((which == number).sum()),
        )
        for number in np.unique(which)
    )


def percentile(values: FloatVector, share: float, weights: FloatMatrix) -> FloatVector:
    """The smallest value that at least ``share`` (0 to 1) of the cases do not exceed.

    Source: the nearest-rank method; R's quantile type 1 (Hyndman and Fan, 1996). NaN left out.

    >>> percentile(np.array([3.0, 1.0, 2.0]), 0.5, np.ones((1, 3)))
    array([2.])
    """
    known = np.flatnonzero(~np.isnan(values))
    order = known[np.argsort(values[known], kind="stable")]
    reached = np.cumsum(weights[:, order], axis=1)
    if not order.size:
        return np.full(len(weights), np.nan)
    # A hair less than the share, so that rounding (0.95 * 20) does not ask for one rank more.
    wanted = share * reached[:, -1:] * (1 - 1e-12)
    found = values[order][np.argmax(reached >= wanted, axis=1)]
    return np.where(reached[:, -1] > 0, found, np.nan)


def _ratio(part: FloatVector, whole: FloatVector) -> FloatVector:
    ratio = np.full(len(part), np.nan)
    np.divide(part, whole, out=ratio, where=whole > 0)
    return ratio


def _by_level(values: FloatVector, weights: FloatMatrix) -> FloatMatrix:
    """The weight at each distinct value, lowest value first: shape (draws, distinct values)."""
    if not values.size:
        return np.zeros((len(weights), 0))
    order = np.argsort(values, kind="stable")
    starts = np.flatnonzero(np.diff(values[order], prepend=np.nan) != 0)
    levels: FloatMatrix = np.add.reduceat(weights[:, order], starts, axis=1)
    return levels


def _bin_of(confidence: FloatVector) -> NDArray[np.int64]:
    return np.minimum((confidence * BINS).astype(np.int64), BINS - 1)


def _binned(confidence: FloatVector) -> FloatMatrix:
    return np.eye(BINS)[_bin_of(confidence)]

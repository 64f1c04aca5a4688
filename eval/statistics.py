"""How sure a figure is: bootstrap intervals, paired differences, McNemar's test. Pure functions.

Draws are made with a fixed seed: the same cases give the same interval, byte for byte.
"""

import math
from collections.abc import Callable, Iterator

import numpy as np

from eval.aggregate import FloatMatrix, FloatVector

RESAMPLES = 1000
SEED = 20240601
INTERVAL = (2.5, 97.5)
"""Percentiles of the draws: a 95 % interval."""
_CELLS = 2_000_000
"""Weights held at once, 16 MB: large sets are drawn in blocks."""

Measure = Callable[[FloatMatrix], FloatVector]
"""Weights of shape (draws, cases) to values of shape (draws,); see ``eval/aggregate.py``."""


def draws(cases: int, resamples: int = RESAMPLES, seed: int = SEED) -> Iterator[FloatMatrix]:
    """How often each case is drawn when ``cases`` are drawn with replacement, in blocks.

    The blocks, each of shape (some draws, cases), hold ``resamples`` rows together, and each row
    sums to ``cases``. Source: Efron and Tibshirani, *An Introduction to the Bootstrap*, 1993.
    """
    generator = np.random.default_rng(seed)
    block = max(1, _CELLS // max(1, cases))
    for start in range(0, resamples, block):
        rows = min(block, resamples - start)
        picked = generator.integers(0, cases, size=(rows, cases)) if cases else np.zeros((rows, 0))
        cells = picked + np.arange(rows)[:, None] * cases
        counts = np.bincount(cells.astype(np.int64).ravel(), minlength=rows * cases)
        yield counts.reshape(rows, cases).astype(float)


def point(measure: Measure, cases: int) -> float | None:
    """The measure on the cases as they are; None where it is not defined."""
    value = float(measure(np.ones((1, cases)))[0])
    return None if math.isnan(value) else value


def interval(measure: Measure, cases: int) -> tuple[float, float] | None:
    """The 95 % percentile bootstrap interval; None where the measure is never defined.

    Draws in which it is not defined (no unanswerable case was drawn) are left out.
    """
    return _percentiles(np.concatenate([measure(weights) for weights in draws(cases)]))


def paired_interval(before: Measure, after: Measure, cases: int) -> tuple[float, float] | None:
    """The 95 % interval of ``after - before`` on the same cases, drawn together.

    Pairing takes out what makes a case hard for both. Source: Efron and Tibshirani, 1993;
    Koehn, *Statistical Significance Tests for Machine Translation Evaluation*, 2004.
    """
    return _percentiles(
        np.concatenate([after(weights) - before(weights) for weights in draws(cases)])
    )


def mcnemar(better: int, worse: int) -> float:
    """The chance of a split at least as uneven as this when neither run is better: 0 to 1.

    The exact two-sided binomial test on the cases that flipped. Source: McNemar, *Note on the
    sampling error of the difference between correlated proportions*, 1947.

    >>> mcnemar(better=0, worse=5)  # 2 * (1/2)^5
    0.0625
    """
    flips = better + worse
    tail = sum(math.comb(flips, count) for count in range(min(better, worse) + 1))
    return float(min(1.0, 2 * tail / 2**flips))


def _percentiles(values: FloatVector) -> tuple[float, float] | None:
    known = values[~np.isnan(values)]
    if not known.size:
        return None
    low, high = np.percentile(known, INTERVAL)
    return float(low), float(high)

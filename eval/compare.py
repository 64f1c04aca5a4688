"""What a change made better and worse: two runs of the same cases, case by case.

Only cases that both runs hold, with the same wording, are compared; for each metric, those that
could be scored in both. Of reworded ones only whether they pass is looked at. Pure:
``eval/command.py`` turns the verdict into an exit code.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from eval.aggregate import BoolVector
from eval.cases import Case
from eval.catalogue import METRICS, Good, Kind, Metric, is_scored, sample
from eval.score import failures
from eval.statistics import mcnemar, paired_interval, point
from eval.tolerance import Tolerances
from eval.types import Record, Run
from index.errors import UsageError

_ROUNDING = 1e-9


class Verdict(StrEnum):
    """What became of a metric."""

    FELL = "fell"
    """Worse than the baseline by more than its tolerance."""
    HELD = "held"
    ROSE = "rose"
    """Better by more than its tolerance."""
    NOT_JUDGED = "not judged"


@dataclass(frozen=True, slots=True)
class Row:
    """One metric in both runs."""

    metric: Metric
    before: float | None
    after: float | None
    difference: float | None
    """After minus before; None where one of them has no value."""
    low: float | None
    """With ``high``, the 95 % paired bootstrap interval of the difference."""
    high: float | None
    better: int
    """Cases that the new run scores better; 0 for metrics that no single case has."""
    worse: int
    p_value: float | None
    """Of McNemar's test, for yes/no metrics."""
    cases: int
    """Cases compared: those scored in both runs."""
    tolerance: float | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Flip:
    """A case that passed in one run and fails in the other."""

    key: str
    question: str
    why: tuple[str, ...]
    """Why it fails where it does."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that a reader of a change needs."""

    rows: tuple[Row, ...]
    broken: tuple[Flip, ...]
    """Passed in the baseline and fails now, with the same wording."""
    broken_reworded: tuple[Flip, ...]
    """Passed in the baseline and fails now that it is reworded."""
    mended: tuple[Flip, ...]
    """Failed in the baseline and passes now."""
    compared: int
    """Cases in both runs."""
    added: tuple[str, ...]
    """Keys of cases that only the new run holds."""
    removed: tuple[str, ...]
    """Keys of cases that only the baseline holds."""
    reworded: tuple[str, ...]
    """Keys of cases whose question or expectation changed; in no metric."""
    setting_changes: tuple[str, ...]
    """How version, models, settings or index differ, a line each."""

    @property
    def fallen(self) -> tuple[Row, ...]:
        """The metrics that fell beyond their tolerance: empty when the change may go in."""
        return tuple(row for row in self.rows if row.verdict is Verdict.FELL)

    @property
    def newly_failing(self) -> tuple[Flip, ...]:
        """The cases that passed in the baseline and fail now, reworded or not."""
        return self.broken + self.broken_reworded

    def may_go_in(self, *, may_lack: bool = False, may_break: bool = True) -> bool:
        """Whether nothing fell, and no case of the baseline lacks unless it ``may_lack``.

        Without ``may_break``, no case may be newly failing either.
        """
        lacks = bool(self.removed) and not may_lack
        breaks = bool(self.newly_failing) and not may_break
        return not (self.fallen or lacks or breaks)


def compare_runs(baseline: Run, run: Run, tolerances: Tolerances | None = None) -> Comparison:
    """The run against the baseline.

    Raises:
        UsageError: the two have no case in common.
    """
    old = {record.key: record for record in baseline.records}
    new = {record.key: record for record in run.records}
    both = [key for key in old if key in new]
    common = [key for key in both if same_wording(old[key].case, new[key].case)]
    if not common:
        raise UsageError(
            f"nothing to compare: none of the {len(old)} cases of the baseline is among the "
            f"{len(new)} of the run with the same wording; compare runs of the same cases"
        )
    before, after = [old[key] for key in common], [new[key] for key in common]
    reworded = tuple(key for key in both if key not in set(common))
    limits = tolerances or Tolerances()
    return Comparison(
        rows=tuple(_row(metric, before, after, limits) for metric in METRICS),
        broken=_flips(before, after),
        broken_reworded=_flips([old[key] for key in reworded], [new[key] for key in reworded]),
        mended=_flips(after, before),
        compared=len(common),
        added=tuple(key for key in new if key not in old),
        removed=tuple(key for key in old if key not in new),
        reworded=reworded,
        setting_changes=_setting_changes(baseline.made_with, run.made_with),
    )


def same_wording(case: Case, other: Case) -> bool:
    """Whether they differ in nothing but their tags, which change no score."""
    return replace(case, tags=()) == replace(other, tags=())


def _row(
    metric: Metric, before: Sequence[Record], after: Sequence[Record], limits: Tolerances
) -> Row:
    both = is_scored(metric.name, before) & is_scored(metric.name, after)
    old, new = sample(metric.name, before, both), sample(metric.name, after, both)
    count = int(both.sum())
    was, now = point(old.measure, count), point(new.measure, count)
    difference = None if was is None or now is None else now - was
    span = None if difference is None else paired_interval(old.measure, new.measure, count)
    better, worse = _wins(metric, before, after, both)
    tolerance = limits.of(metric.name)
    return Row(
        metric=metric,
        before=was,
        after=now,
        difference=difference,
        low=span[0] if span else None,
        high=span[1] if span else None,
        better=better,
        worse=worse,
        p_value=mcnemar(better, worse) if metric.kind is Kind.YES_NO and count else None,
        cases=count,
        tolerance=tolerance,
        verdict=_verdict(metric, difference, tolerance),
    )


def _wins(
    metric: Metric, before: Sequence[Record], after: Sequence[Record], both: BoolVector
) -> tuple[int, int]:
    if metric.kind in (Kind.WHOLE, Kind.SECONDS) or metric.good is Good.NEITHER:
        return 0, 0
    gains = [
        (new.scores[metric.name].value or 0) - (old.scores[metric.name].value or 0)
        for old, new, keep in zip(before, after, both, strict=True)
        if keep
    ]
    signs = np.sign(gains) * (1 if metric.good is Good.HIGH else -1)
    return int((signs > 0).sum()), int((signs < 0).sum())


def _verdict(metric: Metric, difference: float | None, tolerance: float | None) -> Verdict:
    if difference is None or tolerance is None:
        return Verdict.NOT_JUDGED
    gain = difference if metric.good is Good.HIGH else -difference
    if gain < -tolerance - _ROUNDING:
        return Verdict.FELL
    return Verdict.ROSE if gain > tolerance + _ROUNDING else Verdict.HELD


def _flips(passing: Sequence[Record], failing: Sequence[Record]) -> tuple[Flip, ...]:
    flips = []
    for good, bad in zip(passing, failing, strict=True):
        why = failures(bad.case, bad.scores)
        if why and not failures(good.case, good.scores):
            flips.append(Flip(bad.key, bad.case.question, why))
    return tuple(flips)


def _setting_changes(
    before: Mapping[str, Mapping[str, str]], after: Mapping[str, Mapping[str, str]]
) -> tuple[str, ...]:
    lines = []
    for case_set in [name for name in before if name in after]:
        old, new = before[case_set], after[case_set]
        prefix = f"{case_set}: " if len(before) > 1 else ""
        lines += [
            f"{prefix}{name} was {old.get(name, 'not given')}, is {new.get(name, 'not given')}"
            for name in dict.fromkeys([*old, *new])
            if old.get(name) != new.get(name)
        ]
    return tuple(lines)

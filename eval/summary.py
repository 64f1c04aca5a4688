"""From a run's records to figures with intervals: all cases, each case set, each tag."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from eval.catalogue import METRICS, Kind, rests_on, sample
from eval.score import failures
from eval.statistics import interval, point
from eval.types import Figure, Record

Figures = Mapping[str, Figure]
"""By metric name, in the order of the catalogue."""
EVERYTHING = "all"


def summarise(records: Sequence[Record]) -> Figures:
    """Every metric on ``records``. Cases weigh the same whatever their set or tag (micro)."""
    return {metric.name: figure(metric.name, records) for metric in METRICS}


def figure(name: str, records: Sequence[Record]) -> Figure:
    """One metric on ``records`` with its 95 % interval."""
    taken = sample(name, records)
    count = int(taken.scored.sum())
    told = rests_on(name, records)
    unscored = len(records) - count
    value = point(taken.measure, count)
    if value is None:
        return Figure(None, None, None, told, unscored)
    low, high = interval(taken.measure, count) or (value, value)
    return Figure(round(value, 6), round(low, 6), round(high, 6), told, unscored)


def groups(records: Sequence[Record]) -> dict[str, tuple[Record, ...]]:
    """The records by group: ``all``, then ``set:…`` (of several sets) and ``tag:…``, sorted."""
    members: dict[str, list[Record]] = defaultdict(list)
    several_sets = len({record.case_set for record in records}) > 1
    for record in records:
        names = [f"tag:{tag}" for tag in record.case.tags]
        names += [f"set:{record.case_set}"] if several_sets else []
        for name in names:
            members[name].append(record)
    return {EVERYTHING: tuple(records)} | {name: tuple(members[name]) for name in sorted(members)}


def passed(records: Sequence[Record]) -> int:
    """How many cases pass: those in which ``failures`` finds nothing."""
    return sum(1 for record in records if not failures(record.case, record.scores))


def without_seconds(figures: Figures) -> Figures:
    """The figures that are the same each time."""
    seconds = {metric.name for metric in METRICS if metric.kind is Kind.SECONDS}
    return {name: value for name, value in figures.items() if name not in seconds}

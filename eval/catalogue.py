"""Every measure with its name, and how it is computed from a run's records.

Names are those in run files, tolerance files and messages. A measure becomes a function of
weights (see ``eval/aggregate.py``) over the cases that it could be scored on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

import numpy as np

from eval import aggregate
from eval.aggregate import BoolVector, FloatMatrix, FloatVector
from eval.types import Record


class Good(StrEnum):
    """Which way is better."""

    HIGH = "high"
    LOW = "low"
    NEITHER = "neither"
    """Told, never judged."""


class Kind(StrEnum):
    """What a measure is a number of."""

    YES_NO = "yes/no"
    """The mean of 0 and 1 over cases."""
    SHARE = "share"
    """The mean of values from 0 to 1 over cases."""
    COUNT = "count"
    """The mean of a count over cases."""
    WHOLE = "whole"
    """0 to 1, of the cases together; no single case has it."""
    SECONDS = "seconds"
    """Of the cases' times: differs each time, so it is kept apart and never judged."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One line of a table."""

    name: str
    label: str
    kind: Kind
    good: Good = Good.HIGH
    headline: bool = False
    """Shown without ``--all``."""


METRICS = (
    Metric("completed", "cases finished", Kind.YES_NO),
    Metric("evidence_located", "evidence found in documents", Kind.SHARE),
    Metric("hit_at_1", "hit@1", Kind.YES_NO),
    Metric("hit_at_5", "hit@5", Kind.YES_NO, headline=True),
    Metric("hit_at_10", "hit@10", Kind.YES_NO),
    Metric("recall_at_5", "recall@5", Kind.SHARE),
    Metric("recall_at_10", "recall@10", Kind.SHARE),
    Metric("mrr", "MRR", Kind.SHARE, headline=True),
    Metric("ndcg_at_10", "nDCG@10", Kind.SHARE),
    Metric("document_hit_at_5", "document hit@5", Kind.YES_NO),
    Metric("evidence_cited", "evidence cited", Kind.YES_NO, headline=True),
    Metric("evidence_cited_in_1", "… in at most 1 sentence", Kind.YES_NO),
    Metric("evidence_cited_in_2", "… in at most 2 sentences", Kind.YES_NO, headline=True),
    Metric("evidence_cited_in_3", "… in at most 3 sentences", Kind.YES_NO),
    Metric("document_cited", "document cited", Kind.YES_NO),
    Metric("citation_precision", "citation precision", Kind.SHARE, headline=True),
    Metric("citation_recall", "citation recall", Kind.SHARE, headline=True),
    Metric("citation_exact", "citations exact", Kind.SHARE, headline=True),
    Metric("answer_found", "answer found", Kind.YES_NO, headline=True),
    Metric("answer_f1", "answer token F1", Kind.SHARE),
    Metric("answer_exact", "answer exact match", Kind.YES_NO),
    Metric("span_f1", "token F1 of the words pointed at", Kind.SHARE),
    Metric("sentences_cited", "sentences with a citation", Kind.SHARE),
    Metric("refusal_right", "answered or refused rightly", Kind.YES_NO),
    Metric("refusal_precision", "refusal precision", Kind.WHOLE, headline=True),
    Metric("refusal_recall", "refusal recall", Kind.WHOLE, headline=True),
    Metric("refusal_f1", "refusal F1", Kind.WHOLE, headline=True),
    Metric("refusal_auroc", "refusal AUROC", Kind.WHOLE, headline=True),
    Metric("right", "answered with right citation", Kind.YES_NO),
    Metric("risk_coverage_area", "risk-coverage area", Kind.WHOLE, Good.LOW),
    Metric("calibration_error", "calibration error (ECE)", Kind.WHOLE, Good.LOW, headline=True),
    Metric("sentences", "sentences per answer", Kind.COUNT, Good.NEITHER, headline=True),
    Metric("words", "words per answer", Kind.COUNT, Good.NEITHER),
    Metric("latency_p50", "latency p50, seconds", Kind.SECONDS, Good.NEITHER, headline=True),
    Metric("latency_p95", "latency p95, seconds", Kind.SECONDS, Good.NEITHER, headline=True),
)
BY_NAME = {metric.name: metric for metric in METRICS}
PER_CASE = tuple(metric.name for metric in METRICS if metric.kind not in (Kind.WHOLE, Kind.SECONDS))


@dataclass(frozen=True, slots=True)
class Sample:
    """A metric on some records, ready to be computed for any weights of the cases."""

    scored: BoolVector
    """Which of the records the metric could be scored on."""
    measure: Callable[[FloatMatrix], FloatVector]
    """For weights of the scored records only, shape (draws, scored)."""


def sample(name: str, records: Sequence[Record], among: BoolVector | None = None) -> Sample:
    """The metric on ``records``, or on those of them that ``among`` marks."""
    scored = is_scored(name, records)
    if among is not None:
        scored = scored & among
    kept = [record for record, keep in zip(records, scored, strict=True) if keep]
    return Sample(scored, _measure(name, kept))


def is_scored(name: str, records: Sequence[Record]) -> BoolVector:
    """Which of the records the metric could be scored on."""
    return np.array([_is_scored(name, record) for record in records], dtype=np.bool_)


def rests_on(name: str, records: Sequence[Record]) -> int:
    """How many cases decide the metric: the refusals for their precision, and so on."""
    finished = [record for record in records if _is_scored(name, record)]
    if name == "refusal_precision":
        return sum(1 for record in finished if record.seen and record.seen.refused)
    if name == "refusal_recall":
        return sum(1 for record in finished if not record.case.answerable)
    return len(finished)


def _is_scored(name: str, record: Record) -> bool:
    kind = BY_NAME[name].kind
    if kind is Kind.SECONDS:
        return record.seconds is not None and record.seen is not None
    if name in ("risk_coverage_area", "calibration_error"):
        return record.seen is not None and record.scores["right"].value is not None
    if kind is Kind.WHOLE:
        return record.seen is not None
    score = record.scores.get(name)  # a run of an earlier version may not know the metric
    return score is not None and score.value is not None


def _measure(name: str, records: Sequence[Record]) -> Callable[[FloatMatrix], FloatVector]:
    if name.startswith("latency_p"):
        seconds = _vector([record.seconds for record in records])
        return partial(aggregate.percentile, seconds, int(name.removeprefix("latency_p")) / 100)
    if name not in _WHOLE:
        return partial(aggregate.mean, _vector([record.scores[name].value for record in records]))
    return _WHOLE[name](records)


def _refusals(
    measure: Callable[[BoolVector, BoolVector, FloatMatrix], FloatVector],
) -> Callable[[Sequence[Record]], Callable[[FloatMatrix], FloatVector]]:
    def of(records: Sequence[Record]) -> Callable[[FloatMatrix], FloatVector]:
        refused = _flags([record.seen is not None and record.seen.refused for record in records])
        return partial(measure, refused, answerable(records))

    return of


def _auroc(records: Sequence[Record]) -> Callable[[FloatMatrix], FloatVector]:
    return partial(aggregate.refusal_auroc, confidence(records), answerable(records))


def _selective(
    measure: Callable[[FloatVector, BoolVector, FloatMatrix], FloatVector],
) -> Callable[[Sequence[Record]], Callable[[FloatMatrix], FloatVector]]:
    def of(records: Sequence[Record]) -> Callable[[FloatMatrix], FloatVector]:
        return partial(measure, confidence(records), right(records))

    return of


_WHOLE = {
    "refusal_precision": _refusals(aggregate.refusal_precision),
    "refusal_recall": _refusals(aggregate.refusal_recall),
    "refusal_f1": _refusals(aggregate.refusal_f1),
    "refusal_auroc": _auroc,
    "risk_coverage_area": _selective(aggregate.risk_coverage_area),
    "calibration_error": _selective(aggregate.calibration_error),
}


def confidence(records: Sequence[Record]) -> FloatVector:
    """The confidence of each record, 0 to 1; NaN where nothing was answered."""
    return _vector([record.seen.confidence if record.seen else None for record in records])


def answerable(records: Sequence[Record]) -> BoolVector:
    """Whether the documents answer each record's question."""
    return _flags([record.case.answerable for record in records])


def right(records: Sequence[Record]) -> BoolVector:
    """Whether each record's answer cites what it should; False where it was not scored."""
    return _flags([record.scores["right"].value == 1 for record in records])


def _vector(values: Sequence[float | None]) -> FloatVector:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _flags(values: Sequence[bool]) -> BoolVector:
    return np.array(values, dtype=np.bool_)

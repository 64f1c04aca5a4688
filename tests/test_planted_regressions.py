"""Regressions planted in the real engine are caught, each with the right metric named."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant
from assistant.read.reader import PackagedReader, Reader, Reading, Span
from assistant.types import Answer, Turn
from eval.cases import Case, load_cases
from eval.compare import Comparison, compare_runs
from eval.run import run_cases
from eval.types import Run

pytestmark = pytest.mark.model

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Tampered:
    """An assistant whose every fifth answer has its first citation shifted by one."""

    assistant: Assistant
    asked: int = 0

    def ask(self, question: str, *, history: Sequence[Turn]) -> Answer:
        reply = self.assistant.ask(question, history=history)
        self.asked += 1
        if self.asked % 5 or not reply.citations:
            return reply
        first, *rest = reply.citations
        shifted = replace(first, start=first.start + 1, end=first.end + 1)
        return replace(reply, citations=(shifted, *rest))

    def document(self, document_id: str) -> Any:
        return self.assistant.document(document_id)

    def documents(self) -> Sequence[Any]:
        return self.assistant.documents()


class Remembering:
    """The packaged reader, which reads nothing twice: what is planted here comes after it, or
    before.
    """

    def __init__(self) -> None:
        self._reader = PackagedReader()
        self._read: dict[Any, list[Reading]] = {}

    def read(
        self, question: str, passages: Sequence[str], sentences: Sequence[Sequence[Span]]
    ) -> list[Reading]:
        key = (question, tuple(passages), tuple(map(tuple, sentences)))
        if key not in self._read:
            self._read[key] = self._reader.read(question, passages, sentences)
        return self._read[key]

    def support(self, passages: Sequence[str], sentences: Sequence[str]) -> list[float]:
        return self._reader.support(passages, sentences)


@pytest.fixture(scope="module")
def engine(seeds: Assistant) -> Assistant:
    """The assistant on the seeds, which remembers what it read."""
    return with_threshold(seeds, seeds.settings.answer.refuse_below, Remembering())


@pytest.fixture(scope="module")
def cases() -> tuple[Case, ...]:
    """Every fourth case on the seeds."""
    return load_cases(ROOT / "eval/seeds")[::4]


@pytest.fixture(scope="module")
def baseline(engine: Assistant, cases: Sequence[Case]) -> Run:
    return run_cases(engine, cases)


@pytest.fixture
def without_words(engine: Assistant, monkeypatch: pytest.MonkeyPatch) -> Iterator[Assistant]:
    """The assistant with BM25 switched off, and so the weights of words in the ranking after it."""
    monkeypatch.setattr(engine.index._lexical, "search", lambda *_: [])
    monkeypatch.setattr(engine.index._lexical, "weights", lambda _: {})
    yield engine


def with_threshold(
    assistant: Assistant, refuse_below: float, reader: Reader | None = None
) -> Assistant:
    answer = replace(assistant.settings.answer, refuse_below=refuse_below)
    other = Assistant(assistant.folder, assistant.index, replace(assistant.settings, answer=answer))
    other.reader = reader or assistant.reader
    return other


def fallen(comparison: Comparison) -> set[str]:
    return {row.metric.name for row in comparison.fallen}


def test_the_same_engine_twice_falls_in_nothing(
    seeds: Assistant, cases: Sequence[Case], baseline: Run
) -> None:
    again = run_cases(seeds, cases)
    comparison = compare_runs(baseline, again)
    assert comparison.fallen == ()
    assert [record.scores for record in again.records] == [
        record.scores for record in baseline.records
    ]


def test_bm25_switched_off_falls_in_retrieval(
    without_words: Assistant, cases: Sequence[Case], baseline: Run
) -> None:
    comparison = compare_runs(baseline, run_cases(without_words, cases))
    assert {"mrr", "ndcg_at_10"} & fallen(comparison)


def test_a_threshold_moved_to_nought_falls_in_refusal_recall(
    engine: Assistant, cases: Sequence[Case], baseline: Run
) -> None:
    comparison = compare_runs(baseline, run_cases(with_threshold(engine, 0.0), cases))
    assert "refusal_recall" in fallen(comparison)
    assert "mrr" not in fallen(comparison)


def test_a_threshold_moved_to_one_falls_in_refusal_precision_and_evidence_cited(
    engine: Assistant, cases: Sequence[Case], baseline: Run
) -> None:
    comparison = compare_runs(baseline, run_cases(with_threshold(engine, 1.0), cases))
    assert {"refusal_precision", "evidence_cited"} <= fallen(comparison)
    assert "mrr" not in fallen(comparison)


def test_an_offset_shifted_by_one_falls_in_exactness_and_in_what_is_pointed_at_only(
    engine: Assistant, cases: Sequence[Case], baseline: Run
) -> None:
    tampered = run_cases(Tampered(engine), cases)
    assert fallen(compare_runs(baseline, tampered)) == {"citation_exact", "span_f1"}

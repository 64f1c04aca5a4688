"""Regressions planted in the real engine are caught, each with the right metric named."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant
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


@pytest.fixture(scope="module")
def cases() -> tuple[Case, ...]:
    """Every fourth case on the seeds."""
    return load_cases(ROOT / "eval/seeds")[::4]


@pytest.fixture(scope="module")
def baseline(seeds: Assistant, cases: Sequence[Case]) -> Run:
    return run_cases(seeds, cases)


@pytest.fixture
def without_words(seeds: Assistant, monkeypatch: pytest.MonkeyPatch) -> Iterator[Assistant]:
    """The assistant with BM25 switched off, and so the weights of words in the ranking after it."""
    monkeypatch.setattr(seeds.index._lexical, "search", lambda *_: [])
    monkeypatch.setattr(seeds.index._lexical, "weights", lambda _: {})
    yield seeds


def with_threshold(seeds: Assistant, refuse_below: float) -> Assistant:
    settings = replace(
        seeds.settings, answer=replace(seeds.settings.answer, refuse_below=refuse_below)
    )
    return Assistant(seeds.folder, seeds.index, settings)


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
    seeds: Assistant, cases: Sequence[Case], baseline: Run
) -> None:
    comparison = compare_runs(baseline, run_cases(with_threshold(seeds, 0.0), cases))
    assert "refusal_recall" in fallen(comparison)
    assert "mrr" not in fallen(comparison)


def test_a_threshold_moved_to_one_falls_in_refusal_precision_and_evidence_cited(
    seeds: Assistant, cases: Sequence[Case], baseline: Run
) -> None:
    comparison = compare_runs(baseline, run_cases(with_threshold(seeds, 1.0), cases))
    assert {"refusal_precision", "evidence_cited"} <= fallen(comparison)
    assert "mrr" not in fallen(comparison)


def test_an_offset_shifted_by_one_falls_in_exactness_and_in_what_is_pointed_at_only(
    seeds: Assistant, cases: Sequence[Case], baseline: Run
) -> None:
    tampered = run_cases(Tampered(seeds), cases)
    assert fallen(compare_runs(baseline, tampered)) == {"citation_exact", "span_f1"}

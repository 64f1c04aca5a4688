"""How well the right passages were found: scores from an Answer's hits. Pure functions."""

from collections.abc import Collection, Sequence

from assistant.types import Answer
from eval import metrics
from eval.cases import Case
from eval.match import Evidence, Stretch, matched, why_unmatchable
from eval.types import Scores, scored, unscored

EVIDENCE_METRICS = (
    "hit_at_1",
    "hit_at_5",
    "hit_at_10",
    "recall_at_5",
    "recall_at_10",
    "mrr",
    "ndcg_at_10",
)


def retrieval_scores(case: Case, answer: Answer, evidence: Sequence[Evidence]) -> Scores:
    """Where the evidence, and the documents that hold it, stand among the hits."""
    return _document_score(case, answer) | _evidence_scores(case, answer, evidence)


def evidence_in_hits(answer: Answer, evidence: Sequence[Evidence]) -> list[tuple[int, ...]]:
    """For each hit, best first, the numbers of the evidence that its passage matches."""
    passages = [hit.passage for hit in answer.hits]
    stretches = [Stretch(each.document_id, each.start, each.end, each.text) for each in passages]
    return [matched(stretch, evidence) for stretch in stretches]


def _document_score(case: Case, answer: Answer) -> Scores:
    name = "document_hit_at_5"
    if not (case.answerable and case.documents):
        return unscored([name], "the case names no document that answers it")
    held = [{hit.passage.document_id, *hit.passage.also_in} for hit in answer.hits]
    ranks = [rank for rank, ids in enumerate(held, 1) if not ids.isdisjoint(case.documents)]
    if not ranks:
        return {name: scored(0, f"no named document among {len(held)} hits")}
    return {name: scored(ranks[0] <= 5, f"a named document is at rank {ranks[0]}")}


def _evidence_scores(case: Case, answer: Answer, evidence: Sequence[Evidence]) -> Scores:
    if reason := why_unmatchable(case, evidence):
        return unscored(EVIDENCE_METRICS, reason)
    found = evidence_in_hits(answer, evidence)
    total = len(evidence)
    values = (
        metrics.hit_at_k(found, 1),
        metrics.hit_at_k(found, 5),
        metrics.hit_at_k(found, 10),
        metrics.recall_at_k(found, total, 5),
        metrics.recall_at_k(found, total, 10),
        metrics.reciprocal_rank(found),
        metrics.ndcg_at_k(found, total, 10),
    )
    why = _ranks(found, total)
    return {name: scored(value, why) for name, value in zip(EVIDENCE_METRICS, values, strict=True)}


def _ranks(found: Sequence[Collection[int]], total: int) -> str:
    first: dict[int, int] = {}
    for rank, numbers in enumerate(found, start=1):
        for number in numbers:
            first.setdefault(number, rank)
    places = (
        f"evidence {number} at rank {first[number]}"
        if number in first
        else f"evidence {number} not among {len(found)} hits"
        for number in range(1, total + 1)
    )
    return ", ".join(places)

"""From a case and an Answer to its scores, each with what it rests on.

Pure but for looking up document texts. What cannot be scored is a score without a value and
with the reason, and counts neither for nor against. The rules that matter most:

* an answerable case that was refused scores 0 where an answer would have been judged;
* a case that was answered although nothing answers it is judged by the refusal measures only;
* a hit or citation matches an evidence by the rule of ``eval/match.py``;
* ``right`` is what ``confidence`` promises: the documents answer the question and the answer
  cites the evidence (in a case without evidence: one of the documents it names).
"""

from collections.abc import Mapping, Sequence

from assistant.types import Answer
from eval.cases import Case
from eval.match import Evidence, Texts, locate, text_of
from eval.score_answer import answer_scores, refusal_scores
from eval.score_citations import citation_scores, exactness
from eval.score_hits import retrieval_scores
from eval.types import Score, Scores, scored, unscored

JUDGED_BY = (
    "completed",
    "evidence_located",
    "refusal_right",
    "citation_exact",
    "evidence_cited",
    "document_cited",
    "answer_found",
    "right",
)
"""What a case passes or fails by, and ``right``: no record is without these."""


def score_case(case: Case, answer: Answer, texts: Texts | None) -> Scores:
    """Every per-case metric of ``eval/catalogue.py`` for one answer.

    ``texts`` gives documents' texts; without it, evidence cannot be located and exactness not
    be checked, and the scores say so.
    """
    evidence = evidence_of(case, texts)
    cited = citation_scores(case, answer, evidence)
    return (
        {"completed": scored(1, "answered or refused")}
        | {"evidence_located": _located(case, evidence, texts)}
        | retrieval_scores(case, answer, evidence)
        | cited
        | {"citation_exact": exactness(answer, texts)}
        | answer_scores(case, answer)
        | refusal_scores(case, answer, cited)
    )


def evidence_of(case: Case, texts: Texts | None) -> tuple[Evidence, ...]:
    """The evidence of the case with its places in the documents that the case names."""
    named = [(name, text) for name in case.documents if (text := text_of(name, texts)) is not None]
    return tuple(locate(item, named) for item in case.evidence)


def failed_scores(names: Sequence[str], error: str) -> Scores:
    """The scores of a case that could not be asked: not finished, and nothing else scored."""
    scores = unscored(names, "the case was not finished")
    return scores | {"completed": scored(0, f"not finished: {error}")}


def failures(case: Case, scores: Mapping[str, Score]) -> tuple[str, ...]:
    """Why the case fails, in plain words; empty when it passes.

    A case passes when its evidence stands in the documents, it was refused if and only if it
    should be, every citation is exact, and the evidence is cited (without evidence: a named
    document; without either: an answer found).
    """
    if _failed(scores["completed"]):
        return (scores["completed"].why,)
    located = scores["evidence_located"]
    lost = (f"evidence not in the documents: {located.why}",) if _failed(located) else ()
    wanted = ["refusal_right", "citation_exact"]
    if case.answerable and not _failed(scores["refusal_right"]):
        support = ("evidence_cited", "document_cited", "answer_found")
        wanted += [name for name in support if scores[name].value is not None][:1]
    return (*lost, *(scores[name].why for name in wanted if _failed(scores[name])))


def _failed(score: Score) -> bool:
    return score.value is not None and score.value < 1


def _located(case: Case, evidence: Sequence[Evidence], texts: Texts | None) -> Score:
    if not evidence:
        return Score(None, "the case names no evidence")
    if texts is None:
        return Score(None, "the documents' texts are not known")
    places = sum(1 for item in evidence if item.places)
    why = f"{places} of {len(evidence)} stand in {', '.join(case.documents)}"
    return scored(places / len(evidence), why)

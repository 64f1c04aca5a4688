"""Whether the citations are right and exact: scores from an Answer's citations. Pure functions."""

from collections.abc import Iterator, Sequence

from assistant.types import Answer, Citation
from eval import metrics
from eval.cases import Case
from eval.match import Evidence, Overlap, Stretch, Texts, covered, overlap, text_of, why_unmatchable
from eval.types import Score, Scores, scored, unscored

SENTENCE_LIMITS = (1, 2, 3)
"""Evidence cited counts once more for answers of at most so many sentences."""


def citation_scores(case: Case, answer: Answer, evidence: Sequence[Evidence]) -> Scores:
    """Whether evidence is cited, in how short an answer, and how much of what is cited is it."""
    names = ["evidence_cited", *map(_within, SENTENCE_LIMITS)]
    shares = ["citation_precision", "citation_recall"]
    document = {"document_cited": _document_cited(case, answer)}
    if reason := why_unmatchable(case, evidence):
        return document | unscored([*names, *shares], reason)
    overlaps = list(_overlaps(answer, evidence))
    cited = _evidence_cited(answer, overlaps)
    return (
        document
        | {"evidence_cited": cited}
        | {_within(limit): _cited_within(cited, answer, limit) for limit in SENTENCE_LIMITS}
        | {"citation_precision": _precision(answer, overlaps)}
        | {"citation_recall": _recall(evidence, overlaps)}
    )


def exactness(answer: Answer, texts: Texts | None) -> Score:
    """The share of citations whose quote is the document's text at their offsets."""
    if not answer.citations:
        return Score(None, "no citation")
    if texts is None:
        return Score(None, "the documents' texts are not known")
    inexact = {each.number: why for each in answer.citations if (why := _why_inexact(each, texts))}
    share = 1 - len(inexact) / len(answer.citations)
    why = "; ".join(f"[{number}] {reason}" for number, reason in inexact.items())
    return scored(share, why or f"all {len(answer.citations)} are exact")


Shared = tuple[Citation, int, Overlap]
"""A citation, the 1-based number of an evidence, and what the two share."""


def _overlaps(answer: Answer, evidence: Sequence[Evidence]) -> Iterator[Shared]:
    for citation in answer.citations:
        stretch = Stretch(citation.document_id, citation.start, citation.end, citation.quote)
        for number, item in enumerate(evidence, start=1):
            if shared := overlap(stretch, item):
                yield citation, number, shared


def _within(limit: int) -> str:
    return f"evidence_cited_in_{limit}"


def _document_cited(case: Case, answer: Answer) -> Score:
    if not (case.answerable and case.documents):
        return Score(None, "the case names no document that answers it")
    right = [each.number for each in answer.citations if each.document_id in case.documents]
    if right:
        return scored(1, f"[{right[0]}] is in a named document")
    return scored(0, _nothing_cited(answer) or "no citation is in a named document")


def _evidence_cited(answer: Answer, overlaps: Sequence[Shared]) -> Score:
    right = [(citation, number) for citation, number, shared in overlaps if shared.matches]
    if right:
        return scored(1, f"[{right[0][0].number}] matches evidence {right[0][1]}")
    if overlaps:
        citation, number, shared = max(overlaps, key=lambda each: each[2].characters)
        why = f"[{citation.number}] shares only {shared.characters} characters with evidence"
        return scored(0, f"{why} {number}")
    return scored(0, _nothing_cited(answer) or "no citation overlaps the evidence")


def _nothing_cited(answer: Answer) -> str:
    if answer.refused:
        return "refused, though the documents answer it"
    return "" if answer.citations else "nothing is cited"


def _cited_within(cited: Score, answer: Answer, limit: int) -> Score:
    if not cited.value:
        return cited
    count = len(metrics.sentences(answer.text))
    return scored(count <= limit, f"{cited.why}; the answer has {count} sentences")


def _precision(answer: Answer, overlaps: Sequence[Shared]) -> Score:
    total = sum(each.end - each.start for each in answer.citations)
    if total <= 0:
        return Score(None, _nothing_cited(answer) or "the citations are empty")
    right = sum(
        covered(shared.in_stretch for citation, _, shared in overlaps if citation is each)
        for each in answer.citations
    )
    why = f"{right} of {total} cited characters are evidence"
    return scored(metrics.character_share(right, total), why)


def _recall(evidence: Sequence[Evidence], overlaps: Sequence[Shared]) -> Score:
    total = sum(len(item.text) for item in evidence)
    cited = sum(
        min(len(item.text), covered(shared.in_evidence for _, at, shared in overlaps if at == nth))
        for nth, item in enumerate(evidence, start=1)
    )
    why = f"{cited} of {total} characters of the evidence are cited"
    return scored(metrics.character_share(cited, total), why)


def _why_inexact(citation: Citation, texts: Texts) -> str:
    text = text_of(citation.document_id, texts)
    span = f"{citation.start}:{citation.end}"
    if text is None:
        return f"names a document that is not there: {citation.document_id!r}"
    if not 0 <= citation.start < citation.end <= len(text):
        return f"has offsets {span}, expected 0 to {len(text)} with start before end"
    if text[citation.start : citation.end] != citation.quote:
        return f"does not quote what stands at {span}"
    return ""

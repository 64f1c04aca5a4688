"""Whether the right thing was said, or rightly not said: scores from an Answer's text and verdict.

Pure functions.
"""

from assistant.types import Answer
from eval import metrics
from eval.cases import Case
from eval.types import Score, Scores, scored, unscored

SHORT_ANSWER_WORDS = 10
"""An expected answer of more words is prose, which no right answer need repeat word for word."""


def answer_scores(case: Case, answer: Answer) -> Scores:
    """Answer found, F1 and exact match against the expected answers; length of the answer."""
    return _length_scores(answer) | _expected_scores(case, answer)


def refusal_scores(case: Case, answer: Answer, cited: Scores) -> Scores:
    """Whether answering or refusing was right, and ``right``: what ``confidence`` promises."""
    does = "refused" if answer.refused else "answered"
    should = "answer it" if case.answerable else "do not answer it"
    agrees = answer.refused is not case.answerable
    why = f"{does}, and the documents {should}" if agrees else f"{does}, though they {should}"
    return {"refusal_right": scored(agrees, why), "right": _right(case, cited)}


def _right(case: Case, cited: Scores) -> Score:
    if not case.answerable:
        return scored(0, "the documents do not answer the question")
    for name in ("evidence_cited", "document_cited"):
        if cited[name].value is not None:
            return cited[name]
    return Score(None, "neither evidence nor a document to judge by")


def _length_scores(answer: Answer) -> Scores:
    if answer.refused:
        return unscored(["sentences", "words", "sentences_cited"], "refused")
    pieces = metrics.sentences(answer.text)
    words = len(metrics.without_markers(answer.text).split())
    return {
        "sentences": scored(len(pieces), f"{len(pieces)} sentences"),
        "words": scored(words, f"{words} words"),
        "sentences_cited": _sentences_cited(answer, pieces),
    }


def _sentences_cited(answer: Answer, pieces: list[str]) -> Score:
    if not answer.citations or not pieces:
        return Score(None, "the answer cites nothing")
    share = metrics.share_with_citation(pieces)
    return scored(share, f"{round(share * len(pieces))} of {len(pieces)} sentences carry a [n]")


def _expected_scores(case: Case, answer: Answer) -> Scores:
    names = ("answer_found", "answer_f1", "answer_exact", "span_f1")
    if not case.answers:
        return unscored(names, "the case expects no answer in words")
    if answer.refused:
        return {name: scored(0, "refused, though the documents answer it") for name in names}
    text = metrics.without_markers(answer.text)
    best = metrics.token_f1(text, case.answers)
    exact = metrics.exact_match(text, case.answers)
    return {
        "answer_found": _found(case, text),
        "answer_f1": scored(best, f"best of {len(case.answers)} expected answers"),
        "answer_exact": scored(exact, "is an expected answer" if exact else "is none of them"),
        "span_f1": _span_f1(case, answer),
    }


def _span_f1(case: Case, answer: Answer) -> Score:
    """Of the words that the citations point at, as SQuAD scores them (Rajpurkar et al. 2016)."""
    words = [
        each.quote[each.highlight[0] - each.start : each.highlight[1] - each.start]
        for each in answer.citations
        if each.highlight
    ]
    if not words:
        return scored(0, "points at no words")
    return scored(metrics.token_f1(" ".join(words), case.answers), f"points at {words[0]!r}")


def _found(case: Case, text: str) -> Score:
    wanted = [answer for answer in case.answers if _can_be_found(answer, case)]
    if not wanted:
        return Score(None, f"no expected answer of at most {SHORT_ANSWER_WORDS} words")
    for answer in wanted:
        if metrics.contains_answer(text, [answer]):
            return scored(1, f"holds {answer!r}")
    return scored(0, f"holds none of {len(wanted)} expected answers")


def _can_be_found(answer: str, case: Case) -> bool:
    words = metrics.normalise(answer)
    is_short = 0 < len(words) <= SHORT_ANSWER_WORDS
    return is_short or bool(metrics.contains_answer(" ".join(case.evidence), [answer]))

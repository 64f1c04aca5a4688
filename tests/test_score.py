from dataclasses import replace

import pytest

from assistant.types import Answer, Citation
from eval.cases import Case
from eval.catalogue import PER_CASE
from eval.score import failed_scores, failures, score_case
from tests.fakes_eval import (
    BUILT,
    FLOUR,
    HOW_MANY,
    MILL,
    MOON,
    TEXT,
    WHEELS,
    WHEN,
    answer,
    citation,
    hit,
    refusal,
)

TEXTS = {MILL: TEXT}
BOTH = Case("both", "Tell me of it.", True, (), (), (BUILT, WHEELS), (MILL,))


def score(case: Case, reply: Answer) -> dict[str, float | None]:
    return {name: each.value for name, each in score_case(case, reply, TEXTS.__getitem__).items()}


def test_every_metric_of_the_catalogue_is_scored_in_its_order() -> None:
    assert sorted(score(WHEN, answer(BUILT))) == sorted(PER_CASE)


def test_a_right_answer_scores_one_throughout() -> None:
    values = score(WHEN, answer(BUILT, hits=[BUILT, WHEELS]))
    for name in (
        "completed", "evidence_located", "hit_at_1", "recall_at_5", "mrr", "ndcg_at_10",
        "document_hit_at_5", "evidence_cited", "evidence_cited_in_1", "document_cited",
        "citation_precision", "citation_recall", "citation_exact", "answer_found",
        "sentences_cited", "refusal_right", "right", "sentences",
    ):  # fmt: skip
        assert values[name] == 1, name


def test_retrieval_is_scored_by_rank() -> None:
    values = score(BOTH, answer(FLOUR, hits=[FLOUR, WHEELS, BUILT]))
    assert (values["hit_at_1"], values["hit_at_5"], values["mrr"]) == (0, 1, 0.5)
    assert values["recall_at_5"] == 1


def test_ranks_are_told_for_each_evidence() -> None:
    scores = score_case(BOTH, answer(FLOUR, hits=[FLOUR, WHEELS]), TEXTS.__getitem__)
    assert scores["mrr"].why == "evidence 1 not among 2 hits, evidence 2 at rank 2"


def test_a_passage_that_several_documents_hold_counts_for_each_of_them() -> None:
    found = hit(1, FLOUR)
    elsewhere = replace(found, passage=replace(found.passage, document_id="b", also_in=(MILL,)))
    values = score(WHEN, replace(answer(FLOUR), hits=(elsewhere,)))
    assert values["document_hit_at_5"] == 1


def test_citation_precision_and_recall_are_shares_of_characters() -> None:
    # Cited: BUILT (34 characters, all evidence) and FLOUR (25, none). Evidence: BUILT and
    # WHEELS (20).
    assert (len(BUILT), len(FLOUR), len(WHEELS)) == (34, 25, 20)
    values = score(BOTH, answer(BUILT, FLOUR))
    assert values["citation_precision"] == pytest.approx(34 / 59, abs=1e-6)
    assert values["citation_recall"] == pytest.approx(34 / 54, abs=1e-6)


def test_citing_the_same_sentence_twice_does_not_raise_recall() -> None:
    assert score(BOTH, answer(BUILT, BUILT))["citation_recall"] == pytest.approx(34 / 54, abs=1e-6)


def test_evidence_cited_in_a_longer_answer_counts_only_from_its_length_on() -> None:
    values = score(WHEN, answer(WHEELS, BUILT))
    names = ("evidence_cited", "evidence_cited_in_1", "evidence_cited_in_2", "evidence_cited_in_3")
    assert [values[name] for name in names] == [1, 0, 1, 1]


def test_a_citation_beside_the_evidence_does_not_cite_it_and_says_so() -> None:
    scores = score_case(WHEN, answer(WHEELS), TEXTS.__getitem__)
    assert scores["evidence_cited"].value == 0
    assert scores["evidence_cited"].why == "no citation overlaps the evidence"


def test_a_citation_that_touches_the_evidence_says_by_how_much() -> None:
    # From 9 characters before the end of BUILT to the end of WHEELS: 9 of 30.
    start = TEXT.index("da Stone.")
    end = TEXT.index(WHEELS) + len(WHEELS)
    touching = Citation(1, MILL, "Mill", start, end, TEXT[start:end])
    scores = score_case(WHEN, replace(answer(WHEELS), citations=(touching,)), TEXTS.__getitem__)
    assert scores["evidence_cited"].why == "[1] shares only 9 characters with evidence 1"


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (citation(2, WHEELS, shift=1), "[2] does not quote what stands at 66:86"),
        (citation(2, WHEELS, shift=500), "[2] has offsets 565:585, expected 0 to 111"),
        (citation(2, WHEELS, document_id="b"), "[2] names a document that is not there: 'b'"),
        (Citation(2, MILL, "", 3, 3, ""), "[2] has offsets 3:3"),
    ],
)
def test_a_citation_that_is_not_exact_is_named(wrong: Citation, why: str) -> None:
    reply = replace(answer(BUILT), citations=(citation(1, BUILT), wrong))
    scores = score_case(WHEN, reply, TEXTS.__getitem__)
    assert scores["citation_exact"].value == 0.5
    assert scores["citation_exact"].why.startswith(why)


def test_a_refused_answerable_case_scores_zero_where_an_answer_would_be_judged() -> None:
    values = score(WHEN, refusal(hits=[BUILT]))
    zero = ("evidence_cited", "evidence_cited_in_3", "citation_recall", "answer_found", "answer_f1")
    assert [values[name] for name in zero] == [0] * 5
    assert (values["refusal_right"], values["right"]) == (0, 0)
    assert values["hit_at_1"] == 1
    assert values["citation_precision"] is None
    assert values["sentences"] is None


def test_an_unanswerable_case_is_judged_by_its_refusal_only() -> None:
    values = score(MOON, refusal())
    assert {name for name, value in values.items() if value is not None} == {
        "completed", "refusal_right", "right",
    }  # fmt: skip
    assert (values["refusal_right"], values["right"]) == (1, 0)
    assert score(MOON, answer(BUILT))["refusal_right"] == 0


def test_evidence_that_stands_nowhere_is_not_scored_rather_than_zero() -> None:
    lost = replace(WHEN, evidence=("It was built in 1821.",))
    scores = score_case(lost, answer(BUILT), TEXTS.__getitem__)
    assert scores["evidence_located"].value == 0
    assert scores["evidence_cited"].value is None
    assert scores["evidence_cited"].why == "the evidence was not found in the documents"


def test_a_case_whose_evidence_stands_nowhere_fails_although_a_named_document_is_cited() -> None:
    lost = replace(WHEN, evidence=(BUILT, "It was built in 1821."))
    scores = score_case(lost, answer(BUILT), TEXTS.__getitem__)
    assert scores["document_cited"].value == 1
    assert failures(lost, scores) == ("evidence not in the documents: 1 of 2 stand in mill.txt",)


def test_without_texts_evidence_and_exactness_are_not_scored() -> None:
    scores = score_case(WHEN, answer(BUILT), None)
    assert scores["evidence_located"].value is None
    assert failures(WHEN, scores) == ()
    assert scores["citation_exact"].value is None
    assert scores["evidence_cited"].value is None
    assert scores["answer_found"].value == 1


def test_a_case_without_evidence_is_right_when_a_named_document_is_cited() -> None:
    case = replace(WHEN, evidence=())
    assert score(case, answer(BUILT))["right"] == 1
    assert score(case, answer(BUILT))["evidence_cited"] is None
    assert score(replace(case, documents=()), answer(BUILT))["right"] is None


def test_a_long_expected_answer_is_looked_for_only_when_the_evidence_says_it() -> None:
    prose = "It was built by the most famous of all the builders of that long century."
    assert score(replace(WHEN, answers=(prose,)), answer(BUILT))["answer_found"] is None
    long = replace(WHEN, answers=(TEXT,), evidence=(TEXT,))
    assert score(long, answer(BUILT))["answer_found"] == 0


def test_sentences_without_a_citation_are_counted() -> None:
    reply = replace(answer(BUILT), text=f"{BUILT} [1] So I think. It is old.")
    values = score(WHEN, reply)
    assert values["sentences"] == 3
    assert values["sentences_cited"] == pytest.approx(1 / 3, abs=1e-6)


@pytest.mark.parametrize(
    ("case", "reply", "why"),
    [
        (WHEN, answer(BUILT), ()),
        (MOON, refusal(), ()),
        (WHEN, refusal(), ("refused, though they answer it",)),
        (MOON, answer(BUILT), ("answered, though they do not answer it",)),
        (WHEN, answer(WHEELS), ("no citation overlaps the evidence",)),
        (replace(WHEN, evidence=()), answer(WHEELS), ()),
        (
            replace(HOW_MANY, evidence=(), documents=()),
            answer(BUILT),
            ("holds none of 1 expected answers",),
        ),
    ],
)
def test_a_case_fails_for_stated_reasons(case: Case, reply: Answer, why: tuple[str, ...]) -> None:
    assert failures(case, score_case(case, reply, TEXTS.__getitem__)) == why


def test_an_inexact_citation_fails_a_case_that_is_otherwise_right() -> None:
    reply = replace(answer(BUILT), citations=(citation(1, BUILT, shift=1),))
    why = failures(WHEN, score_case(WHEN, reply, TEXTS.__getitem__))
    assert len(why) == 1
    assert "does not quote" in why[0]


def test_a_case_that_could_not_be_asked_fails_with_its_error_only() -> None:
    scores = failed_scores(PER_CASE, "ValueError: no")
    assert failures(WHEN, scores) == ("not finished: ValueError: no",)
    assert {name for name, each in scores.items() if each.value is not None} == {"completed"}


def test_the_words_pointed_at_are_compared_with_the_expected_answer() -> None:
    reply = answer(BUILT)
    [cited] = reply.citations
    at = TEXT.index(WHEN.answers[0])
    pointing = replace(cited, highlight=(at, at + len(WHEN.answers[0])))
    assert score(WHEN, reply)["span_f1"] == 0
    assert score(WHEN, replace(reply, citations=(pointing,)))["span_f1"] == 1
    whole = replace(cited, highlight=(cited.start, cited.end))
    assert 0 < (score(WHEN, replace(reply, citations=(whole,)))["span_f1"] or 0) < 1
    assert score(WHEN, refusal())["span_f1"] == 0

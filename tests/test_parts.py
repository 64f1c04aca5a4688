"""Several questions in one."""

import pytest

from assistant import Assistant
from assistant.types import Answer, Citation
from assistant.understand.parts import MOST_PARTS, joined, parts_of


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Who built it, and when?", ["Who built it?", "when?"]),
        ("Who built the pier, and when?", ["Who built the pier?", "when?"]),
        ("who was Ada Lim and what did she do", ["who was Ada Lim?", "what did she do"]),
        ("Who is Novo and is he a professor?", ["Who is Novo?", "is he a professor?"]),
        ("How high is the pier? Is it wet?", ["How high is the pier?", "Is it wet?"]),
        ("Compare Rye and Ely, and who built Ely?", ["Compare Rye and Ely?", "who built Ely?"]),
        ("What is this about? Who wrote it?", ["What is this about?", "Who wrote it?"]),
        ("And Mr Ray, when is he due, and where?", ["And Mr Ray, when is he due?", "where?"]),
    ],
)
def test_what_is_asked_at_once_is_taken_apart(text, parts):
    assert parts_of(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "When and where was the pier built?",
        "Do you know when and where it was built?",
        "Who helped the men who fled and who stayed?",
        "How far apart are what he says and what he does?",
        "What firm made salt and was sold?",
        "Power means land and what else?",
        "I write about piers. Who built this one, and when?",
        "And what did he think of it?",
        "The mayor left the town. Is that so?",
        "Is it so? Is the pier wet?",
        "",
    ],
)
def test_one_question_stays_one(text):
    assert parts_of(text) == [text]


def test_there_are_never_more_than_a_few():
    parts = parts_of(" and ".join(f"where is pier {n}" for n in range(9)))
    assert len(parts) == MOST_PARTS
    assert parts[-1].endswith("pier 8")


def test_long_nonsense_costs_no_time():
    """Of the longest question that is read."""
    for text in ("and what " * 450, "who a, " * 570, f"who{' ' * 3990}and", "who and " * 500):
        assert parts_of(text)


def cited(*places, text=None, confidence=0.5):
    citations = tuple(
        Citation(n, "a.txt", "a.txt", at, at + 1, "x") for n, at in enumerate(places, start=1)
    )
    text = text or " ".join(f"“x” [{c.number}]" for c in citations)
    return Answer("?", text, citations, False, confidence)


def test_the_answers_stand_below_each_other_with_numbers_that_go_on():
    answer = joined("Both?", ["a?", "b?"], [cited(5, 9), cited(9, 3, confidence=0.7)])
    assert answer.text == "“x” [1] “x” [2]\n\n“x” [2] “x” [3]"
    assert [(c.number, c.start) for c in answer.citations] == [(1, 5), (2, 9), (3, 3)]
    assert answer.confidence == pytest.approx(0.6)
    assert answer.question == "Both?"


def test_a_number_in_a_quotation_stays_as_it_is():
    quoting = cited(5, text="“x, as in [1],” [1]")
    assert joined("Both?", ["a?", "b?"], [cited(2), quoting]).text.endswith("“x, as in [1],” [2]")


def test_an_answer_that_says_the_same_again_is_left_out():
    assert joined("Both?", ["a?", "b?"], [cited(5, 9), cited(9)]).text == "“x” [1] “x” [2]"


REFUSED = Answer("b?", "The documents do not answer this question.", (), True, 0.1)


def test_what_is_not_answered_is_told():
    answer = joined("Both?", ["a?", "b?"], [cited(5), REFUSED])
    assert not answer.refused
    assert answer.confidence == 0.5
    assert answer.notices == ("The documents do not answer “b?”",)
    neither = joined("Both?", ["a?", "b?"], [REFUSED, REFUSED])
    assert neither.refused
    assert neither.text == REFUSED.text
    assert not neither.citations


def test_each_part_is_answered_after_the_one_before(assistant: Assistant):
    asked = "What burned down in 1921, and on which day does the market open?"
    answer = assistant.ask(asked)
    assert {c.quote for c in answer.citations} >= {
        "The lighthouse burned down in 1921 because a lamp fell over.",
        "The market of Lumen opens on Tuesday.",
    }
    assert answer.question == asked
    for citation in answer.citations:
        text = assistant.document(citation.document_id).text
        assert text[citation.start : citation.end] == citation.quote
    assert [hit.rank for hit in answer.hits] == list(range(1, len(answer.hits) + 1))

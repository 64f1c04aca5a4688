"""Sentences about another year, month, day, number or issue than the question asks for."""

from dataclasses import replace

import pytest

from assistant.quote.mismatch import mismatched
from index.chunk import HEADING_SEPARATOR
from index.types import Sentence
from tests.test_person import found_in


def barred(question: str, *sentences: str, **of_passage: str) -> list[str]:
    """Those of ``sentences``, one passage, that tell of another than ``question``."""
    found = [of_passage_with(s, **of_passage) for s in found_in(sentences).sentences]
    return [found[i].text for i in sorted(mismatched(question, found))]


def as_found(text: str, **of_passage: str) -> Sentence:
    """The sentence ``text``, with these fields of its passage."""
    return of_passage_with(found_in((text,)).sentences[0], **of_passage)


def of_passage_with(sentence: Sentence, **of_passage: str) -> Sentence:
    """The same sentence, with these fields of its passage."""
    passage = replace(sentence.hit.passage, **of_passage)
    return replace(sentence, hit=replace(sentence.hit, passage=passage))


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("What was the profit in 2016?", "In fiscal year 2017 the profit was 4 million."),
        ("What was the profit in March 2016?", "The profit was 4 million in March 2017."),
        ("How much rain fell in May?", "In March, 31 mm of rain fell."),
        ("Who plays on Monday?", "The trio plays on Tuesday."),
        ("When is the Year 5 trip?", "The trip of Year 3 and Year 4 is in June."),
        ("What does section 12 demand?", "Section 11 demands a fence."),
        ("What broke in version 2.10?", "Version 2.1 broke the export."),
        ("Where did they march on April 9?", "On April 8 they marched to the bridge."),
    ],
)
def test_what_tells_of_another_one_is_no_answer(question, sentence):
    assert barred(question, sentence) == [sentence]


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("What was the profit in 2016?", "In 2016 it was 4 million, in 2017 5 million."),
        ("What was the profit in 2016?", "The profit was 4 million."),
        ("What was the profit in 2016?", "It was 4 million in 2017."),  # of what stood before it
        ("Who ruled in 2016?", "Voss ruled in peace from 2012 to 2018."),
        ("What was the profit in 2016?", "The profit of 2015 was doubled."),  # a year later?
        ("How much rain fell in May?", "May had 31 mm of rain, in March there was none."),
        ("Was it built in 2016?", "The harbour was built in 2017."),
        ("What happened in June 2022?", "On June 1 the harbour was closed."),
        ("What may it cost in May?", "What it costs may be told."),
        ("When is the Year 5 trip?", "The trip of Years 4, 5 and 6 is in June."),
        ("What does section 12 demand?", "A fence is demanded in 3 sections."),
        ("Who may try level 4?", "Levels 3 to 5 are for members."),
        ("Who may try level 4?", "Level 3 and above are for members."),
        ("Who may try level 4?", "From level 3 you must be a member."),
        ("How many people came after 3 days?", "After 5 days 300 people came."),
        ("What costs 12 percent?", "The fee costs 10 percent."),
    ],
)
def test_what_may_tell_of_the_same_one_stays(question, sentence):
    assert barred(question, sentence) == []


def test_the_heading_tells_which_one_is_meant():
    fixed = "A crash was fixed."
    for heading in ("Version 3.1", HEADING_SEPARATOR.join(("Notes", "Version 3.1"))):
        assert barred("What does version 3.2 fix?", fixed, heading=heading) == [fixed]
    assert barred("What does version 3.2 fix?", fixed, heading="Known bugs") == []
    old = "A crash of version 3.1 was fixed."
    assert barred("What does version 3.2 fix?", old, heading="Version 3.2") == []


MINUTES = ("minutes_2024-03-14.txt", "minutes_2024-05-16.txt")


@pytest.mark.parametrize(
    ("question", "others"),
    [
        ("What did the board decide in May?", ["minutes_2024-03-14.txt"]),
        ("Who came to the March meeting?", ["minutes_2024-05-16.txt"]),
        ("Who is named in the minutes of March?", ["minutes_2024-05-16.txt"]),
        ("What changed between the March and the May meeting?", []),
        ("What did the board decide in June?", []),  # no minutes of June
        ("What did the board decide about the May fair?", []),
        ("Did the board decide in May?", []),
    ],
)
def test_of_a_series_the_issue_of_that_month_is_asked(question, others):
    said = found_in(("The board decided to wait.",)).sentences[0]
    sentences = [
        of_passage_with(said, document_id=id_, title=id_) for id_ in (*MINUTES, "news.txt")
    ]
    sentences[-1] = of_passage_with(said, document_id="news.txt", title="News")
    left_out = [
        sentences[i].hit.passage.document_id for i in sorted(mismatched(question, sentences))
    ]
    assert left_out == others


def test_another_issue_may_speak_of_that_month():
    said = found_in(("The works begin in May.",)).sentences[0]
    sentences = [of_passage_with(said, document_id=id_, title=id_) for id_ in MINUTES]
    assert not mismatched("Which works begin in May?", sentences)


MANUAL = {"document_id": "manual.md", "title": "Drywell 300: user manual"}


def test_the_title_tells_which_one_a_document_is_about():
    sentences = [as_found("It dries rooms of up to 45 square metres.", **MANUAL)]
    assert mismatched("For what rooms is the Drywell 500?", sentences) == {0}
    assert not mismatched("For what rooms is the Drywell 300?", sentences)
    assert not mismatched("For what rooms is the Rainbow 500?", sentences)


def test_a_document_may_speak_of_another_one_than_its_title():
    sentences = [
        as_found("It dries rooms of up to 45 square metres.", **MANUAL),
        as_found("The Drywell 500 is for halls.", **MANUAL),
    ]
    assert not mismatched("For what rooms is the Drywell 500?", sentences)

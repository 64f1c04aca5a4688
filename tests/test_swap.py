"""“And Biden?”, “And in May?”: the question before, of another person or time."""

import pytest

from assistant import Turn
from assistant.understand.swap import in_full, swapped
from tests.fakes import UNREAD, HashEmbedder, opened, quotes
from tests.test_reader import ScriptedReader


@pytest.mark.parametrize(
    ("before", "text", "meant"),
    [
        ("How old is Draghi?", "And Biden?", "How old is Biden?"),
        ("How old is Colin Bagshaw?", "What about Mrs Ives?", "How old is Mrs Ives?"),
        ("Who is Draghi’s wife?", "and Salvini", "Who is Salvini’s wife?"),
        (
            "What is the capital of France?",
            "What about Germany?",
            "What is the capital of Germany?",
        ),
        ("Who won in 2012?", "and in 2016?", "Who won in 2016?"),
        ("Who plays on Monday?", "And on friday?", "Who plays on Friday?"),
        ("What was sold in March?", "And in may?", "What was sold in May?"),
        ("What was sold in March 2024?", "And in May?", "What was sold in May 2024?"),
        ("What was sold in March 2024?", "And in May 2025?", "What was sold in May 2025?"),
    ],
)
def test_a_name_or_time_alone_takes_the_place_of_the_one_before(before, text, meant):
    assert swapped(text, before) == meant


@pytest.mark.parametrize(
    ("before", "text", "meant"),
    [
        ("Summarise the report.", "in 3 points", "Summarise the report in 3 points"),
        (
            "What is this about?",
            "Make it two sentences, please",
            "What is this about in two sentences",
        ),
        ("Summarise the report in 5 lines", "in one line?", "Summarise the report in one line"),
        ("How old is Draghi?", "in 3 points", "in 3 points"),
        ("Summarise the report", "What are the 3 main points?", "What are the 3 main points?"),
        ("Summarise the report", "in the minutes", "in the minutes"),
    ],
)
def test_a_length_alone_asks_for_the_overview_before_in_it(before, text, meant):
    assert swapped(text, before) == meant


def test_an_overview_is_given_once_more_in_one_sentence(tmp_path):
    text = "The harbour of Lund was built in stone. The market sells salt and herring on Fridays."
    with opened(
        tmp_path, "town.md", text, embed_model=HashEmbedder(), settings=UNREAD
    ) as assistant:
        first = assistant.ask("What is this about?")
        shorter = assistant.ask("Shorter please", history=[Turn(first.question, first.text)])
    assert (len(first.citations), len(shorter.citations)) == (2, 1)
    assert shorter.notices == ("Understood as: “What is this about in one sentence”",)


@pytest.mark.parametrize(
    ("before", "text"),
    [
        ("Did Draghi meet Macron?", "And Biden?"),  # in whose place?
        ("What was sold in March and in April?", "And in May?"),
        ("How old is he?", "And Biden?"),
        ("What did Draghi say?", "And sanctions?"),
        ("How old is Draghi?", "And the president?"),
        ("How old is Draghi?", "And Biden’s?"),
        ("How old is Draghi?", "And when was Biden born?"),
        ("Who won in 2012?", "And in May?"),
        ("", "And Biden?"),
    ],
)
def test_what_may_be_meant_otherwise_stays(before, text):
    assert swapped(text, before) == text


def test_a_chain_goes_on_from_what_was_meant():
    asked = ("How old is Draghi?", "And Biden?", "And Macron?", "Where is he?", "And Macron?")
    turns = in_full([Turn(question, "") for question in asked])
    meant = ["How old is Biden?", "How old is Macron?", "Where is he?", "And Macron?"]
    assert [turn.question for turn in turns] == [asked[0], *meant]


def test_it_is_answered_as_meant_and_says_so(tmp_path):
    text = "Clara Voss is 74 years old. Otto Brandt is 40 years old."
    with opened(tmp_path, "a.txt", text, embed_model=HashEmbedder()) as assistant:
        assistant.reader = ScriptedReader("40")
        asked = Turn("How old is Clara Voss?", "The documents do not answer this question.")
        answer = assistant.ask("And Otto Brandt?", history=[asked])
    assert quotes(answer)[0] == "Otto Brandt is 40 years old."
    assert answer.question == "And Otto Brandt?"
    assert answer.notices == ("Understood as: “How old is Otto Brandt?”",)

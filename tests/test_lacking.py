"""Sentences that hold nothing of the sort that is asked for."""

from dataclasses import replace

import pytest

from assistant.quote.lacking import lacking
from index.chunk import HEADING_SEPARATOR
from index.types import BlockKind
from tests.fakes import UNREAD, HashEmbedder, opened, quotes
from tests.test_mismatch import as_found


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("How many days does the broth keep?", "Serves eight."),
        ("How many days does the broth keep?", "It is the dish for market days."),
        ("How many lamps does the tower have?", "The tower has lamps of green glass with a rim."),
        ("How long did the bridge stand?", "The bridge stood on oak piles."),
        ("When was the mill sold?", "Nora Bell sold the mill with its pond."),
        ("At what time does the ferry leave?", "The ferry leaves from the lower quay."),
        ("In which year did she start?", "She cooked there for twenty-two years."),
        ("On what date was the treaty signed?", "The treaty was signed with a goose quill."),
        ("What percentage of the votes did he win?", "He won the votes of the fishermen."),
        ("How tall is the tower?", "The tower is built of granite."),
        ("How old is the mayor?", "The mayor is a retired baker."),
        ("What temperature is the cave?", "The cave has 64 steps."),
        ("How heavy is the bicycle?", "The bicycle has a range of up to 70 kilometres."),
        ("How much does the ticket cost?", "The ticket is green."),
    ],
)
def test_a_sentence_without_such_a_thing_is_no_answer(question, sentence):
    assert lacking(question, [as_found(sentence)])


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("How many days does the broth keep?", "The broth keeps for three days."),
        ("How many days does the broth keep?", "It keeps a week."),
        ("How many lamps does the tower have?", "Most of the lamps were sold."),
        ("How many villages were flooded?", "Arn, Bell and Cole were flooded."),
        ("How long did the bridge stand?", "The bridge stood until the flood."),
        ("How long is the bridge?", "The bridge is 40 m long."),
        ("When was the mill sold?", "The mill was sold after the war."),
        ("At what time does the ferry leave?", "The ferry leaves at dawn."),
        ("In which year did she start?", "She started in ’98."),
        ("In which year did she start?", "She started two years before Arn."),
        ("On which day is it closed?", "It is closed on Mondays."),
        ("What share of the votes did he win?", "He won half of the votes."),
        ("How high is the tower?", "The tower is as high as the church."),
        ("How old is the mayor?", "The mayor is seventy."),
        ("How old is the mayor?", "The mayor was born in May."),
        ("What temperature is the cave?", "The cave stays at 9 °C."),
        ("How heavy is the bicycle?", "The bicycle weighs next to nothing."),
        ("How heavy is the bicycle?", "Bicycle: 21kg"),
        ("How much does the ticket cost?", "The ticket is free."),
        ("What does the ticket look like?", "The ticket is green."),
        ("How many days of leave do I get?", "Staff get 25, helpers 15."),
        ("How many years is the warranty?", "The warranty is 2 yrs."),
        ("How many days a week is it open?", "It is open on Mondays and Thursdays."),
        ("How many guests may come?", "The number of guests is unlimited."),
        ("How many languages does she speak?", "She speaks French and German."),
        ("When was the tower built?", "The tower was built under Queen Anne in her reign."),
        ("When will it open?", "The pool opens in Sept."),
        ("What year was it built?", "Somewhere in the nineties."),
        ("Which day is it closed?", "It is closed at Christmas."),
        ("What temperature do I bake it at?", "Preheat the oven to 180."),
        ("How much does breakfast cost?", "Breakfast is included."),
        ("What is the cost to the valley?", "The valley lost its meadows."),
        ("How high is the risk?", "The risk is moderate."),
        ("Who decides how many lamps the tower has?", "The tower is run by the mayor."),
    ],
)
def test_whatever_may_be_such_a_thing_stays(question, sentence):
    assert not lacking(question, [as_found(sentence)])


def test_it_may_stand_in_the_heading():
    sentence = as_found("She won the race.", heading=f"A life{HEADING_SEPARATOR}1987")
    assert not lacking("In which year did she win the race?", [sentence])


def test_a_row_needs_a_column_of_that_sort():
    row = "Plant: Rovada | Pot: 2 litres | Price: 7.90"
    other = as_found(row), as_found(f"{row} | Elevation: 150")
    rows = [replace(sentence, kind=BlockKind.TABLE_ROW) for sentence in other]
    assert lacking("How tall does Rovada get?", rows) == {0}
    assert not lacking("How tall does Rovada get?", other)


def test_such_a_sentence_is_not_quoted(tmp_path):
    text = "The red broth is the dish for market days. The red broth keeps for the men."
    with opened(tmp_path, "d.txt", text, embed_model=HashEmbedder(), settings=UNREAD) as assistant:
        assert quotes(assistant.ask("What is the red broth?"))
        assert assistant.ask("How many days does the red broth keep?").refused

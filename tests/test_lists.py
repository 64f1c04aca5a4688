"""A list that the question names is given whole."""

import pytest

from assistant import Settings
from assistant.settings import AnswerSettings
from tests.fakes import HashEmbedder, opened, quotes

MANUAL = """# Bread maker

## Before the first use

1. Remove all packaging.
2. Wash the pan. Dry it well.
3. Run the machine empty.

## White loaf

Ingredients:

- 300 ml of water
- 500 g of white flour
- 7 g of yeast

The crust is light. A darker loaf is made with the Crust button.

## Other leave

- Wedding: 2 days
- Moving house: 1 day
"""
STEPS = ["Remove all packaging.", "Wash the pan.", "Dry it well.", "Run the machine empty."]
INGREDIENTS = ["Ingredients:", "300 ml of water", "500 g of white flour", "7 g of yeast"]


@pytest.fixture
def manual(tmp_path):
    settings = Settings(answer=AnswerSettings(reader=False, refuse_below=0.0))
    options = {"embed_model": HashEmbedder(), "settings": settings}
    with opened(tmp_path, "manual.md", MANUAL, **options) as assistant:
        yield assistant


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What do I do before the first use?", STEPS),
        ("What are the ingredients of the white loaf?", INGREDIENTS),
        ("What do I need for the white loaf?", INGREDIENTS),
        ("What other leave days are there?", ["Wedding: 2 days", "Moving house: 1 day"]),
    ],
)
def test_a_list_that_the_question_names_is_given_whole(manual, question, expected):
    answer = manual.ask(question)
    assert quotes(answer) == expected
    text = manual.document("manual.md").text
    assert [text[c.start : c.end] for c in answer.citations] == expected


def test_many_sentences_stand_below_each_other(manual):
    answer = manual.ask("What are the ingredients of the white loaf?")
    assert answer.text == (
        "According to Bread maker:\n- “Ingredients:” [1]\n- “300 ml of water” [2]\n"
        "- “500 g of white flour” [3]\n- “7 g of yeast” [4]"
    )


@pytest.mark.parametrize(
    "question",
    ["How many days of leave for a wedding?", "Is the crust of the white loaf light?"],
)
def test_who_asks_for_one_thing_is_given_no_list(manual, question):
    assert len(quotes(manual.ask(question))) <= manual.settings.answer.max_sentences


def test_one_sentence_stays_one(manual):
    assert len(quotes(manual.ask("What do I do before the first use?", sentences=1))) == 1


def test_a_list_does_not_replace_a_sentence_that_has_more_of_the_question(manual):
    answered = quotes(manual.ask("How do I make a darker white loaf?"))
    assert "A darker loaf is made with the Crust button." in answered
    assert not set(INGREDIENTS) & set(answered)


def test_of_two_lists_in_a_section_that_is_given_which_is_asked_for(tmp_path):
    text = """# Pies

## Leek pie

Ingredients:

- 800 g of leeks
- 3 eggs

Method:

- Wash the leeks for the leek pie.
- Bake the pie.
"""
    settings = Settings(answer=AnswerSettings(reader=False, refuse_below=0.0))
    with opened(tmp_path, "pies.md", text, embed_model=HashEmbedder(), settings=settings) as pies:
        asked = quotes(pies.ask("What are the ingredients of the leek pie?"))
        made = quotes(pies.ask("How do I make the leek pie?"))
    assert asked == ["Ingredients:", "800 g of leeks", "3 eggs"]
    assert made == ["Method:", "Wash the leeks for the leek pie.", "Bake the pie."]

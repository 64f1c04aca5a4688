"""A question about one row of a table: that row is read by itself and cited alone."""

import pytest

from assistant.find import find
from assistant.quote.rows import asked_rows, without_other_rows
from assistant.types import Turn
from tests.fakes import HashEmbedder, opened, quotes
from tests.test_reader import ScriptedReader

PRICES = """No,Product,Category,Price,In stock
1,Watering can,Watering,24.90,22
2,Drip kit,Watering,59.00,18
3,Garden hose,Watering,29.90,40
4,Lavender plant,Plants,4.20,7
5,Rosemary plant,Plants,3.80,0
"""


@pytest.fixture
def prices(tmp_path):
    with opened(tmp_path, "prices.csv", PRICES, embed_model=HashEmbedder()) as assistant:
        assistant.reader = ScriptedReader("Drip")
        yield assistant


def left(assistant, asked, history=()):
    """The products of the rows that are left for a question."""
    question, found = find(assistant.index, asked, history, 10)
    about = asked_rows(asked, question, found, assistant.index.terms)
    rows = without_other_rows(found, about).sentences
    return [row.text.split("Product: ")[1].split(" |")[0] for row in rows if ": " in row.text]


@pytest.mark.parametrize(
    ("asked", "product"),
    [
        ("How much is the garden hose?", "Garden hose"),
        ("What does the watering can cost?", "Watering can"),
        ("How many lavender plants are in stock?", "Lavender plant"),
        ("Price of a drip kit", "Drip kit"),
    ],
)
def test_the_row_that_has_all_words_is_left_alone(prices, asked, product):
    assert left(prices, asked) == [product]


@pytest.mark.parametrize(
    "asked",
    [
        "Which is cheaper, lavender or rosemary?",
        "What is the cheapest plant?",
        "What is in stock?",
        "Who founded the shop?",
        "Why is the garden hose so dear?",
        "Which products besides the drip kit are for watering?",
        "What is cheaper than the garden hose?",
        "Which plant other than lavender is there?",
    ],
)
def test_a_question_about_several_rows_or_none_leaves_all(prices, asked):
    assert len(left(prices, asked)) == 5


def test_where_it_is_asked_which_all_rows_that_fit_are_left_and_shown(prices):
    asked, watering = (
        "Which products are for watering?",
        ["Watering can", "Drip kit", "Garden hose"],
    )
    assert sorted(left(prices, asked)) == sorted(watering)
    quoted = quotes(prices.ask(asked))
    assert [quote.split("Product: ")[1].split(" |")[0] for quote in quoted] == watering


@pytest.mark.parametrize(
    ("asked", "rows"),
    [
        ("What is the power of the Kestrel?", ["Power"]),
        ("How big is the water tank?", ["Water tank"]),
        ("How long is the power cord?", ["Power", "Water tank", "Cable length"]),
        ("How big is the water tank of the K200?", ["Power", "Water tank", "Cable length"]),
    ],
)
def test_a_property_is_asked_about_where_it_has_all_words_of_the_question(tmp_path, asked, rows):
    text = (
        "# Kestrel K300\n\n| Property | Value |\n|---|---|\n| Power | 1450 W |\n"
        "| Water tank | 1.8 litres |\n| Cable length | 1.1 m |\n"
    )
    with opened(tmp_path, "kestrel.md", text, embed_model=HashEmbedder()) as assistant:
        question, found = find(assistant.index, asked, (), 10)
        about = asked_rows(asked, question, found, assistant.index.terms)
        left_rows = without_other_rows(found, about).sentences
    named = [s.text for s in left_rows if s.text.startswith("Property: ")]
    assert [text.split(": ")[1].split(" |")[0] for text in named] == rows


def test_a_follow_up_is_about_the_row_before(prices):
    before = Turn("How much is the garden hose?", "“No: 3 | Product: Garden hose” [1]")
    assert left(prices, "And how many of it are in stock?", [before]) == ["Garden hose"]
    assert left(prices, "And the drip kit?", [before]) == ["Drip kit"]


def test_it_is_read_by_itself_and_cited_alone(prices):
    prices.reader = ScriptedReader("24.90")
    answer = prices.ask("How much is the watering can?")
    [quote] = quotes(answer)
    assert prices.reader.read_passages == [quote]
    assert quote.startswith("No: 1 | Product: Watering can")
    [citation] = answer.citations
    text = prices.document("prices.csv").text
    assert text[citation.start : citation.end] == quote
    assert text[slice(*citation.highlight)] == "24.90"


def test_a_table_without_names_of_columns_is_read_as_it_stands(tmp_path):
    text = "\n".join(f"Row {n} of {word}" for n, word in enumerate(["oak", "elm"]))
    with opened(tmp_path, "rows.txt", text, embed_model=HashEmbedder()) as assistant:
        question, found = find(assistant.index, "Which row has oak?", (), 10)
        assert not asked_rows("Which row has oak?", question, found, assistant.index.terms)
    assert without_other_rows(found, ()) is found


def test_the_row_that_names_the_columns_answers_nothing(tmp_path):
    table = "| Project | Lead | Status |\n|---|---|---|\n| Library app | Ben | On track |\n"
    with opened(tmp_path, "projects.md", table, embed_model=HashEmbedder()) as assistant:
        assistant.reader = ScriptedReader("Lead")
        answer = assistant.ask("Which project is on track?")
    assert quotes(answer) == ["Project: Library app | Lead: Ben | Status: On track"]


def test_all_rows_are_shown_to_who_asks_what_a_table_is_of(prices):
    answer = prices.ask("Which products are there?")
    assert [c.document_id for c in answer.citations] == ["prices.csv"] * 5
    assert len(prices.ask("Which products of the mill are there?").citations) < 5
    assert len(prices.ask("Which prices are there?").citations) < 5


HOSTELS = """Name,Town,Beds,Pets
Beacon Hostel,Harwick,120,no
Quayside Rooms,Harwick,86,no
Old Mill,Tolley,38,yes
"""


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("Which hostels are in Harwick?", ["Beacon Hostel", "Quayside Rooms"]),
        ("Which hostels are there in Tolley?", ["Old Mill"]),
    ],
)
def test_rows_that_are_all_that_is_asked_for_need_no_reader(tmp_path, asked, names):
    with opened(tmp_path, "hostels.csv", HOSTELS, embed_model=HashEmbedder()) as assistant:
        assistant.reader = ScriptedReader("nowhere")
        answer = assistant.ask(asked)
    assert [q.partition(" | ")[0] for q in quotes(answer)] == [f"Name: {name}" for name in names]


def test_the_name_of_a_column_is_no_value_of_a_row(tmp_path):
    with opened(tmp_path, "hostels.csv", HOSTELS, embed_model=HashEmbedder()) as assistant:
        assistant.reader = ScriptedReader("nowhere")
        assert assistant.ask("Which hostels in Harwick take pets?").refused


MEALS = """# Meals

- Lunch: up to 15
- Dinner: up to 28
- Tips are paid.
"""


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("How much may I claim for dinner?", ["Dinner: up to 28"]),
        ("How much may I claim for lunch?", ["Lunch: up to 15"]),
    ],
)
def test_the_item_of_a_list_that_has_the_label_is_left_alone(tmp_path, asked, expected):
    with opened(tmp_path, "meals.md", MEALS, embed_model=HashEmbedder()) as assistant:
        assistant.reader = ScriptedReader("up to")
        assert quotes(assistant.ask(asked)) == expected


@pytest.mark.parametrize(
    "asked",
    [
        "How much is paid for lunch or dinner?",
        "Is more paid for lunch?",
        "Is wine with dinner paid?",
    ],
)
def test_of_two_labels_or_for_more_than_a_value_no_item_is_left_alone(tmp_path, asked):
    with opened(tmp_path, "meals.md", MEALS, embed_model=HashEmbedder()) as assistant:
        question, found = find(assistant.index, asked, (), 10)
        assert asked_rows(asked, question, found, assistant.index.terms) == ()

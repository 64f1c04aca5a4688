"""Lists of dates, countries and people: what is asked, what is found, what is said of it."""

import pytest

from assistant import Assistant
from assistant.survey.listing import Listed, asks_for_documents, kind_asked_for, listed_in
from tests.fakes import UNREAD, HashEmbedder

NOTE = (
    "On 6 March 2022 the prime minister, Anna Berg, flew to France. She met President Paul Roy in "
    "Paris. The White House and the Green Party said nothing. In 1999 Anna Berg had studied in "
    "the U.S., where 1500 students lived. Peru and Turkey signed in May 2021.\n"
)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("List the dates", Listed.DATES),
        ("list all the years mentioned in the article.", Listed.DATES),
        ("Which countries are mentioned?", Listed.COUNTRIES),
        ("What countries are named in these documents?", Listed.COUNTRIES),
        ("Please list the people.", Listed.PEOPLE),
        ("Who is mentioned in the report?", Listed.PEOPLE),
        ("Which countries agreed to the plan?", None),
        ("List the reasons", None),
        ("Who is the president of France?", None),
        ("What are the dates of the festival?", None),
        ("How many countries are mentioned in the treaty of 1815?", None),
    ],
)
def test_what_is_to_be_listed(question, kind):
    assert kind_asked_for(question) is kind


def names(kind, text=NOTE):
    return [name for name, _ in listed_in(kind, text)]


def test_dates_are_days_months_and_years_not_numbers():
    assert names(Listed.DATES) == ["6 March 2022", "1999", "May 2021"]
    assert names(Listed.DATES, "2022-03-06 (1815–1820), the 1990s, room 1999, 1.2022") == [
        "2022-03-06",
        "1815",
        "1990s",
    ]


def test_countries_go_by_one_name_and_their_people_do_not_count():
    assert names(Listed.COUNTRIES) == ["France", "United States", "Peru", "Türkiye"]
    assert names(Listed.COUNTRIES, "The French and the Peruvians; Indianapolis; Europe") == []


def test_people_are_told_from_parties_and_places():
    assert sorted(set(names(Listed.PEOPLE))) == ["Anna Berg", "Paul Roy"]
    assert names(Listed.PEOPLE).count("Anna Berg") == 2


@pytest.mark.parametrize("kind", list(Listed))
def test_each_stands_where_it_is_said_to(kind):
    text = NOTE.replace("U.S.", "Peru").replace("Turkey", "Chile")
    found = listed_in(kind, text)
    assert found
    assert all(text[place : place + len(name)] == name for name, place in found)


@pytest.fixture
def assistant(tmp_path):
    folder = tmp_path / "d"
    folder.mkdir()
    (folder / "note.txt").write_text(NOTE)
    (folder / "other.txt").write_text("France has many rivers. Nobody from Peru was there.\n")
    opened = Assistant.from_folder(
        folder, index_dir=tmp_path / "i", settings=UNREAD, embed_model=HashEmbedder()
    )
    yield opened
    opened.close()


def test_a_list_says_what_was_counted_and_cites_the_first_place_of_each(assistant):
    answer = assistant.ask("Which countries are mentioned?")
    assert answer.text.startswith("The 2 documents name 4 countries (names of countries, not of")
    assert "- France (2): “" in answer.text
    assert "Peru (2), Türkiye (1): “" in answer.text
    for citation in answer.citations:
        text = assistant.document(citation.document_id).text
        assert text[citation.start : citation.end] == citation.quote


def test_only_the_documents_asked_are_counted(assistant):
    answer = assistant.ask("List the countries", documents=["other.txt"])
    assert answer.text.startswith("The document names 2 countries")


def test_where_there_is_nothing_to_list_the_question_is_answered_as_any_other(assistant):
    assert assistant.ask("Who is mentioned?", documents=["other.txt"]).confidence < 1


def test_a_long_list_is_cut_and_says_so(tmp_path):
    folder = tmp_path / "many"
    folder.mkdir()
    lines = [
        f"In {year} the river rose by {year - 1800} centimetres.\n\n" for year in range(1900, 1930)
    ]
    (folder / "years.txt").write_text("".join(lines))
    assistant = Assistant.from_folder(
        folder, index_dir=tmp_path / "i2", settings=UNREAD, embed_model=HashEmbedder()
    )
    answer = assistant.ask("List the dates")
    assert "30 dates" in answer.text
    assert "the 20 first" in answer.text
    assert [c.quote[3:7] for c in answer.citations] == [str(y) for y in range(1900, 1920)]
    assistant.close()


@pytest.mark.parametrize(
    "question",
    [
        "What documents are there?",
        "which files do you have",
        "List all the documents, please",
        "How many documents are in the folder?",
        "What’s in the folder?",
    ],
)
def test_which_documents_there_are_is_answered_with_all_of_them(question, assistant):
    assert asks_for_documents(question)
    answer = assistant.ask(question)
    assert answer.text.startswith("The folder holds 2 documents.")
    assert {c.document_id for c in answer.citations} == {"note.txt", "other.txt"}


@pytest.mark.parametrize(
    "question", ["What documents did she sign?", "List the documents that mention salt", "What?"]
)
def test_a_question_about_documents_asks_for_no_list(question):
    assert not asks_for_documents(question)

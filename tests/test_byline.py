"""Who wrote a document."""

import pytest

from assistant import Assistant
from assistant.byline import asks_for_author
from tests.fakes import UNREAD, HashEmbedder

BODY = "The harbour of Lumen has 14 cranes. It was built in 1887 by Clara Voss.\n\n"


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("Who wrote this article?", True),
        ("who’s the author", True),
        ("Who is the author of the report?", True),
        ("By whom was it written?", True),
        ("Who wrote War and Peace?", False),
        ("Who is the author of the plan?", False),
        ("Who built this?", False),
    ],
)
def test_questions_that_ask_for_the_author(question, asks):
    assert asks_for_author(question) is asks


@pytest.fixture
def ask(tmp_path):
    """Ask who wrote a folder with the given texts."""
    opened = []

    def ask(*texts):
        folder = tmp_path / "documents"
        folder.mkdir()
        for number, text in enumerate(texts):
            (folder / f"{number}.txt").write_text(text, encoding="utf-8")
        made = Assistant.from_folder(
            folder, index_dir=tmp_path / "index", embed_model=HashEmbedder(), settings=UNREAD
        )
        opened.append(made)
        return made, made.ask("Who wrote this?")

    yield ask
    for made in opened:
        made.close()


@pytest.mark.parametrize(
    "text",
    [
        BODY + "Anna Berg is a Senior Fellow at the Institute of Harbours. She lives in Mora.",
        "By Anna Berg\n\n" + BODY,
    ],
)
def test_a_line_or_a_note_names_the_author(ask, text):
    assistant, answer = ask(text)
    [citation] = answer.citations
    document = assistant.document("0.txt").text
    assert document[citation.start : citation.end] == citation.quote
    assert document[slice(*citation.highlight)] == "Anna Berg"


def test_a_person_in_the_text_is_not_taken_for_its_author(ask):
    _, answer = ask(BODY + "Clara Voss built a lighthouse too.\n\n" + "Goats came. " * 9)
    assert "author" not in answer.text
    assert answer.confidence != 0.8


def test_of_several_documents_none_is_the_one_that_is_meant(ask):
    note = "Anna Berg is a journalist."
    _, answer = ask(BODY + note, BODY + "Bo Ek is a journalist.")
    assert answer.confidence != 0.8

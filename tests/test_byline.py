"""Who wrote a document."""

import pytest

from assistant import Assistant, Turn
from assistant.survey.byline import Stance, asks_about_author, authored, stance_asked_for
from tests.fakes import UNREAD, HashEmbedder, opened, quotes
from tests.test_reader import ScriptedReader

BODY = "The harbour of Lumen has 14 cranes. It was built in 1887 by Clara Voss.\n\n"


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("Who wrote this article?", ""),
        ("who’s the author", ""),
        ("Who is the author of the report?", ""),
        ("By whom was it written?", ""),
        ("Who wrote the article on Lumen and its cranes?", "Lumen and its cranes"),
        ("Who is the author of the report about salt", "salt"),
        ("Who wrote War and Peace?", None),
        ("Who is the author of the plan?", None),
        ("Who built this?", None),
    ],
)
def test_questions_that_ask_for_the_author(question, topic):
    assert authored(question) == topic


@pytest.mark.parametrize(
    ("question", "said", "topic"),
    [
        ("Who wrote this article?", "Who built the harbour? Clara Voss.", ""),
        ("Who is the author?", "Who built the harbour? Clara Voss.", ""),
        ("Who wrote it?", "Who built the harbour? Clara Voss.", None),
        ("Who wrote the article?", "What is this article about? In the document’s own words:", ""),
        ("Who is the author?", "What did she publish? A book on cranes.", None),
        ("Who wrote this article?", "Who disagreed? An article in the Times.", None),
    ],
)
def test_later_it_is_the_documents_only_where_nothing_else_was_spoken_of(question, said, topic):
    assert authored(question, said) == topic


@pytest.mark.parametrize(
    ("question", "is_about"),
    [
        ("Tell me about the author", True),
        ("can you tell me something about the writer, please?", True),
        ("What do we know about the author?", True),
        ("What does the author do for a living?", True),
        ("what is the writer’s job", True),
        ("whats the authors background?", True),
        ("Where does the author teach?", True),
        ("What does the author say?", False),
        ("What does the author do to Draghi?", False),
        ("What is the author’s position on sanctions?", False),
        ("Tell me about the author of the plan", False),
        ("What is the mayor’s job?", False),
    ],
)
def test_questions_about_the_author(question, is_about):
    assert asks_about_author(question) == is_about


@pytest.mark.parametrize(
    ("after", "cited"),
    [("She lives in Mora.", 2), ("All rights reserved.", 1), ("", 1)],
)
def test_what_is_told_of_the_author_is_the_note_and_what_goes_on_about_her(ask, after, cited):
    note = "Anna Berg is a fellow at the Institute of Harbours."
    assistant, _ = ask(f"{BODY}{note} {after}")
    answer = assistant.ask("Tell me about the author")
    assert [c.quote for c in answer.citations] == [note, after][:cited]
    later = assistant.ask("what does the author do?", history=[Turn("Who built it?", "Clara.")])
    assert later.citations == answer.citations


def test_a_name_alone_tells_nothing_of_the_author(ask):
    assistant, _ = ask("By Anna Berg\n\n" + BODY)
    answer = assistant.ask("What does the author do?")
    assert answer.refused or answer.confidence != 0.8


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
    later = assistant.ask("Who wrote this article?", history=[Turn("Who built it?", "Clara.")])
    assert later.citations == answer.citations
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


def test_of_several_documents_the_one_about_the_topic_is_meant(ask):
    assistant, _ = ask(BODY + "Anna Berg is a journalist.", "Goats came.\n\nBo Ek is a journalist.")
    [citation] = assistant.ask("Who wrote the article on Lumen and its cranes?").citations
    assert citation.document_id == "0.txt"
    assert assistant.ask("Who wrote the article on the moon?").confidence != 0.8


def test_a_document_is_known_by_its_first_line(ask):
    assistant, _ = ask("The Salt Road\n\nBy Anna Berg\n\n" + BODY, "By Bo Ek\n\nGoats came.")
    [citation] = assistant.ask("Who wrote “The salt road”?").citations
    assert assistant.document("0.txt").text[slice(*citation.highlight)] == "Anna Berg"
    assert assistant.ask("Who wrote the harbour of Lumen?").confidence != 0.8


@pytest.mark.parametrize(
    ("question", "who", "topic"),
    [
        ("What does the author think of the harbour?", "", "the harbour"),
        ("What is the writer’s overall view on cranes", "", "cranes"),
        ("How does Elsa Marr describe Lumen?", "Elsa Marr", "Lumen"),
        ("what did marr say about Clara Voss, please", "marr", "Clara Voss"),
    ],
)
def test_whose_opinion_of_what_is_asked_for_is_known(question, who, topic):
    assert stance_asked_for(question) == Stance(who, topic)


@pytest.mark.parametrize(
    "question", ["What does the author say?", "What is the author's name?", "Who thinks of Lumen?"]
)
def test_a_question_may_ask_for_no_opinion(question):
    assert stance_asked_for(question) is None


def test_what_the_author_says_of_it_is_the_opinion_of_the_author(tmp_path):
    text = f"By Elsa Marr\n\n{BODY}The cranes of Lumen are a disgrace.\n"
    with opened(tmp_path, "lumen.txt", text, embed_model=HashEmbedder()) as assistant:
        assistant.reader = ScriptedReader("no such words")
        for who in ("the author", "Marr", "Elsa Marr"):
            answer = assistant.ask(f"What does {who} think of the cranes?")
            assert "The cranes of Lumen are a disgrace." in quotes(answer)
            understood = "What does the author say about the cranes?"
            assert answer.notices == (f"Understood as: “{understood}”",)
        assert assistant.ask("What does Clara Voss think of the cranes?").refused
        assert assistant.ask("What does Elsa Marr think of football?").refused

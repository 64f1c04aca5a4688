"""Questions that the documents ask themselves: what is below them answers."""

import pytest

from assistant import Assistant
from assistant.quote.echo import _bare
from assistant.quote.features import is_reply, replies
from tests.fakes import HashEmbedder, opened, quotes
from tests.test_reader import ScriptedReader

FAQ = """Q: How much water does the kettle hold?

It takes 1.7 litres. Fill it below the mark.

Q: Can the lid be washed in the dishwasher?

No. Only the filter may go there.

Q: How loud is the kettle?

It reaches 68 decibels.
"""


@pytest.fixture
def faq(tmp_path):
    with opened(tmp_path, "faq.txt", FAQ, embed_model=HashEmbedder()) as assistant:
        assistant.reader = ScriptedReader("hold?")
        yield assistant


def test_a_question_in_the_text_is_not_its_answer_but_what_is_below_it(faq):
    assert quotes(faq.ask("How much water does the kettle hold?"))[0] == "It takes 1.7 litres."
    assert "It reaches 68 decibels." in quotes(faq.ask("How loud is the kettle?"))


def test_a_bare_no_is_cited_with_what_it_is_said_of(faq):
    answer = faq.ask("Can the lid be washed in the dishwasher?")
    assert quotes(answer) == ["No.", "Only the filter may go there."]


def test_a_no_below_another_question_is_no_answer(faq):
    faq.reader = ScriptedReader("No.")
    answer = faq.ask("Is the filter allowed in the oven?")
    assert "No." not in quotes(answer)


def test_who_asks_about_questions_is_shown_them(faq):
    faq.reader = ScriptedReader("How loud")
    assert "Q: How loud is the kettle?" in quotes(faq.ask("What is asked about the kettle loud?"))


def test_a_question_with_nothing_below_it_can_be_cited(tmp_path):
    text = "Do you like the harbour of Lumen?"
    with opened(tmp_path, "survey.txt", text, embed_model=HashEmbedder()) as assistant:
        assistant.reader = ScriptedReader("harbour")
        assert quotes(assistant.ask("Who likes the harbour of Lumen?"))


def test_but_it_is_no_yes_and_no_no(tmp_path):
    text = "Can the wall to the larder go? And what would you advise for the floor?"
    with opened(tmp_path, "mail.txt", text, embed_model=HashEmbedder()) as assistant:
        assistant.reader = ScriptedReader("larder")
        assert not quotes(assistant.ask("Can the wall of the larder be taken down?"))


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("Yes.", True), ("Not yet!", True), ("No pets.", False), ("It floats.", False)],
)
def test_bare_replies_are_known(text, is_one):
    assert is_reply(text) == is_one


@pytest.mark.parametrize(
    "text",
    ["Q: How loud is it?", "**Q3)** How loud is it?", "12. How loud is it?", "How loud is it?"],
)
def test_what_stands_before_a_question_in_a_list_does_not_count(text):
    assert _bare(text).lstrip("*) ") == "How loud is it?"


def test_long_lines_of_signs_cost_no_time():
    assert _bare("-" * 100_000 + "?")


@pytest.mark.model
def test_the_packaged_reader_answers_a_faq_from_below_its_questions(faq, tmp_path):
    with Assistant.from_folder(faq.folder, index_dir=tmp_path / "other") as assistant:
        for question, answer in (
            ("How much water does the kettle hold?", "It takes 1.7 litres."),
            ("Can I wash the lid in the dishwasher?", "Only the filter may go there."),
            ("How loud is it?", "It reaches 68 decibels."),
        ):
            found = quotes(assistant.ask(question))
            assert answer in found
            assert not any(quote.endswith("?") for quote in found)


@pytest.mark.parametrize("reply", ["Ben: No. They want no risk.", "Ben Orr: Never! They are slow."])
def test_a_reply_is_one_whoever_says_it(tmp_path, reply):
    text = f"Ann: And does the insurance pay?\n\n{reply} I asked twice."
    with opened(tmp_path, "talk.txt", text, embed_model=HashEmbedder()) as assistant:
        assistant.reader = ScriptedReader("pay?")
        answered = quotes(assistant.ask("Does the insurance pay?"))
    assert " ".join(answered[:2]) == reply


def test_a_label_in_a_list_is_nobody_who_replies(tmp_path):
    text = "# Rooms\n\n- Pets: No.\n- Towels: Yes.\n"
    with opened(tmp_path, "rooms.md", text, embed_model=HashEmbedder()) as assistant:
        items = assistant.search("pets")[0].passage
        found = assistant.index.gist(items.document_id)
    assert not any(map(replies, found))

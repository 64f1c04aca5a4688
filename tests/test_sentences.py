"""A model's reply to whole sentences with what each cites."""

import pytest

from assistant.sentences import (
    ITEM,
    PARAGRAPH,
    SPACE,
    SentenceStream,
    Written,
    is_refusal,
    says_no_answer,
)


def whole(text, size=None):
    stream = SentenceStream()
    step = size or max(len(text), 1)
    found = [w for i in range(0, len(text), step) for w in stream.feed(text[i : i + step])]
    return found + stream.finish()


def test_sentences_come_with_the_numbers_put_to_them():
    assert whole("He is 74 [1]. He met Mr. Biden in May. [2][3] Done") == [
        Written(SPACE, "He is 74.", (1,)),
        Written(SPACE, "He met Mr. Biden in May.", (2, 3)),
        Written(SPACE, "Done"),
    ]


@pytest.mark.parametrize(
    ("marker", "cited"),
    [
        ("[1, 2]", (1, 2)),
        ("[1-3]", (1, 2, 3)),
        ("【4】", (4,)),
        ("[passage 2]", (2,)),
        ("[Source 5 and 6]", (5, 6)),
        ("[a]", ()),
    ],
)
def test_markers_in_many_forms_are_understood(marker, cited):
    assert whole(f"It is so {marker}.")[0].cited == cited


def test_paragraphs_and_list_items_are_kept_apart():
    found = whole("One. Two.\n\nThree.\n- Four\n2. Five\n")
    assert [(w.before, w.text) for w in found] == [
        (SPACE, "One."),
        (SPACE, "Two."),
        (PARAGRAPH, "Three."),
        (ITEM, "Four"),
        (ITEM, "Five"),
    ]


def test_markup_thoughts_and_control_characters_are_left_out():
    text = (
        "<think>Is it? No. [1]</think># Title\n**Bold** and `code` <img src=x> "
        "![i](http://e/i.png) [link](http://e/l) \x1b[31mred\u200b."
    )
    assert [w.text for w in whole(text)] == [
        "Title",
        "Bold and code link http://e/l [31mred.",
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_it_does_not_matter_in_which_pieces_a_reply_comes(size):
    text = (
        "The author writes that it is so [1]. Dr. No left at 5 p.m. [2] [3]\n\n1. **First** item "
        "[1, 2]. More.\n- Last <b>one</b> (see [4])\nEnd <think>x. y.</think>here"
    )
    assert whole(text, size) == whole(text)


def test_a_sentence_is_given_as_soon_as_the_next_begins():
    stream = SentenceStream()
    assert stream.feed("It is so.") == []
    assert stream.feed(" [1") == []
    assert stream.feed("]") == []
    assert stream.feed(" And") == [Written(SPACE, "It is so.", (1,))]


@pytest.mark.parametrize("text", ["", "   \n\n ", "[1]", "...", "<think>never ending"])
def test_nothing_said_gives_no_sentence(text):
    assert whole(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "NOT IN THE PASSAGES",
        "Not in the passages.",
        "The passages do not say who his wife is.",
        "The provided text does not explicitly mention it.",
        "I cannot answer that.",
        "There is no information about it.",
    ],
)
def test_a_reply_that_says_there_is_no_answer_is_recognised(text):
    assert says_no_answer(text)


@pytest.mark.parametrize(
    "text", ["Salvini did not travel to Moscow.", "The plan does not mention the sanctions."]
)
def test_a_not_in_the_document_is_no_refusal(text):
    assert not says_no_answer(text)


def test_only_a_reply_that_begins_with_it_is_a_refusal():
    assert is_refusal("The passages do not say who his wife is.")
    assert is_refusal("NOT IN THE PASSAGES.")
    assert is_refusal("Unfortunately, the provided documents do not mention it.")
    assert not is_refusal("The passage of time is not mentioned in the passage of time.")
    assert not is_refusal("Salvini did not travel to Moscow.")

"""A model's reply to whole sentences with what each cites."""

import pytest

from assistant.write.sentences import (
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
        ("[1, 2, and 9]", (1, 2, 9)),
        ("[passage number 9]", (9,)),
        ('[passage number="9"]', (9,)),
        ("[doc 9]", (9,)),
        ("[source: 9]", (9,)),
        ("[citation:9]", (9,)),
        ("[p. 9]", ()),
        ("[9, p. 4]", (9,)),
        ("[^1]", (1,)),
        ("[1234]", (1234,)),
        ("[1†L2]", (1,)),
        ("【1†source】", (1,)),
        ("(passage 9)", (9,)),
        ("(see passages 2 and 3)", (2, 3)),
        ("[[9]]", (9,)),
        ("(see [9])", (9,)),
        ("([1], [9])", (1, 9)),
        ("[1],[9]", (1, 9)),
        ("[1] and [2]", (1, 2)),
    ],
)
def test_markers_in_many_forms_are_understood(marker, cited):
    assert whole(f"It is so {marker}.") == [Written(SPACE, "It is so.", cited)]


@pytest.mark.parametrize("marker", ["[doc 9]", "【9†source】", "(passage 9)", "[[9]]", "(see [9])"])
def test_a_marker_after_the_full_stop_belongs_to_the_sentence_before(marker):
    assert whole(f"It is so. {marker} Done") == [
        Written(SPACE, "It is so.", (9,)),
        Written(SPACE, "Done"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "It is so [a].",
        "He is 74 (see page 9).",
        "He won (in 1921) twice.",
        "The map [sic] of 1921 is lost (4).",
        "Article 5 states that it is so.",
        "In 14 documents it is so.",
        "The author writes that it is so.",
    ],
)
def test_what_only_looks_like_a_marker_stays(text):
    assert whole(text) == [Written(SPACE, text)]


@pytest.mark.parametrize(
    "text",
    [
        "According to passage 1, the pier is old.",
        "According to the passage number 1, the pier is old.",
        "According to [1], the pier is old.",
        "In passage [1], it is stated that the pier is old.",
        "As stated in source 1, the pier is old.",
        "Passage 1 states that the pier is old.",
        "Document 1 also mentions that the pier is old.",
        "Passage 1: The pier is old.",
        "The pier is old, according to passage 1.",
        "The pier is old, as passage 1 says.",
        "The pier is old, as stated in [1].",
    ],
)
def test_a_passage_named_by_its_number_is_a_citation_and_not_shown(text):
    assert whole(text) == [Written(SPACE, "The pier is old.", (1,))]


def test_a_marker_that_never_ends_costs_no_time():
    for start in ("[1", "(see [1", "[1, " + " " * 50, "[1][", "According to passage 1, "):
        assert whole(f"It is so {start * 40}", 4000)


def test_a_list_in_brackets_that_is_no_marker_costs_no_time():
    years = ", ".join(map(str, range(400)))
    text = f"The years are [{years}, and more]."
    assert whole(text) == [Written(SPACE, text)]


def test_what_follows_a_thought_that_was_longer_than_a_book_is_there_at_once():
    stream = SentenceStream()
    for piece in ["It is <th", "ink>", *["hm. "] * 50_000, "</thi", "nk>so."]:
        assert stream.feed(piece) == []
    assert stream.finish() == [Written(SPACE, "It is so.")]


def test_what_was_said_before_a_thought_without_an_end_is_kept():
    assert whole("It is so.<think>But", 3) == [Written(SPACE, "It is so.")]
    assert whole("It is <b\r", 3) == [Written(SPACE, "It is <b")]


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
        "[1, 2]. More. 【1†source】, [[2]] (see [4]) Then. (passage 3) "
        "According to passage 1, it is.\n- Last <b>one</b> (see [4])\nEnd <think>x. y.</think>here"
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

"""Words counted in every part of a document."""

import pytest

from index.types import Block, BlockKind, Document
from tests.fakes_ui import FakeAssistant, make_document
from ui.find import MAX_WORDS_CHARACTERS, count_words
from ui.links import document_href
from ui.viewer import PART_CHARACTERS

LONG = "\n\n".join(
    ["The needle."] + ["hay " * 1000] * (PART_CHARACTERS // 4000) + ["NEEDLE, needle"]
)


def engine():
    return FakeAssistant([make_document("a.txt", "A", LONG)])


def test_words_are_counted_in_each_part_whatever_their_case():
    assert count_words(engine(), {"link": document_href("a.txt"), "words": " Needle "}) == [1, 2]
    assert count_words(engine(), {"link": document_href("a.txt"), "words": "straw"}) == [0, 0]


def counted(words, text):
    engine = FakeAssistant([make_document("a.txt", "A", text)])
    return count_words(engine, {"link": document_href("a.txt"), "words": words})


def test_words_are_found_over_a_line_break_and_a_paragraphs_end_and_by_any_space():
    text = "The quick brown\nfox jumps.\n\nThe fox\u00a0 sleeps."
    assert counted("brown fox", text) == [1]
    assert counted("jumps.  the", text) == [1]
    assert counted("fox sleeps", text) == [1]
    assert counted("jumps.The", text) == [0]


def test_a_letter_that_two_stand_for_in_lower_case_hides_no_other():
    text = "İstanbul is a city. The ferry leaves."
    assert [counted(words, text) for words in ("ferry", "İSTANBUL", "istanbul")] == [[1]] * 3


def test_the_cells_of_a_row_are_words_apart_and_their_border_is_no_word():
    rows = ("Name | City", "Anna | Kiel")
    blocks = (Block(BlockKind.TABLE_ROW, 0, 11), Block(BlockKind.TABLE_ROW, 12, 23))
    table = Document("a.csv", "A", "/a.csv", "\n".join(rows), blocks, None, "")
    engine = FakeAssistant([table])

    def found(words):
        return count_words(engine, {"link": document_href("a.csv"), "words": words})

    assert [found(words) for words in ("anna kiel", "city anna")] == [[1]] * 2
    assert [found(words) for words in ("anna | kiel", "namecity", "cityanna")] == [[0]] * 3


def test_words_of_nothing_visible_are_no_words():
    assert counted("\u202e", "Some text.") == []


@pytest.mark.parametrize(
    "wanted",
    [
        None,
        {},
        {"link": document_href("a.txt")},
        {"link": document_href("a.txt"), "words": " "},
        {"link": document_href("a.txt"), "words": ["x"]},
        {"link": document_href("a.txt"), "words": "x" * (MAX_WORDS_CHARACTERS + 1)},
        {"link": document_href("gone.txt"), "words": "needle"},
    ],
)
def test_nothing_is_found_of_nothing_or_in_nothing(wanted):
    assert count_words(engine(), wanted) == []

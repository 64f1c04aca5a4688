"""Words counted in every part of a document."""

import pytest

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

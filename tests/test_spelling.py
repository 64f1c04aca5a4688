"""Slips of the finger in a question."""

import pytest

from assistant import Assistant, Turn
from assistant.understand.spelling import near, respelled
from tests.fakes import HashEmbedder

WORDS = frozenset({"horse", "house", "announce"})


class Pieces(HashEmbedder):
    """Knows few words; takes two pieces for any other."""

    def count_tokens(self, text):
        return sum(1 if word in WORDS else 2 for word in text.split())


@pytest.fixture
def spelled(folder, tmp_path):
    text = "Matteo Salvini announced a warranty for the house. It flies."
    (folder / "warranty.txt").write_text(text, encoding="utf-8")
    with Assistant.from_folder(
        folder, index_dir=tmp_path / "index", embed_model=Pieces()
    ) as assistant:
        yield assistant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("waranty", "warranty"),  # a letter too few
        ("warrrantys", "warrrantys"),  # two slips
        ("warrnaty of Slavini", "warranty of Salvini"),  # two exchanged
        ("Sakvini", "Salvini"),  # another letter
        ("Salviini", "Salvini"),  # one too many
        ("Who did Slavini anounce?", "Who did Salvini announce?"),  # only “announced” is there
        ("a horse", "a horse"),  # a word of its own
        ("fliess", "flies"),
        ("flie", "flie"),  # is short
        ("hause", "house"),
        ("Salv1ni and hse", "Salv1ni and hse"),  # has a digit; is short
        ("which whould", "which whould"),
        ("", ""),
    ],
)
def test_a_slip_is_read_as_the_word_that_the_documents_have(spelled, typed, meant):
    assert respelled(typed, spelled.index) == meant


def test_the_answer_says_how_the_question_was_understood(spelled):
    right = spelled.ask("What did Salvini announce?")
    slipped = spelled.ask("What did Slavini announce?")
    assert slipped.citations == right.citations
    assert slipped.question == "What did Slavini announce?"
    assert slipped.notices == ("Understood as: “What did Salvini announce?”",)
    assert right.notices == ()
    later = spelled.ask("And what did Slavini announce?", history=[Turn("Who?", "Voss")])
    assert later.notices == ("Understood as: “And what did Salvini announce?”",)


def test_what_is_counted_in_the_texts_is_counted_of_the_right_word(spelled):
    answer = spelled.ask("Which documents mention Slavini?")
    assert answer.notices == ("Understood as: “Which documents mention Salvini?”",)
    assert {citation.document_id for citation in answer.citations} == {"warranty.txt"}
    assert not answer.refused


def test_all_slips_of_one_letter_are_made():
    made = set(near("slogan"))
    assert {"sloggan", "slgan", "sloagn", "slogin", "slogans"} <= made
    assert "xlogan" not in made
    assert not {"water", "wage"} & set(near("wager"))
    assert "distance" in set(near("distancea"))

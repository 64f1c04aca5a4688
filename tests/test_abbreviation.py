"""What letters stand for: what asks for it, and what tells it."""

import pytest

from assistant import Assistant
from assistant.quote.abbreviation import may_tell, unexplained
from assistant.quote.verbatim import VerbatimAnswers
from assistant.read.reader import Reading
from assistant.settings import AnswerSettings, Settings
from assistant.understand.question import understand
from tests.test_person import found_in

TEXTS = (
    *("She works at CEPA, a body of the U.N.", "The Centre for European Policy met with IT staff."),
    *("THE MAYOR", "NATO met the WHO."),
)
EAGER = Settings(answer=AnswerSettings(reader=False, refuse_below=0.0))
"""Refuses only what no sentence may answer."""


@pytest.mark.parametrize(
    "question",
    [
        "What does CEPA stand for?",
        "what does cepa stand for",
        "What does “CEPA” stand for?",
        "What does the abbreviation CEPA actually stand for here?",
        "Do you know what CEPA is short for?",
        "Tell me what CEPA stands for, please.",
        "what is CEPA an acronym of?",
        "what is cepa short for",
        "What does NATO stand for?",
        "What does U.N. stand for?",
    ],
)
def test_only_a_long_form_can_tell(question):
    assert unexplained(question, found_in(TEXTS)) == {0, 1, 2, 3}


@pytest.mark.parametrize(
    "question",
    [
        "What does Draghi stand for?",
        "what does the mayor stand for",
        "What does it stand for?",
        "what does who stand for",
        "WHAT DOES DRAGHI STAND FOR?",
        "What is NATO short of?",
        "What values does NATO stand for?",
        "What does NATO stand for in the eyes of its critics?",
        "What did JFK stand for?",
        "Who stands for CEPA?",
        "What does CEPA want?",
        "",
        "what-" * 4000,
        "what " * 4000,
        "what does " + "A" * 20000,
    ],
)
def test_other_questions_bar_nothing(question):
    assert unexplained(question, found_in(TEXTS)) == frozenset()


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("the Center for European Policy Analysis", "CEPA"),
        ("the Center for European Policy Analysis", "cepa"),
        ("The European Union pays.", "EU"),
        ("a short-range attack missile", "SRAM"),
        ("Organisation for Economic Co-operation and Development", "OECD"),
        ("the United Nations", "U.N."),
        ("research and development", "R&D"),
        ("Members of Parliament", "MP"),
        ("the Five-Star Movement (M5S), which left", "M5S"),
        ("antirheumatic drugs (bDMARDs)", "bDMARD"),
        ("DNA (deoxyribonucleic acid) is long.", "DNA"),
        ("G-spec (for “government specification”)", "G-spec"),
        ("XML, which stands for eXtensible Markup Language", "XML"),
        ("XML: eXtensible Markup Language", "XML"),
        ("eXtensible Markup Language, or XML", "XML"),
        ("XML is an abbreviation", "XML"),
    ],
)
def test_what_spells_it_out_or_explains_it_may_tell(text, letters):
    assert may_tell(text, letters)


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("a nonresident fellow at CEPA", "CEPA"),
        ("C.E.P.A. is a body", "CEPA"),
        ("a body of the UN", "U.N."),
        ("NATO skeptics are many", "NATO"),
        ("Center for European Policies", "CEPA"),
        ("the " * 5000 + "a " * 5000, "AAAAAAAAAB"),
        ("(" * 5000, "EU"),
        ("", "EU"),
    ],
)
def test_what_only_uses_the_letters_does_not(text, letters):
    assert not may_tell(text, letters)


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("The WTO met. It was a long day for the World Trade Organization.", True),
        ("The WTO met. It was a long day, and the WTO wants trade in all the world.", False),
    ],
)
def test_it_is_refused_where_nothing_tells(tmp_path, embedder, text, is_told):
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "a.txt").write_text(text)
    with_index = {"index_dir": tmp_path / "index", "embed_model": embedder}
    assistant = Assistant.from_folder(tmp_path / "d", **with_index, settings=EAGER)
    answer = assistant.ask("What does WTO stand for?")
    assistant.close()
    assert answer.refused is not is_told
    if is_told:
        assert "World Trade Organization" in answer.citations[0].quote


class Misled:
    """A reader that likes best where the letters are only used."""

    def read(self, question, passages, sentences):
        return [
            Reading(2.0 if "met" in passage else -0.5, 1.0, (0, 3), (1.0,)) for passage in passages
        ]


def test_what_tells_is_cited_where_the_reader_likes_another_better():
    found = found_in(("The WTO met.",), ("A day for the World Trade Organization.",))
    question = "What does WTO stand for?"
    understood = understand(question, str.split)
    answers = VerbatimAnswers(AnswerSettings(), str.split, Misled())
    answer = answers.answer(question, understood, found)
    assert not answer.refused
    assert "World Trade Organization" in answer.citations[0].quote

"""What letters stand for: what asks for it, and what tells it."""

import pytest

from assistant import Assistant
from assistant.abbreviation import spells_out, unexplained
from assistant.settings import AnswerSettings, Settings
from tests.test_person import found_in

EAGER = Settings(answer=AnswerSettings(reader=False, refuse_below=0.0))
"""Refuses only what no sentence may answer."""

TEXTS = ("She works at CEPA, a body of the U.N.", "The Centre for European Policy met (M5S too).")


@pytest.mark.parametrize(
    "question",
    [
        "What does CEPA stand for?",
        "what does cepa stand for",
        "What does the abbreviation CEPA stand for here?",
        "Do you know what CEPA is short for?",
        "what is CEPA an acronym of?",
        "What does NATO stand for?",
        "What does U.N. stand for?",
    ],
)
def test_only_a_long_form_can_tell(question):
    assert unexplained(question, found_in(TEXTS)) == {0, 1}


@pytest.mark.parametrize(
    "question",
    [
        "What does Draghi stand for?",
        "what does the movement stand for",
        "What does it stand for?",
        "Who stands for CEPA?",
        "What does CEPA want?",
        "What is short for a day of the U.N.?",
        "",
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
        ("the Five-Star Movement (M5S), which left", "M5S"),
        ("DNA (deoxyribonucleic acid) is long.", "DNA"),
        ("the United Nations", "U.N."),
        ("XML, which stands for eXtensible Markup Language", "XML"),
        ("research and development", "R&D"),
    ],
)
def test_a_long_form_spells_out(text, letters):
    assert spells_out(text, letters)


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("a nonresident fellow at CEPA", "CEPA"),
        ("NATO skeptics are many", "NATO"),
        ("DNA (found in 1953) is long.", "DNA"),
        ("Center for European Policies", "CEPA"),
        ("a body of the U.N.", "U.N."),
        ("", "EU"),
        ("()", "EU"),
        ("EU ( )", "EU"),
    ],
)
def test_what_only_uses_the_letters_does_not(text, letters):
    assert not spells_out(text, letters)


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

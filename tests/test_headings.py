"""A topic that is the heading of a section is answered with how each part of the section begins."""

import pytest

from tests.fakes import HashEmbedder, opened, quotes
from tests.test_reader import ScriptedReader

HANDBOOK = """# Handbook

## 1. Pay

Salaries are paid on the last day of a month.

## 2. Leave

### 2.1 Annual leave

It is not paid out. Everybody has 27 days of annual leave a year.

### 2.2 Sick leave

Call the office before nine on the first day. Bring a note on day four.

## 3. Conduct

Leave your desk tidy. Dogs are welcome.
"""
ON_LEAVE = [
    "Everybody has 27 days of annual leave a year.",
    "Call the office before nine on the first day.",
]


@pytest.fixture
def handbook(tmp_path):
    with opened(tmp_path, "handbook.md", HANDBOOK, embed_model=HashEmbedder()) as assistant:
        assistant.reader = ScriptedReader("no such words")
        yield assistant


@pytest.mark.parametrize(
    "asked",
    [
        "What does it say about leave?",
        "What does the handbook say about leave?",
        "Tell me about leave",
        "Can you tell me about leave, please?",
    ],
)
def test_each_part_of_the_section_is_quoted(handbook, asked):
    assert quotes(handbook.ask(asked)) == ON_LEAVE


def test_of_one_part_what_fits_best_is_quoted(handbook):
    assert quotes(handbook.ask("What does it say about sick leave?"))[0] == ON_LEAVE[1]
    assert handbook.ask("What does it say about football?").refused


def test_who_wants_one_sentence_gets_one(handbook):
    assert len(quotes(handbook.ask("What does it say about leave?", sentences=1))) == 1

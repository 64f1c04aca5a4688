"""Answers in a language model's words, with a scripted model and hash embeddings."""

import pytest

from assistant import Assistant
from assistant.types import Verdict
from tests.fakes import HashEmbedder, ScriptedGenerator

QUESTION = "Who built the harbour of Lumen in 1887?"
GOOD = "The author writes that Clara Voss built the harbour of Lumen in 1887 [1]. It has 14 cranes."
BUILT = "The harbour of Lumen was built in 1887 by Clara Voss."


@pytest.fixture
def make(folder, tmp_path):
    """An assistant that writes with the given replies; also the generator."""
    made = []

    def make(*replies, settings=None, **options):
        generator = ScriptedGenerator(*replies, **options)
        made.append(
            Assistant.from_folder(
                folder,
                index_dir=tmp_path / "index",
                embed_model=HashEmbedder(),
                llm=generator,
                settings=settings,
            )
        )
        return made[-1], generator

    yield make
    for assistant in made:
        assistant.close()


def check(assistant, answer):
    """What holds of every written answer."""
    assert [c.number for c in answer.citations] == list(range(1, len(answer.citations) + 1))
    for c in answer.citations:
        assert assistant.document(c.document_id).text[c.start : c.end] == c.quote
        assert f"[{c.number}]" in answer.text
    for s in answer.sentences:
        assert answer.text[s.start : s.end] == s.text
        assert (s.verdict is Verdict.SUPPORTED) == (not s.mark)
        assert s.mark in answer.text
    assert answer.refused <= (not answer.citations)


def test_what_the_model_writes_is_shown_with_exact_citations(make):
    assistant, _ = make(GOOD)
    answer = assistant.ask(QUESTION)
    check(assistant, answer)
    assert answer.text == (
        "The author writes that Clara Voss built the harbour of Lumen in 1887. [1] "
        "It has 14 cranes. [2]"
    )
    assert [c.quote for c in answer.citations] == [BUILT, "It has 14 cranes."]
    assert {s.verdict for s in answer.sentences} == {Verdict.SUPPORTED}
    assert answer.notices == ()

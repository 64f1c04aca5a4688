"""The reader, which takes its time, beside a model that writes meanwhile."""

from threading import Event

import pytest

from assistant import Assistant, Settings
from assistant.llm.generator import GenerationError
from assistant.read.reader import Reading
from assistant.settings import AnswerSettings
from index.errors import ModelError
from tests.fakes import UNREAD, HashEmbedder, ScriptedGenerator

QUESTION = "Who made the harbour of Lumen?"
DOUBTFUL = "What is the boiling point of xenon?"
GOOD = "Clara Voss built the harbour of Lumen in 1887 [1]. It has 14 cranes. "
SHOWN = "Clara Voss built the harbour of Lumen in 1887. [1] It has 14 cranes. [2]"
PATIENCE = 20
STRICT = Settings(answer=AnswerSettings(refuse_below=0.12))
"""Without the reader QUESTION has a chance of .35, with one that finds nothing .01: not doubtful,
not sure, and refused."""
MILD = Settings(answer=AnswerSettings(refuse_below=0.05))
"""The same, but sure."""


class WaitingReader:
    """Finds the answer in every passage, or in none, once it is let go on; or fails."""

    def __init__(self, finds, *, waits=True):
        self.finds = finds
        self.go_on = Event()
        self.begun = Event()
        if not waits:
            self.go_on.set()

    def read(self, question, passages, sentences):
        self.begun.set()
        assert self.go_on.wait(PATIENCE)
        if isinstance(self.finds, Exception):
            raise self.finds
        odds, margin = (8.0, 8.0) if self.finds else (-8.0, -12.0)
        return [Reading(odds, margin, (0, 4), (0.0,) * len(spans)) for spans in sentences]

    def support(self, passages, sentences):
        raise NotImplementedError


class Generator(ScriptedGenerator):
    """Lets the reader go on once it has written so many pieces."""

    def __init__(self, reader, after, *replies):
        super().__init__(*replies)
        self.reader = reader
        self.after = after

    def stream(self, messages, max_tokens):
        for number, piece in enumerate(super().stream(messages, max_tokens)):
            if number == self.after:
                self.reader.go_on.set()
            yield piece


@pytest.fixture
def make(folder, tmp_path):
    """An assistant with that reader and generator."""
    made = []

    def make(reader, generator, settings=STRICT):
        assistant = Assistant.from_folder(
            folder,
            index_dir=tmp_path / "index",
            embed_model=HashEmbedder(),
            llm=generator,
            settings=settings,
        )
        assistant.reader = reader
        made.append((assistant, reader))
        return assistant

    yield make
    for assistant, reader in made:
        reader.go_on.set()
        assistant.close()


def test_the_model_writes_while_the_reader_reads(make):
    reader = WaitingReader(finds=True)
    assistant = make(reader, Generator(reader, 2, GOOD))
    assert assistant.ask(QUESTION).text == SHOWN
    assert reader.begun.is_set()


def test_nothing_is_shown_before_the_reader_is_done_and_then_all_of_it_in_order(make):
    reader = WaitingReader(finds=True)
    generator = ScriptedGenerator(GOOD * 2)
    assistant = make(reader, generator)
    answers = []
    for answer in assistant.stream(QUESTION):
        answers.append(answer)
        reader.go_on.set()
    early = [a for a in answers if not a.text]
    assert early
    assert all(a.incomplete and not a.citations and not a.hits for a in early)
    assert all(SHOWN.startswith(a.text) for a in answers)
    assert [len(a.text) for a in answers] == sorted(len(a.text) for a in answers)
    assert answers[-1].text == SHOWN


def test_where_the_reader_refuses_the_model_is_stopped_and_nothing_of_it_is_shown(make):
    reader = WaitingReader(finds=False)
    generator = Generator(reader, 20, GOOD * 50)
    assistant = make(reader, generator)
    answers = list(assistant.stream(QUESTION))
    assert generator.closed == 1
    assert {a.text for a in answers[:-1]} <= {""}
    assistant.written = None
    assert answers[-1] == assistant.ask(QUESTION)
    assert answers[-1].refused


def test_a_refusal_stays_one_when_the_model_fails_meanwhile(make):
    reader = WaitingReader(finds=False, waits=False)
    answer = make(reader, ScriptedGenerator(GenerationError("it is asleep"))).ask(QUESTION)
    assert answer.refused
    assert answer.notices == ()


def test_where_the_scores_alone_are_in_doubt_no_token_is_spent_before_the_reader_is_done(make):
    reader = WaitingReader(finds=False, waits=False)
    generator = ScriptedGenerator(GOOD)
    assert make(reader, generator).ask(DOUBTFUL).refused
    assert reader.begun.is_set()
    assert generator.prompts == []


def test_the_reader_may_still_find_an_answer_that_the_scores_alone_did_not(make):
    reader = WaitingReader(finds=True, waits=False)
    generator = ScriptedGenerator(GOOD)
    make(reader, generator).ask(DOUBTFUL)
    assert len(generator.prompts) == 1


def test_closing_while_the_reader_reads_stops_the_model(make):
    reader = WaitingReader(finds=True)
    generator = ScriptedGenerator(GOOD * 50)
    stream = make(reader, generator).stream(QUESTION)
    assert next(stream).text == ""
    stream.close()
    assert generator.closed == 1


def test_a_reader_that_cannot_be_loaded_is_an_error_as_it_is_without_a_model(make):
    reader = WaitingReader(finds=ModelError("model file reader is missing"), waits=False)
    generator = ScriptedGenerator(GOOD * 50)
    with pytest.raises(ModelError, match="missing"):
        make(reader, generator).ask(QUESTION)


def test_where_the_scores_alone_are_sure_nothing_waits_for_the_reader(make):
    reader = WaitingReader(finds=True)
    stream = make(reader, ScriptedGenerator(GOOD * 2), MILD).stream(QUESTION)
    answers = [next(stream)]
    while answers[-1].text != SHOWN:
        answers.append(next(stream))
    assert not reader.go_on.is_set()
    reader.go_on.set()
    answers += stream
    assert answers[-1].text == SHOWN
    assert all(a.hits == answers[-1].hits for a in answers)


@pytest.mark.parametrize("finds", [True, False])
def test_where_they_are_sure_the_reader_counts_when_nothing_written_holds(make, finds):
    reader = WaitingReader(finds, waits=False)
    answer = make(reader, ScriptedGenerator("Bob dug a tunnel."), MILD).ask(QUESTION)
    assert answer.refused is (not finds)
    reader = WaitingReader(finds, waits=False)
    assert make(reader, ScriptedGenerator(GOOD), MILD).ask(QUESTION).text == SHOWN


def test_with_and_without_the_reader_a_written_answer_is_the_same(make):
    reader = WaitingReader(finds=True, waits=False)
    with_reader = make(reader, ScriptedGenerator(GOOD)).ask(QUESTION)
    without = make(reader, ScriptedGenerator(GOOD), UNREAD).ask(QUESTION)
    assert with_reader.text == without.text
    assert with_reader.citations == without.citations
    assert with_reader.sentences == without.sentences

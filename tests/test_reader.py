"""The reader, packaged and scripted."""

import shutil
from importlib.resources import files

import pytest

from assistant import Assistant, Settings
from assistant.read.reader import SHA256, WEIGHTS, PackagedReader, Reading, load_reader, read_best
from assistant.settings import AnswerSettings
from index.errors import ModelError
from tests.fakes import HashEmbedder

PASSAGE = "The lighthouse burned down in 1921 because a lamp fell over. It was rebuilt in stone."
SENTENCES = [(0, 60), (61, 85)]


class ScriptedReader:
    """Likes the passage that holds ``word``, and its sentence."""

    def __init__(self, word: str) -> None:
        self.word = word
        self.read_passages: list[str] = []

    def read(self, question, passages, sentences):
        self.read_passages += passages
        return [
            self._reading(passage, spans)
            for passage, spans in zip(passages, sentences, strict=True)
        ]

    def _reading(self, passage, spans):
        at = passage.find(self.word)
        masses = tuple(float(start <= at < end) for start, end in spans)
        likes = 2.0 if at >= 0 else -2.0
        return Reading(likes, likes, (max(at, 0), max(at, 0) + len(self.word)), masses)

    def support(self, passages, sentences):
        return [float(s in p) for p, s in zip(passages, sentences, strict=True)]


@pytest.fixture
def reading_assistant(folder, tmp_path):
    made = Assistant.from_folder(
        folder,
        index_dir=tmp_path / "index",
        embed_model=HashEmbedder(),
        settings=Settings(answer=AnswerSettings(reader=True, refuse_below=0.0)),
    )
    yield made
    made.close()


def test_what_the_reader_points_at_is_cited(reading_assistant):
    reading_assistant.reader = ScriptedReader("honey")
    answer = reading_assistant.ask("Anything sweet?")
    assert any("honey" in citation.quote for citation in answer.citations)


def test_the_words_that_answer_are_known_where_a_few_words_can(reading_assistant):
    reading_assistant.reader = ScriptedReader("Clara Voss")
    answer = reading_assistant.ask("Who built the harbour of Lumen?")
    text = reading_assistant.document("harbour.txt").text
    marked = [text[slice(*c.highlight)] for c in answer.citations if c.highlight]
    assert marked == ["Clara Voss"]
    why = reading_assistant.ask("Why was the harbour of Lumen built?")
    assert [c.highlight for c in why.citations if c.highlight] == []


def test_when_the_reader_finds_nothing_confidence_falls(reading_assistant):
    question = "Who built the harbour of Lumen?"
    reading_assistant.reader = ScriptedReader("Clara Voss")
    sure = reading_assistant.ask(question).confidence
    reading_assistant.reader = ScriptedReader("no such word")
    assert reading_assistant.ask(question).confidence < sure


@pytest.mark.parametrize(
    ("words", "read"),
    [("hm", False), ("zeppelin qwerty?", False), ("honey", True), ("Anything sweet?", True)],
)
def test_words_that_stand_nowhere_are_no_question_to_read(reading_assistant, words, read):
    reading_assistant.reader = ScriptedReader("honey")
    reading_assistant.ask(words)
    assert bool(reading_assistant.reader.read_passages) == read


def test_only_the_best_passages_are_read(reading_assistant):
    reader = ScriptedReader("x")
    found = reading_assistant.index.search("Lumen")
    readings = read_best(reader, "Lumen", found.sentences, count=1)
    assert list(readings) == [found.hits[0].passage.id]
    assert reader.read_passages == [found.hits[0].passage.text]


@pytest.mark.model
def test_it_points_at_the_words_that_answer():
    reader = PackagedReader()
    [reading] = reader.read("When did the lighthouse burn down?", [PASSAGE], [SENTENCES])
    assert "1921" in PASSAGE[slice(*reading.span)]
    assert reading.masses[0] > 0.9
    assert sum(reading.masses) <= 1.001


@pytest.mark.model
def test_it_tells_a_passage_that_answers_from_one_that_only_mentions():
    reader = PackagedReader()
    [told] = reader.read("Why did the lighthouse burn down?", [PASSAGE], [SENTENCES])
    [untold] = reader.read("What is the keeper's name?", [PASSAGE], [SENTENCES])
    assert told.answerable > untold.answerable


@pytest.mark.model
def test_a_passage_is_read_the_same_alone_and_among_others():
    reader = PackagedReader()
    other = "Apples. " * 60
    [alone] = reader.read("When did it burn?", [PASSAGE], [SENTENCES])
    among, _ = reader.read("When did it burn?", [PASSAGE, other], [SENTENCES, [(0, 7)]])
    assert among.answerable == pytest.approx(alone.answerable, abs=0.1)
    assert among.span == alone.span


@pytest.mark.model
@pytest.mark.parametrize("passage", ["", "?", "word " * 2000, "\u0000\U0001f999"])
def test_odd_passages_are_read_without_error(passage):
    [reading] = PackagedReader().read("Who?", [passage], [[(0, len(passage))]])
    assert 0 <= reading.span[0] <= reading.span[1] <= len(passage)


def test_nothing_to_read_gives_nothing():
    assert PackagedReader().read("Who?", [], []) == []


def altered_copy(name, folder):
    """A packaged file of the reader with its last byte changed."""
    copy = folder / name
    shutil.copy(str(files("assistant.read").joinpath(name)), copy)
    data = bytearray(copy.read_bytes())
    data[-1] ^= 1
    copy.write_bytes(data)
    return copy


def test_altered_weights_are_refused(tmp_path):
    copy = altered_copy(WEIGHTS, tmp_path)
    with pytest.raises(ModelError, match=r"reader\.safetensors was altered"):
        load_reader(copy, SHA256)


@pytest.mark.parametrize(
    ("question", "is_refused"),
    [
        ("How much does the harbour cost?", True),
        ("Who built the harbour?", True),
        ("Does the harbour have cranes?", False),
        ("Is it a harbour or a market?", False),
        ("How do I find the harbour?", False),
        ("When did the lighthouse burn down?", False),
    ],
)
def test_what_has_only_words_of_the_question_is_no_answer(folder, tmp_path, question, is_refused):
    settings = Settings(answer=AnswerSettings(reader=True))
    options = {"embed_model": HashEmbedder(), "settings": settings}
    with Assistant.from_folder(folder, index_dir=tmp_path / "index", **options) as assistant:
        assistant.reader = ScriptedReader("harbour")
        assert assistant.ask(question).refused == is_refused

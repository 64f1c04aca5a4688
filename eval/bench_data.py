"""What the benchmark reads: real text, and an index of any size made from a little of it.

Text is that of Debian's ``postgresql-doc-15`` where it is installed, else of ``seeds/``. When more
is wanted than there is, it is repeated with a tenth of its words swapped, so that words stay as
frequent as they are in real text, and its embeddings are moved a little, so that neighbours stay
near. Independent random vectors would not do: they defeat every approximate index.
"""

import random
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count, islice
from pathlib import Path

import numpy as np

from index.change import Change
from index.chunk import Chunk, SentenceSpan, chunk, split_sentences
from index.database import Database
from index.embed import Embedder, Progress
from index.read import read_file
from index.records import FileRecord
from index.settings import IndexSettings
from index.store import Store
from index.types import Block, BlockKind, Extracted
from index.vectors import FloatMatrix, FloatVector, Ids, PassageVectors, Span, unit

POSTGRESQL = Path("/usr/share/doc/postgresql-doc-15/html")
SEEDS = Path(__file__).resolve().parent.parent / "seeds"
CHARACTERS_A_PASSAGE = 800
PASSAGES_A_DOCUMENT = 20
DOCUMENTS_A_CHANGE = 100
SWAPPED_WORDS = 0.1
MOVED_BY = 0.3
"""Length of what is added to a vector of length 1; their cosine stays about 0.96."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Passages with their embeddings, and questions with theirs."""

    passages: tuple[str, ...]
    vectors: FloatMatrix
    questions: tuple[str, ...]
    question_vectors: FloatMatrix


class KnownQuestions:
    """An embedder that has embedded every question already: what is left to measure is search."""

    fingerprint = "benchmark"

    def __init__(self, corpus: Corpus) -> None:
        self.dimension = corpus.vectors.shape[1]
        rows = zip(corpus.questions, corpus.question_vectors, strict=True)
        self._known: dict[str, FloatVector] = dict(rows)

    def count_tokens(self, text: str) -> int:
        """About four characters a token."""
        return -(-len(text) // 4)

    def embed_passages(
        self,
        texts: Sequence[str],
        sentences: Sequence[Sequence[Span]],
        progress: Progress | None = None,
    ) -> list[PassageVectors]:
        """A vector for each length: no model is run."""
        rows = np.eye(self.dimension, dtype=np.float32)
        return [
            PassageVectors(
                rows[len(text) % self.dimension],
                np.repeat(rows[:1], len(spans), axis=0),
            )
            for text, spans in zip(texts, sentences, strict=True)
        ]

    def embed_question(self, question: str) -> FloatVector:
        """What is known of it; else that of the first."""
        return self._known.get(question, next(iter(self._known.values())))


def real_files() -> list[Path]:
    """The files of the corpus, in order of name."""
    if POSTGRESQL.is_dir():
        return sorted(POSTGRESQL.glob("*.html"))
    return sorted(path for path in SEEDS.iterdir() if path.suffix == ".txt")


@cache
def real_text(path: Path) -> Extracted:
    """What is read out of one of them."""
    return read_file(path)


def swap_words(text: str, rng: random.Random) -> str:
    """``text`` with some words replaced by others of it."""
    words = text.split(" ")
    for _ in range(int(len(words) * SWAPPED_WORDS)):
        words[rng.randrange(len(words))] = rng.choice(words)
    return " ".join(words)


def write_folder(folder: Path, passages: int) -> None:
    """Files that make about ``passages`` passages: real ones, then ones with swapped words."""
    folder.mkdir(parents=True, exist_ok=True)
    rng, files = random.Random(0), real_files()  # noqa: S311 - not for secrets
    wanted = passages * CHARACTERS_A_PASSAGE
    for number in count():
        path = files[number % len(files)]
        text = real_text(path).text
        if number < len(files):
            shutil.copy(path, folder / path.name)
        else:
            (folder / f"{number}.txt").write_text(swap_words(text, rng), encoding="utf-8")
        wanted -= len(text)
        if wanted <= 0:
            return


def real_passages(embedder: Embedder) -> Iterator[str]:
    """The passages of the corpus, as the index would cut them."""
    tokens = IndexSettings().chunk_tokens
    for path in real_files():
        extracted = real_text(path)
        for each in chunk(extracted, chunk_tokens=tokens, count_tokens=embedder.count_tokens):
            yield extracted.text[each.start : each.end]


def embedded_passages(embedder: Embedder, count: int) -> tuple[list[str], FloatMatrix]:
    """The first passages of the corpus, at most ``count``, and their vectors."""
    texts = list(islice(real_passages(embedder), count))
    found = embedder.embed_passages(texts, [()] * len(texts))
    return texts, np.stack([vectors.passage for vectors in found])


def passages_of(directory: Path) -> tuple[list[str], FloatMatrix]:
    """Those of an index that is there already, and their vectors."""
    store = Store(directory)
    texts = [text for *_, text in store.passages_after(0)]
    vectors = np.concatenate([rows for _, rows in store.vectors_after(0)])
    store.close()
    return texts, vectors


def make_corpus(
    embedder: Embedder, base: tuple[list[str], FloatMatrix], passages: int, questions: int
) -> Corpus:
    """``passages`` passages: those of ``base``, and when there are not enough, made of them.

    A question is a few words in a row of one of them.
    """
    rng = random.Random(0)  # noqa: S311
    real, vectors = base[0][:passages], base[1][:passages]
    made = range(len(real), passages)
    texts = (*real, *(swap_words(real[number % len(real)], rng) for number in made))
    asked = tuple(_question(rng.choice(real), rng) for _ in range(questions))
    rows = np.stack([embedder.embed_question(question) for question in asked])
    return Corpus(texts, _moved(vectors, passages), asked, rows)


def _moved(base: FloatMatrix, rows: int) -> FloatMatrix:
    rng = np.random.default_rng(0)
    vectors = np.empty((rows, base.shape[1]), np.float32)
    vectors[: len(base)] = base
    for start in range(len(base), rows, len(base)):  # a copy of all after the other
        part = vectors[start : start + len(base)]
        noise = rng.standard_normal(part.shape, dtype=np.float32) / np.sqrt(part.shape[1])
        part[:] = unit(base[: len(part)] + MOVED_BY * noise)
    return vectors


def _question(passage: str, rng: random.Random) -> str:
    words = re.findall(r"\w+", passage)
    start = rng.randrange(max(len(words) - 8, 1))
    return " ".join(words[start : start + 8]) + "?"


def nearest_rows(corpus: Corpus, count: int) -> list[Ids]:
    """For each question the rows of the passages nearest to it, from comparing all."""
    scores = np.zeros((len(corpus.questions), 0), np.float32)
    rows = np.zeros((len(corpus.questions), 0), np.int64)
    for start in range(0, len(corpus.vectors), 50_000):
        part = corpus.question_vectors @ corpus.vectors[start : start + 50_000].T
        scores = np.hstack([scores, part])
        rows = np.hstack([rows, np.tile(np.arange(start, start + part.shape[1]), (len(rows), 1))])
        best = np.argpartition(-scores, min(count, scores.shape[1]) - 1)[:, :count]
        scores = np.take_along_axis(scores, best, axis=1)
        rows = np.take_along_axis(rows, best, axis=1)
    return list(rows)


def make_index(directory: Path, corpus: Corpus) -> None:
    """An index of the corpus, written without embedding anything."""
    directory.mkdir(parents=True)
    meta = {"model": KnownQuestions.fingerprint, "dimension": str(corpus.vectors.shape[1])}
    Database.create(directory, meta)
    store = Store(directory)
    numbers = range(0, len(corpus.passages), PASSAGES_A_DOCUMENT)
    for first in range(0, len(numbers), DOCUMENTS_A_CHANGE):
        with store.writing() as change:
            for start in numbers[first : first + DOCUMENTS_A_CHANGE]:
                part = slice(start, start + PASSAGES_A_DOCUMENT)
                _put(change, start, corpus.passages[part], corpus.vectors[part])
    store.close()


def _put(change: Change, number: int, passages: Sequence[str], vectors: FloatMatrix) -> None:
    text = "\n\n".join(passages)
    chunks: list[tuple[Chunk, bytes]] = []
    start = 0
    for passage, vector in zip(passages, vectors, strict=True):
        spans = tuple(SentenceSpan(start + a, start + b) for a, b in split_sentences(passage))
        key = (number + len(chunks)).to_bytes(16)
        rows = np.repeat(vector[None, :], len(spans), axis=0)
        change.put_vectors(key, PassageVectors(vector, rows))
        chunks.append((Chunk(start, start + len(passage), "", spans), key))
        start += len(passage) + 2
    change.put_document(
        f"{number:09}.txt",
        path=Path("/benchmark") / f"{number:09}.txt",
        title=str(number),
        extracted=Extracted(text, (Block(BlockKind.PARAGRAPH, 0, len(text)),)),
        file=FileRecord(len(text), 0),
        chunks=chunks,
    )

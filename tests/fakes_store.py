"""Stores of many small documents with vectors that lie in clusters, made without an embedder."""

from pathlib import Path

import numpy as np

from index.chunk import Chunk, SentenceSpan
from index.database import Database
from index.records import FileRecord
from index.store import Store
from index.types import Block, BlockKind, Extracted
from index.vectors import FloatMatrix, PassageVectors, unit

PASSAGES_A_DOCUMENT = 10


def _vectors() -> FloatMatrix:
    rng = np.random.default_rng(1)
    centres = rng.standard_normal((40, 32))
    rows = centres[rng.integers(40, size=1000)] + 0.4 * rng.standard_normal((1000, 32))
    return unit(rows.astype(np.float32))


VECTORS = _vectors()
"""Of the passages, in order."""


def store_of(directory: Path, first: int, last: int) -> Store:
    """A new store with the passages ``first`` to ``last``, ten to a document."""
    Database.create(directory, {"model": "test", "dimension": "32"})
    store = Store(directory)
    put_rows(store, first, last)
    return store


def put_rows(store: Store, first: int, last: int) -> None:
    """Add passages; those from 20 on are in the document ``20.txt``."""
    for start in range(first, last, PASSAGES_A_DOCUMENT):
        numbers = range(start, min(start + PASSAGES_A_DOCUMENT, last))
        words = [f"Passage {n:06}." for n in numbers]
        text = " ".join(words)
        with store.writing() as change:
            chunks = []
            for place, number in enumerate(numbers):
                key = number.to_bytes(16)
                row = VECTORS[number]
                change.put_vectors(key, PassageVectors(row, row[None, :]))
                span = (place * 16, place * 16 + 15)
                chunks.append((Chunk(*span, "", (SentenceSpan(*span),)), key))
            change.put_document(
                f"{start}.txt",
                path=Path("/folder") / f"{start}.txt",
                title=str(start),
                extracted=Extracted(text, (Block(BlockKind.PARAGRAPH, 0, len(text)),)),
                file=FileRecord(len(text), 0),
                chunks=chunks,
            )

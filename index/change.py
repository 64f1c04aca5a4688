"""The writes of one transaction: what ``Store.writing`` gives, and ``sync`` decides.

A change never alters a passage: it adds passages under new ids and remembers the ids it removes.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np

from index.chunk import Chunk
from index.database import Database
from index.records import (
    FileRecord,
    checksum,
    pack_blocks,
    pack_int8,
    pack_spans,
    seal,
    text_digest,
)
from index.types import Extracted
from index.vectors import PassageVectors


class Change:
    """The writes of one transaction."""

    def __init__(self, database: Database, generation: int) -> None:
        self._database = database
        self._generation = generation

    def put_vectors(self, key: bytes, vectors: PassageVectors) -> None:
        """Remember what was embedded, so that it never is again."""
        self._database.execute(
            "INSERT OR IGNORE INTO vectors VALUES (?, ?, ?)",
            (
                key,
                seal(key, vectors.passage.astype(np.float16).tobytes()),
                seal(key, pack_int8(vectors.sentences)),
            ),
        )

    def put_document(  # noqa: PLR0913 - one row, named
        self,
        document_id: str,
        *,
        path: Path,
        title: str,
        extracted: Extracted,
        file: FileRecord,
        chunks: Sequence[tuple[Chunk, bytes]],
    ) -> None:
        """Store a document with its passages, in place of an older one of the same id.

        Args:
            chunks: each with the key of its vectors, which are stored already.
        """
        self.remove_document(document_id)
        sha256 = text_digest(extracted.text)
        key = self._database.execute(
            "INSERT INTO documents (id, title, path, pages, characters, size_bytes, modified_ns,"
            " file_sha256, text_sha256, made_with, notices, checksum)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, x'')",
            (
                *(document_id, title, str(path), extracted.pages, len(extracted.text)),
                *(file.size_bytes, file.modified_ns, file.sha256, sha256, file.made_with),
                json.dumps(extracted.notices),
            ),
        )
        self._seal_document(key, document_id, title, extracted.pages, sha256)
        blocks = pack_blocks(extracted.blocks)
        self._database.execute(
            "INSERT INTO contents VALUES (?, ?, ?, ?)",
            (key, checksum(key, blocks), blocks, extracted.text),
        )
        for chunk, vector_key in chunks:
            self._put_passage(key, extracted.text[chunk.start : chunk.end], chunk, vector_key)

    def _put_passage(self, document: int, text: str, chunk: Chunk, vector_key: bytes) -> None:
        spans = pack_spans(chunk.sentences, chunk.start)
        place = (document, chunk.start, chunk.end, chunk.page, chunk.heading)
        content = (self._generation, vector_key, spans, text)
        self._database.execute(
            "INSERT INTO passages (document, start, end, page, heading, generation, vector,"
            " sentences, text, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*place, *content, checksum(*place, *content)),
        )

    def _seal_document(self, key: int, *values: object) -> None:
        self._database.execute(
            "UPDATE documents SET checksum = ? WHERE key = ?", (checksum(key, *values), key)
        )

    def remove_document(self, document_id: str) -> None:
        """Forget a document; nothing happens when it is not there."""
        self._database.execute(
            "INSERT INTO removed SELECT p.id, ? FROM passages p"
            " JOIN documents d ON d.key = p.document WHERE d.id = ?",
            (self._generation, document_id),
        )
        self._database.execute("DELETE FROM documents WHERE id = ?", (document_id,))

    def move_document(self, old: str, new: str, path: Path, file: FileRecord) -> None:
        """Give a document another id; its passages and their vectors stay as they are."""
        row = self._database.query(
            "SELECT key, title, pages, text_sha256 FROM documents WHERE id = ?", (old,)
        )[0]
        key, title, pages, sha256 = cast("tuple[int, str, int | None, str]", row)
        if title == old.rpartition("/")[2]:  # called by its file name
            title = new.rpartition("/")[2]
        self._database.execute(
            "UPDATE documents SET id = ?, title = ?, path = ?, modified_ns = ? WHERE key = ?",
            (new, title, str(path), file.modified_ns, key),
        )
        self._seal_document(key, new, title, pages, sha256)

    def touch_document(self, document_id: str, path: Path, file: FileRecord) -> None:
        """Note that a file's time changed while its content did not."""
        self._database.execute(
            "UPDATE documents SET path = ?, modified_ns = ? WHERE id = ?",
            (str(path), file.modified_ns, document_id),
        )

    def put_skipped(self, path: str, reason: str, file: FileRecord) -> None:
        """Remember why a file could not be read, so that it is not tried again unchanged."""
        self._database.execute(
            "INSERT OR REPLACE INTO skipped VALUES (?, ?, ?, ?)",
            (path, reason, file.size_bytes, file.modified_ns),
        )

    def note_readers(self, version: int) -> None:
        """Remember which readers all the skipped files were tried with."""
        self._database.execute(
            "INSERT OR REPLACE INTO meta VALUES ('skipped_by_readers', ?)", (str(version),)
        )

    def forget_skipped(self, path: str) -> None:
        """Forget a file that was skipped."""
        self._database.execute("DELETE FROM skipped WHERE path = ?", (path,))

    def drop_unused_vectors(self) -> None:
        """Forget the vectors that no passage uses any more."""
        self._database.execute("DELETE FROM vectors WHERE key NOT IN (SELECT vector FROM passages)")

"""The only truth: documents, passages, vectors, and what they were made with, in SQLite.

Every change is one transaction that also raises the generation, so a process killed at any instant
leaves the state before the change or after it. Passage ids are never used twice: what the derived
indexes (dense, lexical) return from an older state can miss, but never point at other text. What
is cited is checked against its checksum when it is read.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import numpy as np

from index.chunk import Chunk
from index.database import Database
from index.errors import DamagedIndexError, DocumentNotFoundError
from index.records import (
    FileRecord,
    StoredPassage,
    checksum,
    pack_blocks,
    pack_int8,
    pack_spans,
    text_digest,
    unpack_blocks,
    unpack_int8,
    unpack_spans,
)
from index.types import Document, DocumentInfo, Extracted, Passage
from index.vectors import FloatMatrix, Ids, PassageVectors, unit

_PASSAGE = (
    "SELECT p.id, p.document, d.id, d.title, d.pages, d.text_sha256, d.checksum, p.start, p.end,"
    " p.text, p.page, p.heading, p.vector, p.checksum, p.sentences, v.sentences"
    " FROM passages p JOIN documents d ON d.key = p.document JOIN vectors v ON v.key = p.vector"
)


class Store:
    """Reads of one index directory, from any thread; ``writing`` gives the writes."""

    def __init__(self, directory: Path, *, read_only: bool = False) -> None:
        """Open the database in ``directory``; see ``Database`` for what can be wrong with it."""
        self.directory = directory
        self._database = Database(directory, read_only=read_only)

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    @contextmanager
    def writing(self) -> Iterator["Change"]:
        """One change: all of it is durable at exit, or nothing is."""
        with self._database.transaction():
            yield Change(self._database, self.generation() + 1)
            self._database.execute(
                "UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'generation'"
            )

    def reading(self) -> Any:
        """A context in which all reads see one state."""
        return self._database.reading()

    def empty_log(self) -> None:
        """See ``Database.empty_log``."""
        self._database.empty_log()

    def meta(self) -> dict[str, str]:
        """Index id, generation, and the fingerprints it was made with."""
        return dict(cast("list[tuple[str, str]]", self._rows("SELECT key, value FROM meta")))

    def generation(self) -> int:
        """Number of the last committed change; grows by one with each."""
        return int(self._rows("SELECT value FROM meta WHERE key = 'generation'")[0][0])

    def files(self) -> dict[str, FileRecord]:
        """The file behind each document id."""
        rows = self._rows(
            "SELECT id, size_bytes, modified_ns, file_sha256, made_with FROM documents"
        )
        return {row[0]: FileRecord(*row[1:]) for row in rows}

    def skipped(self) -> dict[str, tuple[str, FileRecord]]:
        """For each file that could not be read: the reason, and the file as it then was."""
        rows = self._rows("SELECT path, reason, size_bytes, modified_ns FROM skipped")
        return {row[0]: (row[1], FileRecord(row[2], row[3])) for row in rows}

    def documents(self) -> tuple[DocumentInfo, ...]:
        """Every document, without its text, by id."""
        rows = self._rows(
            "SELECT id, title, path, characters, pages,"
            " (SELECT count(*) FROM passages WHERE document = key), size_bytes, modified_ns,"
            " notices FROM documents ORDER BY id"
        )
        return tuple(
            DocumentInfo(
                *(row[0], row[1], row[2], row[3], row[4], row[5], row[6]),
                modified=row[7] / 1e9,
                notices=tuple(json.loads(row[8])),
            )
            for row in rows
        )

    def notices(self) -> dict[str, tuple[str, ...]]:
        """What there is to know about some documents, by id."""
        rows = self._rows("SELECT id, notices FROM documents WHERE notices != '[]' ORDER BY id")
        return {row[0]: tuple(json.loads(row[1])) for row in rows}

    def document(self, document_id: str) -> Document:
        """The document, its text checked.

        Raises:
            DocumentNotFoundError: no document of that id.
            DamagedIndexError: the stored text is not what was stored.
        """
        rows = self._rows(
            "SELECT key, title, path, pages, text_sha256, notices, checksum, blocks, text"
            " FROM documents JOIN contents ON document = key WHERE id = ?",
            (document_id,),
        )
        if not rows:
            raise DocumentNotFoundError(
                f"no document {document_id!r} in the index; `assistant documents` lists them"
            )
        key, title, path, pages, sha256, notices, check, blocks, text = rows[0]
        intact = checksum(key, document_id, title, pages, sha256) == check
        if not intact or text_digest(text) != sha256:
            raise self._damaged(f"the text of {document_id!r}")
        return Document(
            id=document_id,
            title=title,
            path=path,
            text=text,
            blocks=unpack_blocks(blocks),
            pages=pages,
            sha256=sha256,
            notices=tuple(json.loads(notices)),
        )

    def passages(self, ids: Sequence[int]) -> dict[int, StoredPassage]:
        """Those of ``ids`` that are still there, each checked, by id.

        Raises:
            DamagedIndexError: a passage is not what was stored.
        """
        where = " WHERE p.id IN (SELECT value FROM json_each(?))"
        rows = self._rows(_PASSAGE + where, (json.dumps([int(i) for i in ids]),))
        return {row[0]: self._passage(*row) for row in rows}

    def _passage(  # noqa: PLR0913, PLR0917 - the columns of one row
        self,
        id_: int,
        key: int,
        document_id: str,
        title: str,
        pages: int | None,
        sha256: str,
        document_check: bytes,
        start: int,
        end: int,
        text: str,
        page: int | None,
        heading: str,
        vector_key: bytes,
        check: bytes,
        spans: bytes,
        vectors: bytes,
    ) -> StoredPassage:
        if (
            checksum(key, document_id, title, pages, sha256) != document_check
            or checksum(key, start, end, page, heading, spans, text) != check
        ):
            raise self._damaged(f"passage {id_} of {document_id!r}")
        passage = Passage(id_, document_id, title, start, end, text, page, heading)
        sentences = unpack_spans(spans, start)
        return StoredPassage(passage, sentences, unpack_int8(vectors, len(sentences)), vector_key)

    def twins(self, vector_key: bytes) -> tuple[str, ...]:
        """The ids of all documents with a passage of exactly that text, sorted."""
        rows = self._rows(
            "SELECT DISTINCT d.id FROM passages p JOIN documents d ON d.key = p.document"
            " WHERE p.vector = ? ORDER BY d.id",
            (vector_key,),
        )
        return tuple(row[0] for row in rows)

    def passage_ids(self, document_id: str) -> list[int]:
        """The ids of a document's passages, in document order; empty for an unknown document."""
        rows = self._rows(
            "SELECT p.id FROM passages p JOIN documents d ON d.key = p.document"
            " WHERE d.id = ? ORDER BY p.start",
            (document_id,),
        )
        return [row[0] for row in rows]

    def document_keys(self, document_ids: Iterable[str]) -> list[int]:
        """The numbers by which the lexical index knows some documents."""
        rows = self._rows(
            "SELECT key FROM documents WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(document_ids)),),
        )
        return [row[0] for row in rows]

    def passages_after(self, generation: int) -> Iterator[tuple[int, int, str, str]]:
        """``(id, document key, heading, text)`` of each passage newer than ``generation``."""
        yield from self._database.cursor(
            "SELECT id, document, heading, text FROM passages WHERE generation > ? ORDER BY id",
            (generation,),
        )

    def vectors_after(
        self, generation: int, batch: int = 8192
    ) -> Iterator[tuple[Ids, FloatMatrix]]:
        """Passage vectors newer than ``generation``: ids and rows, in batches by ascending id."""
        cursor = self._database.cursor(
            "SELECT p.id, v.passage FROM passages p JOIN vectors v ON v.key = p.vector"
            " WHERE p.generation > ? ORDER BY p.id",
            (generation,),
        )
        while rows := cursor.fetchmany(batch):
            halves = np.frombuffer(b"".join(row[1] for row in rows), np.float16)
            vectors = halves.astype(np.float32).reshape(len(rows), -1)
            yield np.array([row[0] for row in rows], np.int64), unit(vectors)

    def removed_after(self, generation: int) -> Ids:
        """Ids of the passages removed after ``generation``, ascending."""
        rows = self._rows(
            "SELECT passage FROM removed WHERE generation > ? ORDER BY passage", (generation,)
        )
        return np.array([row[0] for row in rows], np.int64)

    def known_vectors(self, keys: Iterable[bytes]) -> set[bytes]:
        """Those of ``keys`` whose vectors are stored already."""
        return {k for k in keys if self._rows("SELECT 1 FROM vectors WHERE key = ?", (k,))}

    def _rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        return self._database.query(sql, parameters)

    def _damaged(self, what: str) -> DamagedIndexError:
        return DamagedIndexError(
            f"{what} in {self._database.path} is damaged: its checksum does not match; "
            f"delete the directory {self.directory} and run: assistant sync"
        )


class Change:
    """The writes of one transaction."""

    def __init__(self, database: Database, generation: int) -> None:
        self._database = database
        self._generation = generation

    def put_vectors(self, key: bytes, vectors: PassageVectors) -> None:
        """Remember what was embedded, so that it never is again."""
        self._database.execute(
            "INSERT OR IGNORE INTO vectors VALUES (?, ?, ?)",
            (key, vectors.passage.astype(np.float16).tobytes(), pack_int8(vectors.sentences)),
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
        self._database.execute(
            "INSERT INTO contents VALUES (?, ?, ?)",
            (key, pack_blocks(extracted.blocks), extracted.text),
        )
        for chunk, vector_key in chunks:
            self._put_passage(key, extracted.text[chunk.start : chunk.end], chunk, vector_key)

    def _put_passage(self, document: int, text: str, chunk: Chunk, vector_key: bytes) -> None:
        spans = pack_spans(chunk.sentences, chunk.start)
        place = (chunk.start, chunk.end, chunk.page, chunk.heading)
        self._database.execute(
            "INSERT INTO passages (document, start, end, page, heading, generation, vector,"
            " checksum, sentences, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(document, *place, self._generation, vector_key),
                *(checksum(document, *place, spans, text), spans, text),
            ),
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

    def forget_skipped(self, path: str) -> None:
        """Forget a file that was skipped."""
        self._database.execute("DELETE FROM skipped WHERE path = ?", (path,))

    def drop_unused_vectors(self) -> None:
        """Forget the vectors that no passage uses any more."""
        self._database.execute("DELETE FROM vectors WHERE key NOT IN (SELECT vector FROM passages)")

"""The only truth: documents, passages, vectors, and what they were made with, in SQLite.

Every change is one transaction that also raises the generation, so a process killed at any instant
leaves the state before the change or after it. Passage ids are never used twice: what the derived
indexes (dense, lexical) return from an older state can miss, but never point at other text. All
that is searched or cited is checked against its checksum when it is read.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import numpy as np

from index.belongings import remedy
from index.change import Change
from index.database import Database
from index.errors import DamagedIndexError, DocumentNotFoundError
from index.records import (
    UNSOUND,
    FileRecord,
    StoredPassage,
    checksum,
    text_digest,
    unpack_blocks,
    unpack_passage,
    unseal,
)
from index.traces import erase_traces, is_due
from index.types import Document, DocumentInfo
from index.vectors import FloatMatrix, Ids, unit

# Left joins: a passage whose document or vectors were lost is damage, and not left out.
_PASSAGE = (
    "SELECT p.id, p.document, d.id, d.title, d.pages, d.text_sha256, d.checksum, p.start, p.end,"
    " p.text, p.page, p.heading, p.generation, p.vector, p.checksum, p.sentences, v.passage,"
    " v.sentences"
    " FROM passages p LEFT JOIN documents d ON d.key = p.document"
    " LEFT JOIN vectors v ON v.key = p.vector"
)
# From 0 on all: also a passage whose own generation was lost.
_NEWER = ("? = 0", "p.generation > ?")
VECTORS_AT_ONCE = 8192


class Store:
    """Reads of one index directory, from any thread; ``writing`` gives the writes."""

    def __init__(self, directory: Path, *, read_only: bool = False) -> None:
        """Open the database in ``directory``; see ``Database`` for what can be wrong with it."""
        self.directory = directory
        self._database = Database(directory, read_only=read_only)
        self._check_generation()

    def _check_generation(self) -> None:
        with self._whole("its generation"):
            newest = self._rows("SELECT max(generation) FROM passages")[0][0]
            if (newest or 0) > self.generation():
                raise ValueError("older than its passages")
        self.meta()

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def before_fork(self) -> None:
        """See ``Database.before_fork``."""
        self._database.before_fork()

    def after_fork(self, *, is_child: bool) -> None:
        """See ``Database.after_fork``."""
        self._database.after_fork(is_child=is_child)

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

    def is_current(self) -> bool:
        """See ``Database.is_current``."""
        return self._database.is_current()

    @property
    def is_read_only(self) -> bool:
        """Whether nothing could be written when it was opened; that may have changed."""
        return self._database.read_only

    def is_outdated(self, generation: int) -> bool:
        """Whether too much was removed since a derived file was made to leave its traces in it."""
        return is_due(self._database, generation)

    def erase_traces(self) -> None:
        """See to it that no removed text is left in the database; see ``index.traces``."""
        erase_traces(self._database)

    def meta(self) -> dict[str, str]:
        """Index id, generation, and the fingerprints it was made with. Raises DamagedIndexError."""
        known = dict(cast("list[tuple[str, str]]", self._rows("SELECT key, value FROM meta")))
        if not known.keys() >= {"index_id", "generation", "model", "dimension"}:
            raise self._damaged("what the index was made with")
        return known

    def generation(self) -> int:
        """Number of the last committed change; grows by one with each."""
        rows = self._rows("SELECT value FROM meta WHERE key = 'generation'")
        with self._whole("its generation"):
            return int(rows[0][0])

    def files(self) -> dict[str, FileRecord]:
        """The file behind each document id."""
        rows = self._rows(
            "SELECT id, size_bytes, modified_ns, file_sha256, made_with FROM documents"
        )
        with self._whole("the list of documents"):
            return {id_ + "": FileRecord(*record) for id_, *record in rows}

    def file(self, document_id: str) -> FileRecord | None:
        """The file behind one document; None for an unknown one."""
        rows = self._rows(
            "SELECT size_bytes, modified_ns, file_sha256, made_with FROM documents WHERE id = ?",
            (document_id,),
        )
        return FileRecord(*rows[0]) if rows else None

    def skipped(self) -> dict[str, tuple[str, FileRecord]]:
        """For each file that could not be read: the reason, and the file as it then was."""
        rows = self._rows("SELECT path, reason, size_bytes, modified_ns FROM skipped")
        with self._whole("the list of skipped files"):
            return {path + "": (reason + "", FileRecord(*file)) for path, reason, *file in rows}

    def documents(self) -> tuple[DocumentInfo, ...]:
        """Every document, without its text, by id."""
        rows = self._rows(
            "SELECT id, title, path, characters, pages,"
            " (SELECT count(*) FROM passages WHERE document = key), size_bytes,"
            " modified_ns / 1e9, notices, key, text_sha256, checksum FROM documents ORDER BY id"
        )
        found = []
        with self._whole("the list of documents"):
            for *values, notices, key, sha256, check in rows:
                info = DocumentInfo(*[*values, tuple(json.loads(notices))])
                if checksum(key, info.id, info.title, info.pages, sha256) != check:
                    raise ValueError("altered")
                found.append(info)
        return tuple(found)

    def notices(self) -> dict[str, tuple[str, ...]]:
        """What there is to know about some documents, by id."""
        rows = self._rows("SELECT id, notices FROM documents WHERE notices != '[]' ORDER BY id")
        with self._whole("the list of documents"):
            return {row[0]: tuple(json.loads(row[1])) for row in rows}

    def document(self, document_id: str) -> Document:
        """The document, its text checked.

        Raises:
            DocumentNotFoundError: no document of that id.
            DamagedIndexError: the stored text is not what was stored.
        """
        rows = self._rows(
            "SELECT key, title, path, pages, text_sha256, notices, d.checksum, c.checksum, blocks,"
            " text FROM documents d LEFT JOIN contents c ON document = key WHERE id = ?",
            (document_id,),
        )
        if not rows:
            raise DocumentNotFoundError(
                f"no document {document_id!r} in the index; `assistant documents` lists them"
            )
        key, title, path, pages, sha256, notices, check, blocks_check, blocks, text = rows[0]
        with self._whole(f"the text of {document_id!r}"):
            if (
                checksum(key, document_id, title, pages, sha256) != check
                or checksum(key, blocks) != blocks_check
                or text_digest(text) != sha256
            ):
                raise ValueError("altered")
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
        found = {}
        for row in rows:
            with self._whole(f"passage {row[0]}"):
                found[row[0]] = unpack_passage(*row)
        self._check_missing(set(ids) - found.keys())
        return found

    def _check_missing(self, ids: set[int]) -> None:
        """Passages may be missing because they were removed, or are newer than what is read."""
        if not ids:
            return
        newest = self._ids("SELECT max(id) FROM passages HAVING max(id)")
        removed = "SELECT passage FROM removed WHERE passage IN (SELECT value FROM json_each(?))"
        lost = ids.difference(self._ids(removed, (json.dumps([int(i) for i in ids]),)))
        if lost and newest and min(lost) <= newest[0]:
            raise self._damaged(f"passage {min(lost)}")

    def twins(self, vector_key: bytes) -> tuple[str, ...]:
        """The ids, checked, of all documents with a passage of exactly that text, sorted."""
        rows = self._rows(
            "SELECT key, id, title, pages, text_sha256, checksum FROM documents"
            " WHERE key IN (SELECT document FROM passages WHERE vector = ?) ORDER BY id",
            (vector_key,),
        )
        with self._whole("the list of documents"):
            if any(checksum(*values) != check for *values, check in rows):
                raise ValueError("altered")
        return tuple(row[1] for row in rows)

    def vector_keys(self, ids: Sequence[int]) -> dict[int, bytes]:
        """The key, the same for the same text, of each of ``ids`` that is still there; unchecked,
        so only to tell what need not be read.
        """
        rows = self._rows(
            "SELECT id, vector FROM passages WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(ids),),
        )
        return dict(cast("list[tuple[int, bytes]]", rows))

    def passage_count(self) -> int:
        """How many passages there are."""
        return self._ids("SELECT count(*) FROM passages")[0]

    def changes_after(self, generation: int) -> int:
        """How many passages were added and removed after ``generation``."""
        return self._ids(
            "SELECT (SELECT count(*) FROM passages WHERE generation > ?1)"
            " + (SELECT count(*) FROM removed WHERE generation > ?1)",
            (generation,),
        )[0]

    def passage_ids(self, document_id: str) -> list[int]:
        """The ids of a document's passages, in document order; empty for an unknown document."""
        return self._ids(
            "SELECT p.id FROM passages p JOIN documents d ON d.key = p.document"
            " WHERE d.id = ? ORDER BY p.start",
            (document_id,),
        )

    def document_keys(self, document_ids: Iterable[str]) -> list[int]:
        """The numbers by which the lexical index knows some documents."""
        return self._ids(
            "SELECT key FROM documents WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(document_ids)),),
        )

    def passages_after(self, generation: int) -> Iterator[tuple[int, int, str, str]]:
        """``(id, document key, heading, text)`` of each passage newer than ``generation``."""
        rows = self._database.cursor(
            "SELECT id, document, start, end, page, heading, generation, vector, sentences, text,"  # noqa: S608 - two constants
            f" checksum FROM passages p WHERE {_NEWER[generation > 0]} ORDER BY id",
            (generation,),
        )
        for id_, document, start, end, page, heading, *rest, text, check in cast("Any", rows):
            if checksum(document, start, end, page, heading, *rest, text) != check:
                raise self._damaged(f"passage {id_}")
            yield id_, document, heading, text

    def vectors_after(self, generation: int) -> Iterator[tuple[Ids, FloatMatrix]]:
        """Passage vectors newer than ``generation``: ids and rows, in batches by ascending id."""
        cursor = self._database.cursor(
            "SELECT p.id, p.vector, v.passage FROM passages p LEFT JOIN vectors v"  # noqa: S608
            f" ON v.key = p.vector WHERE {_NEWER[generation > 0]} ORDER BY p.id",
            (generation,),
        )
        while rows := cursor.fetchmany(VECTORS_AT_ONCE):
            with self._whole("a vector"):
                data = b"".join(unseal(key, sealed) for _, key, sealed in cast("Any", rows))
                halves = np.frombuffer(data, np.float16).astype(np.float32)
                vectors = unit(halves.reshape(len(rows), -1))
            yield np.array([row[0] for row in rows], np.int64), vectors

    def removed_after(self, generation: int) -> Ids:
        """Ids of the passages removed after ``generation``, ascending."""
        sql = "SELECT passage FROM removed WHERE generation > ? ORDER BY passage"
        return np.array(self._ids(sql, (generation,)), np.int64)

    def known_vectors(self, keys: Iterable[bytes]) -> set[bytes]:
        """Those of ``keys`` whose vectors are stored already."""
        return {k for k in keys if self._rows("SELECT 1 FROM vectors WHERE key = ?", (k,))}

    def has_unused_vectors(self) -> bool:
        """Whether vectors are kept that no passage uses: a sync was cut short."""
        used, kept = self._rows(
            "SELECT (SELECT count(DISTINCT vector) FROM passages), (SELECT count(*) FROM vectors)"
        )[0]
        return bool(kept > used)

    def _rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        return self._database.query(sql, parameters)

    def _ids(self, sql: str, parameters: Sequence[object] = ()) -> list[int]:
        rows = self._rows(sql, parameters)
        with self._whole("a list of numbers"):
            return [int(row[0]) for row in rows]

    @contextmanager
    def _whole(self, what: str) -> Iterator[None]:
        """What is decoded inside must be as it was stored."""
        try:
            yield
        except UNSOUND as error:
            raise self._damaged(what) from error

    def _damaged(self, what: str) -> DamagedIndexError:
        return DamagedIndexError(
            f"{what} in {self._database.path} is damaged: its checksum does not match; "
            f"{remedy(self.directory)}"
        )

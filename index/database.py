"""One SQLite file: opening it, telling ours from others, transactions, errors in plain words."""

import sqlite3
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from index.errors import DamagedIndexError, ForeignIndexError, ReadOnlyIndexError, TroubleError

FORMAT = 1
DATABASE = "index.sqlite"
DRAFT = ".index.sqlite.new"
APPLICATION_ID = 0x47524E44  # "GRND": tells our database from any other SQLite file

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    key INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL,
    path TEXT NOT NULL, pages INTEGER, characters INTEGER NOT NULL, size_bytes INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL, file_sha256 TEXT NOT NULL, text_sha256 TEXT NOT NULL,
    made_with TEXT NOT NULL, notices TEXT NOT NULL, checksum BLOB NOT NULL);
CREATE INDEX documents_by_file ON documents (file_sha256);
CREATE TABLE contents (
    document INTEGER PRIMARY KEY REFERENCES documents (key) ON DELETE CASCADE,
    blocks TEXT NOT NULL, text TEXT NOT NULL);
CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
    start INTEGER NOT NULL, end INTEGER NOT NULL, page INTEGER, heading TEXT NOT NULL,
    generation INTEGER NOT NULL, vector BLOB NOT NULL, checksum BLOB NOT NULL,
    sentences BLOB NOT NULL, text TEXT NOT NULL);
CREATE INDEX passages_by_document ON passages (document, start);
CREATE INDEX passages_by_generation ON passages (generation);
CREATE INDEX passages_by_vector ON passages (vector);
CREATE TABLE vectors (
    key BLOB PRIMARY KEY, passage BLOB NOT NULL, sentences BLOB NOT NULL);
CREATE TABLE removed (passage INTEGER PRIMARY KEY, generation INTEGER NOT NULL);
CREATE INDEX removed_by_generation ON removed (generation);
CREATE TABLE skipped (
    path TEXT PRIMARY KEY, reason TEXT NOT NULL, size_bytes INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL) WITHOUT ROWID;
"""


class Database:
    """A connection for each thread. Any number of processes read while one writes (WAL)."""

    def __init__(self, directory: Path, *, read_only: bool = False) -> None:
        """Open what ``create`` made in ``directory``.

        Args:
            read_only: the directory cannot be written to, so SQLite cannot make its WAL index.

        Raises:
            ForeignIndexError: not a database of this program, or of a newer format.
            DamagedIndexError: SQLite cannot read it.
        """
        self.path = directory / DATABASE
        self.read_only = read_only
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        with self._plain_errors():
            self._check_identity()

    @staticmethod
    def create(directory: Path, meta: Mapping[str, str]) -> None:
        """Make a new, empty database in ``directory`` that remembers ``meta``, all at once."""
        draft = directory / DRAFT
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600)
        connection = sqlite3.connect(draft, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")
        for statement in SCHEMA.split(";"):
            connection.execute(statement)
        rows = {"index_id": uuid.uuid4().hex, "generation": "0", **meta}
        connection.executemany("INSERT INTO meta VALUES (?, ?)", rows.items())
        connection.execute(f"PRAGMA user_version = {FORMAT}")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("COMMIT")
        connection.close()
        draft.replace(directory / DATABASE)

    def close(self) -> None:
        """Close every thread's connection."""
        for connection in self._connections:
            connection.close()
        self._connections.clear()
        self._local = threading.local()

    def query(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """All rows of a SELECT."""
        with self._plain_errors():
            return self._connection.execute(sql, parameters).fetchall()

    def cursor(self, sql: str, parameters: Sequence[object] = ()) -> sqlite3.Cursor:
        """A cursor over the rows of a SELECT too large to hold at once."""
        with self._plain_errors():
            return self._connection.execute(sql, parameters)

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> int:
        """Run a statement that writes; returns the id of the row it inserted last."""
        return int(self._connection.execute(sql, parameters).lastrowid or 0)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """All queries inside see one state, whatever is committed meanwhile."""
        with self._plain_errors():
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._connection.execute("COMMIT")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All statements inside become durable together at the end, or none does."""
        with self._plain_errors():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def empty_log(self) -> None:
        """Move the write-ahead log into the database, so that removed text stays nowhere."""
        with self._plain_errors():
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    @property
    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._connect()
            self._local.connection = connection
            self._connections.append(connection)
        return connection

    def _connect(self) -> sqlite3.Connection:
        uri = self.path.resolve().as_uri() + ("?immutable=1" if self.read_only else "?mode=rw")
        connection = sqlite3.connect(
            uri, uri=True, isolation_level=None, check_same_thread=False, timeout=30
        )
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")  # removed text leaves no trace in the file
        connection.execute("PRAGMA cache_size = -32768")
        return connection

    def _check_identity(self) -> None:
        if self._connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise ForeignIndexError(
                f"{self.path} is not an index of this program; give another directory with --index"
            )
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version > FORMAT:
            raise ForeignIndexError(
                f"the index {self.path} has format {version}, this program reads up to {FORMAT}; "
                "upgrade grounded-assistant, or delete the index directory and sync again"
            )

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise self._trouble(error) from error

    def _trouble(self, error: sqlite3.DatabaseError) -> TroubleError:
        message = str(error)
        directory = self.path.parent
        if "disk is full" in message or "disk I/O" in message:
            return TroubleError(
                f"the index in {directory} could not be written ({message}); what was committed "
                "is intact: make sure there is free space and run the command again"
            )
        if "readonly" in message or "unable to open" in message:
            return ReadOnlyIndexError(
                f"the index directory {directory} cannot be written to; "
                "change its permissions or give another with --index"
            )
        return DamagedIndexError(
            f"the index database {self.path} cannot be read ({message}); "
            f"delete the directory {directory} and run: assistant sync"
        )

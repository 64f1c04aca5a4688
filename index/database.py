"""One SQLite file: opening it, telling ours from others, transactions, errors in plain words."""

import sqlite3
import threading
import uuid
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from index.belongings import DATABASE, ELSEWHERE, is_database, remedy
from index.errors import (
    DamagedIndexError,
    ForeignIndexError,
    IndexBusyError,
    ReadOnlyIndexError,
    TroubleError,
)
from index.manifest import replace_file

FORMAT = 2
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
    checksum BLOB NOT NULL, blocks TEXT NOT NULL, text TEXT NOT NULL);
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
        """Nothing can be written; also when the disk was full when it was opened."""
        self._mode = self._mode_for_reading() if read_only else "mode=rw"
        self._local = threading.local()
        self._held: weakref.WeakSet[_Held] = weakref.WeakSet()
        self._of_others: list[_Held] = []
        """During a fork: what other threads have, which the child is not to close with them."""
        self._is_cut_off = False
        """Whether this is the child of a process whose other threads had it open at the fork."""
        self._opened = self._identity()
        with self._plain_errors():
            self._open()

    @staticmethod
    def create(directory: Path, meta: Mapping[str, str]) -> None:
        """Make a new, empty database in ``directory`` that remembers ``meta``, all at once.

        Raises:
            TroubleError: it could not be written.
        """
        image = _empty_image({"index_id": uuid.uuid4().hex, "generation": "0", **meta})
        try:
            replace_file(directory / DATABASE, lambda draft: draft.write_bytes(image))
        except OSError as error:
            raise TroubleError(
                f"the index {directory} could not be made ({error.strerror}); "
                "make room there or give another directory with --index"
            ) from error

    def is_current(self) -> bool:
        """Whether ``path`` still names what was opened, and not an index made anew since."""
        self._check_fork()
        return self._identity() == self._opened

    def _identity(self) -> tuple[int, ...]:
        try:
            status = self.path.stat()
        except OSError:
            return ()
        # Without its log (immutable) SQLite does not see that the file was written to: we must.
        written = (status.st_mtime_ns, status.st_size) if self.read_only else ()
        return (status.st_dev, status.st_ino, *written)

    def close(self) -> None:
        """Close every thread's connection."""
        for held in list(self._held):
            held.close()
        self._local = threading.local()

    def before_fork(self) -> None:
        """Close this thread's connection, so that the child does not get it; the next query opens
        another.
        """
        held: _Held | None = getattr(self._local, "held", None)
        if held is not None:
            held.close()
            self._held.discard(held)
            self._local.held = None
        self._of_others = list(self._held)

    def after_fork(self, *, is_child: bool) -> None:
        """The child does without connections that other threads of its parent had.

        They are not even closed: SQLite would take back locks that the parent has (see
        sqlite.org/howtocorrupt.html).
        """
        others, self._of_others = self._of_others, []
        if is_child:
            _LEFT_TO_PARENT.extend((held, held.close.detach()) for held in others)
            self._is_cut_off = self._is_cut_off or bool(others)
            self._held, self._local = weakref.WeakSet(), threading.local()

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
                if self._connection.in_transaction:
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
        """Move the write-ahead log into the file: what it held of removed rows stays nowhere."""
        with self._plain_errors():
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def rewrite(self) -> None:
        """Write the file anew, all at once, about 200 MB a second."""
        with self._plain_errors():
            self._connection.execute("VACUUM")

    def size_bytes(self) -> int:
        """Size of the file."""
        return self.path.stat().st_size

    def _check_fork(self) -> None:
        if self._is_cut_off:
            raise TroubleError(
                f"the index in {self.path.parent} was in use by other threads of the process that "
                "this one was forked from; open it in this process, after the fork"
            )

    @property
    def _connection(self) -> sqlite3.Connection:
        self._check_fork()
        held: _Held | None = getattr(self._local, "held", None)
        if held is None:
            held = self._local.held = _Held(self._connect())
            self._held.add(held)
        return held.connection

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self.path.resolve().as_uri()}?{self._mode}",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=30,
        )
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")  # removed text leaves no trace in the file
        connection.execute("PRAGMA cell_size_check = ON")
        connection.execute("PRAGMA cache_size = -32768")
        return connection

    def _mode_for_reading(self) -> str:
        """Where nothing can be written SQLite cannot make its log: it reads the log that a writer
        has there, or left when it was killed, or else knows of none.
        """
        return "mode=ro" if self._log.exists() else "immutable=1"

    @property
    def _log(self) -> Path:
        return self.path.with_name(f"{DATABASE}-wal")

    def _open(self) -> None:
        try:
            self._check_identity()
        except sqlite3.OperationalError as error:
            is_full = getattr(error, "sqlite_errorname", "").startswith("SQLITE_IOERR_SHM")
            if not is_full or (self._log.exists() and self._log.stat().st_size):
                raise
            self._local = threading.local()
            self.read_only, self._mode = True, "immutable=1"  # all is in the file, and can be read
            self._opened = self._identity()
            self._check_identity()

    def _check_identity(self) -> None:
        if self._connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise self._foreign()
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version > FORMAT:
            raise ForeignIndexError(
                f"the index {self.path} has format {version}, this program reads up to {FORMAT}; "
                f"upgrade grounded-assistant, or {remedy(self.path.parent)}"
            )
        if version < FORMAT:
            raise ForeignIndexError(
                f"the index {self.path} has format {version}, this program reads {FORMAT}; "
                f"{remedy(self.path.parent)}"
            )

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise self._trouble(error) from error

    def _trouble(self, error: Exception) -> TroubleError:
        name = getattr(error, "sqlite_errorname", "")
        directory = self.path.parent
        if isinstance(error, sqlite3.ProgrammingError):
            return TroubleError(f"the index in {directory} was closed; open it again ({error})")
        if name.startswith(_BUSY):
            return IndexBusyError(
                f"the index in {directory} is in use by another process ({error}); "
                "wait until it is done, or stop it"
            )
        if name.startswith("SQLITE_READONLY"):
            return ReadOnlyIndexError(
                f"the index directory {directory} cannot be written to; check its permissions and "
                "its free space, or give another with --index"
            )
        if name.startswith(_WRITE_FAILED) and name not in _READ_FAILED:
            return TroubleError(
                f"the index in {directory} could not be written ({error}); what was committed is "
                "intact: make sure there is free space and run the command again"
            )
        if name.startswith("SQLITE_CANTOPEN"):
            return TroubleError(
                f"the index database {self.path} cannot be opened ({error}); "
                "make sure that it is there and that you may read and write it"
            )
        return self._unreadable(error, name)

    def _unreadable(self, error: Exception, name: str) -> TroubleError:
        if name == "SQLITE_NOTADB" and not is_database(self.path):
            return self._foreign()
        return DamagedIndexError(
            f"the index database {self.path} cannot be read ({error}); {remedy(self.path.parent)}"
        )

    def _foreign(self) -> ForeignIndexError:
        return ForeignIndexError(
            f"{self.path} is not an index of this program; move it away, or {ELSEWHERE}"
        )


_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL")
_WRITE_FAILED = ("SQLITE_FULL", "SQLITE_IOERR")
_READ_FAILED = frozenset({"SQLITE_IOERR_READ", "SQLITE_IOERR_SHORT_READ", "SQLITE_IOERR_CORRUPTFS"})


_LEFT_TO_PARENT: list[object] = []
"""Connections of the process that this one was forked from, kept so that nothing closes them."""


class _Held:
    """A thread's connection, closed when the thread ends: threads come and go in a server."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.close = weakref.finalize(self, connection.close)


def _empty_image(meta: Mapping[str, str]) -> bytes:
    """The bytes of a database with our tables, empty but for ``meta``."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.executescript(SCHEMA)
        connection.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
        connection.execute(f"PRAGMA user_version = {FORMAT}")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        image = bytearray(connection.serialize())
    image[18:20] = b"\2\2"  # journal_mode = WAL, which memory cannot have (sqlite.org/fileformat)
    return bytes(image)

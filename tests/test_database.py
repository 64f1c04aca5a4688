"""One SQLite file: made at once, shared by threads, and its errors in plain words."""

import sqlite3
import threading
from pathlib import Path

import pytest

from index.belongings import DATABASE, DRAFT
from index.database import Database
from index.errors import (
    DamagedIndexError,
    ForeignIndexError,
    IndexBusyError,
    ReadOnlyIndexError,
    TroubleError,
)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    Database.create(tmp_path, {"model": "test"})
    return Database(tmp_path)


def open_files(path: Path) -> int:
    descriptors = Path("/proc/self/fd")
    if not descriptors.exists():
        pytest.skip("only Linux tells which files are open")
    names = [str(d.readlink()) for d in descriptors.iterdir() if d.is_symlink()]
    return sum(name.startswith(str(path)) for name in names)


def test_threads_that_end_leave_no_file_open(database, tmp_path):
    assert database.query("SELECT 1") == [(1,)]
    before = open_files(tmp_path)
    for _ in range(20):
        thread = threading.Thread(target=database.query, args=("SELECT 1",))
        thread.start()
        thread.join()
    assert open_files(tmp_path) <= before + 1  # SQLite itself keeps one to use again
    database.close()
    assert open_files(tmp_path) == 0


def test_what_a_killed_creation_left_is_in_nobodys_way(tmp_path):
    (tmp_path / DRAFT).write_bytes(b"half a database")
    Database.create(tmp_path, {"model": "test"})
    assert Database(tmp_path).query("SELECT value FROM meta WHERE key = 'model'") == [("test",)]
    assert [path.name for path in tmp_path.iterdir() if path.name == DRAFT] == []


def test_a_new_database_keeps_a_log_so_that_readers_and_a_writer_do_not_wait(database):
    assert database.query("PRAGMA journal_mode") == [("wal",)]


def test_an_older_format_is_refused_with_what_to_do(database, tmp_path):
    with sqlite3.connect(tmp_path / DATABASE) as connection:
        connection.execute("PRAGMA user_version = 1")
    with pytest.raises(ForeignIndexError, match=r"format 1.*delete"):
        Database(tmp_path)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("SQLITE_BUSY", IndexBusyError),
        ("SQLITE_BUSY_RECOVERY", IndexBusyError),
        ("SQLITE_FULL", TroubleError),
        ("SQLITE_IOERR_WRITE", TroubleError),
        ("SQLITE_IOERR_FSYNC", TroubleError),
        ("SQLITE_READONLY", ReadOnlyIndexError),
        ("SQLITE_CANTOPEN", TroubleError),
        ("SQLITE_IOERR_SHORT_READ", DamagedIndexError),
        ("SQLITE_CORRUPT", DamagedIndexError),
        ("SQLITE_NOTADB", DamagedIndexError),
    ],
)
def test_an_error_of_sqlite_is_told_by_what_the_user_can_do(database, name, expected):
    error = sqlite3.OperationalError("as SQLite says it")
    error.sqlite_errorname = name
    expectation = pytest.raises(TroubleError, match=r"as SQLite|cannot be written to")
    with expectation as raised, database.reading():
        raise error
    assert type(raised.value) is expected


def test_a_closed_database_is_not_called_damaged(database):
    connection = database._connection
    connection.close()
    with pytest.raises(TroubleError, match="was closed") as raised:
        database.query("SELECT 1")
    assert not isinstance(raised.value, DamagedIndexError)


def test_it_notices_that_another_was_put_in_its_place(database, tmp_path):
    assert database.is_current()
    Database.create(tmp_path, {"model": "another"})
    assert not database.is_current()
    database.close()

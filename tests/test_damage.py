"""The database is altered, cut, swapped or lost: that is noticed before anything is cited."""

import random
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest

from index.database import DATABASE
from index.errors import GroundedError
from tests import crash_child as child
from tests.crash_check import FULL, findings, fresh

pytest_plugins = ["tests.crash_fixtures"]
pytestmark = [pytest.mark.crash, pytest.mark.usefixtures("read_here")]

FLIPS = 3000 if FULL else 150
VERSION = 3


@pytest.fixture
def place(ground: Path) -> Path:
    """A folder and its index, after some updates."""
    index = child.open_index(ground / "index")
    for version in range(VERSION + 1):
        child.write_folder(ground / "folder", version)
        index.sync(ground / "folder")
    index.close()
    return ground


def trouble(directory: Path) -> str:
    """The message of the error that stops a reader; empty when all it reads is right."""
    try:
        index = child.open_index(directory)
        found = findings(index)
        texts = {d.id: index.document(d.id).text for d in index.documents()}
    except GroundedError as error:
        return str(error)
    assert found == fresh(VERSION)[1]
    assert texts == child.texts(VERSION)
    with suppress(GroundedError):  # what is not read is not noticed, until it is
        index.sync(directory.parent / "folder")
    index.close()
    return ""


def test_one_flipped_bit_of_the_database_never_changes_what_is_cited(place):
    rng = random.Random(34)
    whole = (place / "index" / DATABASE).read_bytes()
    messages = []
    for n in range(FLIPS):
        copy = place / f"copy{n}"
        # Every second time the derived indexes are made anew from the damaged database.
        skip = shutil.ignore_patterns("dense", "lexical") if n % 2 else None
        shutil.copytree(place / "index", copy, ignore=skip)
        altered = bytearray(whole)
        altered[rng.randrange(len(whole))] ^= 1 << rng.randrange(8)
        (copy / DATABASE).write_bytes(altered)
        messages.append(trouble(copy))
        shutil.rmtree(copy, ignore_errors=True)
    noticed = [message for message in messages if message]
    assert len(noticed) > FLIPS / 20  # most of the file is not text, or room to grow
    assert len(noticed) < FLIPS


@pytest.mark.parametrize("key", ["index_id", "generation", "model", "dimension"])
def test_a_database_that_lost_what_it_was_made_with_is_noticed(place, key):
    with closing(sqlite3.connect(place / "index" / DATABASE)) as connection, connection:
        connection.execute("UPDATE meta SET key = ? WHERE key = ?", (key + "x", key))
    assert "is damaged" in trouble(place / "index")


def test_one_flipped_bit_of_any_derived_file_changes_nothing(place):
    rng = random.Random(17)
    files = [path for kind in ("dense", "lexical") for path in (place / "index" / kind).iterdir()]
    for n in range(FLIPS // 3):
        copy = place / f"copy{n}"
        shutil.copytree(place / "index", copy)
        altered = copy / rng.choice(files).relative_to(place / "index")
        data = bytearray(altered.read_bytes() or b"\0")
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        altered.write_bytes(data)
        assert trouble(copy) == "", altered.name
        shutil.rmtree(copy, ignore_errors=True)


@pytest.mark.parametrize("keep", ["nothing", "one byte", "half", "all but one byte"])
def test_a_database_that_was_cut_short_is_noticed(place, keep):
    database = place / "index" / DATABASE
    whole = database.read_bytes()
    kept = {"nothing": 0, "one byte": 1, "half": len(whole) // 2}.get(keep, len(whole) - 1)
    database.write_bytes(whole[:kept])
    assert trouble(place / "index") or keep == "all but one byte"


def test_a_database_that_was_deleted_is_noticed(place):
    (place / "index" / DATABASE).unlink()
    assert "lost its database" in trouble(place / "index")


def test_a_database_swapped_with_that_of_another_index_is_answered_from_and_mended_by_sync(place):
    other = child.open_index(place / "other")
    child.write_folder(place / "elsewhere", 9)
    other.sync(place / "elsewhere")
    other.close()
    shutil.copy(place / "other" / DATABASE, place / "index" / DATABASE)
    index = child.open_index(place / "index")
    assert findings(index) == fresh(9)[1]
    index.sync(place / "folder")
    assert findings(index) == fresh(VERSION)[1]
    index.close()

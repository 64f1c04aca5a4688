"""Power is lost: of what was not synced, any part may be missing or torn."""

import random
from dataclasses import dataclass
from pathlib import Path

import pytest

from index.errors import GroundedError
from tests import crash_child as child
from tests.crash_check import (
    FULL,
    Start,
    assert_each_document_is_of,
    assert_sync_completes,
    build,
    fresh,
    state,
)
from tests.replayed_disk import Call, files_in, read_calls, write_state

pytest_plugins = ["tests.crash_fixtures"]
pytestmark = [pytest.mark.crash, pytest.mark.usefixtures("read_here")]

BEFORE, AFTER = 2, 3


@dataclass(frozen=True)
class Recording:
    """A sync from one version of a folder to the next, and the index before it."""

    before: dict[Path, tuple[int, bytes]]
    calls: list[Call]


@pytest.fixture
def recording(start: Start, shim: Path | None, ground: Path) -> Recording:
    if shim is None:
        pytest.skip("recording system calls needs Linux and a C compiler (cc)")
    build(ground, BEFORE)
    before = files_in(ground / "index")
    child.write_folder(ground / "folder", AFTER)
    process = start(child.record_calls, ground / "record", ground / "folder", ground / "index")
    process.join()
    assert process.exitcode == 0
    return Recording(before, read_calls(ground / "record", ground / "index"))


def test_whatever_a_disk_kept_of_a_sync_each_document_is_old_or_new(recording, ground):
    rng = random.Random(11)
    for n in range(1000 if FULL else 60):
        calls = recording.calls[: rng.randrange(len(recording.calls) + 1)]
        write_state(recording.before, calls, ground / "copy", rng, is_lost=n % 4 == 0)
        assert_each_document_is_of(state(ground / "copy"), BEFORE, AFTER)
        if n % 10 == 0:
            assert_sync_completes(ground / "folder", ground / "copy", AFTER)


def test_what_a_sync_acknowledged_is_on_disk_without_any_later_sync(recording, ground):
    rng = random.Random(1)
    write_state(recording.before, recording.calls, ground / "copy", rng, is_lost=True)
    assert state(ground / "copy") == fresh(AFTER)[0]


def test_every_file_is_synced_before_it_takes_its_name_and_its_folder_after(recording):
    calls = recording.calls
    renames = [n for n, call in enumerate(calls) if call.kind == "r"]
    names = {Path(calls[n].data.decode()).name for n in renames}
    assert {"manifest.json", "vectors.faiss"} <= names
    for n in renames:
        kinds = [call.kind for call in calls[:n] if call.inode == calls[n].inode]
        assert kinds[-1:] == ["s"], calls[n].path
        folder = Path(calls[n].data.decode()).parent
        assert any(call.kind == "d" and call.path == folder for call in calls[n:]), calls[n].path


def test_every_commit_is_synced_and_the_log_is_only_left_when_the_database_is(recording):
    log = [call.kind for call in recording.calls if call.path.name.endswith("-wal")]
    database = [call.kind for call in recording.calls if call.path.name == "index.sqlite"]
    assert log.count("s") >= 3  # moves, vectors, documents, what is left to finish
    assert "s" in log[len(log) - log[::-1].index("w") :]
    assert database[-1] == "s"


def test_the_replay_notices_a_sync_that_does_not_sync(recording, ground):
    calls = [call for call in recording.calls if call.kind != "s"]
    write_state(recording.before, calls, ground / "copy", random.Random(1), is_lost=True)
    with pytest.raises((AssertionError, GroundedError)):
        assert state(ground / "copy") == fresh(AFTER)[0]

"""Processes that sync are killed, at random and at every point that matters."""

import errno
import json
import random
import re
import signal
import time
from pathlib import Path

import pytest

from index.database import DATABASE
from index.lock import writer_lock
from tests import crash_child as child
from tests.crash_check import (
    FULL,
    Start,
    assert_each_document_is_of,
    assert_sync_completes,
    build,
    copy_of,
    fresh,
    state,
    wait_for,
)

pytest_plugins = ["tests.crash_fixtures"]
pytestmark = [pytest.mark.crash, pytest.mark.usefixtures("read_here")]


def acknowledged(ground: Path) -> int:
    """The last version whose sync came back; -1 for none."""
    path = ground / "acknowledged"
    return int(path.read_text().split()[-1]) if path.exists() else -1


def test_a_process_killed_at_any_time_leaves_each_document_old_or_new(start, ground):
    rng = random.Random(7)
    began = time.monotonic()
    folder, directory = ground / "folder", ground / "index"
    process = start(child.sync_versions, folder, directory, ground / "acknowledged", range(4))
    process.join()
    some_syncs = min(time.monotonic() - began, 1)
    for _ in range(200 if FULL else 30):
        before = acknowledged(ground)
        versions = range(before + 1, before + 100)
        process = start(child.sync_versions, folder, directory, ground / "acknowledged", versions)
        time.sleep(rng.uniform(0, some_syncs))
        process.kill()
        process.join()
        last = acknowledged(ground)
        assert_each_document_is_of(state(directory), last, last + 1)
    assert acknowledged(ground) > 3
    assert_sync_completes(folder, directory, acknowledged(ground) + 1)


@pytest.mark.parametrize("before", [None, 2], ids=["the first creation", "an update"])
def test_a_process_that_dies_at_any_commit_or_replacement_leaves_old_or_new(start, ground, before):
    """One run for each point: die before the first, then before the second, until none is left."""
    version = 0 if before is None else before + 1
    build(ground / "built", before)
    points = 0
    for points in range(200):
        place = copy_of(ground / "built", version)
        process = start(child.die_at_commit, points, place / "folder", place / "index")
        process.join()
        if process.exitcode == 0:
            break
        assert process.exitcode == child.KILLED
        if before is not None or (place / "index" / DATABASE).exists():
            assert_each_document_is_of(state(place / "index"), before, version)
        assert_sync_completes(place / "folder", place / "index", version)
    assert points > 10


@pytest.mark.parametrize("before", [None, 2], ids=["the first creation", "an update"])
@pytest.mark.parametrize("error", [0, errno.ENOSPC, errno.EIO], ids=["killed", "full", "broken"])
def test_any_system_call_that_changes_the_index_may_be_the_last_or_fail(
    start, shim, ground, before, error
):
    if shim is None:
        pytest.skip("counting system calls needs Linux and a C compiler (cc)")
    version = 0 if before is None else before + 1
    build(ground / "built", before)
    calls = call_count(start, ground / "built", version)
    assert calls > 100
    rng = random.Random(error)
    for call in range(calls) if FULL else rng.sample(range(calls), 15):
        place = copy_of(ground / "built", version)
        arguments = (child.fail_at_call, call, error, place / "folder", place / "index")
        process = start(child.tell, place / "told", *arguments)
        process.join()
        assert process.exitcode == (0 if error else -signal.SIGKILL)
        if before is not None or (place / "index" / DATABASE).exists():
            found = state(place / "index")
            assert_each_document_is_of(found, before, version)
            assert not error or is_told(place / "told") or found == fresh(version)[0], call
        assert_sync_completes(place / "folder", place / "index", version)


@pytest.mark.parametrize("error", [errno.EIO, errno.EACCES], ids=["broken", "forbidden"])
def test_any_call_that_opens_or_reads_a_file_of_the_index_may_fail(start, shim, ground, error):
    """The sync fails with one of our errors, or does without; and the next one is whole."""
    if shim is None:
        pytest.skip("counting system calls needs Linux and a C compiler (cc)")
    build(ground / "built", 2)
    place = copy_of(ground / "built", 3)
    start(child.tell, place / "calls", child.count_reads, place / "folder", place / "index").join()
    calls = int(json.loads((place / "calls").read_text())["value"])
    assert calls > 50
    for call in range(calls) if FULL else random.Random(error).sample(range(calls), 20):
        place = copy_of(ground / "built", 3)
        arguments = (child.fail_at_read, call, error, place / "folder", place / "index")
        process = start(child.tell, place / "told", *arguments)
        process.join()
        assert process.exitcode == 0, call
        assert_each_document_is_of(state(place / "index"), 2, 3)
        assert_sync_completes(place / "folder", place / "index", 3)


def call_count(start: Start, built: Path, version: int) -> int:
    place = copy_of(built, version)
    arguments = (child.count_calls, place / "folder", place / "index")
    start(child.tell, place / "calls", *arguments).join()
    return int(json.loads((place / "calls").read_text())["value"])


def is_told(path: Path) -> bool:
    """Whether a sync said that it failed, and why; False when it could do without that call."""
    told = json.loads(path.read_text())
    assert told.get("error", "TroubleError") in {"TroubleError", "ReadOnlyIndexError"}, told
    assert re.search("free space|make room", told.get("message", "free space")), told
    return "error" in told


def test_the_lock_of_a_killed_process_does_not_block(start, ground):
    build(ground, 0)
    for n in range(20):
        process = start(child.hold, ground / "index", ground / f"held{n}")
        wait_for((ground / f"held{n}").exists)
        process.kill()
        process.join()
        with writer_lock(ground / "index"):
            pass


def test_processes_that_make_the_same_index_at_once_leave_one_that_is_whole(start, ground):
    child.write_folder(ground / "folder", 0)
    for n in range(5):
        directory = ground / f"index{n}"
        outcomes = [ground / f"outcome{n}-{k}" for k in range(2)]
        arguments = (child.sync, ground / "folder", directory)
        for process in [start(child.tell, outcome, *arguments) for outcome in outcomes]:
            process.join()
        told = [json.loads(outcome.read_text()).get("error") for outcome in outcomes]
        assert None in told
        assert set(told) <= {None, "IndexBusyError"}
        assert state(directory) == fresh(0)[0]

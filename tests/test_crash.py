"""Processes that sync are killed, at random and at every point that matters."""

import errno
import json
import multiprocessing
import os
import random
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import mkdtemp

import pytest

from index.database import DATABASE
from index.errors import DocumentNotFoundError, IndexBusyError
from index.lock import writer_lock
from index.search import Index
from index.types import Passage
from tests import crash_child as child
from tests.crash_check import (
    QUESTIONS,
    assert_each_document_is_of,
    assert_sync_completes,
    findings,
    fresh,
    state,
)

pytestmark = pytest.mark.crash

FULL = os.environ.get("ASSISTANT_FULL_CRASH") == "1"
ROOT = Path(__file__).resolve().parent.parent
MEMORY = Path("/dev/shm")  # a file there outlives its process like on a disk, and syncs at once

Start = Callable[..., BaseProcess]


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    """The library that counts system calls; None where there is no C compiler."""
    if not shutil.which("cc"):
        return None
    library = tmp_path_factory.mktemp("shim") / "shim.so"
    source = Path(__file__).with_name("crash_shim.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-O", "-o", library, source, "-ldl"], check=True)
    return library


@pytest.fixture(scope="module")
def start(shim: Path | None) -> Start:
    """Starts a function of ``crash_child`` in a process of its own, imports done."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.crash_child"])

    def start(function: Callable[..., object], *arguments: object) -> BaseProcess:
        process = context.Process(target=function, args=arguments)
        process.start()
        return process

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        if shim:
            patch.setenv("LD_PRELOAD", str(shim))
        start(time.time).join()
    return start


@pytest.fixture
def ground() -> Iterator[Path]:
    """A place for a folder and its index."""
    place = Path(mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
    yield place
    shutil.rmtree(place)


@pytest.fixture(autouse=True)
def read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.sync.Sandbox", child.ReadHere)


def build(place: Path, version: int | None) -> None:
    """An index of a version of the folder; of None, nothing."""
    place.mkdir(exist_ok=True)
    if version is not None:
        child.write_folder(place / "folder", version)
        index = child.open_index(place / "index")
        index.sync(place / "folder")
        index.close()


def copy_of(built: Path, version: int) -> Path:
    """What was built, with the folder now at another version."""
    place = built.with_name("copy")
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(built, place)
    child.write_folder(place / "folder", version)
    return place


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
        pytest.skip("needs a C compiler (cc) to count system calls")
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


def test_a_second_writer_fails_at_once_and_names_the_first(start, ground):
    build(ground, 0)
    index = child.open_index(ground / "index")
    process = start(child.hold, ground / "index", ground / "held")
    wait_for((ground / "held").exists)
    began = time.monotonic()
    with pytest.raises(IndexBusyError, match=rf"process {process.pid} since 20"):
        index.sync(ground / "folder")
    assert time.monotonic() - began < 2
    assert findings(index) == fresh(0)[1]
    process.kill()
    process.join()
    assert index.sync(ground / "folder").is_empty


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


def test_a_reader_finds_nothing_wrong_while_another_process_commits_100_times(start, ground):
    last = 100
    build(ground, 0)
    arguments = (ground / "folder", ground / "index", ground / "acknowledged", range(1, last))
    process = start(child.sync_versions, *arguments)
    texts = {text for version in range(last) for text in child.texts(version).values()}
    index, reads, seen = child.open_index(ground / "index"), 0, set()
    while reads < 1000 or process.is_alive():
        if reads % 50 == 0:
            index.close()
            index = child.open_index(ground / "index")
        for hit in index.search(QUESTIONS[reads % len(QUESTIONS)], count=3).hits:
            assert_is_quoted(index, hit.passage, texts)
            seen.add(hit.passage.text)
        reads += 1
    assert process.exitcode == 0
    assert len(seen) > 20
    assert findings(index) == fresh(last - 1)[1]


def assert_is_quoted(index: Index, passage: Passage, texts: set[str]) -> None:
    """The passage stands in its document as it is now, or in another text that it has had."""
    try:
        document = index.document(passage.document_id)
    except DocumentNotFoundError:  # removed since
        document = None
    if document and document.text[passage.start : passage.end] == passage.text:
        return
    assert any(text[passage.start : passage.end] == passage.text for text in texts)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_full_disk_is_a_clear_error_and_the_old_state_still_answers(start, ground):
    directory = ground / "index"
    directory.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=400k", "none", directory]
    if subprocess.run(mount, check=False).returncode:
        pytest.skip("may not mount a small disk here")
    try:
        build(ground, 2)
        child.write_folder(ground / "folder", 3)
        filler = directory / "lock.filler"
        with filler.open("wb", buffering=0) as stream, pytest.raises(OSError, match="space"):
            while True:
                stream.write(b"x" * 4096)
        start(child.tell, ground / "told", child.sync, ground / "folder", directory).join()
        told = json.loads((ground / "told").read_text())
        assert "free space" in told["message"]
        assert_each_document_is_of(state(directory), 2, 3)
        assert child.search(directory, "version2 counts honey")
        filler.unlink()
        assert_sync_completes(ground / "folder", directory, 3)
    finally:
        subprocess.run(["umount", "--lazy", directory], check=True)


@pytest.fixture
def nobodys(ground: Path) -> Path:
    """A place whose index anyone may read, and nobody else may write."""
    build(ground, 2)
    ground.chmod(0o755)
    for path in [ground, *ground.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    return ground


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another user")
@pytest.mark.parametrize("lost", ["nothing", "dense", "lexical"])
def test_an_index_that_may_only_be_read_answers_and_refuses_to_sync(start, nobodys, lost):
    if lost != "nothing":
        shutil.rmtree(nobodys / "index" / lost)
    answers, syncs = nobodys / "answers", nobodys / "syncs"
    for path in (answers, syncs):
        path.touch()
        path.chmod(0o666)
    nobody = (child.as_nobody, child.search, nobodys / "index", "version2 counts honey")
    start(child.tell, answers, *nobody).join()
    start(
        child.tell, syncs, child.as_nobody, child.sync, nobodys / "folder", nobodys / "index"
    ).join()
    found = json.loads(answers.read_text())["value"]
    assert found == child.search(nobodys / "index", "version2 counts honey")
    told = json.loads(syncs.read_text())
    assert told["error"] == "ReadOnlyIndexError"
    assert str(nobodys / "index") in told["message"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another user")
def test_what_a_killed_writer_committed_is_read_where_nothing_may_be_written(start, ground):
    """The commits are still in SQLite's log, which cannot be emptied there."""
    build(ground, 2)
    child.write_folder(ground / "folder", 3)
    process = start(child.die_after_last_commit, ground / "folder", ground / "index")
    process.join()
    assert (ground / "index" / "index.sqlite-wal").stat().st_size > 0
    for path in [ground, *ground.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    told = ground / "told"
    told.touch()
    told.chmod(0o666)
    nobody = (child.as_nobody, child.search, ground / "index", "version2 counts honey")
    start(child.tell, told, *nobody).join()
    assert json.loads(told.read_text())["value"] == child.search(
        ground / "index", "version2 counts honey"
    )


def wait_for(happened: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.005)

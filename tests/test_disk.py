"""A disk that is full, and a directory that may only be read."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests import crash_child as child
from tests.crash_check import (
    assert_each_document_is_of,
    assert_sync_completes,
    build,
    findings,
    fresh,
    state,
)

pytest_plugins = ["tests.crash_fixtures"]
pytestmark = [pytest.mark.crash, pytest.mark.usefixtures("read_here")]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_full_disk_is_a_clear_error_and_the_old_state_still_answers(start, ground):
    directory = ground / "index"
    directory.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", directory]
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
        reader = child.open_index(directory)
        assert reader.search("version2 counts honey").hits
        filler.unlink()
        assert_sync_completes(ground / "folder", directory, 3)
        assert findings(reader) == fresh(3)[1]
        assert reader.sync(ground / "folder").is_empty
        reader.close()
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

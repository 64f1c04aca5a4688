"""`assistant sync --watch` as a process, and the folder changes under it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue

import pytest

from assistant import Assistant
from assistant.watch import follow, line_of
from index.errors import FolderError, GroundedError
from index.types import SyncReport
from index.watch import changes
from tests.fakes import HashEmbedder

ROOT = Path(__file__).resolve().parent.parent


class Watcher:
    """A process that watches; its lines as they come."""

    def __init__(self, folder: Path, index: Path, *options: str, **environment: str) -> None:
        command = [sys.executable, "-m", "tests.watch_child", "sync", "--watch", *options]
        self.process = subprocess.Popen(
            [*command, "--folder", str(folder), "--index", str(index)],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: Queue[str] = Queue()
        self.reading = threading.Thread(target=self._read)
        self.reading.start()
        self.wait_for("watching")

    def _read(self) -> None:
        with self.process.stdout as stream:
            for line in stream:
                self.lines.put(line)

    def wait_for(self, text: str, seconds: float = 90) -> str:
        """The first line that holds ``text``; those before it are dropped."""
        deadline = time.monotonic() + seconds
        seen = []
        while text not in "".join(seen[-1:]):
            try:
                seen.append(self.lines.get(timeout=max(deadline - time.monotonic(), 0.01)))
            except Empty:
                raise AssertionError(f"no line with {text!r} in {seen}") from None
        return seen[-1]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(timeout=300)
        self.reading.join()
        return code


@pytest.fixture
def watcher(folder: Path, tmp_path: Path) -> Iterator[Watcher]:
    made = Watcher(folder, tmp_path / "index")
    yield made
    made.process.kill()
    made.stop()


@pytest.mark.crash
def test_what_happens_in_the_folder_is_in_the_index_soon_after(watcher, folder, tmp_path):
    """An assistant that was opened before answers from the new state."""
    opened = Assistant.open(folder, index_dir=tmp_path / "index", embed_model=HashEmbedder())
    (folder / "new.txt").write_text("Llamas graze on the hill.")
    assert watcher.wait_for("+new.txt")
    assert opened.search("llamas graze")[0].passage.document_id == "new.txt"

    (folder / "new.txt").write_text("Zebras graze in the valley.")
    assert watcher.wait_for("~new.txt")
    assert opened.search("zebras graze")[0].passage.text == "Zebras graze in the valley."

    (folder / "notes" / "market.txt").rename(folder / "fair.txt")
    assert watcher.wait_for(">notes/market.txt → fair.txt")
    assert opened.document("fair.txt").text

    (folder / "new.txt").unlink()
    assert watcher.wait_for("-new.txt")
    assert {hit.passage.document_id for hit in opened.search("zebras graze valley")} <= {
        "harbour.txt",
        "fair.txt",
    }
    assert watcher.stop() in {0, 130}
    assert watcher.wait_for("stopped")
    opened.close()


@pytest.mark.crash
def test_what_cannot_be_done_is_one_line_and_watching_goes_on(watcher, folder):
    (folder / "junk.txt").write_bytes(bytes(range(256)) * 40)
    assert watcher.wait_for("!junk.txt")
    shutil.copytree(folder, folder.with_name("kept"))
    shutil.rmtree(folder)
    assert "error: " in watcher.wait_for("no such folder")
    shutil.move(folder.with_name("kept"), folder)
    assert watcher.wait_for("!junk.txt")  # all is as it was before
    (folder / "new.txt").write_text("Llamas graze on the hill.")
    assert watcher.wait_for("+new.txt")
    assert watcher.process.poll() is None


@pytest.mark.crash
def test_a_folder_of_which_the_system_tells_nothing_is_looked_at(folder, tmp_path):
    watcher = Watcher(folder, tmp_path / "index", "--json", WATCHFILES_FORCE_POLLING="1")
    (folder / "new.txt").write_text("Llamas graze on the hill.")
    assert json.loads(watcher.wait_for('"added"'))["added"] == ["new.txt"]
    assert watcher.stop() in {0, 130}


def test_a_folder_that_keeps_still_is_looked_at_all_the_same(folder):
    found = changes(folder, rest_seconds=0.05)
    assert [next(found) for _ in range(3)] == [True, False, False]


def test_files_that_sync_does_not_look_at_change_nothing(folder):
    found = changes(folder, rest_seconds=0.3)
    assert [next(found) for _ in range(2)] == [True, False]
    (folder / ".index").mkdir()
    (folder / ".index" / "index.sqlite").write_text("x")
    assert next(found) is False
    (folder / ".assistantignore").write_text("*.log")
    assert any(next(found) for _ in range(30))


class Scripted:
    """Stands in for an assistant: each sync takes the next outcome."""

    def __init__(self, folder: Path, *outcomes: SyncReport | GroundedError) -> None:
        self.folder = folder
        self.outcomes = list(outcomes)

    def sync(self) -> SyncReport:
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, GroundedError):
            raise outcome
        return outcome


def test_only_what_is_new_is_said(folder):
    still = SyncReport(unchanged=("a.txt",))
    gone = FolderError("no such folder: x")
    added = SyncReport(added=("b.txt",))
    scripted = Scripted(folder, still, gone, gone, still, still, added, added)
    said = follow(scripted, still, rest_seconds=0.01)
    assert [next(said) for _ in range(4)] == [gone, still, added, added]


def test_a_line_names_what_a_sync_did():
    report = SyncReport(
        added=("a.txt",),
        changed=("b.txt",),
        removed=("c.txt",),
        moved=(("d.txt", "e.txt"),),
        skipped=(("f.txt", "empty"),),
    )
    assert line_of(report) == "+a.txt ~b.txt >d.txt → e.txt -c.txt !f.txt (empty)"
    assert line_of(SyncReport(added=tuple("abcdefghij"))).endswith("+h and 2 more")
    assert line_of(FolderError("no such folder: x")) == "error: no such folder: x"

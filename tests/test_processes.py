"""Several processes on one index: a chat page that is open while others sync."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from assistant import Assistant
from index.errors import DocumentNotFoundError, IndexBusyError
from index.search import Index
from index.types import Passage
from tests import crash_child as child
from tests.crash_check import QUESTIONS, build, findings, fresh, wait_for
from tests.fakes import HashEmbedder

pytest_plugins = ["tests.crash_fixtures"]
pytestmark = pytest.mark.crash

ROOT = Path(__file__).resolve().parent.parent
HOLD = """
import sys
from pathlib import Path
from index.lock import writer_lock
with writer_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def command(*arguments: object) -> list[str]:
    """The command line, over an embedder without a model."""
    return [sys.executable, "-m", "tests.watch_child", *map(str, arguments)]


def run(*arguments: object) -> subprocess.CompletedProcess:
    """It in a process of its own, to the end."""
    return subprocess.run(
        command(*arguments),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )


def sync(folder: Path, index: Path) -> None:
    result = run("sync", "--folder", folder, "--index", index)
    assert result.returncode == 0, result.stderr


@contextmanager
def writer(index: Path) -> Iterator[int]:
    """A process that holds the lock of an index; its id."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(index)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout.readline() == b"held\n"
        yield process.pid
        process.stdin.close()


@pytest.fixture
def reader(folder: Path, tmp_path: Path) -> Iterator[Assistant]:
    """An assistant that was opened before anything was synced."""
    made = Assistant.open(folder, index_dir=tmp_path / "index", embed_model=HashEmbedder())
    yield made
    made.close()


def test_a_reader_from_before_the_first_sync_answers_after_it(reader, folder, tmp_path):
    assert reader.search("Who built the harbour?") == ()
    answer = reader.ask("Who built the harbour of Lumen in 1887?")
    assert answer.refused
    assert answer.citations == ()
    sync(folder, tmp_path / "index")
    answer = reader.ask("Who built the harbour of Lumen in 1887?")
    assert any("Clara Voss" in citation.quote for citation in answer.citations)


def test_each_sync_of_another_process_is_seen_at_the_next_question(reader, folder, tmp_path):
    for animal in ("Llamas", "Zebras"):
        (folder / "hill.txt").write_text(f"{animal} graze on the hill.")
        sync(folder, tmp_path / "index")
        [hit] = [h for h in reader.search("graze hill") if h.passage.document_id == "hill.txt"]
        assert hit.passage.text == f"{animal} graze on the hill."
        assert hit.bm25 > 0
    (folder / "hill.txt").unlink()
    sync(folder, tmp_path / "index")
    assert "hill.txt" not in {hit.passage.document_id for hit in reader.search("graze hill")}
    assert reader.index.search("graze").missing == {"graze"}


def test_while_another_process_makes_the_first_state_the_error_names_it(
    folder, tmp_path, monkeypatch
):
    monkeypatch.setattr("index.search.FIRST_PATIENCE_SECONDS", 0.5)
    monkeypatch.setenv("PATIENCE_SECONDS", "0.5")
    index = tmp_path / "index"
    Assistant.open(folder, index_dir=index, embed_model=HashEmbedder()).close()
    with writer(index) as pid:
        with pytest.raises(IndexBusyError, match=f"process {pid} since"):
            Assistant.from_folder(folder, index_dir=index, embed_model=HashEmbedder())
        result = run("ask", "Who built the harbour?", "--folder", folder, "--index", index)
        assert result.returncode == 3
        assert f"process {pid} since" in result.stderr
        assert len(result.stderr.strip().splitlines()) == 1
    sync(folder, index)


def test_who_comes_while_the_first_state_is_made_waits_for_it_and_is_told(folder, tmp_path):
    index = tmp_path / "index"
    Assistant.open(folder, index_dir=index, embed_model=HashEmbedder()).close()
    with writer(index) as pid, (tmp_path / "told").open("w+") as told:
        question = ("ask", "Who built the harbour of Lumen?", "--folder", folder, "--index", index)
        waiting = subprocess.Popen(
            command(*question), cwd=ROOT, stdout=subprocess.PIPE, stderr=told, text=True
        )
        said = (tmp_path / "told").read_text
        wait_for(lambda: f"is being written by process {pid}" in said())
        assert waiting.poll() is None
    answer, _ = waiting.communicate(timeout=500)
    assert waiting.returncode == 0
    assert "Clara Voss" in answer


def test_while_another_process_writes_the_last_state_answers_and_says_so(folder, tmp_path):
    index = tmp_path / "index"
    sync(folder, index)
    (folder / "hill.txt").write_text("Llamas graze on the hill.")
    with writer(index) as pid:
        opened = Assistant.from_folder(folder, index_dir=index, embed_model=HashEmbedder())
        answer = opened.ask("Who built the harbour of Lumen in 1887?")
    assert any("Clara Voss" in citation.quote for citation in answer.citations)
    assert any(str(pid) in notice for notice in answer.notices)
    opened.close()


def test_an_index_deleted_and_made_anew_is_taken_over_by_who_has_it_open(reader, folder, tmp_path):
    index = tmp_path / "index"
    sync(folder, index)
    assert reader.search("Clara Voss")
    shutil.rmtree(index)
    assert reader.search("Clara Voss")  # there is no other yet
    (folder / "harbour.txt").write_text("The harbour was sold to the Llama Company.")
    sync(folder, index)
    assert "Llama Company" in reader.search("harbour sold")[0].passage.text
    shutil.rmtree(index)
    assert set(reader.sync().added) == {"harbour.txt", "notes/market.txt"}
    assert reader.search("harbour sold")


@pytest.mark.usefixtures("read_here")
def test_a_second_writer_fails_at_once_and_names_the_first(start, ground):
    build(ground, 0)
    index = child.open_index(ground / "index")
    process = start(child.hold, ground / "index", ground / "held")
    wait_for((ground / "held").exists)
    with pytest.raises(IndexBusyError, match=rf"process {process.pid} since 20"):
        index.sync(ground / "folder")  # The first writes until it is killed.
    assert findings(index) == fresh(0)[1]
    process.kill()
    process.join()
    assert index.sync(ground / "folder").is_empty


@pytest.mark.usefixtures("read_here")
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


@pytest.mark.usefixtures("read_here")
def test_200_questions_are_answered_while_every_document_is_indexed_anew(start, ground):
    """As the chat page asks them, several at once, of one assistant that stays open."""
    build(ground, 0)
    arguments = (ground / "folder", ground / "index", ground / "acknowledged", range(1, 60))
    process = start(child.sync_versions, *arguments)
    texts = {text for version in range(60) for text in child.texts(version).values()}
    index = child.open_index(ground / "index")

    def ask(number: int) -> int:
        hits = index.search(QUESTIONS[number % len(QUESTIONS)], count=3).hits
        for hit in hits:
            assert_is_quoted(index, hit.passage, texts)
        return len(hits)

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(ask, range(200)))
        while process.is_alive():
            found += pool.map(ask, range(20))
    assert process.exitcode == 0
    assert min(found) >= 1  # some of what was found may have been replaced since
    index.close()


def assert_is_quoted(index: Index, passage: Passage, texts: set[str]) -> None:
    """The passage stands in its document as it is now, or in another text that it has had."""
    try:
        document = index.document(passage.document_id)
    except DocumentNotFoundError:  # removed since
        document = None
    if document and document.text[passage.start : passage.end] == passage.text:
        return
    assert any(text[passage.start : passage.end] == passage.text for text in texts)

"""The child processes that read files: their limits, their deaths, and what they know."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from index.errors import TroubleError
from index.read import Sandbox, UnreadableError, child, wire, worker
from index.read.errors import LostError
from index.types import Block, BlockKind, Extracted
from tests.fakes_read import lines, pdf_objects, pdf_of, stream

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")


def children(parent: int) -> list[int]:
    """The processes that ``parent`` has started and that still run."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if int(fields[1]) == parent and fields[0] != "Z":
                found.append(int(entry.name))
    return sorted(found)


def workers(parent: int | None = None) -> list[int]:
    """The children that read files."""
    found = []
    for pid in children(parent or os.getpid()):
        with contextlib.suppress(OSError):
            if b"index.read.worker" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(pid)
    return found


def is_busy(pid: int) -> bool:
    """Whether a child is at work on a PDF file."""
    return "pdfium" in Path(f"/proc/{pid}/maps").read_text()


def until(condition, seconds: float = 120.0) -> None:
    """Waits for something that happens in another process."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def good(tmp_path):
    """A small file."""
    path = tmp_path / "good.txt"
    path.write_text("Some text.")
    return path


@pytest.fixture
def endless(tmp_path):
    """A PDF that PDFium draws for a minute or so, without taking much memory."""
    content = b"BT /F 12 Tf " + b"(x) Tj " * 200_000 + b"ET"
    kids = " ".join(["3 0 R"] * 400)
    path = tmp_path / "endless.pdf"
    path.write_bytes(
        pdf_objects(
            [
                b"<< /Type /Catalog /Pages 2 0 R >>",
                f"<< /Type /Pages /Kids [{kids}] /Count 400 >>".encode(),
                b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Contents 4 0 R /Resources "
                b"<< /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
                stream(content),
            ]
        )
    )
    return path


def test_a_file_is_read_in_another_process_as_it_would_be_here(tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf_of([lines("One.", "Two."), lines("Three – €.")], info="/Title (My title)"))
    with Sandbox() as sandbox:
        extracted = sandbox.read(path)
    assert extracted.text == "One. Two.\n\nThree – €."
    assert extracted.blocks[1] == Block(BlockKind.PARAGRAPH, 11, 21, 0, 2)
    assert (extracted.title, extracted.pages) == ("My title", 2)


def test_nothing_is_started_before_the_first_file_and_one_process_reads_many(good):
    with Sandbox() as sandbox:
        assert workers() == []
        sandbox.read(good)
        first = workers()
        assert len(first) == 1
        for _ in range(20):
            sandbox.read(good)
        assert workers() == first
    assert workers() == []


def test_a_process_is_replaced_after_many_files(good, monkeypatch):
    monkeypatch.setattr(child, "_FILES_A_CHILD", 3)
    seen = set()
    with Sandbox() as sandbox:
        for _ in range(9):
            sandbox.read(good)
            seen.update(workers())
    assert len(seen) >= 2


def test_two_threads_read_at_the_same_time_and_a_third_waits(good):
    with Sandbox(processes=2) as sandbox, ThreadPoolExecutor(8) as pool:
        results = list(pool.map(sandbox.read, [good] * 200))
        assert len(workers()) <= 2
    assert {result.text for result in results} == {"Some text."}


def test_where_no_process_can_be_started_the_error_says_why(good):
    """In a process of its own, which has no more files to open."""
    code = (
        "import os, resource, sys\n"
        "from pathlib import Path\n"
        "from index.errors import TroubleError\n"
        "from index.read import Sandbox\n"
        "with Sandbox() as sandbox:\n"
        "    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))\n"
        "    for _ in range(2):\n"
        "        try:\n"
        "            sandbox.read(Path(sys.argv[1]))\n"
        "        except TroubleError as error:\n"
        "            print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(good)],
        cwd=Path(child.__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    assert first == second
    assert first.startswith("cannot start a process to read documents: Too many open files;")


def test_a_reason_comes_through(tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(b"rubbish")
    with Sandbox() as sandbox, pytest.raises(UnreadableError, match=r"^not a PDF file, or a dam"):
        sandbox.read(path)


def test_a_file_that_takes_too_long_is_given_up(endless):
    late = pytest.raises(UnreadableError, match=r"^took longer than 0\.5 s$")
    with Sandbox(timeout_seconds=0.5) as sandbox, late:
        sandbox.read(endless)


def test_a_file_that_takes_too_much_processor_time_is_given_up(endless, good):
    with Sandbox(timeout_seconds=240, cpu_seconds=1) as sandbox:
        with pytest.raises(UnreadableError, match=r"^needs more than 1 s of processor time$"):
            sandbox.read(endless)
        assert sandbox.read(good).text == "Some text."


def test_processor_time_counts_for_each_file_anew(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("Ein Satz über Öl. " * 150_000)
    with Sandbox(timeout_seconds=240, cpu_seconds=1) as sandbox:
        for _ in range(12):
            sandbox.read(path)
        assert len(workers()) == 1


def test_a_file_that_needs_too_much_memory_is_given_up(tmp_path, good):
    path = tmp_path / "a.txt"
    path.write_text("x\n\n" * 400_000)
    with Sandbox(timeout_seconds=240, memory_bytes=1 << 27) as sandbox:
        with pytest.raises(UnreadableError, match=r"^needs more than 0\.125 GB of memory$"):
            sandbox.read(path)
        assert sandbox.read(good).text == "Some text."


@pytest.mark.crash
@pytest.mark.parametrize("fatal", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT, signal.SIGTERM])
def test_a_parser_that_dies_costs_its_file_and_no_other(endless, good, fatal):
    with Sandbox() as sandbox, ThreadPoolExecutor(1) as pool:
        reading = pool.submit(sandbox.read, endless)
        until(workers)
        (busy,) = workers()
        until(lambda: is_busy(busy))
        os.kill(busy, fatal)
        with pytest.raises(UnreadableError, match=rf"^the parser crashed \(signal {fatal:d}\)"):
            reading.result(timeout=120)
        assert sandbox.read(good).text == "Some text."


@pytest.mark.crash
def test_a_parser_that_stands_still_is_ended(good):
    with Sandbox(timeout_seconds=5) as sandbox:
        sandbox.read(good)
        os.kill(workers()[0], signal.SIGSTOP)
        with pytest.raises(UnreadableError, match=r"^took longer than 5 s$"):
            sandbox.read(good)
        assert sandbox.read(good).text == "Some text."


@pytest.mark.crash
def test_a_process_that_died_between_two_files_costs_neither(good):
    with Sandbox() as sandbox:
        for round_ in range(6):
            assert sandbox.read(good).text == "Some text."
            os.kill(workers()[0], signal.SIGKILL if round_ % 2 else signal.SIGSEGV)


@pytest.mark.crash
def test_a_file_is_not_blamed_for_a_process_that_others_wore_out(good, endless, monkeypatch):
    with Sandbox(timeout_seconds=5) as sandbox, ThreadPoolExecutor(1) as pool:
        sandbox.read(good)
        (worn,) = workers()
        reading = pool.submit(sandbox.read, endless)
        until(lambda: is_busy(worn))
        os.kill(worn, signal.SIGSEGV)
        until(lambda: workers() not in ([], [worn]))  # a new one tries
        with pytest.raises(UnreadableError, match=r"^took longer than 5 s$"):
            reading.result(timeout=120)


SCRIPT = """
import sys, threading
from pathlib import Path
from index.read import Sandbox
sandbox = Sandbox()
sandbox.read(Path(sys.argv[1]))
thread = threading.Thread(target=lambda: sandbox.read(Path(sys.argv[2])))
thread.start()
print("ready", flush=True)
thread.join()
"""


@pytest.mark.crash
@pytest.mark.parametrize("busy", [False, True])
def test_no_process_outlives_a_killed_parent(good, endless, busy):
    last = endless if busy else good
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT + ("" if busy else "sys.stdin.read()"), good, last],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(child.__file__).parent.parent.parent,
    ) as parent:
        assert parent.stdout
        assert parent.stdout.readline() == b"ready\n"
        (orphan,) = workers(parent.pid)
        until(lambda: not busy or is_busy(orphan))
        parent.kill()
    until(lambda: not Path(f"/proc/{orphan}").exists())


def test_a_child_of_a_thread_that_ended_goes_on(good):
    with Sandbox() as sandbox:
        thread = threading.Thread(target=sandbox.read, args=[good])
        thread.start()
        thread.join()
        before = workers()
        sandbox.read(good)
        assert workers() == before != []


def test_a_child_knows_no_secrets_and_no_heavy_library(good, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
    with Sandbox() as sandbox:
        sandbox.read(good)
        (pid,) = workers()
        environment = Path(f"/proc/{pid}/environ").read_bytes()
        maps = Path(f"/proc/{pid}/maps").read_text()
        open_files = [str(entry.readlink()) for entry in Path(f"/proc/{pid}/fd").iterdir()]
    assert b"canary" not in environment
    assert "torch" not in maps
    assert len(open_files) == 5  # /dev/null three times, and two pipes
    assert sorted(name.partition(":")[0] for name in open_files)[-2:] == ["pipe", "pipe"]


def test_reading_imports_neither_torch_nor_llama_index():
    code = (
        "import sys, index.read, index.read.worker, index.folder\n"
        "heavy = {'torch', 'llama_index', 'numpy', 'lxml', 'pypdfium2'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(child.__file__).parents[2])


def test_a_parser_may_neither_write_nor_connect_nor_start_a_program(tmp_path):
    code = (
        "import socket, subprocess, sys\n"
        "from index.read import worker\n"
        "worker._give_up_rights(1 << 30)\n"
        "def refused(call):\n"
        "    try: call()\n"
        "    except OSError: return True\n"
        "assert refused(lambda: socket.create_connection(('127.0.0.1', int(sys.argv[1]))))\n"
        "assert refused(lambda: socket.getaddrinfo('example.org', 80))\n"
        "assert refused(lambda: subprocess.run(['true']))\n"
        "assert refused(lambda: open(sys.argv[2], 'wb', buffering=0).write(b'x'))\n"
    )
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        subprocess.run(
            [sys.executable, "-c", code, port, tmp_path / "x"],
            check=True,
            cwd=Path(worker.__file__).parents[2],
        )


def test_a_symbolic_link_and_a_pipe_are_not_opened(tmp_path, good):
    (tmp_path / "link.txt").symlink_to(good)
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "folder.txt").mkdir()
    with Sandbox() as sandbox:
        for name, why in {
            "link.txt": "^a symbolic link",
            "pipe.txt": "^not a regular file$",
            "folder.txt": "^not a regular file$",
            "gone.txt": "^no longer there$",
        }.items():
            with pytest.raises(UnreadableError, match=why):
                sandbox.read(tmp_path / name)


def test_a_name_that_is_not_utf_8_is_read(tmp_path):
    path = tmp_path / os.fsdecode(b"caf\xe9.txt")
    path.write_text("Some text.")
    with Sandbox() as sandbox:
        assert sandbox.read(path).text == "Some text."


def message(**changes) -> bytes:
    """An answer of the child, with something changed in it."""
    honest = wire.answer(Extracted("One. Two.", (Block(BlockKind.PARAGRAPH, 0, 9),)))
    return json.dumps(honest | changes).encode()


def test_an_honest_answer_is_understood():
    assert wire.understand(message()).text == "One. Two."


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b"[" * 100_000,
        message(text=None),
        message(text="\ud800"),
        message(text="One."),
        message(blocks=[["paragraph", 5, 2, 0, None]]),
        message(blocks=[["paragraph", -1, 2, 0, None]]),
        message(blocks=[["paragraph", 0, 99, 0, None]]),
        message(blocks=[["paragraph", 0, 5, 0, None], ["paragraph", 4, 9, 0, None]]),
        message(blocks=[["no kind", 0, 5, 0, None]]),
        message(blocks=[["paragraph", 0, 5]]),
        message(blocks={"x": 1}),
        message(blocks=[["paragraph", 0, 5, 0, "page"]]),
        message(pages="many"),
        message(notices=7),
    ],
)
def test_an_answer_that_an_honest_child_would_not_give_is_not_believed(body):
    with pytest.raises(LostError, match=r"^the parser gave a garbled answer$"):
        wire.understand(body)


def test_a_reason_from_a_child_is_one_short_line():
    body = json.dumps({"reason": "line\none " + "x" * 1000}).encode()
    with pytest.raises(UnreadableError) as caught:
        wire.understand(body)
    assert caught.value.reason.startswith("line one x")
    assert len(caught.value.reason) == 300


def test_an_installation_that_cannot_start_a_process_is_trouble_and_no_skipped_file(
    good, monkeypatch
):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with Sandbox() as sandbox, pytest.raises(TroubleError, match="cannot start a process to read"):
        sandbox.read(good)

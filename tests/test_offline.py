"""Nothing opens a connection outside this machine: an audit hook blocks and writes down each try.

To a file, since what is raised in a background thread, or caught, is heard of by nobody.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.served_ui import running

ROOT = Path(__file__).resolve().parent.parent

WATCHED = """
import sys

def watch(event, arguments):
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        host, what = address[0] if isinstance(address, tuple) else "", "connects to"
    elif event == "socket.getaddrinfo":
        host, what = arguments[0], "looks up"
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if host not in ("127.0.0.1", "::1", "localhost", None, ""):
        with open({tries!r}, "a") as file:
            file.write(f"{{what}} {{host}}\\n")
        raise PermissionError(f"{{what}} {{host}}")

sys.addaudithook(watch)
"""


def watched(tries: Path, code: str) -> str:
    """A program that runs ``code`` and writes what it tries to reach to ``tries``."""
    return WATCHED.format(tries=str(tries)) + code


def tries_of(tmp_path: Path, code: str) -> str:
    """What ``code`` tries to reach, one line each; it must end well all the same."""
    tries = tmp_path / "tries"
    result = subprocess.run(
        [sys.executable, "-c", watched(tries, code)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return tries.read_text() if tries.exists() else ""


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("socket.create_connection(('192.0.2.1', 80), timeout=1)", "looks up 192.0.2.1\n"),
        ("socket.socket().connect(('192.0.2.1', 80))", "connects to 192.0.2.1\n"),
        ("socket.socket().connect_ex(('192.0.2.1', 80))", "connects to 192.0.2.1\n"),
    ],
)
def test_what_a_thread_tries_and_hides_is_written_down(tmp_path, call, expected):
    code = (
        "import socket, threading\n"
        "def hide():\n"
        f"    try: {call}\n"
        "    except BaseException: pass\n"
        "thread = threading.Thread(target=hide); thread.start(); thread.join()\n"
    )
    assert tries_of(tmp_path, code) == expected


@pytest.mark.model
def test_import_sync_and_ask_stay_on_this_machine(tmp_path):
    code = (
        "from assistant import Assistant\n"
        f"a = Assistant.from_folder('seeds', index_dir={str(tmp_path / 'index')!r})\n"
        "assert not a.ask('How old is Draghi?').refused\n"
        "a.as_retriever().retrieve('Minsk')\n"
    )
    assert tries_of(tmp_path, code) == ""


@pytest.mark.model
def test_the_chat_page_stays_on_this_machine(tmp_path):
    options = ["chat", "--folder", "seeds", "--index", str(tmp_path / "index"), "--port", "PORT"]
    code = f"from assistant.cli import main\nsys.argv[1:] = {options!r}\nmain()\n"
    data = {"XDG_DATA_HOME": str(tmp_path / "data")}
    with running("-c", watched(tmp_path / "tries", code), environment=data) as server:
        assert "74" in server.ask("How old is Draghi?")["text"]
    assert not (tmp_path / "tries").exists(), (tmp_path / "tries").read_text()

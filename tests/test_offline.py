"""Nothing opens a connection outside this machine: sockets are blocked while it all runs."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

BLOCKED = """
import socket, sys

def refuse(self, address):
    if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1", "localhost"):
        raise SystemExit(f"connects to {address}")
    return connect(self, address)

def lookup(host, *rest, **options):
    if host not in ("127.0.0.1", "::1", "localhost", None, ""):
        raise SystemExit(f"looks up {host}")
    return resolve(host, *rest, **options)

connect, resolve = socket.socket.connect, socket.getaddrinfo
socket.socket.connect = socket.socket.connect_ex = refuse
socket.getaddrinfo = lookup
"""


def run_blocked(code: str) -> None:
    result = subprocess.run(
        [sys.executable, "-c", BLOCKED + code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr


def test_the_block_works():
    with pytest.raises(AssertionError, match=r"connects to|looks up"):
        run_blocked("socket.create_connection(('192.0.2.1', 80), timeout=1)")


@pytest.mark.model
def test_import_sync_and_ask_stay_on_this_machine(tmp_path):
    run_blocked(
        "from assistant import Assistant\n"
        f"a = Assistant.from_folder('seeds', index_dir={str(tmp_path / 'index')!r})\n"
        "assert not a.ask('How old is Draghi?').refused\n"
        "a.as_retriever().retrieve('Minsk')\n"
    )

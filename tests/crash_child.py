"""What the crash tests run in processes of their own, to be killed; and the folders they sync.

A folder has versions: ``texts(n)`` says what it holds. From one version to the next, files are
added, changed, moved and removed, so that an index which mixes two versions shows it.
"""

import ctypes
import json
import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import faiss  # noqa: F401 - loaded once, before processes are forked
import filelock  # noqa: F401
import llama_index.core.node_parser  # noqa: F401
import tantivy  # noqa: F401

import index.read.text
import index.sync
from index.errors import GroundedError
from index.lexical import LexicalIndex
from index.lock import writer_lock
from index.read import read_file
from index.search import Index
from index.settings import IndexSettings
from index.types import Extracted
from tests.fakes import HashEmbedder

WORDS = "harbour salt crane copper lamp island honey stall crown apple ship timber".split()
FILES = 6
KILLED = 77
"""Exit code of a process that died where it was told to."""


def texts(version: int) -> dict[str, str]:
    """The text of each file of a version, by name."""
    found = {
        f"note{n}.txt": _text(n, version - (n + version) % 2)
        for n in range(FILES)
        if (n + version) % 4
    }
    return {**found, f"moved{version // 2}.txt": _text(99, 0)}


def _text(number: int, version: int) -> str:
    """Two paragraphs that say which file and version they are of, in words of their own."""
    paragraphs = []
    for part in range(2):
        numbers = [1000 * version + 100 * number + 10 * part + k for k in range(4)]
        paragraphs.append(
            " ".join(
                f"File{number} version{version} part{part} counts {WORDS[n % 12]} {n}."
                for n in numbers
            )
        )
    return "\n\n".join(paragraphs)


def write_folder(folder: Path, version: int) -> None:
    """Make ``folder`` hold a version; each file is replaced at once."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = texts(version)
    for path in folder.glob("*.txt"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            draft = folder / f".{name}"
            draft.write_text(text, encoding="utf-8")
            draft.replace(path)


class ReadHere:
    """Stands in for the sandbox, whose process takes longer to start than all the rest."""

    def __enter__(self) -> "ReadHere":
        return self

    def __exit__(self, *error: object) -> None: ...

    def read(self, path: Path) -> Extracted:
        return read_file(path)


def read_here() -> None:
    """For a process of its own: start no other processes, and commit often."""
    index.sync.Sandbox = ReadHere  # type: ignore[assignment,misc]
    index.sync.GROUP_PASSAGES = 4


def open_index(directory: Path) -> Index:
    return Index(directory, HashEmbedder(), IndexSettings(chunk_tokens=30))


def sync_versions(folder: Path, directory: Path, acknowledged: Path, versions: range) -> None:
    """Sync one version after the other, and note each in ``acknowledged`` when it is done."""
    read_here()
    opened = open_index(directory)
    for version in versions:
        write_folder(folder, version)
        opened.sync(folder)
        with acknowledged.open("a") as stream:
            stream.write(f"{version}\n")


def sync(folder: Path, directory: Path) -> None:
    read_here()
    open_index(directory).sync(folder)


def hold(directory: Path, held: Path) -> None:
    """Be the writer of an index until killed."""
    with writer_lock(directory):
        held.touch()
        signal.pause()


def tell(outcome: Path, function: Callable[..., object], *arguments: object) -> None:
    """Write down what a call came to: its value, or the name and message of our own error."""
    try:
        told: dict[str, Any] = {"value": function(*arguments)}
    except GroundedError as error:
        told = {"error": type(error).__name__, "message": str(error)}
    outcome.write_text(json.dumps(told), encoding="utf-8")


def as_nobody(function: Callable[..., object], *arguments: object) -> object:
    os.setgroups([])
    os.setresgid(65534, 65534, 65534)
    os.setresuid(65534, 65534, 65534)
    return function(*arguments)


def search(directory: Path, question: str) -> list[str]:
    return [hit.passage.text for hit in open_index(directory).search(question).hits]


def die_at_commit(calls: int, folder: Path, directory: Path) -> None:
    """Sync, and die before whatever makes something lasting, once ``calls`` of it are done."""
    left = [calls]

    def before(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                os._exit(KILLED)
            return function(*arguments, **named)

        return call

    class Connection(sqlite3.Connection):
        def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
            run = super().execute
            lasting = sql.startswith(("COMMIT", "PRAGMA wal_checkpoint"))
            return (before(run) if lasting else run)(sql, *parameters)

    connect = sqlite3.connect
    sqlite3.connect = lambda *a, **named: connect(*a, factory=Connection, **named)  # type: ignore[assignment,misc]
    for name in ("fsync", "replace"):
        setattr(os, name, before(getattr(os, name)))
    LexicalIndex._seal = before(LexicalIndex._seal)  # type: ignore[method-assign]
    sync(folder, directory)


def die_after_last_commit(folder: Path, directory: Path) -> None:
    """Sync, and die when all is committed but nothing derived from it."""
    index.sync._final_report = lambda *_: os._exit(KILLED)  # type: ignore[assignment]
    sync(folder, directory)


def fail_at_call(calls: int, error: int, folder: Path, directory: Path) -> None:
    """Sync; after ``calls`` system calls on the index, die (``error`` 0) or let all others fail."""
    shim = ctypes.CDLL(None)
    shim.crash_arm(os.fsencode(directory), calls, error)
    sync(folder, directory)


def fail_at_read(calls: int, error: int, folder: Path, directory: Path) -> None:
    """Sync; let one call that opens or reads a file of the index fail, after ``calls`` of them."""
    ctypes.CDLL(None).crash_arm_reads(os.fsencode(directory), calls, error)
    sync(folder, directory)


def count_reads(folder: Path, directory: Path) -> int:
    """How many calls open or read a file of the index in a sync."""
    fail_at_read(sys.maxsize >> 33, 0, folder, directory)
    return int(ctypes.CDLL(None).crash_calls())


def record_calls(record: Path, folder: Path, directory: Path) -> None:
    """Sync, with every call that changes the index written to ``record``."""
    ctypes.CDLL(None).crash_record(os.fsencode(directory), os.fsencode(record))
    sync(folder, directory)


def count_calls(folder: Path, directory: Path) -> int:
    """How many system calls change the index in a sync."""
    fail_at_call(sys.maxsize >> 33, 0, folder, directory)
    return int(ctypes.CDLL(None).crash_calls())

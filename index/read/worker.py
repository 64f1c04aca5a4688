"""The child process of the sandbox: ``python -m index.read.worker`` with its limits as arguments.

It reads a request from standard input, answers on standard output, and so on until its input ends.
It gives up what a parser does not need before it opens the first file: memory over the limit,
writing files, the network, other programs.
"""

import contextlib
import fcntl
import json
import math
import os
import resource
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from index.read import wire
from index.read.errors import UnreadableError
from index.read.formats import read_file
from index.read.pdf_page import read_picture, read_places

_FORBIDDEN = frozenset((
    "socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto", "subprocess.Popen",
    "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty",
))  # fmt: skip


def main(arguments: list[str]) -> None:
    """Serves until standard input ends. ``arguments``: seconds, bytes, processor seconds."""
    timeout_seconds, memory_bytes, cpu_seconds = float(arguments[0]), *map(int, arguments[1:3])
    requests, answers = _take_over_streams()
    _give_up_rights(memory_bytes)
    _send(answers, wire.pack({}))
    try:
        while header := requests.read(wire.HEADER.size):
            (length,) = wire.HEADER.unpack(header)
            request = json.loads(requests.read(length))
            with _dies_with_parent(requests.fileno()), _times_out(timeout_seconds, cpu_seconds):
                message = wire.pack(_message(request))
            _send(answers, message)
    except MemoryError:
        os._exit(wire.OUT_OF_MEMORY)


def _message(request: dict[str, Any]) -> dict[str, Any]:
    path = Path(request["path"])
    try:
        if "page" not in request:
            return wire.answer(read_file(path))
        page = (path, request["sha256"], request["page"])
        if "spans" not in request:
            return wire.picture_answer(read_picture(*page))
        return wire.places_answer(read_places(*page, request["text"], request["spans"]))
    except UnreadableError as error:
        return {"reason": error.reason}


def _send(answers: BinaryIO, message: bytes) -> None:
    answers.write(message)
    answers.flush()


def _take_over_streams() -> tuple[BinaryIO, BinaryIO]:
    """The two pipes to the parent. What parsers print goes nowhere instead."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    os.close(nothing)
    return requests, answers


def _give_up_rights(memory_bytes: int) -> None:
    """Limits that hold for good. Where a system does not know one, it goes without."""
    limits = {
        "RLIMIT_AS": memory_bytes,  # macOS has it and does not keep to it
        "RLIMIT_CORE": 0,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_NPROC": 0,
    }
    for name, most in limits.items():
        with contextlib.suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, name), (most, most))
    sys.addaudithook(_refuse)


def _refuse(event: str, _: tuple[object, ...]) -> None:
    if event in _FORBIDDEN:
        raise PermissionError(f"a document's parser must not do this: {event}")


@contextlib.contextmanager
def _times_out(timeout_seconds: float, cpu_seconds: int) -> Iterator[None]:
    """The system kills this process when one file takes too long, whatever a parser does.

    The parent does so first; this is for when it is no longer there.
    """
    usage = resource.getrusage(resource.RUSAGE_SELF)
    spent = math.ceil(usage.ru_utime + usage.ru_stime)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = spent + cpu_seconds if hard == resource.RLIM_INFINITY else min(spent + cpu_seconds, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
    signal.setitimer(signal.ITIMER_REAL, timeout_seconds + 1)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)


@contextlib.contextmanager
def _dies_with_parent(requests: int) -> Iterator[None]:
    """Ends this process when the other end of its standard input closes while a parser runs.

    The parent sends nothing before it has its answer, so a signal on that pipe means that it died.
    Linux' PR_SET_PDEATHSIG is no choice: it fires when the thread ends that started the child.
    """
    flags = fcntl.fcntl(requests, fcntl.F_GETFL)
    with contextlib.suppress(OSError):  # not on every system; the alarm of _times_out remains
        fcntl.fcntl(requests, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(requests, fcntl.F_SETFL, flags | fcntl.FASYNC)
    yield
    fcntl.fcntl(requests, fcntl.F_SETFL, flags)


if __name__ == "__main__":
    main(sys.argv[1:])

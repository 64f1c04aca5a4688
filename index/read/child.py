"""One child process of the sandbox, from the parent's side. ``worker.py`` is the other side."""

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import index
from index.errors import TroubleError
from index.read import wire
from index.read.errors import LostError, UnreadableError

_FILES_A_CHILD = 1000
"""After so many files a child is replaced: libraries leak."""
_STARTUP_SECONDS = 60.0
_PART_BYTES = 1 << 20
_HOW_LIBRARIES_END_WITHOUT_MEMORY = (signal.SIGABRT, signal.SIGTRAP, signal.SIGILL)

_Answer = TypeVar("_Answer")

_KEPT_VARIABLES = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may take; ``memory_bytes`` is of the process as a whole."""

    timeout_seconds: float
    memory_bytes: int
    cpu_seconds: int


class Child:
    """A process that waits for files to read. Raises ``TroubleError`` when none can be started."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.files = 0
        """How many files it was given."""
        self.is_lost = False
        """Whether it must not be used again."""
        self._process = _start(limits)
        assert self._process.stdout is not None  # noqa: S101 (we asked for a pipe)
        self._poll = select.poll()
        self._poll.register(self._process.stdout, select.POLLIN)
        try:
            self._answer(_STARTUP_SECONDS)
        except LostError as lost:
            self.kill()
            raise TroubleError(
                f"cannot start a process to read documents: {lost}; try: {sys.executable} -m "
                "index.read.worker 30 1073741824 30"
            ) from lost

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def is_ready(self) -> bool:
        """Whether it runs, is sound and has not read too many files."""
        return not self.is_lost and self._process.poll() is None and self.files < _FILES_A_CHILD

    def ask(self, request: Mapping[str, Any], understand: Callable[[bytes], _Answer]) -> _Answer:
        """What the process makes of one file, checked and decoded by ``understand``.

        Raises ``UnreadableError`` with the reason that the reader gives, and ``LostError`` when
        the process went over a limit, crashed or talks nonsense.
        """
        self.files += 1
        self.is_lost = True  # until it has answered well
        message = wire.pack(dict(request))
        assert self._process.stdin is not None  # noqa: S101 (we asked for a pipe)
        with contextlib.suppress(BrokenPipeError):  # then the answer is its death
            self._process.stdin.write(message)
        body = self._answer(self._limits.timeout_seconds)
        try:
            answer = understand(body)
        except UnreadableError:
            self.is_lost = False
            raise
        self.is_lost = False
        return answer

    def kill(self) -> None:
        """Ends the process now and waits until it is gone."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait()

    def _answer(self, seconds: float) -> bytes:
        """The body of one message."""
        deadline = time.monotonic() + seconds
        received = bytearray()
        expected = wire.HEADER.size
        while len(received) < expected:
            received += self._receive(deadline)
            if expected == wire.HEADER.size <= len(received):
                expected += wire.HEADER.unpack_from(received)[0]
            if expected > wire.MAX_ANSWER_BYTES or len(received) > expected:
                raise LostError("the parser gave an answer that is too long")
        return bytes(received[wire.HEADER.size :])

    def _receive(self, deadline: float) -> bytes:
        """The next bytes that the process writes, at least one."""
        assert self._process.stdout is not None  # noqa: S101 (we asked for a pipe)
        if not self._poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
            reason = f"took longer than {self._limits.timeout_seconds:g} s"
            raise LostError(reason, is_final=True)
        part = os.read(self._process.stdout.fileno(), _PART_BYTES)
        if not part:
            raise LostError(self._cause_of_death())
        return part

    def _cause_of_death(self) -> str:
        code = self._process.wait()
        if code == -signal.SIGXCPU:
            return f"needs more than {self._limits.cpu_seconds} s of processor time"
        if code == -signal.SIGALRM:
            return f"took longer than {self._limits.timeout_seconds:g} s"
        memory = f"needs more than {self._limits.memory_bytes / (1 << 30):.3g} GB of memory"
        if code == wire.OUT_OF_MEMORY:
            return memory
        if -code in _HOW_LIBRARIES_END_WITHOUT_MEMORY:
            return f"the parser crashed (signal {-code}): perhaps it {memory}"
        if code < 0:
            return f"the parser crashed (signal {-code})"
        return f"the parser stopped (exit code {code})"


def _start(limits: Limits) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 (our own module, no shell)
            [
                *(sys.executable, "-P", "-m", "index.read.worker"),
                *(str(limits.timeout_seconds), str(limits.memory_bytes), str(limits.cpu_seconds)),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            cwd=os.sep,
            env=_environment(),
            start_new_session=True,  # Ctrl-C in a terminal is for the parent
        )
    except OSError as error:
        raise TroubleError(
            f"cannot start a process to read documents: {error.strerror or error}; close other "
            "programs, or raise what the system allows this one (ulimit -a lists it)"
        ) from error


def _environment() -> dict[str, str]:
    """Enough to find the same modules as this process does, and none of its secrets."""
    ours = str(Path(index.__file__).resolve().parent.parent)
    paths = [ours, *(path for path in sys.path if path and path != ours)]
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    return kept | {
        "PYTHONPATH": os.pathsep.join(os.path.abspath(path) for path in paths),  # noqa: PTH100
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }

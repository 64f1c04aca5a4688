"""Files read in child processes, so that a hostile or broken one costs a line in the report.

A child is reused for many files. It has limits on time, memory and processor time, no secrets in
its environment, and it dies with its parent. For Linux and macOS.
"""

import queue
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from index.read import wire
from index.read.child import Child, Limits
from index.read.errors import LostError, PassingError
from index.types import Box, Extracted, Picture

_Answer = TypeVar("_Answer")


class Sandbox:
    """A small pool of processes that read files; use it as a context manager.

    It may be used from several threads; no more than ``processes`` files are read at once.
    Nothing is started before the first call.
    """

    def __init__(
        self,
        timeout_seconds: float = 30,
        memory_bytes: int = 1 << 30,
        cpu_seconds: int = 30,
        *,
        processes: int = 2,
    ) -> None:
        """The limits are for each file; ``memory_bytes`` counts the process as a whole."""
        self._limits = Limits(timeout_seconds, memory_bytes, cpu_seconds)
        # The last one put back is the next one used: who reads one by one needs one process.
        self._children: queue.LifoQueue[Child | None] = queue.LifoQueue()
        self._processes = processes
        for _ in range(processes):
            self._children.put(None)

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the processes once they are done. The sandbox can be used again."""
        for child in [self._children.get() for _ in range(self._processes)]:
            if child is not None:
                child.kill()
            self._children.put(None)

    def read(self, path: Path) -> Extracted:
        """The text of one file.

        Raises ``UnreadableError`` with the reason when the file cannot be read, or its parser goes
        over a limit or crashes; ``TroubleError`` when no process can be started.
        """
        return self._ask(_request(path), wire.understand)

    def picture(self, path: Path, sha256: str, page: int) -> Picture:
        """How a page (from 1) of a PDF file looks, if the file still has that hash; errors as for
        ``read``.
        """
        request = _request(path, sha256=sha256, page=page)
        return self._ask(request, wire.understand_picture)

    def places(
        self, path: Path, sha256: str, page: int, text: str, spans: Sequence[tuple[int, int]]
    ) -> tuple[tuple[Box, ...], ...]:
        """Where stretches of ``text`` stand on a page of a PDF file; errors as for ``read``.

        ``text`` is that of the page as it was read; each span gets the boxes of its lines, none
        where it is not found.
        """
        request = _request(path, sha256=sha256, page=page, text=text, spans=spans)
        places = self._ask(request, wire.understand_places)
        return places[: len(spans)] + ((),) * (len(spans) - len(places))

    def _ask(self, request: Mapping[str, Any], understand: Callable[[bytes], _Answer]) -> _Answer:
        child = self._children.get()
        try:
            child = self._ready(child)
            try:
                return child.ask(request, understand)
            except LostError as lost:
                if lost.is_final or child.files == 1:
                    raise
            # Earlier files may have worn the process out: only a new one's word counts.
            child = self._ready(child)
            return child.ask(request, understand)
        except LostError as lost:
            raise PassingError(str(lost)) from lost
        finally:
            if child is not None and not child.is_ready():
                child.kill()
                child = None
            self._children.put(child)

    def _ready(self, child: Child | None) -> Child:
        if child is not None and child.is_ready():
            return child
        if child is not None:
            child.kill()
        return Child(self._limits)


def _request(path: Path, **more: Any) -> dict[str, Any]:
    return {"path": str(path.absolute()), **more}

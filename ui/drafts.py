"""The file of draft cases: one JSON object a line, only ever added to.

Which file it is, is decided where the server is started; a visitor can only add a complaint to it.
The one other place where the page writes something is ``ui.files``.
"""

import errno
import json
import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from index.errors import TroubleError

MAX_FILE_BYTES = 16 * 1024 * 1024


class Drafts:
    """Draft cases in ``path``, each once. Safe to call from threads.

    Two servers should not share a file: each sees the other's cases, but not at the same instant.
    """

    def __init__(self, path: Path, on_first: Callable[[Path], None] | None = None) -> None:
        self.path = path
        self._on_first = on_first
        self._one_at_a_time = threading.Lock()

    def add(self, case: Mapping[str, object]) -> bool:
        """Append the case; False when the file has it already.

        The file is made when missing, with its folders, for its owner alone. After the first
        case that is added, ``on_first`` is called with the path.

        Raises:
            TroubleError: the file cannot be read or written, or is full.
        """
        with self._one_at_a_time:
            try:
                is_new = self._append(case)
            except OSError as error:
                raise TroubleError(
                    f"{self.path.name}: the complaint could not be saved "
                    f"({os.strerror(error.errno or 0)}); tell whoever runs this page"
                ) from error
            if is_new and self._on_first is not None:
                self._on_first(self.path)
                self._on_first = None
            return is_new

    def _append(self, case: Mapping[str, object]) -> bool:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        existing = self.path.read_bytes() if self.path.exists() else b""
        if str(case["id"]).encode() in existing:
            return False
        break_before = "" if not existing or existing.endswith(b"\n") else "\n"
        line = f"{break_before}{json.dumps(case, ensure_ascii=False)}\n".encode()
        if len(existing) + len(line) > MAX_FILE_BYTES:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        _write_at_end(self.path, line)
        return True


def _write_at_end(path: Path, line: bytes) -> None:
    """The whole line or, where the disk is full, nothing of it."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        if os.write(descriptor, line) != len(line):
            os.ftruncate(descriptor, size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    finally:
        os.close(descriptor)

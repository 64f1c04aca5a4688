"""One writer at a time: a lock on the index directory that dies with its process."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import IndexBusyError, ReadOnlyIndexError

LOCK = "lock"
OWNER = "lock.owner"


@contextmanager
def writer_lock(directory: Path) -> Iterator[None]:
    """Hold the lock of an index directory.

    Raises:
        IndexBusyError: another process holds it; says which.
        ReadOnlyIndexError: the directory cannot be written to.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(directory / LOCK, timeout=0, mode=0o600)
    try:
        lock.acquire()
    except Timeout as error:
        raise IndexBusyError(
            f"the index {directory} is being written by {_owner(directory)}; "
            "wait until it is done, or stop it"
        ) from error
    except OSError as error:
        raise ReadOnlyIndexError(
            f"the index directory {directory} cannot be written to; "
            "change its permissions or give another with --index"
        ) from error
    try:
        # Not in the lock file itself: whoever tries to lock it empties it.
        owner = {"pid": os.getpid(), "since": time.strftime("%Y-%m-%d %H:%M:%S")}
        (directory / OWNER).write_text(json.dumps(owner), encoding="utf-8")
        yield
    finally:
        lock.release()


def _owner(directory: Path) -> str:
    try:
        owner = json.loads((directory / OWNER).read_text(encoding="utf-8"))
        return f"process {int(owner['pid'])} since {str(owner['since'])[:19]}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"

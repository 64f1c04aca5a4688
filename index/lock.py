"""One writer at a time: a lock on the index directory that dies with its process."""

import errno
import json
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import IndexBusyError, ReadOnlyIndexError, TroubleError

if TYPE_CHECKING:
    from filelock import FileLock

LOCK = "lock"
OWNER = "lock.owner"
SILENT_SECONDS = 2
"""Who waits for longer is told for whom."""
_LOG = logging.getLogger(__name__)
_NOT_PERMITTED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


@contextmanager
def writer_lock(directory: Path, patience_seconds: float = 0) -> Iterator[None]:
    """Hold the lock of an index directory.

    Args:
        patience_seconds: how long to wait for whoever holds it.

    Raises:
        IndexBusyError: another process holds it; says which.
        ReadOnlyIndexError: the directory cannot be written to.
        TroubleError: it cannot be locked for another reason, such as a full disk.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(directory / LOCK, mode=0o600)
    try:
        _acquire(lock, directory, patience_seconds)
    except Timeout as error:
        raise IndexBusyError(
            f"the index {directory} is being written by {_owner(directory)}; "
            "wait until it is done, or stop it"
        ) from error
    except OSError as error:
        raise _trouble(directory, error) from error
    try:
        _sign(directory)
        yield
    finally:
        lock.release()


def _acquire(lock: "FileLock", directory: Path, patience_seconds: float) -> None:
    from filelock import Timeout

    try:
        lock.acquire(timeout=min(patience_seconds, SILENT_SECONDS))
    except Timeout:
        left = patience_seconds - SILENT_SECONDS
        if left <= 0:
            raise
        _LOG.warning(
            "the index %s is being written by %s; waiting for up to %.0f s",
            *(directory, _owner(directory), left),
        )
        lock.acquire(timeout=left)


def _trouble(directory: Path, error: OSError) -> TroubleError:
    if error.errno in _NOT_PERMITTED:
        return ReadOnlyIndexError(
            f"the index directory {directory} cannot be written to; "
            "change its permissions or give another with --index"
        )
    return TroubleError(
        f"the index directory {directory} cannot be locked ({error.strerror}); make sure that it "
        "is there and has free space"
    )


def _sign(directory: Path) -> None:
    """Say who holds the lock: not in its file, which whoever tries to lock it may empty."""
    owner = {"pid": os.getpid(), "since": time.strftime("%Y-%m-%d %H:%M:%S")}
    with suppress(OSError):  # a courtesy to whoever finds the index locked
        path = directory / OWNER
        path.touch(mode=0o600)
        path.write_text(json.dumps(owner), encoding="utf-8")


def _owner(directory: Path) -> str:
    try:
        owner = json.loads((directory / OWNER).read_text(encoding="utf-8"))
        return f"process {int(owner['pid'])} since {str(owner['since'])[:19]}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"

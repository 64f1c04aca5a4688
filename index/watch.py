"""Notice that a folder may have changed; the one module that imports watchfiles.

What changed is not said: ``sync`` finds that out for itself, and knows what counts.
"""

import time
from collections.abc import Iterator
from pathlib import Path

from index.folder import IGNORE_FILE

REST_SECONDS = 10.0
"""A folder is looked at this often even when it keeps still: network file systems do."""
TICK_SECONDS = 0.5
"""How soon it is noticed that the folder itself vanished or came back."""
QUIET_MILLISECONDS = 200
"""Changes that follow each other this quickly are one: programs write in several steps."""
LONGEST_BURST_MILLISECONDS = 2000


def changes(folder: Path, rest_seconds: float = REST_SECONDS) -> Iterator[bool]:
    """True soon after something below ``folder`` changed, False when it kept still for a while.

    Never ends. The first is True, as it is not known what happened before. The folder may vanish
    and come back. Where the system does not tell of changes, the environment variable
    ``WATCHFILES_FORCE_POLLING`` makes this look for them.
    """
    tick = min(rest_seconds, TICK_SECONDS)
    while True:
        watched = _identity(folder)
        is_new, rested = True, time.monotonic()
        for has_changed in _ticks(folder, tick):
            is_resting = time.monotonic() - rested < rest_seconds
            if has_changed or is_new or not is_resting:
                yield has_changed or is_new
                is_new, rested = False, time.monotonic()
            if _identity(folder) != watched:
                break


def _ticks(folder: Path, tick_seconds: float) -> Iterator[bool]:
    """Whether anything changed since the last tick; False for as long as there is no folder."""
    from watchfiles import watch

    try:
        root = folder.resolve(strict=True)
        found = watch(
            root,
            watch_filter=lambda _, path: _counts(Path(path).relative_to(root)),
            debounce=LONGEST_BURST_MILLISECONDS,
            step=QUIET_MILLISECONDS,
            rust_timeout=int(tick_seconds * 1000),
            yield_on_timeout=True,
            ignore_permission_denied=True,
        )
        for changed in found:
            yield bool(changed)
    except FileNotFoundError:
        while True:
            time.sleep(tick_seconds)
            yield False


def _counts(path: Path) -> bool:
    """Whether ``sync`` looks at it; an index may be kept in a hidden folder of the folder."""
    hidden = any(part.startswith(".") for part in path.parts)
    return not hidden or path == Path(IGNORE_FILE)


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino

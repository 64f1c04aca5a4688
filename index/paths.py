"""Paths as users give them."""

from pathlib import Path


def at_home(path: str | Path) -> Path:
    """``path`` with ``~`` for the home directory; as it is where there is no such user, so that it
    is told as any path that is not there.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)

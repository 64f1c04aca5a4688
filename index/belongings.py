"""What in an index directory is ours, and what to do about an index that is not to be trusted.

A user may have named a directory of their own with ``--index``: none that holds anything else is
ever to be deleted.
"""

from pathlib import Path

from index.lock import LOCK, OWNER

DATABASE = "index.sqlite"
DRAFT = f".{DATABASE}.new"
"""What the making of a database leaves when it is killed."""
DENSE = "dense"
LEXICAL = "lexical"

LEFT_BY_US = frozenset({DRAFT, LOCK, OWNER})
"""What a directory may hold before its database is there: a killed process left it."""
LEFT_WITHOUT_DATABASE = frozenset({f"{DATABASE}-wal", f"{DATABASE}-shm", DENSE, LEXICAL})
OURS = LEFT_BY_US | LEFT_WITHOUT_DATABASE | {DATABASE}
ELSEWHERE = "give another directory with --index"

_HEADER = b"SQLite format 3\0"


def remedy(directory: Path) -> str:
    """What a user is to do whose index in ``directory`` cannot be used: deletes nobody's files."""
    strangers = sorted(path.name for path in directory.iterdir() if path.name not in OURS)
    if strangers:
        return f"{directory} also holds {strangers[0]!r}, which is no part of it: {ELSEWHERE}"
    return f"delete the directory {directory} and run the command again"


def is_database(path: Path) -> bool:
    """Whether the file starts as those of SQLite do."""
    with path.open("rb") as stream:
        return stream.read(len(_HEADER)) == _HEADER

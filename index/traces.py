"""Removed text leaves no trace in the files of the index: when they are written anew.

``secure_delete`` overwrites a row that is deleted, but not the copies that SQLite leaves in the
free space of a page when it moves rows to another; and a derived index keeps the words of what was
removed until it is made anew. Both are done after every removal while the index is small, and else
when an eighth of it was removed, so that a small change to a large index stays cheap.
"""

from typing import Any

from index.database import Database

REWRITTEN_BYTES = 64_000_000


def is_due(database: Database, generation: int | None = None) -> bool:
    """Whether so much was removed since the last time that files are to be written anew.

    Args:
        generation: of the file, if it may be older than the last time; None for the database.
    """
    erased = _number(database, "SELECT value FROM meta WHERE key = 'erased'")
    since = erased if generation is None else min(erased, generation)
    removed = _number(database, "SELECT count(*) FROM removed WHERE generation > ?", since)
    if not removed or database.size_bytes() <= REWRITTEN_BYTES:
        return bool(removed)
    return removed * 8 > _number(database, "SELECT count(*) FROM passages")


def erase_traces(database: Database) -> None:
    """Write the database anew where that is due, and move its log into it."""
    if is_due(database):
        generation = _number(database, "SELECT value FROM meta WHERE key = 'generation'")
        database.rewrite()
        with database.transaction():
            database.execute("INSERT OR REPLACE INTO meta VALUES ('erased', ?)", (str(generation),))
    database.empty_log()


def _number(database: Database, sql: str, *parameters: object) -> int:
    rows: list[tuple[Any, ...]] = database.query(sql, parameters)
    return int(rows[0][0]) if rows else 0

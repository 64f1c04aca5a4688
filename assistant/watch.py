"""Keep an index in line with its folder for as long as the program runs."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from index.errors import GroundedError
from index.types import SyncReport
from index.watch import REST_SECONDS, changes

SHARE_OF_TIME = 0.05
"""The most that looking at a large folder which keeps still may take."""


class Synced(Protocol):
    """What is kept in line: an ``Assistant``."""

    folder: Path

    def sync(self) -> SyncReport:
        """Bring the index in line with the folder."""


def follow(
    assistant: Synced, last: SyncReport, rest_seconds: float = REST_SECONDS
) -> Iterator[SyncReport | GroundedError]:
    """The report of each sync that changed something, or why one failed; never ends.

    Args:
        assistant: just synced.
        last: the report of that.
        rest_seconds: how often to look at a folder that keeps still.
    """
    said: tuple[object, ...] = (last.skipped,)
    due = 0.0
    for has_changed in changes(assistant.folder, rest_seconds):
        began = time.monotonic()
        if not has_changed and began < due:
            continue
        outcome = _sync(assistant)
        due = time.monotonic() + (time.monotonic() - began) / SHARE_OF_TIME
        state = (outcome.skipped,) if isinstance(outcome, SyncReport) else (str(outcome),)
        if state != said or (isinstance(outcome, SyncReport) and not outcome.is_empty):
            yield outcome
        said = state


def _sync(assistant: Synced) -> SyncReport | GroundedError:
    try:
        return assistant.sync()
    except GroundedError as error:
        return error


def line_of(outcome: SyncReport | GroundedError, shown: int = 8) -> str:
    """One line that says what a sync did, or why it could not: ``+new.txt ~changed.txt``."""
    if isinstance(outcome, GroundedError):
        return f"error: {outcome}"
    marks = [
        *(f"+{id_}" for id_ in outcome.added),
        *(f"~{id_}" for id_ in outcome.changed),
        *(f">{old} → {new}" for old, new in outcome.moved),
        *(f"-{id_}" for id_ in outcome.removed),
        *(f"!{path} ({reason})" for path, reason in outcome.skipped),
    ]
    more = [f"and {len(marks) - shown} more"] if len(marks) > shown else []
    return " ".join([*marks[:shown], *more]) or f"up to date: {len(outcome.unchanged)} documents"

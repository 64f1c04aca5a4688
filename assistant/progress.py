"""The progress bar of a sync, on a terminal only."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from index.types import SyncProgress


@contextmanager
def sync_progress() -> Iterator[Callable[[SyncProgress], None] | None]:
    """A callback that draws a bar on standard error; None when that is not a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("Indexing"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TextColumn("{task.fields[rate]} passages/s"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[current]}", markup=False),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task("sync", total=1.0, rate="–", current="", visible=False)

        def show(progress: SyncProgress) -> None:
            elapsed = bar.tasks[0].elapsed or 0.0
            rate = f"{progress.passages / elapsed:.0f}" if elapsed > 1 else "–"
            current = progress.current[-40:].encode("ascii", "replace").decode()
            bar.update(task, completed=progress.share, rate=rate, current=current, visible=True)

        yield show

"""What the command line prints, and how: nothing that could drive a terminal gets through."""

import json
import os
import re
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

from index.errors import TroubleError

if TYPE_CHECKING:
    from assistant.types import Answer
    from index.types import SyncReport

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def show_answer(answer: "Answer") -> None:
    """The text, then the sources; after a refusal the closest passages; notices on stderr."""
    echo(answer.text)
    if answer.citations:
        echo("\nSources:")
    for c in answer.citations:
        page = f", page {c.page}" if c.page else ""
        echo(f"  [{c.number}] {c.document_id}{page}, characters {c.start}–{c.end}")
    if answer.refused and answer.hits:
        echo("\nClosest passages:")
        for hit in answer.hits[:3]:
            echo(f"  - {hit.passage.document_id}: {_short(hit.passage.text)}")
    for notice in answer.notices:
        echo(f"note: {notice}", err=True)


def show_report(report: "SyncReport", *, dry_run: bool) -> None:
    """A line for each file that changed, and the counts."""
    marks = (("+", report.added), ("~", report.changed), ("-", report.removed))
    for mark, ids in marks:
        for document_id in ids:
            echo(f"{mark} {document_id}")
    for old, new in report.moved:
        echo(f"> {old} → {new}")
    for path, reason in report.skipped:
        echo(f"! {path}: {reason}")
    for document_id, notices in report.notices.items():
        for notice in notices:
            echo(f"  {document_id}: {notice}")
    counts = (
        f"{len(report.added)} added, {len(report.changed)} changed, {len(report.moved)} moved, "
        f"{len(report.removed)} removed, {len(report.unchanged)} unchanged, "
        f"{len(report.skipped)} skipped"
    )
    if report.is_empty:
        counts = f"up to date: {counts}"
    elif dry_run:
        counts = f"it would be: {counts}"
    echo(counts)


def echo(text: str, *, err: bool = False) -> None:
    """Print ``text`` without the control characters that could drive a terminal."""
    write(_CONTROL.sub("�", text), err=err)


def echo_json(value: Any) -> None:
    """Print a dataclass or plain value as one JSON object."""
    plain = asdict(value) if hasattr(value, "__dataclass_fields__") else value
    write(json.dumps(plain, ensure_ascii=True, indent=2))


def write(text: str, *, err: bool = False) -> None:
    """Print a line.

    Raises:
        BrokenPipeError: whoever read has seen enough; typer ends without a word.
        TroubleError: it cannot be written for another reason, such as a full disk.
    """
    try:
        typer.echo(text, err=err)
    except BrokenPipeError:
        raise
    except OSError as error:
        # Python would try to write the rest once more at its end, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), (sys.stderr if err else sys.stdout).fileno())
        raise TroubleError(
            f"the output cannot be written ({error.strerror}); make room, or send it elsewhere"
        ) from error


def counted(number: int, thing: str) -> str:
    """“1 page”, “1,200 pages”."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def _short(text: str, length: int = 160) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1].rsplit(" ", 1)[0] + "…"

"""Runs as files: one JSON with everything needed to read, compare and replay a run.

Times are kept in a block of their own at the end; all before it is the same byte for byte when
the same assistant is asked the same cases again.
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from eval.cases import case_to_json, parse_case
from eval.score import JUDGED_BY
from eval.summary import Figures, groups, summarise, without_seconds
from eval.types import Record, Run, Score, Seen, SeenCitation, SeenHit, key_of
from index.errors import TroubleError, UsageError

FORMAT = "grounded-assistant eval run"
VERSION = 1


def write_run(path: Path | str, run: Run, *, timings: bool = True) -> None:
    """Write the run, or leave the file as it was when that fails.

    Without ``timings`` the file is the same for the same answers: the form for a baseline that
    is kept in version control.

    Raises:
        TroubleError: the file cannot be written.
    """
    write_text(Path(path), run_to_text(run, timings=timings))


def run_to_text(run: Run, *, timings: bool = True) -> str:
    """The run as the text of a run file."""
    grouped = groups(run.records)
    figures = {name: summarise(records) for name, records in grouped.items()}
    blocks: dict[str, object] = {
        "format": FORMAT,
        "format_version": VERSION,
        "made_with": {name: dict(sorted(each.items())) for name, each in run.made_with.items()},
        "summary": {name: _figures(without_seconds(each)) for name, each in figures.items()},
        "cases": [record_to_json(record) for record in run.records],
    }
    if timings:
        blocks["timings"] = _timings(run, figures)
    lines = ",\n".join(f"{json.dumps(name)}: {_block(value)}" for name, value in blocks.items())
    return f"{{\n{lines}\n}}\n"


def _block(value: object) -> str:
    """JSON with a line for each case, group of figures or time, so that two files can be diffed."""
    if isinstance(value, dict):
        items = ",\n".join(f" {json.dumps(name)}: {_dumps(item)}" for name, item in value.items())
        return f"{{\n{items}\n}}"
    if isinstance(value, list):
        items = ",\n".join(f" {_dumps(item)}" for item in value)
        return f"[\n{items}\n]"
    return _dumps(value)


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def load_run(path: Path | str) -> Run:
    """The run that :func:`write_run` wrote.

    Raises:
        UsageError: no such file, or not a run file of this version.
    """
    try:
        value = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be read ({error.strerror}); expected a file that "
            "`assistant eval run --out` wrote"
        ) from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: not a run file (not JSON); expected {FORMAT!r}") from error
    try:
        return _run(path, value)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise UsageError(f"{path}: a damaged run file; make it again with eval run") from error


def record_to_json(record: Record) -> dict[str, object]:
    """The record without its time, as a JSON object."""
    return {
        "set": record.case_set,
        **case_to_json(record.case),
        "answer": None if record.seen is None else asdict(record.seen),
        "scores": {name: [score.value, score.why] for name, score in record.scores.items()},
        "error": record.error,
    }


def record_from_json(value: Mapping[str, Any], seconds: float | None, where: Path | str) -> Record:
    """The record that :func:`record_to_json` made.

    Raises:
        KeyError, TypeError, AttributeError, UsageError: it is not such an object.
    """
    own = {"set", "answer", "scores", "error"}
    case = {name: item for name, item in value.items() if name not in own}
    scores = {name: Score(*pair) for name, pair in value["scores"].items()}
    for name in JUDGED_BY:
        if name not in scores:
            raise UsageError(
                f"{where}, case {value.get('id')!r}: lacks the score {name!r}; make the run again "
                "with this version of the assistant"
            )
    return Record(
        case=parse_case(case, f"{where}, case {value.get('id')!r}"),
        case_set=value["set"],
        seen=None if value["answer"] is None else _seen(value["answer"]),
        scores=scores,
        error=value["error"],
        seconds=seconds,
    )


def write_text(path: Path, text: str) -> None:
    """Write a file in one step: it is the old one or the new one, never half of it.

    A link stays, and the file that it points to is written; so does a device or a pipe.

    Raises:
        TroubleError: the file cannot be written.
    """
    try:
        if is_device(path):
            path.write_text(text, encoding="utf-8", newline="")
        else:
            _replace(Path(os.path.realpath(path)), text)
    except OSError as error:
        raise TroubleError(
            f"{path}: cannot be written ({error.strerror}); give another file"
        ) from error


def is_device(path: Path) -> bool:
    """Whether something is there that is no regular file, such as ``/dev/null``."""
    return path.exists() and not path.is_file()


def _replace(path: Path, text: str) -> None:
    name = ""
    try:
        with NamedTemporaryFile(
            "w", encoding="utf-8", newline="", dir=path.parent, prefix=path.name, delete=False
        ) as file:
            name = file.name
            file.write(text)
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(path)
    except OSError:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


def _figures(figures: Figures) -> dict[str, object]:
    return {
        name: {
            "value": figure.value,
            "low": figure.low,
            "high": figure.high,
            "scored": figure.scored,
            "unscored": figure.unscored,
        }
        for name, figure in figures.items()
    }


def _timings(run: Run, figures: Mapping[str, Figures]) -> dict[str, object]:
    seconds = {
        group: {name: each for name, each in values.items() if name not in without_seconds(values)}
        for group, values in figures.items()
    }
    return {
        "started": run.started,
        "seconds": round(run.seconds, 3),
        "summary": {group: _figures(values) for group, values in seconds.items()},
        "ask_seconds": {record.key: record.seconds for record in run.records},
    }


def _run(path: Path | str, value: Mapping[str, Any]) -> Run:
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise UsageError(f"{path}: not a run file; expected one that `assistant eval run` wrote")
    if value["format_version"] != VERSION:
        raise UsageError(
            f"{path}: run file version {value['format_version']}, expected {VERSION}; "
            "make it again with this version of the assistant"
        )
    timings = value.get("timings", {})
    seconds = timings.get("ask_seconds", {})
    records = tuple(
        record_from_json(item, seconds.get(key_of(item["set"], item["id"])), path)
        for item in value["cases"]
    )
    return Run(
        records=records,
        made_with=value["made_with"],
        started=timings.get("started", ""),
        seconds=timings.get("seconds", 0.0),
    )


def _confidence(value: Any) -> float:
    if not 0 <= value <= 1:
        raise ValueError(f"confidence is {value}, expected 0 to 1")
    return float(value)


def _seen(value: Mapping[str, Any]) -> Seen:
    return Seen(
        text=value["text"],
        refused=value["refused"],
        confidence=_confidence(value["confidence"]),
        citations=tuple(SeenCitation(**each) for each in value["citations"]),
        hits=tuple(
            SeenHit(**{**each, "evidence": tuple(each["evidence"])}) for each in value["hits"]
        ),
        notices=tuple(value["notices"]),
    )

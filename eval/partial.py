"""The finished cases of a run that is not finished, so that it can go on where it stopped.

A file of JSON lines beside ``--out``: for each case set a line with what it is run with, then a
line for each finished case, written out at once. A kill in the middle of a line loses that case
only.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from eval.runfile import record_from_json, record_to_json
from eval.types import Record
from index.errors import TroubleError, UsageError

_NOT_OURS = (ValueError, KeyError, TypeError, AttributeError, RecursionError, UsageError)
"""What a line can raise that is of something else."""


class Partial:
    """An open partial file; use it in a ``with`` statement.

    >>> with Partial("run.json.partial.jsonl") as partial:  # doctest: +SKIP
    ...     run_cases(assistant, cases, partial=partial)
    """

    def __init__(self, path: Path | str, *, fresh: bool = False) -> None:
        """Read what is there; with ``fresh`` forget it.

        Raises:
            UsageError: the file is something else.
            TroubleError: it cannot be opened for writing.
        """
        self.path = Path(path)
        self._made_with: dict[str, Mapping[str, str]] = {}
        self._records: dict[str, Record] = {}
        whole = b"" if fresh else self._read()
        try:
            self._file: BinaryIO = self.path.open("ab")
            self._file.truncate(len(whole))
        except OSError as error:
            raise TroubleError(
                f"{self.path}: cannot be written ({error.strerror}); give another --out"
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._file.close()

    @property
    def finished(self) -> int:
        """How many cases are."""
        return len(self._records)

    def begin(self, case_set: str, made_with: Mapping[str, str]) -> dict[str, Record]:
        """The finished cases of a set, by key, and from here on those of this run.

        Raises:
            UsageError: they were made with another version, index, model or settings.
        """
        known = self._made_with.get(case_set)
        if known is not None and known != made_with:
            names = sorted(
                name for name in {*known, *made_with} if known.get(name) != made_with.get(name)
            )
            raise UsageError(
                f"{self.path}: holds cases of an unfinished run with another "
                f"{', '.join(names)}; start again with --fresh, or give another --out"
            )
        if known is None:
            self._made_with[case_set] = made_with
            self._append({"set": case_set, "made_with": dict(made_with)})
        return {key: record for key, record in self._records.items() if record.case_set == case_set}

    def add(self, record: Record) -> None:
        """Keep a finished case; one with an error is not kept, so that it is asked again."""
        if record.error is None:
            self._records[record.key] = record
            self._append({"seconds": record.seconds, "record": record_to_json(record)})

    def remove(self) -> None:
        """Delete the file: the run is finished and written."""
        self._file.close()
        self.path.unlink(missing_ok=True)

    def _append(self, value: Mapping[str, object]) -> None:
        line = json.dumps(value, ensure_ascii=False, allow_nan=False)
        self._file.write(f"{line}\n".encode())
        self._file.flush()

    def _read(self) -> bytes:
        if not self.path.exists():
            return b""
        content = self.path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        for number, line in enumerate(whole.splitlines(), start=1):
            try:
                self._take(json.loads(line))
            except _NOT_OURS as error:
                raise UsageError(
                    f"{self.path}, line {number}: not a line of an unfinished run; start again "
                    "with --fresh, or give another --out"
                ) from error
        return whole

    def _take(self, value: Mapping[str, Any]) -> None:
        if "record" in value:
            record = record_from_json(value["record"], value["seconds"], self.path)
            self._records[record.key] = record
        else:
            self._made_with[value["set"]] = value["made_with"]

"""The folder as it is now: which files are there to be read, and which are not and why.

Nothing is opened and no link is followed; a file's size and time of change stand for its content
until something changes. ``sync`` compares the result with what the index holds.
"""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import FolderError
from index.read.formats import SUFFIXES
from index.settings import IndexSettings

if TYPE_CHECKING:
    import pathspec

IGNORE_FILE = ".assistantignore"
"""Patterns in the syntax of ``.gitignore``, at the top of the folder."""

_MAX_IGNORE_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class FileState:
    """A file that is there to be read, as the scan saw it."""

    id: str
    """Path relative to the folder, with ``/``."""
    path: Path
    """Absolute."""
    size_bytes: int
    modified_ns: int
    """Nanoseconds since the epoch."""


Skipped = tuple[str, str]
"""The id of a file that is not read, and the reason."""


def scan(
    folder: Path, settings: IndexSettings, *, allow_empty: bool = False
) -> tuple[tuple[FileState, ...], tuple[Skipped, ...]]:
    """The readable files below ``folder`` and those that are skipped, each sorted by id.

    Hidden files and folders (a leading dot) and what ``.assistantignore`` names are left out
    without a word; everything else that is not read is in the second list.

    Raises ``FolderError`` when there is no such folder or, unless ``allow_empty``, nothing in it
    can be read.
    """
    root = _existing(folder)
    walk = _Walk(root, settings.max_file_bytes, _ignored(root))
    walk.run()
    if not walk.files and not allow_empty:
        raise nothing_to_read(folder, walk.skipped)
    return (
        tuple(sorted(walk.files, key=lambda file: file.id)),
        tuple(sorted(walk.skipped)),
    )


@dataclass(slots=True)
class _Walk:
    root: Path
    max_file_bytes: int
    ignored: "pathspec.GitIgnoreSpec"
    files: list[FileState] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    def run(self) -> None:
        """Visits every folder below the root, without recursion."""
        waiting = [("", str(self.root))]
        while waiting:
            prefix, folder = waiting.pop()
            for entry in self._entries(prefix, folder):
                id_ = prefix + entry.name
                try:
                    is_folder = entry.is_dir(follow_symlinks=False)
                    if self._is_ignored(f"{id_}/" if is_folder else id_):
                        continue
                    if is_folder:
                        waiting.append((f"{id_}/", entry.path))
                    else:
                        self._visit(id_, entry)
                except OSError as error:
                    self._skip(id_, f"cannot be looked at: {error.strerror}")

    def _entries(self, prefix: str, folder: str) -> "list[os.DirEntry[str]]":
        try:
            with os.scandir(folder) as entries:
                return [entry for entry in entries if not entry.name.startswith(".")]
        except OSError as error:
            self._skip(prefix.rstrip("/") or ".", f"cannot be listed: {error.strerror}")
            return []

    def _is_ignored(self, id_: str) -> bool:
        return bool(self.ignored.patterns) and self.ignored.match_file(id_)

    def _visit(self, id_: str, entry: "os.DirEntry[str]") -> None:
        status = entry.stat(follow_symlinks=False)
        if reason := self._reason_to_skip(id_, entry, status):
            self._skip(id_, reason)
        else:
            path = Path(entry.path)
            self.files.append(FileState(id_, path, status.st_size, status.st_mtime_ns))

    def _skip(self, id_: str, reason: str) -> None:
        self.skipped.append((_shown(id_), reason))

    def _reason_to_skip(
        self, id_: str, entry: "os.DirEntry[str]", status: os.stat_result
    ) -> str | None:
        """None when the file is there to be read."""
        if stat.S_ISLNK(status.st_mode):
            return "a symbolic link: links are not followed"
        if not stat.S_ISREG(status.st_mode):
            return "not a regular file"
        reason = reason_to_refuse(entry.name, status.st_size, self.max_file_bytes)
        if reason is None and _shown(id_) != id_:
            reason = "its name is not valid Unicode: rename it"
        elif reason is None and not os.access(entry.path, os.R_OK):
            reason = "no permission to read it"
        return reason


def reason_to_refuse(name: str, size_bytes: int, max_file_bytes: int) -> str | None:
    """Why a file of that name and size is never read; None when it may be."""
    suffix = os.path.splitext(name)[1].lower()  # noqa: PTH122 (a Path is 10 times as slow)
    if suffix not in SUFFIXES:
        return f"format {suffix} is not supported" if suffix else "no suffix names its format"
    if size_bytes > max_file_bytes:
        return f"{size_bytes:,} bytes; at most {max_file_bytes:,} are read"
    return "empty" if size_bytes == 0 else None


def is_ignored(folder: Path, id_: str) -> bool:
    """Whether the folder's ``.assistantignore`` leaves out a file of that id."""
    return _ignored(folder).match_file(id_)


def _existing(folder: Path) -> Path:
    if not folder.exists():
        raise FolderError(f"no such folder: {folder}")
    if not folder.is_dir():
        raise FolderError(f"not a folder but a file: {folder}; give the folder that it is in")
    return folder.resolve()


def _ignored(root: Path) -> "pathspec.GitIgnoreSpec":
    """The patterns of the folder's ignore file; none where there is no such regular file."""
    import pathspec

    path = root / IGNORE_FILE
    lines: list[str] = []
    if path.is_file() and not path.is_symlink() and path.stat().st_size <= _MAX_IGNORE_BYTES:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    try:
        return pathspec.GitIgnoreSpec.from_lines(lines)
    except ValueError as error:
        raise FolderError(f"{path} is not in the syntax of .gitignore: {error}") from error


def nothing_to_read(folder: Path, skipped: Sequence[Skipped]) -> FolderError:
    """What is wrong with a folder of which only ``skipped`` is known."""
    formats = " ".join(sorted(SUFFIXES))
    if not skipped:
        has_files = any(not path.is_dir() for path in folder.iterdir())
        seen = f"holds only files that are hidden or in {IGNORE_FILE}" if has_files else "is empty"
        return FolderError(f"the folder {seen}: {folder}; put documents into it ({formats})")
    id_, reason = min(skipped)
    if len(skipped) == 1:
        seen = f"nothing to read in {folder} but {id_!r}: {reason}"
    else:
        seen = (
            f"nothing to read among {len(skipped)} files in {folder} "
            f"(for example {id_!r}: {reason})"
        )
    return FolderError(f"{seen}; supported: {formats}")


def _shown(id_: str) -> str:
    """``id_`` with bytes that are not UTF-8 as ``\\xff``, so that it can be stored and printed."""
    return os.fsencode(id_).decode("utf-8", errors="backslashreplace")

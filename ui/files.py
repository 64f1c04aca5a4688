"""Files added to the folder, and taken out of it: the only place where the page changes it.

A file that a visitor sends arrives in a hidden folder inside the folder, which the index leaves
out, is looked at there, and takes its name in one step; a file of that name is never overwritten.
A file that is taken out is moved to where the user can find it, and never deleted.
"""

import errno
import filecmp
import os
import shutil
import stat
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from index.disk import flush_to_disk
from index.errors import FileRefusedError
from index.folder import is_ignored, reason_to_refuse
from index.read import SUFFIXES
from ui.escape import one_line, visible

INCOMING = ".assistant-incoming-"
LEFT_OVER_SECONDS = 3600.0
"""What arrived longer ago than this, and was not added, is waited for by nobody any more."""
KINDS = (
    "PDF, Word, PowerPoint, Excel, OpenDocument and RTF texts, EPUB, e-mail, HTML, Markdown, CSV, "
    "JSON Lines and plain text"
)
"""What is read, in words."""
MAX_NAME_BYTES = 200
"""File systems take 255; the rest is for what tells two files of one name apart."""
MAX_OF_ONE_NAME = 1000


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a file that was sent."""

    document_id: str
    """Its name in the folder: another than it was sent with, where that one was taken."""
    is_new: bool
    """False when the folder had this very file under this name already."""


class FolderFiles:
    """The files of ``folder``, one change at a time. Safe to call from threads.

    ``open_files`` makes one; ``close`` takes away what it needed.
    """

    def __init__(self, folder: Path, incoming: Path, removed: Path, max_file_bytes: int) -> None:
        self.folder = folder
        self.incoming = incoming
        """Where files that are sent have to arrive."""
        self.removed = removed
        """Where files that are taken out go."""
        self.max_file_bytes = max_file_bytes
        self._one_at_a_time = threading.Lock()

    def add(self, sent: str, name: str) -> Added:
        """Take over the file that arrived at ``sent`` under ``name``, or a name like it.

        Neither argument is trusted. What arrived is gone afterwards, whatever came of it.

        Raises:
            FileRefusedError: it cannot be a document; says why, and what to do.
        """
        arrived = self._arrived(sent)
        try:
            with self._one_at_a_time:
                wanted = self._accepted_name(name, arrived)
                return self._take_over(arrived, wanted)
        except OSError as error:
            raise _refused(name, f"could not be saved ({_reason(error)}); try again") from error
        finally:
            _delete(arrived.parent if arrived.parent != self.incoming else arrived)
            self._sweep()

    def remove(self, document_id: str) -> Path:
        """Move a file out of the folder; gives where it is now.

        Raises:
            FileRefusedError: there is no such file, or it cannot be moved; says what to do.
        """
        with self._one_at_a_time:
            path = self._existing(document_id)
            try:
                self.removed.mkdir(parents=True, exist_ok=True, mode=0o700)
                return _move_out(path, self.removed)
            except OSError as error:
                raise _refused(
                    document_id,
                    f"could not be moved ({_reason(error)}); take it out of the folder by hand",
                ) from error

    def close(self) -> None:
        """Take away what arrived and was never added."""
        _delete(self.incoming)

    def _arrived(self, sent: str) -> Path:
        """The path of a file that was sent, and of nothing else."""
        try:
            path = Path(os.path.realpath(sent))
            is_there = stat.S_ISREG(Path(sent).lstat().st_mode)
        except (OSError, ValueError):
            is_there = False
        if not is_there or not path.is_relative_to(os.path.realpath(self.incoming)):
            raise FileRefusedError("the file did not arrive; add it again")
        return path

    def _accepted_name(self, name: str, arrived: Path) -> str:
        wanted = name.replace("\\", "/").rpartition("/")[2].strip()
        if reason := _fault_of_name(wanted):
            raise _refused(wanted or "a file without a name", reason)
        if reason := reason_to_refuse(wanted, arrived.stat().st_size, self.max_file_bytes):
            raise _refused(wanted, f"{reason}; {_next_step(wanted)}")
        if is_ignored(self.folder, wanted):
            raise _refused(wanted, "the folder’s .assistantignore leaves it out; rename it")
        return wanted

    def _take_over(self, arrived: Path, name: str) -> Added:
        arrived.chmod(stat.S_IMODE(self.folder.stat().st_mode) & 0o666)
        flush_to_disk(arrived)
        for candidate in _names_like(name):
            target = self.folder / candidate
            if _reserve(target):
                _replace(arrived, target)
                flush_to_disk(self.folder)
                return Added(candidate, is_new=True)
            if _is_same(arrived, target):
                return Added(candidate, is_new=False)
        raise _refused(name, "there are too many of this name; rename it")

    def _existing(self, document_id: str) -> Path:
        """The regular file of that id, reached through no link."""
        parts = PurePosixPath(document_id).parts
        path = self.folder.joinpath(*parts)
        try:
            is_inside = bool(parts) and ".." not in parts and not document_id.startswith("/")
            is_straight = is_inside and path.parent.resolve(strict=True) == path.parent
            is_file = is_straight and stat.S_ISREG(path.lstat().st_mode)
        except (OSError, ValueError):
            is_file = False
        if not is_file:
            raise _refused(document_id, "is no file of the folder any more; nothing was moved")
        return path

    def _sweep(self) -> None:
        """Delete what arrived long ago: its visitor went away before it was added."""
        _sweep(self.incoming, time.time() - LEFT_OVER_SECONDS)


def open_files(folder: Path, removed: Path, max_file_bytes: int) -> FolderFiles:
    """The files of ``folder``, ready to be changed.

    Raises:
        FileRefusedError: the folder cannot be written to.
    """
    try:
        for left_over in folder.glob(f"{INCOMING}*"):
            if not left_over.is_symlink() and left_over.is_dir():
                _sweep(left_over, time.time() - LEFT_OVER_SECONDS)
                with suppress(OSError):  # in use by another page, or not ours
                    left_over.rmdir()
        incoming = Path(tempfile.mkdtemp(prefix=INCOMING, dir=folder))
    except OSError as error:
        raise FileRefusedError(
            f"the folder {folder} cannot be written to ({_reason(error)})"
        ) from error
    return FolderFiles(folder, incoming, removed, max_file_bytes)


def _fault_of_name(name: str) -> str | None:
    if not name.strip(".") or "\0" in name:
        return "has no name that a file can have; rename it"
    if name.startswith("."):
        return "is hidden, as its name starts with a dot, and would not be read; rename it"
    if visible(name) != name or "\n" in name or "\t" in name:
        return "has invisible characters in its name; rename it"
    try:
        length = len(name.encode())
    except UnicodeEncodeError:
        return "has a name that is not valid Unicode; rename it"
    return "has a very long name; give it a shorter one" if length > MAX_NAME_BYTES else None


def _next_step(name: str) -> str:
    if PurePosixPath(name).suffix.lower() not in SUFFIXES:
        return f"these are: {KINDS}"
    return "split it, or save it anew"


def _names_like(name: str) -> Iterator[str]:
    path = PurePosixPath(name)
    yield name
    for number in range(2, MAX_OF_ONE_NAME):
        yield f"{path.stem} ({number}){path.suffix}"


def _reserve(target: Path) -> bool:
    """Make an empty file of that name; False when there is something of that name."""
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return False
    return True


def _replace(source: Path, reserved: Path) -> None:
    try:
        source.replace(reserved)
    except OSError:
        reserved.unlink(missing_ok=True)
        raise


def _move_out(path: Path, folder: Path) -> Path:
    for candidate in _names_like(path.name):
        target = folder / candidate
        if not _reserve(target):
            continue
        try:
            path.replace(target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                target.unlink(missing_ok=True)
                raise
            _copy_out(path, target)
        return target
    raise OSError(errno.EEXIST, os.strerror(errno.EEXIST))


def _copy_out(path: Path, target: Path) -> None:
    """Move to another disk: the file is gone from here only once it is safe there."""
    try:
        shutil.copy2(path, target)
        flush_to_disk(target)
        path.unlink()
    except OSError:
        if path.exists():
            target.unlink(missing_ok=True)
        raise


def _is_same(arrived: Path, target: Path) -> bool:
    try:
        is_file = stat.S_ISREG(target.lstat().st_mode)
        return is_file and filecmp.cmp(arrived, target, shallow=False)
    except OSError:
        return False


def _sweep(folder: Path, before: float) -> None:
    """Delete what is in ``folder`` since before that time, in seconds since the epoch."""
    with suppress(OSError):
        for path in list(folder.iterdir()):
            if path.lstat().st_mtime < before:
                _delete(path)


def _delete(path: Path) -> None:
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _refused(name: str, reason: str) -> FileRefusedError:
    return FileRefusedError(f"{one_line(name, 120)}: {reason}")


def _reason(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else "unknown reason"

"""The bytes of a file, read so that nothing but a regular file of bounded size is ever opened."""

import os
import stat
from io import BufferedReader
from pathlib import Path

from index.read.errors import PassingError, UnreadableError

MAX_BYTES = 100_000_000
"""No file over this size is read, whatever the settings say: a file may grow after the scan."""

_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)  # a link may lead out of the folder
    | getattr(os, "O_NONBLOCK", 0)  # opening a pipe must not wait for its other end
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


def open_regular(path: Path) -> BufferedReader:
    """A regular file, open for reading; a symbolic link is not followed, a device not opened.

    Raises ``UnreadableError`` with the reason: gone, a link, no permission.
    """
    try:
        descriptor = os.open(path, _FLAGS)
    except FileNotFoundError as error:
        raise PassingError("no longer there") from error
    except PermissionError as error:
        raise PassingError("no permission to read it") from error
    except OSError as error:
        reason = "a symbolic link: links are not followed" if path.is_symlink() else _reason(error)
        raise UnreadableError(reason) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise UnreadableError("not a regular file")
    return os.fdopen(descriptor, "rb")


def read_bytes(path: Path) -> bytes:
    """The content of a regular file.

    Raises ``UnreadableError`` with the reason, also when the file is larger than ``MAX_BYTES``.
    """
    with open_regular(path) as file:
        try:
            data = file.read(MAX_BYTES + 1)
        except OSError as error:
            raise UnreadableError(_reason(error)) from error
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"larger than {MAX_BYTES:,} bytes")
    return data


def _reason(error: OSError) -> str:
    return f"cannot be read: {error.strerror or type(error).__name__}"

"""Files on the disk: what one holds, and that it is really there."""

import hashlib
import os
from io import BufferedReader
from pathlib import Path


def sha256_of(path: Path) -> str:
    """Hexadecimal digest of a file's content.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as stream:
        return sha256_in(stream)


def sha256_in(stream: BufferedReader) -> str:
    """Hexadecimal digest of what is still to be read of a file.

    Raises:
        OSError: it cannot be read.
    """
    return hashlib.file_digest(stream, "sha256").hexdigest()


def flush_to_disk(path: Path) -> None:
    """Have the system write a file, or the names in a folder, to the disk now.

    Raises:
        OSError: it cannot.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

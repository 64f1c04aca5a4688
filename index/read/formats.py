"""Which reader reads which file. A library is imported when the first file needs it."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, cast

from index.read.errors import UnreadableError
from index.read.source import read_bytes
from index.types import Extracted

SUFFIXES: Mapping[str, str] = MappingProxyType(
    {
        ".txt": "text",
        ".text": "text",
        ".log": "text",
        ".rst": "text",
        ".md": "markdown",
        ".markdown": "markdown",
        ".html": "html",
        ".htm": "html",
        ".xhtml": "html",
        ".pdf": "pdf",
        ".docx": "docx",
        ".pptx": "pptx",
        ".xlsx": "xlsx",
        ".odt": "odt",
        ".epub": "epub",
        ".rtf": "rtf",
        ".csv": "csv",
        ".tsv": "csv",
        ".jsonl": "jsonl",
        ".ndjson": "jsonl",
        ".eml": "eml",
    }
)
"""The format of a file by its suffix in lower case: the module of this package that reads it."""

READERS_VERSION = 5
"""Raise it when a reader gives other text than before for some file: all are read again then."""


class _Reader(Protocol):
    def read(self, data: bytes) -> Extracted: ...


def read_file(path: Path) -> Extracted:
    """The text of one file, read in this process: for files that are trusted, and for tests.

    Raises ``UnreadableError`` when it cannot be read, whatever the reason.
    """
    name = SUFFIXES.get(path.suffix.lower())
    if name is None:
        raise UnreadableError(f"{path.suffix or 'a file without a suffix'} is not a known format")
    reader = cast(_Reader, import_module(f"index.read.{name}"))
    data = read_bytes(path)
    try:
        return reader.read(data)
    except (UnreadableError, MemoryError):
        raise
    except RecursionError as error:
        raise UnreadableError("nested too deeply") from error
    except Exception as error:  # parsers fail on damaged files in every way there is
        raise UnreadableError(f"the {name} parser failed on it ({type(error).__name__})") from error

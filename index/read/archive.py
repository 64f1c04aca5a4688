"""ZIP files and the XML in them, opened only after checks that a bomb does not pass.

Every format that is a ZIP archive (DOCX, PPTX, XLSX, ODT, EPUB) comes through here.
"""

import io
import zipfile
import zlib
from types import TracebackType
from typing import Any

from index.read.errors import UnreadableError

MAX_ENTRIES = 2000
MAX_UNPACKED_BYTES = 50_000_000
MAX_RATIO = 100
"""Unpacked to packed size, of the whole and of each entry; under a megabyte it does not count."""


class Archive:
    """A checked ZIP archive; use it as a context manager."""

    def __init__(self, data: bytes, format_name: str) -> None:
        """Raises ``UnreadableError`` when ``data`` is not a ZIP archive or is out of bounds."""
        if data.startswith(b"\xd0\xcf\x11\xe0"):
            raise UnreadableError(
                f"not a valid {format_name} file: password-protected, or of an old format"
            )
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise UnreadableError(f"not a valid {format_name} file") from error
        self._sizes = {entry.filename: entry.file_size for entry in self._zip.infolist()}
        _check(self._zip.infolist(), len(data))

    def __enter__(self) -> "Archive":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self._zip.close()

    def names(self) -> tuple[str, ...]:
        """Of all entries, in the order of the archive."""
        return tuple(self._sizes)

    def read(self, name: str) -> bytes | None:
        """The unpacked bytes of one entry, or None when there is none of that name."""
        if name not in self._sizes:
            return None
        try:
            return self._zip.read(name)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
            raise UnreadableError("damaged: an entry of the ZIP archive cannot be read") from error

    def xml(self, name: str) -> Any | None:
        """The root element of an XML entry, or None when there is none of that name."""
        data = self.read(name)
        return None if data is None else parse_xml(data)


def parse_xml(data: bytes) -> Any:
    """The root element. Nothing is loaded from outside, no entity is expanded.

    Raises ``UnreadableError`` for malformed XML and for any document type declaration.
    """
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise UnreadableError("its XML holds a document type declaration, which may be an attack")
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableError("damaged: its XML is not well-formed") from error
    if root.getroottree().docinfo.doctype:  # in an encoding in which the test above is blind
        raise UnreadableError("its XML holds a document type declaration, which may be an attack")
    return root


def _check(entries: list[zipfile.ZipInfo], packed_bytes: int) -> None:
    if len(entries) > MAX_ENTRIES:
        raise UnreadableError(f"a ZIP archive of {len(entries):,} entries; at most {MAX_ENTRIES:,}")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED_BYTES:
        raise UnreadableError(
            f"unpacks to {unpacked:,} bytes; at most {MAX_UNPACKED_BYTES:,} are read"
        )
    for entry in entries:
        if entry.flag_bits & 1:
            raise UnreadableError("password-protected")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise UnreadableError("packed by a method that is not used in documents")
        if entry.file_size > 1_000_000 and entry.file_size > MAX_RATIO * entry.compress_size:
            raise UnreadableError(f"unpacks to more than {MAX_RATIO} times its size: a ZIP bomb")
    if unpacked > max(1_000_000, MAX_RATIO * packed_bytes):
        raise UnreadableError(f"unpacks to more than {MAX_RATIO} times its size: a ZIP bomb")

"""Rich Text Format: its text and tables. Headings are not marked as such in it."""

import re
from collections.abc import Callable, Iterator

from index.read.assemble import Piece, assemble, row_text
from index.read.errors import UnreadableError
from index.types import BlockKind, Extracted

_TITLE = re.compile(r"\{\\title ([^{}\\]{1,200})\}")
_HIDDEN = re.compile(r"\{\\v(?![a-z0-9])[^{}]*\}")


def read(data: bytes) -> Extracted:
    """The text of an RTF document, without hidden text."""
    from striprtf import striprtf

    convert: Callable[..., str] = striprtf.rtf_to_text  # it has no type information
    if not data.lstrip().startswith(b"{\\rtf"):
        raise UnreadableError("not an RTF file: it does not start with {\\rtf")
    source = data.decode("cp1252", errors="replace")
    try:
        text = convert(_HIDDEN.sub("", source), errors="replace")
    except (ValueError, OverflowError, LookupError) as error:
        raise UnreadableError("damaged: its control words make no sense") from error
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    title = _TITLE.search(source)
    return assemble(_pieces(text), title=title[1] if title else None)


def _pieces(text: str) -> Iterator[Piece]:
    """Each line is a paragraph; those that end a table cell are rows."""
    for line in text.split("\n"):
        if line.rstrip().endswith("|") and line.count("|") > 1:
            yield Piece(BlockKind.TABLE_ROW, row_text(line.rstrip()[:-1].split("|")), group=1)
        else:
            yield Piece(BlockKind.PARAGRAPH, line)

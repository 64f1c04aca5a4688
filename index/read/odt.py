"""OpenDocument text: headings, paragraphs, lists and tables in order."""

import itertools
from collections.abc import Iterator
from typing import Any

from index.read.archive import Archive
from index.read.assemble import Piece, assemble, row_text
from index.read.errors import UnreadableError
from index.read.ooxml import attribute, child, children, local
from index.read.titles import stated_title
from index.types import BlockKind, Extracted

_UNSEEN = frozenset(("tracked-changes", "annotation", "annotation-end", "table-of-content",
                     "deletion", "desc", "title", "forms", "sequence-decls"))  # fmt: skip
_MOST_SPACES = 100


def read(data: bytes) -> Extracted:
    """The text of an OpenDocument text; page breaks depend on the printer, so it has no pages."""
    with Archive(data, "ODT") as archive:
        root = archive.xml("content.xml")
        body = None if root is None else child(root, "body", "text")
        if body is None:
            raise UnreadableError("not a valid ODT file: no text document in it, or encrypted")
        meta = archive.xml("meta.xml")
        title = None if meta is None else child(meta, "meta", "title")
        pieces = _pieces(body, itertools.count(1))
        return assemble(pieces, title=stated_title(title.text) if title is not None else None)


def _pieces(parent: Any, groups: Iterator[int], depth: int = -1, group: int = 0) -> Iterator[Piece]:
    """What is in ``parent``. ``depth`` is -1 outside of lists; ``groups`` numbers lists, tables."""
    for element in parent:
        name = local(element)
        if name == "h":
            yield Piece(BlockKind.HEADING, " ".join(_text(element).split()), _level(element))
        elif name == "p":
            yield from _paragraph(element, groups, depth, group)
        elif name == "list":
            yield from _pieces(element, groups, depth + 1, group or next(groups))
        elif name == "table":
            yield from _table(element, groups)
        elif name not in _UNSEEN:
            yield from _pieces(element, groups, depth, group)


def _paragraph(element: Any, groups: Iterator[int], depth: int, group: int) -> Iterator[Piece]:
    kind = BlockKind.PARAGRAPH if depth < 0 else BlockKind.LIST_ITEM
    yield Piece(kind, _text(element), max(depth, 0), group=group)
    for box in element.iter("{*}text-box"):
        yield from _pieces(box, groups)


def _table(table: Any, groups: Iterator[int]) -> Iterator[Piece]:
    group = next(groups)
    for row in table.iter("{*}table-row"):
        cells = list(children(row, "table-cell"))
        texts = [" ".join(piece.text for piece in _pieces(cell, groups)) for cell in cells]
        yield Piece(BlockKind.TABLE_ROW, row_text(texts), group=group)


def _text(element: Any) -> str:
    """The text of a paragraph; text boxes in it come after it."""
    parts = [element.text or ""]
    for inner in element:
        name = local(inner)
        if name == "s":
            count = attribute(inner, "c") or "1"
            parts.append(" " * min(int(count) if count.isdecimal() else 1, _MOST_SPACES))
        elif name in {"tab", "line-break"}:
            parts.append("\t" if name == "tab" else "\n")
        elif name not in _UNSEEN and name not in {"text-box", "note"}:
            parts.append(_text(inner))
        elif name == "note":
            parts.append(f" ({' '.join(_text(inner).split())})")
        parts.append(inner.tail or "")
    return "".join(parts)


def _level(heading: Any) -> int:
    level = attribute(heading, "outline-level") or "1"
    return min(max(int(level), 1), 6) if level.isdecimal() and len(level) < 3 else 1

"""Word documents: body in order with its tables, then notes, page headers and footers.

python-docx was measured and left out: its ``iter_inner_content`` skips content controls, and its
paragraphs skip tracked insertions and text boxes, so that text is lost without a word.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from index.read.archive import Archive
from index.read.assemble import Piece, assemble, row_text
from index.read.docx_numbering import Numbering
from index.read.errors import UnreadableError
from index.read.ooxml import attribute, child, children, core_title, local, value
from index.types import BlockKind, Extracted

_MAIN = "word/document.xml"
_WRAPPERS = frozenset(("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag", "Choice",
                       "AlternateContent"))  # fmt: skip
_UNSEEN = frozenset(("del", "moveFrom", "Fallback", "instrText", "delText", "rPr", "pPr", "sdtPr"))
_SIGNS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_HEADING_NAME = re.compile(r"heading (\d)")
_OFF = frozenset(("0", "false", "off"))


def read(data: bytes) -> Extracted:
    """The text of a Word document; it has no pages, they depend on the printer."""
    with Archive(data, "DOCX") as archive:
        root = archive.xml(_MAIN)
        body = None if root is None else child(root, "body")
        if body is None:
            raise UnreadableError("not a valid DOCX file: it holds no Word document")
        reader = _Reader(Numbering(archive.xml("word/numbering.xml")), _styles(archive))
        pieces = [*reader.pieces(body), *_notes(archive, reader), *_margins(archive, reader)]
        return assemble(pieces, title=core_title(archive) or reader.title)


@dataclass(frozen=True, slots=True)
class _Style:
    name: str = ""
    based_on: str = ""
    outline: int | None = None
    number_id: str | None = None
    depth: str | None = None


@dataclass(slots=True)
class _Reader:
    numbering: Numbering
    styles: dict[str, _Style]
    title: str | None = None
    """The first paragraph in the style "Title"."""
    _tables: int = 0
    _boxes: list[Any] = field(default_factory=list)

    def pieces(self, parent: Any) -> Iterator[Piece]:
        """What the block elements in ``parent`` say, in order."""
        for element in parent:
            name = local(element)
            if name == "p":
                yield from self._paragraph(element)
            elif name == "tbl":
                yield from self._table(element)
            elif name in _WRAPPERS:
                yield from self.pieces(element)

    def _paragraph(self, paragraph: Any) -> Iterator[Piece]:
        text = self._text(paragraph)
        boxes, self._boxes = self._boxes, []
        style = value(paragraph, "pPr", "pStyle") or ""
        chain = self._chain(style)
        label, depth, number_id = self._number(paragraph, chain)
        level = _heading_level(paragraph, chain)
        if not text.strip() or any(one.name.startswith("toc ") for one in chain):
            pass  # a table of contents repeats the headings
        elif level:
            if self.title is None and chain and chain[0].name == "title":
                self.title = text
            yield Piece(BlockKind.HEADING, f"{label} {text}".replace("\n", " "), level)
        elif number_id is not None:
            group = int(number_id) + 1 if number_id.isdecimal() else 0
            yield Piece(BlockKind.LIST_ITEM, f"{label} {text}", depth, group=group)
        else:
            yield Piece(BlockKind.PARAGRAPH, text)
        for box in boxes:
            yield from self.pieces(box)

    def _text(self, parent: Any) -> str:
        parts: list[str] = []
        self._gather(parent, parts)
        return "".join(parts)

    def _gather(self, parent: Any, parts: list[str]) -> None:
        """Appends what a reader sees in ``parent``; libxml2 bounds the depth at 256."""
        for element in parent:
            name = local(element)
            if name == "t":
                parts.append(element.text or "")
            elif name in _SIGNS:
                parts.append(_SIGNS[name])
            elif name == "txbxContent":
                self._boxes.append(element)
            elif name not in _UNSEEN and not (name == "r" and _is_hidden(element)):
                self._gather(element, parts)

    def _table(self, table: Any) -> Iterator[Piece]:
        self._tables += 1
        group = -self._tables
        for row in _inside(table, "tr"):
            cells = list(_inside(row, "tc"))
            if len(cells) == 1:  # a box around text rather than a table
                yield from self.pieces(cells[0])
            else:
                texts = [" ".join(piece.text for piece in self.pieces(cell)) for cell in cells]
                yield Piece(BlockKind.TABLE_ROW, row_text(texts), group=group)

    def _chain(self, style_id: str) -> list[_Style]:
        """The style and those that it is based on, nearest first."""
        chain: list[_Style] = []
        while (style := self.styles.get(style_id)) and len(chain) < 10:
            chain.append(style)
            style_id = style.based_on
        return chain

    def _number(self, paragraph: Any, chain: list[_Style]) -> tuple[str, int, str | None]:
        """The number in front, the depth in the list, and the list's id, None outside of lists."""
        inherited = next((one for one in chain if one.number_id), _Style())
        number_id = value(paragraph, "pPr", "numPr", "numId") or inherited.number_id
        depth = value(paragraph, "pPr", "numPr", "ilvl") or inherited.depth or "0"
        if number_id is None or number_id == "0":
            return "", 0, None
        level = int(depth) if depth.isdecimal() and len(depth) < 3 else 0
        return self.numbering.label(number_id, level), level, number_id


def _heading_level(paragraph: Any, chain: list[_Style]) -> int:
    """1 to 6, or 0 for what is no heading. Word knows 9 levels and the title."""
    direct = value(paragraph, "pPr", "outlineLvl")
    if direct is not None and direct.isdecimal():
        return min(int(direct) + 1, 6) if int(direct) < 9 else 0
    for style in chain:
        if match := _HEADING_NAME.match(style.name):
            return min(max(int(match[1]), 1), 6)
        if style.name == "title":
            return 1
        if style.outline is not None:
            return min(style.outline + 1, 6) if style.outline < 9 else 0
    return 0


def _is_hidden(run: Any) -> bool:
    vanish = child(run, "rPr", "vanish")
    return vanish is not None and (attribute(vanish, "val") or "1") not in _OFF


def _inside(parent: Any, name: str) -> Iterator[Any]:
    """Rows of a table or cells of a row, also those in content controls and insertions."""
    for element in parent:
        if local(element) == name:
            yield element
        elif local(element) in _WRAPPERS:
            yield from _inside(element, name)


def _styles(archive: Archive) -> dict[str, _Style]:
    root = archive.xml("word/styles.xml")
    styles: dict[str, _Style] = {}
    for style in children(root, "style") if root is not None else ():
        outline = value(style, "pPr", "outlineLvl")
        styles[attribute(style, "styleId") or ""] = _Style(
            (value(style, "name") or "").lower(),
            value(style, "basedOn") or "",
            int(outline) if outline and outline.isdecimal() else None,
            value(style, "pPr", "numPr", "numId"),
            value(style, "pPr", "numPr", "ilvl"),
        )
    return styles


def _notes(archive: Archive, reader: _Reader) -> Iterator[Piece]:
    for name in ("word/footnotes.xml", "word/endnotes.xml"):
        root = archive.xml(name)
        for note in root if root is not None else ():
            if attribute(note, "type") in {None, "normal"}:  # the others are separator lines
                yield from reader.pieces(note)


def _margins(archive: Archive, reader: _Reader) -> Iterator[Piece]:
    """Page headers and footers, each text once."""
    seen: set[str] = set()
    for name in archive.names():
        if re.fullmatch(r"word/(?:header|footer)\d*\.xml", name):
            for piece in reader.pieces(archive.xml(name)):
                if piece.text.strip() and piece.text not in seen:
                    seen.add(piece.text)
                    yield piece

"""The walk over an HTML page: lxml calls ``start``, ``data`` and ``end``, pieces come out.

Text gathers in a buffer until a block element starts or ends. A table row is put together when it
ends, from the pieces that its cells left; where a table only lays out the page, they stay pieces.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from index.read.assemble import Piece, row_text
from index.read.rows import are_names, named_cells
from index.read.visibility import Attributes, hidden_selectors, is_aside, is_hidden, is_navigation
from index.types import BlockKind

# fmt: off
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
    "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1",
    "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html", "legend", "li", "main", "menu",
    "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead",
    "tr", "ul",
))
# fmt: on
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LISTS = frozenset(("ul", "ol", "menu", "dir", "dl"))
_ITEMS = frozenset(("li", "dt", "dd"))
_NO_TEXT_OF_THE_PAGE = frozenset(("script", "style", "head", "template", "noscript"))
_LARGEST_ROW = 2000  # characters; a larger row is the layout of a page, not a row of a table
_SPACES = re.compile(r"[^\S\v]+")
_BREAKS = re.compile(r" ?\v ?")


@dataclass(slots=True)
class Found:
    """A piece, and whether it belongs to the navigation of the page."""

    piece: Piece
    is_navigation: bool


@dataclass(slots=True)
class _Element:
    """An element that has started and not yet ended; the flags hold for all inside it."""

    tag: str = ""
    hidden: bool = False
    preformatted: bool = False
    navigation: bool = False
    aside: bool = False
    mark: int = 0
    """How many pieces there were when it started; next, how much text, and in links."""
    seen: int = 0
    linked: int = 0


@dataclass(slots=True)
class _Table:
    group: int
    names: Sequence[str] = ()
    """Of its columns, where a row of headings was seen."""


@dataclass(slots=True)
class _Row:
    cells: list[tuple[int, int]] = field(default_factory=list)
    """Where the pieces of each start and end in ``found``."""
    is_of_headings: bool = True
    """So far it has no cell but headings."""


@dataclass(slots=True)
class _List:
    group: int
    number: int | None
    """Of the next item of an ordered list, else None."""


@dataclass(frozen=True, slots=True)
class _Item:
    """A list item that has started and whose first text is still to come."""

    prefix: str
    level: int
    group: int
    defines: bool = False
    """It says what the item before it is: ``<dd>`` after ``<dt>``."""


@dataclass(slots=True)
class Walker:
    """A target for lxml's parser. Afterwards ``found`` and ``title`` hold the page."""

    found: list[Found] = field(default_factory=list)
    title: str | None = None
    hidden_characters: int = 0
    """Text, not counting spaces, in elements that a style or an attribute hides."""
    _open: list[_Element] = field(default_factory=lambda: [_Element()])
    _buffer: list[str] = field(default_factory=list)
    _style_sheet: list[str] = field(default_factory=list)
    _hidden_selectors: frozenset[str] = frozenset()
    _lists: list[_List] = field(default_factory=list)
    _tables: list[_Table] = field(default_factory=list)
    _rows: list[_Row] = field(default_factory=list)
    _item: _Item | None = None
    _heading: int = 0
    _groups: int = 0
    _links: int = 0
    _seen: int = 0
    _linked: int = 0

    def start(self, tag: str, attributes: Attributes) -> None:
        """Called at each opening tag."""
        if tag in _BLOCKS:
            self._flush()
        outer = self._open[-1]
        element = _Element(
            tag,
            outer.hidden or is_hidden(tag, attributes, self._hidden_selectors),
            outer.preformatted or tag == "pre",
            outer.navigation or is_navigation(tag, attributes),
            outer.aside or is_aside(tag, attributes),
            len(self.found),
            self._seen,
            self._linked,
        )
        self._open.append(element)
        if not element.hidden:
            self._enter(tag, attributes)

    def data(self, text: str) -> None:
        """Called with each stretch of text."""
        element = self._open[-1]
        visible = len(text) - text.count(" ") - text.count("\n")
        if element.tag == "title" and len(self._open) <= 4:  # root, html, head, title
            self.title = (self.title or "") + text
        elif element.tag == "style":
            self._style_sheet.append(text)
        elif not element.hidden:
            self._buffer.append(text if element.preformatted else text.replace("\v", " "))
            self._seen += visible
            self._linked += visible * (self._links > 0)
        elif not any(one.tag in _NO_TEXT_OF_THE_PAGE for one in self._open[-3:]):
            self.hidden_characters += visible

    def end(self, tag: str) -> None:
        """Called at each closing tag, also at those that the page left out."""
        if tag in _BLOCKS:
            self._flush()
        element = self._open.pop()
        if tag == "style":
            self._hidden_selectors |= hidden_selectors("".join(self._style_sheet))
            self._style_sheet.clear()
        if not element.hidden:
            self._leave(tag, element)

    def close(self) -> None:
        """Called at the end of the page."""
        self._flush()

    def _enter(self, tag: str, attributes: Attributes) -> None:
        if tag == "br":
            self._buffer.append("\v")
        elif tag in _LISTS:
            self._lists.append(_List(self._new_group(), _first_number(tag, attributes)))
        elif tag in _ITEMS and self._lists:
            self._item = self._next_item(tag)
        elif tag == "table":
            self._tables.append(_Table(self._new_group()))
        elif tag == "tr":
            self._rows.append(_Row())
        elif tag == "a":
            self._links += 1
        elif tag in _HEADINGS:
            self._heading = _HEADINGS[tag]

    def _leave(self, tag: str, element: _Element) -> None:
        if tag in _LISTS:
            self._lists.pop()
        elif tag in _ITEMS:
            self._item = None
        elif tag == "table":
            self._tables.pop()
        elif tag == "tr":
            self._end_row(element, self._rows.pop())
        elif tag in {"td", "th"} and self._rows:
            self._rows[-1].cells.append((element.mark, len(self.found)))
            self._rows[-1].is_of_headings &= tag == "th"
        elif tag == "a":
            self._links -= 1
        elif tag in _HEADINGS:
            self._heading = 0
        elif tag in {"header", "footer"}:
            self._judge_margin(element)

    def _next_item(self, tag: str) -> _Item:
        innermost = self._lists[-1]
        prefix = ""
        if innermost.number is not None and tag == "li":
            prefix = f"{innermost.number}. "
            innermost.number += 1
        return _Item(prefix, len(self._lists) - 1, innermost.group, defines=tag == "dd")

    def _flush(self) -> None:
        """The text gathered so far becomes one piece, or several where it has empty lines."""
        text = "".join(self._buffer)
        self._buffer.clear()
        if not text or text.isspace():
            return
        if self._open[-1].preformatted:
            self._add(BlockKind.CODE, text.replace("\v", "\n"))
            return
        for part in _BREAKS.sub("\v", _SPACES.sub(" ", text)).split("\v\v"):
            if part.strip():
                self._add_paragraph(part.strip().replace("\v", "\n"))

    def _add_paragraph(self, text: str) -> None:
        if self._heading and not self._open[-1].aside:
            self._add(BlockKind.HEADING, text.replace("\n", " "), self._heading)
        elif self._item:
            item, self._item = self._item, None
            prefix = self._take_term(item) if item.defines else item.prefix
            self._add(BlockKind.LIST_ITEM, prefix + text, item.level, item.group)
        else:
            self._add(BlockKind.PARAGRAPH, text)

    def _take_term(self, definition: _Item) -> str:
        """The term just before its definition, to go into one piece with it: ``FULL: ``."""
        last = self.found[-1].piece if self.found else None
        if last is None or last.kind is not BlockKind.LIST_ITEM or last.group != definition.group:
            return ""
        self.found.pop()
        return last.text + (" " if last.text.endswith((":", ".", "?", "!")) else ": ")

    def _add(self, kind: BlockKind, text: str, level: int = 0, group: int = 0) -> None:
        self.found.append(Found(Piece(kind, text, level, group=group), self._open[-1].navigation))

    def _end_row(self, element: _Element, row: _Row) -> None:
        found = [[one.piece for one in self.found[start:end]] for start, end in row.cells]
        pieces = [piece for cell in found for piece in cell]
        beside = len(self.found) - element.mark - len(pieces)
        if not pieces or not _is_row_of_data(pieces) or beside > 0:
            return
        table = self._tables[-1] if self._tables else _Table(0)
        cells = [" ".join(piece.text for piece in cell) for cell in found]
        if sum(map(bool, found)) == 1:
            text = "\n".join(piece.text for piece in pieces)
        elif row.is_of_headings or len(cells) != len(table.names):
            text = row_text(cells)
        else:
            text = row_text(named_cells(table.names, cells))
        if row.is_of_headings and not table.names and are_names(cells):
            table.names = cells
        del self.found[element.mark :]
        piece = Piece(BlockKind.TABLE_ROW, text, group=table.group)
        self.found.append(Found(piece, element.navigation))

    def _judge_margin(self, element: _Element) -> None:
        """A header or footer that is mostly links is navigation; others may hold real text."""
        if (self._linked - element.linked) * 2 >= self._seen - element.seen:
            for one in self.found[element.mark :]:
                one.is_navigation = True

    def _new_group(self) -> int:
        self._groups += 1
        return self._groups


def _is_row_of_data(pieces: Iterable[Piece]) -> bool:
    """Whether the cells hold plain text only, and no more of it than a row of data does."""
    size = 0
    for piece in pieces:
        size += len(piece.text)
        if piece.kind in {BlockKind.HEADING, BlockKind.TABLE_ROW} or size > _LARGEST_ROW:
            return False
        if piece.kind is BlockKind.CODE and "\n" in piece.text.strip():
            return False
    return True


def _first_number(tag: str, attributes: Attributes) -> int | None:
    start = attributes.get("start", "1")
    return None if tag != "ol" else int(start) if start.isdecimal() and len(start) < 9 else 1

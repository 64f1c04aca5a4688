"""Lines of PDF pages to pieces: which lines are one paragraph, one row, a heading. Pure.

A PDF knows no paragraphs. A line goes on in the next one when that stands where the next line of
the same paragraph would, and its first word would not have fitted in before the right edge.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from index.read.assemble import Piece
from index.read.pdf_lines import Line
from index.read.pdf_margins import without_running_lines
from index.read.pdf_rows import join_cells, row_flags
from index.types import BlockKind

_BULLET = re.compile(r"[•◦▪‣●○■□∙·]\s*")
_NUMBERED = re.compile(r"\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)]\s")
_WORD = re.compile(r"\w+(?:-\w+)*")
_MARKS = frozenset("®™©℠*†‡§")
_LONGEST_HEADING = 150
_PAGES_OF_A_LONG_DOCUMENT = 5
_NARROWEST_COLUMN = 0.3  # of the text's width; lines of an address or a list are no paragraph
_OFF_CENTRE = 0.1  # of the text's width, twice the distance of the middles
_HEADING_GROWTH = 1.15
_TITLE_GROWTH = 1.4
_BOLD_GROWTH = 1.3


@dataclass(frozen=True, slots=True)
class _Style:
    """What is usual in this document, so that the unusual can be told."""

    height: float
    weight: float
    heading_heights: tuple[float, ...]
    """The least height of a heading of level 1, of level 2 and so on."""
    words: frozenset[str]
    """All that occur within a line: how the document spells compounds."""

    def is_bold(self, line: Line) -> bool:
        return line.weight > self.weight * _BOLD_GROWTH > 0

    def heading_level(self, line: Line) -> int:
        """1 to 6, or 0 when the line is set as all others are."""
        if line.height >= self.height * _HEADING_GROWTH:
            return min(sum(line.height < least for least in self.heading_heights) + 1, 6)
        return min(len(self.heading_heights) + 1, 6) if self.is_bold(line) else 0


def layout(pages: Sequence[Sequence[Line]]) -> Iterator[Piece]:
    """The pieces of a document, page by page; none of them goes over a page's end."""
    trimmed = without_running_lines(pages)
    style = _style_of(trimmed)
    for number, lines in enumerate(trimmed, start=1):
        yield from _without_column_heads(list(_page(join_cells(lines), number, style)))


def _style_of(pages: Sequence[Sequence[Line]]) -> _Style:
    lines = [line for lines in pages for line in lines if line.height > 0]
    by_letters = [line for line in lines for _ in range(len(line.text) // 20 + 1)]
    height = median(line.height for line in by_letters) if by_letters else 0.0
    weight = median(line.weight for line in by_letters) if by_letters else 0.0
    words = frozenset(word for line in lines for word in _WORD.findall(line.text))
    return _Style(height, weight, _heading_heights(pages, height * _HEADING_GROWTH), words)


def _heading_heights(pages: Sequence[Sequence[Line]], least: float) -> tuple[float, ...]:
    """The larger the higher; sizes that are used once or twice in a long document do not count."""
    used: Counter[int] = Counter()
    for lines in pages:
        used.update({round(line.height * 2) for line in lines if line.height >= least})
    often = 1 if len(pages) < _PAGES_OF_A_LONG_DOCUMENT else 3
    heights = sorted((height for height in used if used[height] >= often), reverse=True)
    steps = [a for a, b in pairwise([*heights, 0]) if a - b > 1]  # half a point is rounding
    title = [steps[0] / 2 + 0.5] if steps and often > 1 and max(used) > heights[0] + 1 else []
    return (*title, *(height / 2 - 0.25 for height in steps))


@dataclass(frozen=True, slots=True)
class _Placed:
    """A piece, and where on the page it starts."""

    piece: Piece
    left: float
    is_title: bool
    """Set in larger letters than the text, and not only in bolder ones; or in the middle."""


def _without_column_heads(placed: list[_Placed]) -> Iterator[Piece]:
    """The pieces of a page. Bold words above the columns of a table, neither at its left edge nor
    in the middle of the page, are a row of it: as headings they would head all that follows.
    """
    pieces = []
    table_left = float("inf")  # of the table just below; none yet
    for item in reversed(placed):
        piece = item.piece
        if piece.kind is BlockKind.TABLE_ROW:
            table_left = min(item.left, table_left)
        elif piece.kind is not BlockKind.HEADING or item.is_title or item.left <= table_left + 1:
            table_left = float("inf")
        else:
            piece = Piece(BlockKind.TABLE_ROW, piece.text, page=piece.page, group=piece.page or 0)
        pieces.append(piece)
    yield from reversed(pieces)


def _page(lines: list[Line], number: int, style: _Style) -> Iterator[_Placed]:
    rows = row_flags(lines, lambda line: style.heading_level(line) > 0)
    start = 0
    while start < len(lines):
        if rows[start]:
            row = Piece(BlockKind.TABLE_ROW, lines[start].text, page=number, group=number)
            yield _Placed(row, lines[start].left, is_title=False)
            start += 1
            continue
        end = start + 1
        while end < len(lines) and not rows[end] and _same_column(lines[end - 1], lines[end]):
            end += 1
        column = lines[start:end]
        is_narrow = _width(column) < _NARROWEST_COLUMN * _width(lines)
        for paragraph in [[line] for line in column] if is_narrow else _paragraphs(column, style):
            if not _is_stray_mark(paragraph):
                first = paragraph[0]
                is_larger = first.height >= style.height * _HEADING_GROWTH
                is_title = is_larger or _is_centred(first, lines)
                yield _Placed(_piece(paragraph, number, style), first.left, is_title)
        start = end


def _is_centred(line: Line, lines: Sequence[Line]) -> bool:
    left, right = min(line.left for line in lines), max(line.right for line in lines)
    return abs(line.left + line.right - left - right) < _OFF_CENTRE * (right - left)


def _width(lines: Sequence[Line]) -> float:
    return max(line.right for line in lines) - min(line.left for line in lines)


def _same_column(above: Line, below: Line) -> bool:
    """Whether one stands under the other, in letters of about the same size."""
    height = max(above.height, below.height)
    return (
        abs(above.height - below.height) <= 0.12 * height
        and 0 < above.baseline - below.baseline < 1.9 * height
        and below.left < above.right
        and above.left < below.right
    )


def _paragraphs(column: list[Line], style: _Style) -> Iterator[list[Line]]:
    """Cuts lines that stand under each other into paragraphs."""
    right = max(line.right for line in column)
    steps = [a.baseline - b.baseline for a, b in pairwise(column)]
    step = median(steps) if steps else 0.0
    paragraph = [column[0]]
    for line in column[1:]:
        last = paragraph[-1]
        if last.ends_in_hyphen or _goes_on(paragraph, line, right, step, style):
            paragraph.append(line)
        else:
            yield paragraph
            paragraph = [line]
    yield paragraph


def _goes_on(paragraph: list[Line], line: Line, right: float, step: float, style: _Style) -> bool:
    """Whether ``line`` is the next line of ``paragraph``; ``right`` is the edge of the column."""
    last = paragraph[-1]
    if style.is_bold(last) != style.is_bold(line) or _BULLET.match(line.text):
        return False
    if last.baseline - line.baseline > 1.15 * step + 0.5:
        return False
    indent = (line.left - last.left) / max(last.height, 1.0)
    hangs = len(paragraph) == 1 and bool(_BULLET.match(last.text) or _NUMBERED.match(last.text))
    if indent > (5.0 if hangs else 0.8) or (indent < -0.8 and len(paragraph) > 1):
        return False
    first_word = len(line.text.split(maxsplit=1)[0]) + 1
    return last.right + line.width * first_word / len(line.text) >= right


def _piece(paragraph: list[Line], page: int, style: _Style) -> Piece:
    text = _join(paragraph, style)
    level = style.heading_level(paragraph[0])
    is_title = len(paragraph) <= 3 and len(text) <= _LONGEST_HEADING
    if paragraph[0].height < style.height * _TITLE_GROWTH and text[-1] in ".;,":
        is_title = False
    if level and is_title and any(character.isalpha() for character in text):
        return Piece(BlockKind.HEADING, text, level, page)
    bullet = _BULLET.match(text)
    if bullet and bullet.end() < len(text):
        return Piece(BlockKind.LIST_ITEM, text[bullet.end() :], page=page, group=page)
    return Piece(BlockKind.PARAGRAPH, text, page=page)


def _is_stray_mark(paragraph: list[Line]) -> bool:
    """A raised sign that was drawn apart from its word: the word is there without it."""
    return len(paragraph) == 1 and paragraph[0].text in _MARKS


def _join(paragraph: list[Line], style: _Style) -> str:
    text = paragraph[0].text
    for above, below in pairwise(paragraph):
        if above.ends_in_hyphen:
            text += _seam(text, below.text, style) + below.text
        elif text.endswith("-") and below.text[:1].islower():
            text += below.text
        else:
            text += " " + below.text
    return text


def _seam(before: str, after: str, style: _Style) -> str:
    """The hyphen when it belongs to the word: "long-term", as the document writes elsewhere."""
    left, right = _WORD.findall(before)[-1:], _WORD.findall(after)[:1]
    if not left or not right:
        return "-"
    compound, whole = f"{left[0]}-{right[0]}" in style.words, f"{left[0]}{right[0]}" in style.words
    if compound != whole:
        return "-" if compound else ""
    return "" if right[0][0].islower() else "-"

"""Which lines of a PDF page are rows of a table, and which lines are cells of one row. Pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from index.read.pdf_lines import Line

_NUMERIC = re.compile(
    r"[-–—−+(]*[$€£¥]?\s*[-–—(]?[\d.,:/%]*\d[\d.,:/%]*\s*[)%xX]?|[-–—]|n/?a", re.I
)
_MARKER = re.compile(r"(?:[•◦▪‣●○■□∙·*–-]|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)])")
_LEADER = re.compile(r"\s*(?:[.·_…]\s?){5,}\s*")
_MOST_LINES_OF_A_CELL = 4
_WIDEST_CELL = 0.3  # of the width of all text on the page
_MOST_LINES_BETWEEN_ROWS = 2


def join_cells(lines: Sequence[Line]) -> list[Line]:
    """The lines of a page, cells of one row that were drawn one after the other put together."""
    if not lines:
        return []
    width = max(line.right for line in lines) - min(line.left for line in lines)
    joined: list[Line] = []
    for line in map(_without_leader, lines):
        start = _start_of_row(joined, line, width * _WIDEST_CELL)
        joined[start:] = [_as_row([*joined[start:], line])]
    return joined


def _without_leader(line: Line) -> Line:
    """ "Quoting . . . . . . 6" of a table of contents as two cells."""
    leader = _LEADER.search(line.text)
    if leader is None or leader.start() == 0 or leader.end() == len(line.text):
        return line
    text = f"{line.text[: leader.start()]} … {line.text[leader.end() :]}"
    return replace(line, text=text, gaps=(leader.start() + 2,))


def _start_of_row(before: list[Line], line: Line, widest: float) -> int:
    """Where in ``before`` the row that ``line`` belongs to starts; its length when in none."""
    if not before or line.height <= 0:
        return len(before)
    last = before[-1]
    if last.gaps and _is_within(line, last) and line.width <= widest:
        return len(before) - 1
    if line.left >= last.right and abs(line.baseline - last.baseline) < 0.4 * line.height:
        return len(before) - 1
    for start in range(len(before) - 1, max(len(before) - 1 - _MOST_LINES_OF_A_CELL, -1), -1):
        cell = before[start:]
        if any(one.right > line.left or one.width > widest for one in cell):
            return len(before)
        if abs(cell[0].baseline - line.baseline) < 0.5 * line.height and line.width <= widest:
            return start
    return len(before)


def _is_within(line: Line, row: Line) -> bool:
    """Whether a line is a further line of the last cell of a row that takes several lines."""
    above_last = row.baseline - row.depth - 0.3 * line.height
    return above_last <= line.baseline <= row.baseline + 0.3 * line.height


def _as_row(cells: list[Line]) -> Line:
    if len(cells) == 1:
        return cells[0]
    letters = cells[1] if _MARKER.fullmatch(cells[0].text) else cells[0]
    text = cells[0].text
    gaps = list(cells[0].gaps)
    for above, cell in pairwise(cells):
        if cell.left >= above.right:
            gaps.append(len(text))
        gaps += [len(text) + 1 + gap for gap in cell.gaps]
        text += " " + cell.text
    return replace(
        cells[0],
        text=text,
        right=max(cell.right for cell in cells),
        height=letters.height,
        weight=letters.weight,
        depth=cells[0].baseline - min(cell.baseline - cell.depth for cell in cells),
        ends_in_hyphen=cells[-1].ends_in_hyphen,
        gaps=tuple(gaps),
    )


def row_flags(lines: Sequence[Line], is_heading: Callable[[Line], bool]) -> list[bool]:
    """For each line of a page whether it is a row of a table."""
    counts = [_cells(line) for line in lines]
    flags = [_is_row(lines, counts, index) for index in range(len(lines))]
    rows = [index for index, flag in enumerate(flags) if flag]
    for first, second in pairwise(rows):
        between = range(first + 1, second)
        # "Operating expenses:" between two rows is one itself.
        if len(between) <= _MOST_LINES_BETWEEN_ROWS and not any(
            is_heading(lines[index]) or _is_wide(lines[index], lines[first]) for index in between
        ):
            for index in between:
                flags[index] = True
    return flags


def _is_wide(line: Line, row: Line) -> bool:
    return line.width > 0.6 * row.width


def _is_row(lines: Sequence[Line], counts: list[int], index: int) -> bool:
    if counts[index] != 2:
        return counts[index] > 2
    if _NUMERIC.fullmatch(lines[index].cells()[-1]):
        return True
    return max(counts[max(index - 1, 0) : index + 2 : 2], default=0) > 1 or any(
        0 <= near < len(counts) and counts[near] > 1 for near in (index - 1, index + 1)
    )


def _cells(line: Line) -> int:
    """How many cells a line has; a number or bullet in front of its text is not one."""
    cells = line.cells()
    return len(cells) - (len(cells) > 1 and bool(_MARKER.fullmatch(cells[0])))

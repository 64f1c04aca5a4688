"""Running heads and feet of PDF pages: kept where they first occur, left out after that. Pure."""

import re
from collections import defaultdict
from collections.abc import Sequence

from index.read.pdf_lines import Line

_NUMBER = re.compile(r"\d+")
_FEWEST_PAGES = 4
_FEWEST_LINES = 8
"""A page with fewer lines keeps them all: a line at its edge may well be what it says."""
_EDGE_LINES = 2


def without_running_lines(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages without lines at their edges that repeat on others, but for the page number."""
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for page, lines in enumerate(pages):
        for index in _edges(lines):
            places[_NUMBER.sub("#", lines[index].text)].append((page, index))
    drop = {
        place
        for found in places.values()
        if len(found) >= _FEWEST_PAGES and _is_running(pages, found)
        for place in found[1:]
    }
    return [
        [line for index, line in enumerate(lines) if (page, index) not in drop]
        for page, lines in enumerate(pages)
    ]


def _edges(lines: Sequence[Line]) -> list[int]:
    """The two highest and the two lowest lines of a page."""
    if len(lines) < _FEWEST_LINES:
        return []
    by_height = sorted(range(len(lines)), key=lambda index: lines[index].baseline)
    return sorted({*by_height[:_EDGE_LINES], *by_height[-_EDGE_LINES:]})


def _is_running(pages: Sequence[Sequence[Line]], found: list[tuple[int, int]]) -> bool:
    """Whether lines that differ in numbers only differ in no more than the page number."""
    numbers = [_NUMBER.findall(pages[page][index].text) for page, index in found]
    for column in zip(*numbers, strict=True):
        offsets = {int(value[:9]) - page for value, (page, _) in zip(column, found, strict=True)}
        if len(set(column)) > 1 and len(offsets) > 1:
            return False
    return True

"""Rows of values to pieces that can be read by themselves.

A heading row may be hundreds of rows away from the one that answers a question, so each value is
written with the heading of its column: ``Name: Ada | Born: 1815``.
"""

from collections.abc import Iterator, Sequence

from index.read.assemble import Piece, row_text
from index.types import BlockKind

_LONGEST_HEADING = 60


def table_pieces(rows: Sequence[Sequence[str]], group: int) -> Iterator[Piece]:
    """A piece for each row that is not empty, the heading row included: the first one, where it
    looks like that.
    """
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    names = _headings(filled)
    for number, row in enumerate(filled):
        cells = row if number == 0 or not names else named_cells(names, row)
        yield Piece(BlockKind.TABLE_ROW, row_text(cells), group=group)


def are_names(cells: Sequence[str]) -> bool:
    """Whether those of a heading row can name columns: two or more, short, all different.

    >>> are_names(["", "2019", "2020"]), are_names(["Results"]), are_names(["a", "a"])
    (True, False, False)
    """
    short = all(len(cell) <= _LONGEST_HEADING for cell in cells)
    return len(cells) > 1 and short and len(set(cells)) == len(cells)


def named_cells(names: Sequence[str], row: Sequence[str]) -> list[str]:
    """The cells of ``row`` that are not empty, each with the name of its column.

    >>> named_cells(["Name", "Born"], ["Ada", "1815"])
    ['Name: Ada', 'Born: 1815']
    """
    padded = [*names, *[""] * (len(row) - len(names))]
    pairs = zip(padded, row, strict=False)
    return [f"{name}: {cell}" if name else cell for name, cell in pairs if cell.strip()]


def _headings(rows: Sequence[Sequence[str]]) -> list[str]:
    """The headings of the columns when the first row looks like them, else nothing."""
    if len(rows) < 2:
        return []
    names = [" ".join(cell.split()) for cell in rows[0]]
    have_letters = all(any(c.isalpha() for c in name) for name in names)
    return names if have_letters and are_names(names) else []

"""Rows of values to pieces, for the formats that are nothing but tables.

A heading row may be hundreds of rows away from the one that answers a question, so each value is
written with the heading of its column: ``Name: Ada | Born: 1815``.
"""

from collections.abc import Iterator, Sequence

from index.read.assemble import Piece, row_text
from index.types import BlockKind

_LONGEST_HEADING = 60


def table_pieces(rows: Sequence[Sequence[str]], group: int) -> Iterator[Piece]:
    """A piece for each row that is not empty, the heading row included."""
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    names = _headings(filled)
    for number, row in enumerate(filled):
        cells = row if number == 0 or not names else _named(names, row)
        yield Piece(BlockKind.TABLE_ROW, row_text(cells), group=group)


def _headings(rows: Sequence[Sequence[str]]) -> list[str]:
    """The headings of the columns when the first row looks like them, else nothing."""
    if len(rows) < 2 or len(rows[0]) < 2:
        return []
    names = [" ".join(cell.split()) for cell in rows[0]]
    are_names = all(
        name and len(name) <= _LONGEST_HEADING and any(c.isalpha() for c in name) for name in names
    )
    return names if are_names and len(set(names)) == len(names) else []


def _named(names: Sequence[str], row: Sequence[str]) -> list[str]:
    padded = [*names, *[""] * (len(row) - len(names))]
    pairs = zip(padded, row, strict=False)
    return [f"{name}: {cell}" if name else cell for name, cell in pairs if cell.strip()]

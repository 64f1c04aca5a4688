"""Workbooks: each visible sheet is a table under a heading that names it."""

import datetime
import io
from collections.abc import Iterator
from typing import Any

from index.read.archive import Archive
from index.read.assemble import Piece, assemble
from index.read.errors import UnreadableError
from index.read.ooxml import core_title
from index.read.rows import table_pieces
from index.types import BlockKind, Extracted


def read(data: bytes) -> Extracted:
    """The values of all visible sheets as stored: 25 % is 0.25, formulas are their last result."""
    import python_calamine

    with Archive(data, "XLSX") as archive:
        title = core_title(archive)
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except python_calamine.CalamineError as error:
        raise UnreadableError("not a valid XLSX file") from error
    visible = python_calamine.SheetVisibleEnum.Visible
    shown = [sheet.name for sheet in workbook.sheets_metadata if sheet.visible == visible]
    hidden = len(workbook.sheets_metadata) - len(shown)
    notices = (f"hidden sheets left out: {hidden}",) * bool(hidden)
    try:
        return assemble(_sheets(workbook, shown), title=title, notices=notices)
    except python_calamine.CalamineError as error:
        raise UnreadableError("damaged: a sheet cannot be read") from error


def _sheets(workbook: Any, names: list[str]) -> Iterator[Piece]:
    for group, name in enumerate(names, start=1):
        rows = [
            [_text(cell) for cell in row]
            for row in workbook.get_sheet_by_name(name).iter_rows()
            if any(cell != "" for cell in row)
        ]
        if rows:
            yield Piece(BlockKind.HEADING, name, 1)
            yield from table_pieces(rows, group)


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime.datetime):
        midnight = cell.time() == datetime.time(0)
        return cell.date().isoformat() if midnight else cell.isoformat(" ")
    return str(cell)

"""Comma-separated values: one table. Also semicolons, tabs and bars between the values."""

import csv
import io

from index.read.assemble import assemble
from index.read.decode import decode
from index.read.errors import UnreadableError
from index.read.rows import table_pieces
from index.types import Extracted

_DELIMITERS = ",;\t|"
_LONGEST_FIELD = 20_000_000


def read(data: bytes) -> Extracted:
    """A row of text for each record, each value named by its column's heading."""
    text, notices = decode(data)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    csv.field_size_limit(_LONGEST_FIELD)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=_delimiter(text[:65536])))
    except csv.Error as error:
        raise UnreadableError("damaged: its quotation marks or fields do not end") from error
    return assemble(table_pieces(rows, group=1), notices=notices)


def _delimiter(sample: str) -> str:
    """The delimiter that cuts the first lines into the same number of fields, most of them."""
    lines = [line for line in sample.splitlines()[:20] if line.strip()][:10]
    return max(_DELIMITERS, key=lambda delimiter: _evenness(lines, delimiter))


def _evenness(lines: list[str], delimiter: str) -> tuple[int, int]:
    counts = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
    most = max(set(counts), key=counts.count, default=1)
    return (counts.count(most) if most > 1 else 0, most)

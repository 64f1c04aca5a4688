"""JSON Lines: a paragraph for each record, with a line for each of its fields."""

import json
from collections.abc import Iterator

from index.read.assemble import Piece, assemble
from index.read.decode import decode
from index.read.errors import UnreadableError
from index.types import BlockKind, Extracted


def read(data: bytes) -> Extracted:
    """The text of all records. Lines that are not JSON are counted in a notice."""
    text, notices = decode(data)
    pieces: list[Piece] = []
    bad = 0
    for line in text.split("\n"):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            pieces.append(Piece(BlockKind.PARAGRAPH, "\n".join(_lines(record, ""))))
        except (ValueError, RecursionError):
            bad += 1
    if bad > len(pieces):
        raise UnreadableError(f"not JSON Lines: {bad} of {bad + len(pieces)} lines are not JSON")
    lost = (f"lines that are not JSON were left out: {bad}",) if bad else ()
    return assemble(pieces, notices=(*notices, *lost))


def _lines(value: object, name: str) -> Iterator[str]:
    """``name: value`` for each field with a value; fields of fields as ``outer.inner``."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _lines(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list) and any(isinstance(item, (dict, list)) for item in value):
        for item in value:
            yield from _lines(item, name)
    elif text := _scalar(value).strip():
        yield f"{name}: {text}" if name else text


def _scalar(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(_scalar, value))
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value)

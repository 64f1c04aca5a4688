"""Pieces of a document to its text and blocks: the one place where offsets are worked out.

Readers yield Pieces in document order. Pieces are joined by a blank line, but those of one list
or one table by a single newline.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.read.clean import Cleaner
from index.read.errors import UnreadableError
from index.types import Block, BlockKind, Extracted

MAX_CHARACTERS = 20_000_000
"""A document with more text than this is refused: some 10,000 pages."""
MAX_BLOCKS = 1_000_000
"""A document with more paragraphs, list items and rows than this is refused."""
MAX_TITLE_CHARACTERS = 200
"""Longer titles are cut: they are shown in lists."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What will become one Block."""

    kind: BlockKind
    text: str
    level: int = 0
    page: int | None = None
    group: int = 0
    """Neighbours of one kind with the same group, but 0, are rows or items of one thing."""


def assemble(
    pieces: Iterable[Piece],
    *,
    title: str | None = None,
    pages: int | None = None,
    notices: Sequence[str] = (),
    cleaner: Cleaner | None = None,
) -> Extracted:
    """The document of these pieces; empty ones are left out.

    ``cleaner`` is the one that cleaned some of them already, for what it removed to be told too.

    Raises ``UnreadableError`` when there is no text at all, or more than the caps above.
    """
    cleaner = cleaner or Cleaner()
    parts: list[str] = []
    blocks: list[Block] = []
    length = 0
    before: Piece | None = None
    for piece in pieces:
        text = cleaner.clean(piece.text)
        text = text.strip("\n").rstrip() if piece.kind is BlockKind.CODE else text.strip()
        if not text.strip():
            continue
        gap = _gap(before, piece)
        parts += (gap, text)
        start, length = length + len(gap), length + len(gap) + len(text)
        blocks.append(Block(piece.kind, start, length, piece.level, piece.page))
        check_size(length, len(blocks))
        before = piece
    if not blocks:
        raise UnreadableError("holds no text")
    title = clean_title(title, cleaner)
    return Extracted("".join(parts), tuple(blocks), title, pages, (*notices, *cleaner.notices()))


def row_text(cells: Iterable[str]) -> str:
    """One table row in the form that every format shares: cells joined by `` | ``."""
    texts = [" ".join(cell.split()) for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return " | ".join(texts) if any(texts) else ""


def clean_title(title: str | None, cleaner: Cleaner) -> str | None:
    """``title`` on one line, or None when there is nothing in it."""
    line = " ".join(cleaner.clean(title or "").split())
    return line[:MAX_TITLE_CHARACTERS] or None


def check_size(characters: int, blocks: int) -> None:
    """Raises ``UnreadableError`` when a document is larger than the caps."""
    if characters > MAX_CHARACTERS:
        raise UnreadableError(f"holds more than {MAX_CHARACTERS:,} characters of text")
    if blocks > MAX_BLOCKS:
        raise UnreadableError(f"holds more than {MAX_BLOCKS:,} paragraphs or rows")


def _gap(before: Piece | None, piece: Piece) -> str:
    if before is None:
        return ""
    together = piece.group != 0 and (piece.group, piece.kind) == (before.group, before.kind)
    return "\n" if together else "\n\n"

"""Plain text keeps its own text; its blocks are its paragraphs."""

import re

from index.read.assemble import check_size
from index.read.clean import Cleaner
from index.read.decode import decode
from index.read.errors import UnreadableError
from index.types import Block, BlockKind, Extracted

_BLANK_LINES = re.compile(r"\n\s*\n")


def read(data: bytes) -> Extracted:
    """The whole text, and a paragraph for each stretch between blank lines."""
    text, notices = decode(data)
    cleaner = Cleaner()
    text = cleaner.clean(text)
    check_size(len(text), 0)
    blocks = paragraphs(text)
    if not blocks:
        raise UnreadableError("holds no text")
    check_size(len(text), len(blocks))
    return Extracted(text, blocks, notices=(*notices, *cleaner.notices()))


def paragraphs(text: str) -> tuple[Block, ...]:
    """One block for each paragraph of ``text``, without the white space around it."""
    ends = [*(match.span() for match in _BLANK_LINES.finditer(text)), (len(text), len(text))]
    blocks = []
    start = 0
    for end, next_start in ends:
        paragraph = text[start:end]
        if visible := paragraph.strip():
            first = start + len(paragraph) - len(paragraph.lstrip())
            blocks.append(Block(BlockKind.PARAGRAPH, first, first + len(visible)))
        start = next_start
    return tuple(blocks)

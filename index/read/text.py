"""Plain text keeps its own text; its blocks are its paragraphs."""

import re
from collections.abc import Sequence

from index.read.assemble import check_size
from index.read.clean import Cleaner
from index.read.decode import decode
from index.read.errors import UnreadableError
from index.read.titles import stated_title
from index.types import Block, BlockKind, Extracted

LONGEST_TITLE = 100
"""Characters of a first line that may be a title; a longer one is text."""
_BLANK_LINES = re.compile(r"\n\s*\n")
_ENDS_A_SENTENCE = re.compile(r"[.!?:;,…。！？؟।][\"'”’»)\]」』]*$")


def read(data: bytes) -> Extracted:
    """The whole text, and a paragraph for each stretch between blank lines.

    A first line that stands by itself and is no sentence is the title, and a paragraph all the
    same: it may be “The flat costs 900 euros”.
    """
    text, notices = decode(data)
    cleaner = Cleaner()
    text = cleaner.clean(text)
    check_size(len(text), 0)
    blocks = paragraphs(text)
    if not blocks:
        raise UnreadableError("holds no text")
    check_size(len(text), len(blocks))
    title = title_line(text, blocks)
    return Extracted(text, blocks, title, notices=(*notices, *cleaner.notices()))


def title_line(text: str, blocks: Sequence[Block]) -> str | None:
    """The first of the paragraphs ``blocks`` of ``text``, if it is a title: one line, no sentence,
    and more below it.
    """
    line = text[blocks[0].start : blocks[0].end]
    is_text = len(blocks) == 1 or "\n" in line or len(line) > LONGEST_TITLE
    return None if is_text or _ENDS_A_SENTENCE.search(line) else stated_title(line)


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

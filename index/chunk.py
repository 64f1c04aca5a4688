"""Documents to passages: where to cut, with exact offsets. Pure but for the two libraries.

A document is cut at its headings into sections, each section by LlamaIndex's SentenceSplitter into
passages of whole sentences, without overlap: neighbours are at hand when an answer is composed.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from index.types import Block, BlockKind, Extracted
from index.vectors import Span

HEADING_SEPARATOR = " › "
CUTTING_VERSION = 3
"""Raise it when the same document is cut into other passages than before: all are cut again."""
_CLOSED_AFTER_STOP = re.compile(r"(?<=[.!?…])[)\]](?=\s)")
"""The bracket after a sentence in brackets: sentencex does not look past it."""


@dataclass(frozen=True, slots=True)
class SentenceSpan:
    """A sentence, heading, list item or table row: the smallest thing that is cited."""

    start: int
    """Into the document's text."""
    end: int
    page: int | None = None
    kind: BlockKind = BlockKind.PARAGRAPH


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage before it is stored."""

    start: int
    end: int
    heading: str
    """The headings above it, outermost first."""
    sentences: tuple[SentenceSpan, ...]

    @property
    def page(self) -> int | None:
        """The page on which it starts."""
        return self.sentences[0].page if self.sentences else None


def chunk(
    extracted: Extracted,
    *,
    chunk_tokens: int,
    count_tokens: Callable[[str], int],
    language: str = "en",
) -> list[Chunk]:
    """The passages of a document, in order; they cover all of it but white space.

    Args:
        extracted: text and blocks of the document; no text gives an empty list.
        chunk_tokens: the most tokens in a passage. Only a single word can be larger.
        count_tokens: of the embedding model.
        language: ISO 639-1 code, which says how sentences end.
    """
    text = extracted.text
    sentences = [s for block in extracted.blocks for s in _sentences(text, block, language)]
    starts = [sentence.start for sentence in sentences]
    cuts = sorted({*starts, *_line_starts(extracted)})
    chunks = []
    for section, heading in _sections(extracted):
        inside = text[slice(*section)]
        split = _splitter(chunk_tokens, count_tokens, _Pieces(inside, section[0], cuts))
        for start, end in _locate(text, section, split(inside)):
            first = max(bisect_right(starts, start) - 1, 0)
            last = bisect_right(starts, end - 1)
            own = tuple(_clip(s, start, end) for s in sentences[first:last] if s.end > start)
            chunks.append(Chunk(start, end, heading, own))
    return chunks


def split_sentences(text: str, language: str = "en") -> list[Span]:
    """Spans of the sentences in ``text``, without the white space around them, in order."""
    import sentencex

    spans = []
    opened = _CLOSED_AFTER_STOP.sub(" ", text)
    for boundary in sentencex.get_sentence_boundaries(language, opened):
        span = _strip(text, boundary["start_index"], boundary["end_index"])
        if span[0] < span[1]:
            spans.append(span)
    return spans


def _sentences(text: str, block: Block, language: str) -> Iterator[SentenceSpan]:
    whole = block.kind in (BlockKind.HEADING, BlockKind.TABLE_ROW, BlockKind.CODE)
    inner = text[block.start : block.end]
    for start, end in [(0, len(inner))] if whole else split_sentences(inner, language):
        yield SentenceSpan(block.start + start, block.start + end, block.page, block.kind)


def _clip(sentence: SentenceSpan, start: int, end: int) -> SentenceSpan:
    return SentenceSpan(
        max(sentence.start, start), min(sentence.end, end), sentence.page, sentence.kind
    )


def _sections(extracted: Extracted) -> Iterator[tuple[Span, str]]:
    """The stretches between headings, each with the headings above it."""
    above: list[Block] = []
    start = 0
    opened = False
    for block in extracted.blocks:
        if block.kind is not BlockKind.HEADING:
            opened = True
            continue
        if opened:  # headings that follow each other at once open one section
            yield (start, block.start), _heading_path(extracted.text, above)
            start, opened = block.start, False
        above = [b for b in above if b.level < block.level] + [block]
    if extracted.blocks:
        yield (start, len(extracted.text)), _heading_path(extracted.text, above)


def _heading_path(text: str, above: list[Block]) -> str:
    return HEADING_SEPARATOR.join(" ".join(text[b.start : b.end].split()) for b in above)


def innermost(heading: str) -> str:
    """The last of the headings above a passage, the one right above it.

    >>> innermost("Tents › Harrier 4")
    'Harrier 4'
    """
    return heading.rpartition(HEADING_SEPARATOR)[2]


def outer(heading: str) -> str:
    """The headings above the innermost one; empty for none."""
    return heading.rpartition(HEADING_SEPARATOR)[0]


def _line_starts(extracted: Extracted) -> Iterator[int]:
    """Where the lines of code start: code may be cut there, and has no sentences."""
    for block in extracted.blocks:
        if block.kind is BlockKind.CODE:
            line = extracted.text.find("\n", block.start, block.end)
            while line >= 0:
                yield line + 1
                line = extracted.text.find("\n", line + 1, block.end)


def _splitter(
    chunk_tokens: int, count_tokens: Callable[[str], int], pieces: Callable[[str], list[str]]
) -> Callable[[str], list[str]]:
    from llama_index.core.node_parser import SentenceSplitter

    splitter = SentenceSplitter(
        chunk_size=chunk_tokens,
        chunk_overlap=0,
        paragraph_separator="\n\n",
        # Only the length is used. A visible part that the model has no token for still counts
        # as one: the splitter would begin the next chunk with a part of length 0 once more.
        tokenizer=lambda text: range(count_tokens(text) or bool(text.strip())),
        chunking_tokenizer_fn=pieces,
    )
    return splitter.split_text


class _Pieces:
    """Gives the splitter the parts of a section that are too large in pieces that join to them
    again: sentences, and whole rows of tables, which no rule for sentences would find.
    """

    def __init__(self, section: str, start: int, cuts: list[int]) -> None:
        self._section, self._start, self._cuts = section, start, cuts
        self._position = 0

    def __call__(self, part: str) -> list[str]:
        # A part comes after those before it, and after the larger one that it is a piece of.
        self._position = self._section.index(part, self._position)
        offset = self._start + self._position
        inside = slice(
            bisect_right(self._cuts, offset), bisect_left(self._cuts, offset + len(part))
        )
        starts = [0, *(cut - offset for cut in self._cuts[inside])]
        return [part[a:b] for a, b in zip(starts, [*starts[1:], len(part)], strict=True)]


def _locate(text: str, section: Span, pieces: list[str]) -> Iterator[Span]:
    """Where each piece stands. They follow one another without overlap, so this is exact even
    when the text repeats itself; LlamaIndex's own offsets are those of the first match.
    """
    position = section[0]
    for piece in pieces:
        start = text.index(piece, position, section[1])
        if text[position:start].strip():
            raise AssertionError("the splitter dropped text between two passages")
        position = start + len(piece)
        span = _strip(text, start, position)
        if span[0] < span[1]:
            yield span


def _strip(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())

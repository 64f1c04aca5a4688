"""Pages of PDF documents as they look, with the places of what is cited from them.

The pages are drawn from the file in the folder, in the sandbox, and only while that file is the
one that was indexed.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path

from index.errors import NoPageError
from index.read import Sandbox, UnreadableError
from index.types import Document, PageView, Picture

TIMEOUT_SECONDS = 10
KEPT_PICTURES = 32
"""In memory, of the pages seen last: some 10 MB."""
SUFFIX = ".pdf"

Span = tuple[int, int]


class Pages:
    """Draws pages. Safe to use from threads; starts its processes at the first page."""

    def __init__(self, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._sandbox = Sandbox(timeout_seconds, cpu_seconds=TIMEOUT_SECONDS)
        self._picture: Callable[[Path, str, int], Picture]
        self._picture = lru_cache(KEPT_PICTURES)(self._sandbox.picture)

    def view(
        self, document: Document, file_sha256: str, number: int, spans: Sequence[Span] = ()
    ) -> PageView:
        """Page ``number`` (from 1) with the places of ``spans`` of the document's text.

        Raises:
            NoPageError: it has no such page, or its file cannot be drawn, or is another one now.
            TroubleError: no process can be started to draw it.
        """
        if not has_pages(document):
            raise NoPageError(f"{document.id!r} is no PDF file: it has no pages to show")
        path = Path(document.path)
        text, pieces = on_page(document, number, spans)
        flat = [piece for of_span in pieces for piece in of_span]
        try:
            picture = self._picture(path, file_sha256, number)
            found = self._sandbox.places(path, file_sha256, number, text, flat) if flat else ()
        except UnreadableError as error:
            raise NoPageError(f"page {number} cannot be shown: {error}") from error
        boxes = iter(found)
        places = (chain.from_iterable(next(boxes) for _ in of_span) for of_span in pieces)
        return PageView(number, picture, tuple(map(tuple, places)))

    def close(self) -> None:
        """Ends the processes that draw. The pages can be used again."""
        self._sandbox.close()


def has_pages(document: Document) -> bool:
    """Whether the document is of a kind whose pages can be shown."""
    return document.path.lower().endswith(SUFFIX)


def on_page(document: Document, number: int, spans: Sequence[Span]) -> tuple[str, list[list[Span]]]:
    """The text of a page, and for each span of the document its pieces in there, by block.

    Block by block, so that what was drawn between two of them does not keep both from being found.
    """
    text = ""
    pieces: list[list[Span]] = [[] for _ in spans]
    for block in document.blocks:
        if block.page != number:
            continue
        shift = len(text) - block.start
        text += document.text[block.start : block.end] + "\n"
        for of_span, (start, end) in zip(pieces, spans, strict=True):
            low, high = max(start, block.start), min(end, block.end)
            if low < high:
                of_span.append((low + shift, high + shift))
    return text, pieces

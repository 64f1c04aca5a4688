"""One page of a PDF as a picture, and where on it stretches of its text stand.

The text of a document is not that of its pages: lines were joined, hyphens and running heads
dropped. Letters and digits are what both have, so places are found by those alone.
"""

import hashlib
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from math import sqrt
from pathlib import Path
from typing import Any, TypeVar

from index.read.errors import UnreadableError
from index.read.pdf import opened
from index.read.pdf_lines import units
from index.read.source import read_bytes
from index.types import Box, Picture

PICTURE_WIDTH = 1240
"""Pixels: an A4 page at 150 dots an inch, sharp on a screen of two pixels to a point."""
MOST_PIXELS = 5_000_000
LONGEST_SIDE = 6000
_JPEG_QUALITY = 82
_UNIT = 100_000
"""Places are asked for in whole steps of so many to a page."""

_Result = TypeVar("_Result")


def read_picture(path: Path, sha256: str, number: int) -> Picture:
    """How page ``number`` (from 1) looks.

    Raises ``UnreadableError`` when it cannot be drawn, or the file is not the one of that hash.
    """
    return _with_page(path, sha256, number, _picture)


def read_places(
    path: Path, sha256: str, number: int, text: str, spans: Sequence[tuple[int, int]]
) -> list[list[Box]]:
    """The boxes of each span of ``text``, the document's text of that page; errors as above."""
    return _with_page(path, sha256, number, lambda page: _places(page, text, spans))


def _with_page(path: Path, sha256: str, number: int, use: Callable[[Any], _Result]) -> _Result:
    data = read_bytes(path)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise UnreadableError("the file has changed since it was indexed")
    with opened(data) as document:
        if not 1 <= number <= len(document):
            raise UnreadableError(f"there is no page {number}")
        document.init_forms()  # what was filled in is drawn too
        page = document[number - 1]
        try:
            return use(page)
        except (UnreadableError, MemoryError):
            raise
        except Exception as error:  # drawing fails on damaged files in every way there is
            reason = f"the page cannot be drawn ({type(error).__name__})"
            raise UnreadableError(reason) from error
        finally:
            page.close()


def _picture(page: Any) -> Picture:
    width, height = page.get_size()
    longest = LONGEST_SIDE / max(width, height)
    scale = min(PICTURE_WIDTH / width, longest, sqrt(MOST_PIXELS / (width * height)))
    bitmap = page.render(scale=scale, prefer_bgrx=True)
    image = bitmap.to_pil().convert("RGB")
    out = BytesIO()
    image.save(out, "JPEG", quality=_JPEG_QUALITY, optimize=True)
    return Picture(out.getvalue(), *image.size)


def _places(page: Any, text: str, spans: Sequence[tuple[int, int]]) -> list[list[Box]]:
    text_page = page.get_textpage()
    shown = text_page.get_text_range()
    drawn, positions = letters(shown)
    read, offsets = letters(text)
    places: list[list[Box]] = []
    for start, end in spans:
        first, last = bisect_left(offsets, start), bisect_left(offsets, end)
        at = nearest(drawn, read[first:last], first)
        if at is None:
            places.append([])
            continue
        ends = (positions[at], positions[at + last - first - 1])
        places.append(list(_boxes(page, text_page, *(units(shown[:end]) for end in ends))))
    return places


def letters(text: str) -> tuple[str, list[int]]:
    """The letters and digits of ``text``, made alike, and where in it each stands.

    >>> letters("No. 5: ﬁt")
    ('no5fit', [0, 1, 4, 7, 7, 8])
    """
    kept: list[str] = []
    positions: list[int] = []
    for at, character in enumerate(text):
        alike = unicodedata.normalize("NFKD", character).casefold()
        found = [letter for letter in alike if letter.isalnum()]
        kept += found
        positions += [at] * len(found)
    return "".join(kept), positions


def nearest(text: str, wanted: str, around: int) -> int | None:
    """Where ``wanted`` starts in ``text``, of several places the one nearest to ``around``.

    >>> nearest("one two one", "one", 7)
    8
    """
    if not wanted:
        return None
    after = text.find(wanted, around)
    before = text.rfind(wanted, 0, around + len(wanted) - 1) if around else -1
    found = [at for at in (before, after) if at >= 0]
    return min(found, key=lambda at: abs(at - around), default=None)


def _boxes(page: Any, text_page: Any, first: int, last: int) -> Iterator[Box]:
    """The boxes of the lines from one position of the text in UTF-16 to another, both included."""
    start, end = (_character(text_page, place) for place in (first, last))
    if start < 0 or end < start:
        return
    for number in range(text_page.count_rects(start, end - start + 1)):
        yield _box(page, *text_page.get_rect(number))


def _character(text_page: Any, position: int) -> int:
    import pypdfium2.raw as pdfium

    return int(pdfium.FPDFText_GetCharIndexFromTextIndex(text_page, position))


def _box(page: Any, left: float, bottom: float, right: float, top: float) -> Box:
    """A rectangle of the page as it is drawn, on the page as it is shown, whatever its turn."""
    from pypdfium2 import PdfPosConv

    shown = PdfPosConv(page, (0, 0, _UNIT, _UNIT, 0))
    corners = [shown.to_bitmap(left, bottom), shown.to_bitmap(right, top)]
    (x1, x2), (y1, y2) = (sorted(max(0, min(c[axis], _UNIT)) for c in corners) for axis in (0, 1))
    return Box(x1 / _UNIT, y1 / _UNIT, (x2 - x1) / _UNIT, (y2 - y1) / _UNIT)

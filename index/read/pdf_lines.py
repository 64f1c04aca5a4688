"""The lines of a PDF page with their places, as PDFium finds them. No opinion on what they mean."""

import ctypes
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

_LINE_END = re.compile("\r\n|\n|\r|\ufffe")
_SOFT_HYPHEN = "\ufffe"  # PDFium writes it for a hyphen that only the end of the line asked for
_WIDE_GAP = 1.2  # times the height of the line: wider than the space between two words
_JUSTIFIED_GAP = 2.5  # up to here spaces that are all the same come from justified text


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text. Coordinates in points from the lower left corner of the upright page."""

    text: str
    left: float
    right: float
    baseline: float
    height: float
    """Of the font, from its lowest to its highest letter: it grows with the size."""
    weight: int = 400
    """Of the font, as far as it is known; only differences mean something."""
    ends_in_hyphen: bool = False
    """The last word goes on in the next line, without the hyphen."""
    gaps: tuple[int, ...] = ()
    """Offsets in ``text`` of the spaces that are wide: between the cells of a table, say."""

    depth: float = 0.0
    """How far under its baseline that of the last line is, for rows put together from several."""

    @property
    def width(self) -> float:
        """From the first to the last character."""
        return self.right - self.left

    def cells(self) -> list[str]:
        """The text cut at the wide gaps."""
        cuts = [0, *self.gaps, len(self.text)]
        return [self.text[a:b].strip() for a, b in pairwise(cuts)]


def lines_of(page: Any) -> list[Line]:
    """The lines of text of a page, in the order in which the file draws them."""
    text_page = page.get_textpage()
    try:
        return list(_Lines(text_page, page.get_rotation()).all())
    finally:
        text_page.close()


class _Lines:
    """Asks PDFium, through its C interface, for the places of single characters."""

    def __init__(self, text_page: Any, rotation: int) -> None:
        import pypdfium2.raw as pdfium

        self._pdfium = pdfium
        self._text_page = text_page
        self._rotation = rotation
        self._box = pdfium.FS_RECTF()
        self._text = text_page.get_text_range()
        units = len(self._text.encode("utf-16-le", "surrogatepass")) // 2
        self._is_aligned = units == text_page.count_chars()

    def all(self) -> Iterator[Line]:
        """Every line that has something visible in it."""
        start = first = 0  # in Python's characters, and in PDFium's, which counts in UTF-16
        for match in [*_LINE_END.finditer(self._text), None]:
            end = match.start() if match else len(self._text)
            text = self._text[start:end]
            if not text.isspace() and text:
                yield self._line(text, first, match is not None and match[0] == _SOFT_HYPHEN)
            if match:
                start = match.end()
                first += units(text) + len(match[0])

    def _line(self, text: str, first: int, ends_in_hyphen: bool) -> Line:
        lead = len(text) - len(text.lstrip())
        visible = text.strip()
        first += lead
        left, right = self._place(first)[0], self._place(first + units(visible) - 1)[1]
        fonts = sorted(self._font(first + at) for at in _three_letters(visible))
        height, weight = fonts[len(fonts) // 2]
        baseline = self._baseline(first + _three_letters(visible)[0])
        gaps = tuple(self._wide_gaps(visible, first, height))
        return Line(visible, left, right, baseline, height, weight, ends_in_hyphen, gaps)

    def _wide_gaps(self, text: str, first: int, height: float) -> Iterator[int]:
        if not text.isascii() and units(text) != len(text):
            return  # beyond the Basic Multilingual Plane the offsets differ; such tables are rare
        widths: dict[int, float] = {}
        for match in re.finditer(r"\s+", text):
            before = self._place(first + match.start() - 1)
            after = self._place(first + match.end())
            widths[match.start()] = (after[0] - before[1]) / max(height, 1.0)
        if not widths:
            return
        narrowest, widest = min(widths.values()), max(widths.values())
        is_justified = widest < min(1.1 * narrowest, _JUSTIFIED_GAP)
        if len(widths) == 1 or not is_justified:
            yield from (offset for offset, width in widths.items() if width > _WIDE_GAP)

    def _place(self, index: int) -> tuple[float, float, float, float]:
        """Left, right, bottom and top of a character, on the page turned upright."""
        box = self._box
        if not self._pdfium.FPDFText_GetLooseCharBox(self._text_page, self._character(index), box):
            return 0.0, 0.0, 0.0, 0.0
        left, bottom = self._upright(box.left, box.bottom)
        right, top = self._upright(box.right, box.top)
        return min(left, right), max(left, right), min(bottom, top), max(bottom, top)

    def _font(self, index: int) -> tuple[float, int]:
        """Height and weight."""
        _, _, bottom, top = self._place(index)
        character = self._character(index)
        return top - bottom, int(self._pdfium.FPDFText_GetFontWeight(self._text_page, character))

    def _baseline(self, index: int) -> float:
        x, y = ctypes.c_double(), ctypes.c_double()
        character = self._character(index)
        self._pdfium.FPDFText_GetCharOrigin(self._text_page, character, x, y)
        return self._upright(x.value, y.value)[1]

    def _upright(self, x: float, y: float) -> tuple[float, float]:
        """A point of the page as it is drawn, on the page as it is shown."""
        return {90: (y, -x), 180: (-x, -y), 270: (-y, x)}.get(self._rotation, (x, y))

    def _character(self, index: int) -> int:
        if self._is_aligned:
            return index
        return int(self._pdfium.FPDFText_GetCharIndexFromTextIndex(self._text_page, index))


def _three_letters(text: str) -> tuple[int, int, int]:
    """Offsets of a first, a middle and a last letter or digit: signs come from odd fonts."""
    letters = [offset for offset, character in enumerate(text) if character.isalnum()] or [0]
    return letters[0], letters[len(letters) // 2], letters[-1]


def units(text: str) -> int:
    """The length of ``text`` in UTF-16, in which PDFium counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2

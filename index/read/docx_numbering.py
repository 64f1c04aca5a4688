"""The numbers that Word writes before list items and headings: they are nowhere in the text.

Clause 7.2 of a contract must be found and cited as 7.2.
"""

import re
from typing import Any

from index.read.ooxml import attribute, children, value

_MOST_LEVELS = 9
_PLACEHOLDER = re.compile(r"%(\d)")
_ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
          (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))  # fmt: skip


class Numbering:
    """Counts the numbered paragraphs of one document, in order."""

    def __init__(self, root: Any | None) -> None:
        """``root`` is that of ``word/numbering.xml``, or None."""
        self._levels: dict[tuple[str, int], Any] = {}
        self._list_of: dict[str, str] = {}
        self._counters: dict[str, list[int]] = {}
        if root is None:
            return
        for abstract in children(root, "abstractNum"):
            for level in children(abstract, "lvl"):
                key = (attribute(abstract, "abstractNumId") or "", _int(attribute(level, "ilvl")))
                self._levels[key] = level
        for number in children(root, "num"):
            identifier = attribute(number, "numId") or ""
            self._list_of[identifier] = value(number, "abstractNumId") or ""

    def label(self, number_id: str, depth: int) -> str:
        """The number of the next paragraph in this list: "7.2", "(a)", or "" for a bullet."""
        key = self._list_of.get(number_id, "")
        level = self._levels.get((key, depth))
        if level is None or not 0 <= depth < _MOST_LEVELS:
            return ""
        counters = self._counters.setdefault(key, [0] * _MOST_LEVELS)
        counters[depth] = counters[depth] + 1 if counters[depth] else self._start(key, depth)
        counters[depth + 1 :] = [0] * (_MOST_LEVELS - depth - 1)
        if self._format(key, depth) in {"bullet", "none"}:
            return ""
        pattern = value(level, "lvlText") or ""
        return _PLACEHOLDER.sub(lambda match: self._one(key, int(match[1]) - 1), pattern).strip()

    def _one(self, key: str, depth: int) -> str:
        if not 0 <= depth < _MOST_LEVELS:
            return ""
        count = self._counters[key][depth] or self._start(key, depth)
        return _written(count, self._format(key, depth))

    def _start(self, key: str, depth: int) -> int:
        level = self._levels.get((key, depth))
        return 1 if level is None else max(1, _int(value(level, "start") or "1"))

    def _format(self, key: str, depth: int) -> str:
        level = self._levels.get((key, depth))
        return "decimal" if level is None else value(level, "numFmt") or "decimal"


def _written(count: int, number_format: str) -> str:
    if number_format in {"lowerLetter", "upperLetter"}:  # z is followed by aa, bb
        letters = chr(ord("A") + (count - 1) % 26) * min(1 + (count - 1) // 26, 9)
        return letters if number_format == "upperLetter" else letters.lower()
    if number_format in {"lowerRoman", "upperRoman"} and count < 4000:
        roman = _roman(count)
        return roman if number_format == "upperRoman" else roman.lower()
    return f"{count:02}" if number_format == "decimalZero" else str(count)


def _roman(count: int) -> str:
    out = ""
    for size, letters in _ROMAN:
        out += letters * (count // size)
        count %= size
    return out


def _int(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 0

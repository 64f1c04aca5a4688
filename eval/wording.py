"""Figures and untrusted text as words, alike in the terminal and the report. Pure functions."""

import unicodedata

from eval.types import Figure


def in_words(value: float | None, *, signed: bool = False) -> str:
    """Three decimals, and a dash for no value.

    >>> in_words(0.98765), in_words(-0.0001, signed=True), in_words(None)
    ('0.988', '0.000', '–')
    """
    if value is None:
        return "–"
    rounded = round(value, 3) + 0.0
    return f"{rounded:+.3f}" if signed and rounded else f"{rounded:.3f}"


def interval_in_words(
    value: float | None, low: float | None, high: float | None, *, signed: bool = False
) -> str:
    """The value with its interval in brackets; a dash for no value.

    >>> interval_in_words(0.05, 0.0, 0.1, signed=True)
    '+0.050 [0.000, +0.100]'
    """
    if value is None:
        return "–"
    ends = f"[{in_words(low, signed=signed)}, {in_words(high, signed=signed)}]"
    return f"{in_words(value, signed=signed)} {ends}"


def with_interval(figure: Figure) -> str:
    """A figure with its interval.

    >>> with_interval(Figure(0.9, 0.85, 0.95, scored=60, unscored=0))
    '0.900 [0.850, 0.950]'
    """
    return interval_in_words(figure.value, figure.low, figure.high)


def one_line(text: str, limit: int = 120) -> str:
    """Untrusted text for a terminal: no control or direction characters, one line, cut to size.

    >>> one_line("red \\x1b[31m\\nalert")
    'red [31m alert'
    """
    kept = "".join(
        " " if character.isspace() else character
        for character in text
        if character.isspace() or not unicodedata.category(character).startswith("C")
    )
    line = " ".join(kept.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"

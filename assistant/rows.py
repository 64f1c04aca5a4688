"""Rows of a table that names its columns: which one a question is about. Pure.

Among rows of the same look, read together, the reader loses the one that is asked about; read by
itself it is understood (docs/decisions/questions-as-typed.md).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypeVar

from assistant.question import Terms, content_terms
from index.types import BlockKind, Found, Sentence

LEAST_COLUMNS = 2
"""With a name, in a row that can stand by itself."""

_COLUMN = re.compile(r"(?:^|\| )[^|:\n]{1,60}: ")
_WORD = re.compile(r"\w+")
_SEVERAL = re.compile(
    r"\b(than|besides?|beyond|other|others|except|apart|same|shares?|above|below|over|under|between"
    r"|more|less|fewer|least|most|not|without|both|all|each|every)\b|n['’]t\b",
    re.IGNORECASE,
)
"""Asks about rows beside the one that it names."""

T = TypeVar("T")

Row = tuple[int, Sentence]
"""With its number in ``Found.sentences``."""


def only_row(asked: str, found: Found, terms: Terms) -> Found:
    """What was found without the other rows of a table, where one row alone is asked about.

    >>> only_row("How much is the watering can?", found, terms)  # doctest: +SKIP
    """
    rows = [(i, s) for i, s in enumerate(found.sentences) if names_its_columns(s)]
    if not rows or _SEVERAL.search(asked):
        return found
    each = ([row for row in rows if _table_of(row[1]) == one] for one in _tables(rows))
    named = [row for own in each if (row := _row_named(asked, own, terms))]
    if not named:
        return found
    numbers = {i for i, _ in named}
    tables = {_table_of(row) for _, row in named}
    passages = {row.hit.passage.id for _, row in named}

    def is_beside(sentence: Sentence) -> bool:
        is_row = sentence.kind is BlockKind.TABLE_ROW
        return (is_row and _table_of(sentence) in tables) or sentence.hit.passage.id in passages

    left = [s for i, s in enumerate(found.sentences) if i in numbers or not is_beside(s)]
    return replace(found, sentences=tuple(left))


def _tables(rows: Sequence[Row]) -> list[tuple[str, str]]:
    return list(dict.fromkeys(_table_of(row) for _, row in rows))


def _table_of(sentence: Sentence) -> tuple[str, str]:
    """Its document and heading, such as the name of the sheet."""
    passage = sentence.hit.passage
    return passage.document_id, passage.heading


def names_its_columns(sentence: Sentence) -> bool:
    """Whether it is a row like “Name: Ada | Born: 1815”."""
    is_row = sentence.kind is BlockKind.TABLE_ROW
    return is_row and len(_COLUMN.findall(sentence.text)) >= LEAST_COLUMNS


def _row_named(asked: str, rows: Sequence[Row], terms: Terms) -> Row | None:
    """The only row with all words of the question that tell rows apart.

    Of several, of the only one with a pair of words that stand together in the question, small
    words too: “watering can”.
    """
    telling = _telling(content_terms(asked, terms), [s.terms for _, s in rows])
    if not telling:
        return None
    having = [(i, s) for i, s in rows if telling <= s.terms]
    if len(having) > 1:
        pairs = {i: _pairs(s.text, terms) for i, s in rows}
        together = _telling(_pairs(asked, terms), list(pairs.values()))
        having = [(i, s) for i, s in having if together & pairs[i]]
    return having[0] if len(having) == 1 else None


def _telling(asked: Iterable[T], rows: Sequence[frozenset[T]]) -> frozenset[T]:
    """What some of the rows have, and not all."""
    return frozenset(x for x in asked if 0 < sum(x in row for row in rows) < len(rows))


def _pairs(text: str, terms: Terms) -> frozenset[tuple[str, str]]:
    stems = [" ".join(terms(word)) for word in _WORD.findall(text)]
    return frozenset(pairwise(stems))

"""Rows of a table that names its columns: which one a question is about. Pure.

Among rows of the same look, read together, the reader loses the one that is asked about; read by
itself it is understood (docs/decisions/questions-as-typed.md).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypeVar

from assistant.question import Terms, content_terms
from index.types import BlockKind, Found, Sentence

CELL_SEPARATOR = " | "
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

_T = TypeVar("_T")


def only_row(asked: str, found: Found, terms: Terms) -> Found:
    """What was found without the other rows of a table, where one row alone is asked about.

    >>> only_row("How much is the watering can?", found, terms)  # doctest: +SKIP
    """
    tables = defaultdict(list)
    for sentence in found.sentences:
        if _names_its_columns(sentence):
            tables[_table_of(sentence)].append(sentence)
    if not tables or _SEVERAL.search(asked):
        return found
    named = {table: _row_named(asked, rows, terms) for table, rows in tables.items()}
    kept = {table: row for table, row in named.items() if row}
    if not kept:
        return found
    passages = {row.hit.passage.id for row in kept.values()}

    def is_left(sentence: Sentence) -> bool:
        table = _table_of(sentence)
        is_other_row = sentence.kind is BlockKind.TABLE_ROW and table in kept
        is_beside = is_other_row or sentence.hit.passage.id in passages
        return not is_beside or sentence == kept.get(table)

    return replace(found, sentences=tuple(filter(is_left, found.sentences)))


def heading_rows(sentences: Sequence[Sentence]) -> frozenset[int]:
    """Numbers of the rows that only name the columns of the others, which name them too."""
    named: dict[tuple[str, str], set[str]] = defaultdict(set)
    for sentence in sentences:
        if _names_its_columns(sentence):
            named[_table_of(sentence)] |= {
                cell.partition(": ")[0] for cell in sentence.text.split(CELL_SEPARATOR)
            }
    return frozenset(
        i
        for i, s in enumerate(sentences)
        if s.kind is BlockKind.TABLE_ROW
        and not _names_its_columns(s)
        and named[_table_of(s)].intersection(s.text.split(CELL_SEPARATOR))
    )


def _table_of(sentence: Sentence) -> tuple[str, str]:
    """Its document and heading, such as the name of the sheet."""
    passage = sentence.hit.passage
    return passage.document_id, passage.heading


def _names_its_columns(sentence: Sentence) -> bool:
    """Whether it is a row like “Name: Ada | Born: 1815”."""
    is_row = sentence.kind is BlockKind.TABLE_ROW
    return is_row and len(_COLUMN.findall(sentence.text)) >= LEAST_COLUMNS


def _row_named(asked: str, rows: Sequence[Sentence], terms: Terms) -> Sentence | None:
    """The only row with all words of the question that tell rows apart.

    Of several, of the only one with a pair of words that stand together in the question, small
    words too: “watering can”.
    """
    telling = _telling(content_terms(asked, terms), [row.terms for row in rows])
    if not telling:
        return None
    having = [row for row in rows if telling <= row.terms]
    if len(having) > 1:
        together = _telling(_pairs(asked, terms), [_pairs(row.text, terms) for row in rows])
        having = [row for row in having if together & _pairs(row.text, terms)]
    return having[0] if len(having) == 1 else None


def _telling(asked: Iterable[_T], rows: Sequence[frozenset[_T]]) -> frozenset[_T]:
    """What some of the rows have, and not all."""
    return frozenset(x for x in asked if 0 < sum(x in row for row in rows) < len(rows))


def _pairs(text: str, terms: Terms) -> frozenset[tuple[str, str]]:
    stems = [" ".join(terms(word)) for word in _WORD.findall(text)]
    return frozenset(pairwise(stems))

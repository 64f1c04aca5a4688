"""Rows of a table that names its columns: which one a question is about. Pure.

Among rows of the same look, read together, the reader loses the one that is asked about; read by
itself it is understood (docs/decisions/questions-as-typed.md).
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypeVar

from assistant.quote.last_turn import is_said
from assistant.understand.question import Question, Terms
from assistant.wording.answer_type import AnswerType
from index.types import BlockKind, Found, Sentence

CELL_SEPARATOR = " | "
LEAST_COLUMNS = 2
"""With a name, in a row that can stand by itself."""
MOST_ROWS = 15
"""Of a table that are shown at once."""

_LABEL = re.compile(r"\W*([^\s:|][^:|\n]{0,40}):\s+\S")
_COLUMN = re.compile(r"(?:^|\| )[^|:\n]{1,60}: ")
_WORD = re.compile(r"\w+")
_BESIDE = re.compile(
    r"\b(than|besides?|beyond|other|others|except|apart|same|shares?|above|below|over|under|between"
    r"|more|less|fewer|least|most|not|without|both|all|each|every)\b|n['’]t\b",
    re.IGNORECASE,
)
"""Asks about rows beside the one that it names."""

_VERB = r"(?:is|was|does|has)\b"
_ASKS_WHICH = re.compile(
    rf"\b(?:which|what)\s+(?:of\s+the\s+)?(?!{_VERB})(?:\w+\s+)?(?!{_VERB})\w+s\b"
    r"|^\W*(?:list|name|show)\b",
    re.IGNORECASE,
)
"""“Which projects …?” asks for all rows that fit."""

_MEASURED = (
    "cost costs price much many big long heavy large high tall wide deep old far fast number "
    "amount need needs use uses take takes hold holds weigh weighs"
)
"""What values are asked for with."""
_LABELS = tuple(
    (re.compile(asks, re.IGNORECASE), label)
    for asks, label in (
        (r"\bhow\s+long\s+(?:is|are|was|were)\b", "length"),
        (r"\bhow\s+heavy\b|\bweighs?\b", "weight"),
        (r"\bhow\s+(?:big|large)\b", "size"),
        (r"\bhow\s+(?:tall|high)\b", "height"),
        (r"\bhow\s+deep\b", "depth"),
        (r"\bhow\s+wide\b", "width"),
        (r"\bhow\s+old\b", "age"),
        (r"^(?!.*\bweighs?\b).*(?:\bhow\s+much\b|\bcosts?\b)", "price"),
        (r"^(?!.*\bweighs?\b).*(?:\bhow\s+much\b|\bcosts?\b)", "cost"),
    )
)
"""What the value is called that is asked for, where a question asks for nothing else."""

_T = TypeVar("_T")


def asked_rows(
    asked: str, question: Question, found: Found, terms: Terms, things: Collection[str] = ()
) -> tuple[Sentence, ...]:
    """The rows that are asked about: of a table the one, or where it asks which, those, with all
    words of the question that tell its rows apart, and the item of a list that has what the
    question names for its label. None where all are, or none.

    Args:
        asked: what the user wrote.
        question: the same, understood.
        found: by the search for it.
        terms: the index's stemmer.
        things: headings of what it names that a section is about.

    >>> asked_rows("How much is the hose?", question, found, terms)  # doctest: +SKIP
    """
    tables = defaultdict(list)
    for sentence in found.sentences:
        if _names_its_columns(sentence):
            tables[_table_of(sentence)].append(sentence)
    is_why = question.answer_type is AnswerType.REASON  # which no value tells
    if is_why or _BESIDE.search(asked):
        return ()
    rows_named = [
        row for rows in tables.values() for row in _rows_named(asked, question, rows, terms)
    ]
    rows_named += _labelled(question, found.sentences, terms, things)
    return tuple(sorted(rows_named, key=lambda row: (row.hit.passage.document_id, row.start)))


def without_other_rows(found: Found, rows: Collection[Sentence]) -> Found:
    """What was found without the other rows of the tables of ``rows``, and what stands beside."""
    tables = {_table_of(row) for row in rows}
    passages = {row.hit.passage.id for row in rows}

    def is_left(sentence: Sentence) -> bool:
        is_row = sentence.kind is BlockKind.TABLE_ROW and _table_of(sentence) in tables
        is_beside = is_row or sentence.hit.passage.id in passages
        return not is_beside or sentence in rows

    return replace(found, sentences=tuple(filter(is_left, found.sentences))) if rows else found


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


def _rows_named(
    asked: str, question: Question, rows: Sequence[Sentence], terms: Terms
) -> Sequence[Sentence]:
    """The rows with all words that tell them apart: the question's own, else those that it takes
    from the turn before.

    Of several, where it does not ask which, the only one with a pair of words that stand together
    in the question, small words too: “watering can”.
    """
    words = [row.terms for row in rows]
    # A detail of what was just said is one of a row only if that was a row.
    is_on_row = not question.is_elliptic or any(is_said(row, question) for row in words)
    before = question.context if is_on_row else ()
    own = question.terms
    if _ASKS_WHICH.search(asked):  # “Which hostels …?” of a table of hostels asks of them all
        above = _above(rows[0], terms)
        own = tuple(term for term in own if term not in above)
    telling = _telling(own, words) or _telling(before, words)
    having = [row for row in rows if telling <= row.terms] if telling else []
    if not telling and _asks_for_all(asked, question, rows, terms):
        having = list(rows)
    if _is_list_of_pairs(rows):
        having = [row for row in having if _has_all(question, row, terms)]
    if len(having) > 1 and not _ASKS_WHICH.search(asked):
        together = _telling(_pairs(asked, terms), [_pairs(row.text, terms) for row in rows])
        having = [row for row in having if together & _pairs(row.text, terms)]
        return having if len(having) == 1 else []
    return having if len(having) <= MOST_ROWS else []


def _asks_for_all(asked: str, question: Question, rows: Sequence[Sentence], terms: Terms) -> bool:
    """Whether ``asked`` is which things the table is of: “What programmes does it have?”"""
    kind = _kind(rows[0], terms)
    is_of_kind = bool(kind) and kind <= set(question.terms)
    about = set(question.terms) - kind
    return bool(_ASKS_WHICH.search(asked)) and is_of_kind and about <= _above(rows[0], terms)


def _kind(row: Sentence, terms: Terms) -> frozenset[str]:
    """Stems of what its table is of: the name of the first column that does not just count."""
    cells = (cell.partition(": ") for cell in row.text.split(CELL_SEPARATOR))
    return frozenset(terms(next((name for name, _, value in cells if not value.isdigit()), "")))


def _is_list_of_pairs(rows: Sequence[Sentence]) -> bool:
    """Whether there are two columns, such as property and value, whatever they are of."""
    return all(len(_COLUMN.findall(row.text)) == LEAST_COLUMNS for row in rows)


def _has_all(question: Question, row: Sentence, terms: Terms) -> bool:
    """Whether the row, with title and headings above it, has all that ``question`` is about: of
    “How long is the power cord?” the row on power has not.
    """
    return set(question.terms) <= row.terms.union(_above(row, terms), terms(_MEASURED))


def all_fit(asked: str, question: Question, rows: Sequence[Sentence], terms: Terms) -> bool:
    """Whether ``asked`` is which rows these are: the values of each, what the table is of, and
    what stands above it, are all that it is about.
    """
    if not _ASKS_WHICH.search(asked) or not all(map(_names_its_columns, rows)):
        return False
    return all(
        set(question.terms)
        <= {*terms(_COLUMN.sub(" ", row.text)), *_above(row, terms), *_kind(row, terms)}
        for row in rows
    )


def _above(row: Sentence, terms: Terms) -> frozenset[str]:
    """Stems of the title and the headings above it."""
    return frozenset(terms(f"{row.hit.passage.title} {row.hit.passage.heading}"))


def _labelled(
    question: Question, sentences: Sequence[Sentence], terms: Terms, things: Collection[str]
) -> list[Sentence]:
    """Of each list with items like “Dinner: up to £28” the only one whose label is in a question
    for its value, or on one of ``things`` that the list is of, where others of the list are not.
    """
    own = set(question.terms)
    asked = own.union(question.context) if question.is_elliptic else own
    is_for_value = question.answer_type in (AnswerType.NUMBER, AnswerType.TIME)
    lists = defaultdict(list)
    for sentence in sentences:
        if sentence.kind is BlockKind.LIST_ITEM and (label := _LABEL.match(sentence.text)):
            lists[_table_of(sentence)].append((frozenset(terms(label[1])), sentence))

    measures = {frozenset(terms(name)) for asks, name in _LABELS if asks.search(question.text)}

    def is_named(label: frozenset[str], heading: str) -> bool:
        if heading in things and own <= {*terms(heading), *terms(_MEASURED)} and label in measures:
            return True
        is_value = is_for_value or heading in things or own <= label
        is_of_heading = heading in things and label <= frozenset(terms(heading))
        return bool(label) and label <= asked and is_value and not is_of_heading

    named = [
        [item for label, item in items if is_named(label, heading)]
        for (_, heading), items in lists.items()
    ]
    return [
        one[0]
        for one, items in zip(named, lists.values(), strict=True)
        if len(one) == 1 < len(items)
    ]


def _telling(asked: Iterable[_T], rows: Sequence[frozenset[_T]]) -> frozenset[_T]:
    """What some of the rows have, and not all."""
    return frozenset(x for x in asked if 0 < sum(x in row for row in rows) < len(rows))


def _pairs(text: str, terms: Terms) -> frozenset[tuple[str, str]]:
    stems = [" ".join(terms(word)) for word in _WORD.findall(text)]
    return frozenset(pairwise(stems))

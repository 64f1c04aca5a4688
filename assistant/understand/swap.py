"""“And Biden?”, “And in May?”, “In three points”: the question before, of another person or time,
or as long as that. Pure, English rules.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.types import Turn
from assistant.understand.followup import POSSESSIVE, named_alone, only_name
from assistant.understand.kinds import Kind, kind_of
from assistant.understand.length import sentences_asked
from assistant.wording.dated import DAY, MONTH, YEAR

_OPENS = r"^\W*(?:(?:and|but|or|what about|how about|and what about)\s+)"
_TIMES = tuple(
    (
        re.compile(rf"{_OPENS}{before}({time})\W*$", flags),
        re.compile(rf"\b{before}({time})\b", flags),
    )
    for before, time, flags in (
        (r"(?:in|during|for)\s+", YEAR, re.IGNORECASE),
        (r"(?:in|during|for|of)\s+", rf"(?:{MONTH})(?:\s+{YEAR})?", re.IGNORECASE),
        (r"on\s+", DAY, re.IGNORECASE),
    )
)
"""For each kind of time: a question that is nothing else, and where another one may name one."""

_SO_LONG = re.compile(
    r"\W*+(?:(?:and|but|ok|please|now|can you|could you)\s+)*+"
    r"(?:(?:make|put|say|do) (?:it|that)\s+)?+(?:(?:in|as|into|with)\s+)?+"
    r"(?!\w+ more\b)(?P<length>(?:\d{1,4}|\w+)(?:[\s-]\w+){1,3}?)(?:\W+please)?\W*",
    re.IGNORECASE,
)
"""“In three bullet points, please”."""

_LAST_WORDS = re.compile(
    r"\s(?:in|into|to|as)\s(?:(?!\s(?:in|into|to|as)\s)[^?.!]){1,40}$", re.IGNORECASE
)


def in_full(turns: Sequence[Turn]) -> list[Turn]:
    """``turns``, oldest first, each question as ``swapped`` has it after the one before."""
    told: list[Turn] = []
    for turn in turns:
        before = told[-1].question if told else ""
        told.append(replace(turn, question=swapped(turn.question, before)))
    return told


def swapped(text: str, before: str) -> str:
    """What ``text`` asks after the question ``before``: ``text`` itself, where it is more than
    another name or time, or ``before`` has not just one in whose place it could be meant.

    >>> swapped("And Biden?", "How old is Draghi?"), swapped("and in 2016?", "Who won in 2012?")
    ('How old is Biden?', 'Who won in 2016?')
    >>> swapped("In three points, please.", "What is this about?")
    'What is this about in three points'
    >>> swapped("And Biden?", "Did Draghi meet Macron?")
    'And Biden?'
    """
    for alone, inside in _TIMES:
        time, places = alone.match(text), list(inside.finditer(before))
        if time and len(places) == 1:
            year = places[0][1].partition(" ")[2]
            new = time[1].title()
            kept = f" {year}" if year and " " not in new else ""  # "And in May?" of the same year
            return _with(before, *places[0].span(1), new + kept)
    long = _SO_LONG.fullmatch(text)
    if long and (overview := overview_in(long["length"], before)):
        return overview
    other = named_alone(text)
    place = only_name(before)
    # With a capital: not "And sanctions?"
    is_name = bool(other) and other in " ".join(text.split())
    if not is_name or not place or not before.startswith(*place):
        return text
    name, start = place
    return _with(before, start, start + len(POSSESSIVE.sub("", name)), other)


def overview_in(length: str, question: str) -> str:
    """``question`` with that length (“three points”) asked for; empty for one that asks for no
    overview, and where that is no length.
    """
    whole = question.rstrip("?.! ")
    before = _LAST_WORDS.search(whole)
    if before and sentences_asked(before[0]):
        whole = whole[: before.start()]
    asked = f"{whole} in {length}"
    is_length = sentences_asked(length) and kind_of(whole) is Kind.OVERVIEW
    return asked if is_length and kind_of(asked) is Kind.OVERVIEW else ""


def _with(text: str, start: int, end: int, other: str) -> str:
    return f"{text[:start]}{other}{text[end:]}"

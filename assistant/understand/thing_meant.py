"""The thing that a follow-up is about and does not name. Pure, English.

The section on a thing says “it”, and so does a follow-up. Read without the name, “How heavy is it?”
is answered with the weight of any tent (docs/decisions/follow-ups.md).
"""

import re
from collections.abc import Sequence

from assistant.types import Turn
from assistant.understand.comparison import compared
from assistant.understand.followup import PERSONAL, refers_back
from assistant.understand.thing import (
    are_beside,
    asks_for_others,
    is_plural,
    only_names_one,
    things_in,
    words_in,
)
from index.types import Found

_IT = re.compile(r"\b(?:it['’]s|its|it)\b", re.IGNORECASE)
_THEY = re.compile(r"\b(?:they['’]re|they|them|their)\b", re.IGNORECASE)
_THERE = re.compile(r"\bthere(?=\W*$)", re.IGNORECASE)
_AFTER_NAME = {"its": "’s", "their": "’s", "it's": " is", "they're": " are"}
"""What follows the name in the place of “its”."""
_ASPECT = re.compile(
    r"\W*(?:and|(?:and )?(?:what|how) about)\s+(?:the|their)\s+(\w[\w-]*(?:\s\w[\w-]*)?)\W*",
    re.IGNORECASE,
)
"""“And the price?”"""
_BESIDE_A_NAME = frozenset(
    "and or but what about how with for in at of on to from then please too the a an s".split()
)
"""What may stand beside the name there: “And the Harrier’s porch?” asks for more."""
_NO_THING = re.compile(
    r"\bit\s+(?:take|takes|took)\s+to\b"
    r"|\bit\s+(?:\w+\s+)?(?:possible|raining|snowing|true|necessary|likely|worth)\b",
    re.IGNORECASE,
)
"""An “it” that stands for nothing: “How long does it take to get there?”"""
_GOES = re.compile(r"\b(?:get|go|come|travel|drive|walk|cycle|got|went)\s+$", re.IGNORECASE)


def may_leave_out(text: str) -> bool:
    """Whether ``text`` may say “it” of a thing, or nothing but the name of another."""
    return only_names_one(text) or any(p.search(text) for p in (_IT, _THEY, _THERE))


def with_thing(text: str, history: Sequence[Turn], found: Found) -> str:
    """``text`` with the name of the thing that the talk is about in place of “it”, “they” or
    “there”; for “And the Skerry 2?” the question before, asked of that one. Else as it is.

    Args:
        text: what the user wrote.
        history: earlier turns, oldest first, in the same way.
        found: for ``text`` and the last of them.
    """
    swapped = _swapped(text, history, found)
    named = talked_of(text, history, found)
    if swapped or not named:
        return swapped or _of_several(text, history, found) or text
    it = _pronoun(text, named)
    if it:
        return _named_for(it, named)
    there = _THERE.search(text)
    if not there:
        return text
    to = "to" if _GOES.search(text[: there.start()]) else "in"
    return f"{text[: there.start()]}{to} {named}{text[there.end() :]}"


def talked_of(text: str, history: Sequence[Turn], found: Found) -> str:
    """The thing, as the user named it, that the talk is about and ``text`` does not name; empty
    where it names one itself, asks about a person or for others, or where none or several were
    named.
    """
    if PERSONAL.search(text) or asks_for_others(text) or things_in(text, found):
        return ""
    names = _last_named(history, found)
    return names[0] if len(names) == 1 else ""


def _last_named(history: Sequence[Turn], found: Found) -> list[str]:
    """The things, as the user named them, that the talk is about; empty for none."""
    for turn in reversed(history):
        things = sorted(things_in(turn.question, found), key=lambda thing: thing.start)
        if things:
            return [turn.question[thing.start : thing.end] for thing in things]
        if not refers_back(turn.question):
            break
    return []


def _of_several(text: str, history: Sequence[Turn], found: Found) -> str:
    """``text`` with the thing in place of “it” where that is compared with another one, and with
    the things that were named together in place of “they”, or after “And the price?”; else empty.
    """
    names, it, they = _last_named(history, found), _IT.search(text), _THEY.search(text)
    if len(names) == 1 and it and (compared(compares := _named_for(it, names[0]))):
        return compares
    if len(names) < 2 or PERSONAL.search(text) or things_in(text, found):
        return ""
    row, aspect = " and ".join((", ".join(names[:-1]), names[-1])), _ASPECT.fullmatch(text)
    if aspect:
        return f"What is the {aspect[1]} of {row}?"
    return _named_for(they, row) if they else ""


def _named_for(pronoun: re.Match[str], named: str) -> str:
    """The text that ``pronoun`` was found in, with ``named`` in its place."""
    text = pronoun.string
    after = _AFTER_NAME.get(pronoun.group().lower().replace("’", "'"), "")
    return f"{text[: pronoun.start()]}{named}{after}{text[pronoun.end() :]}"


def _swapped(text: str, history: Sequence[Turn], found: Found) -> str:
    """The question before with the one thing that ``text`` only names; empty where it does more,
    or that was not asked of another one beside it.
    """
    if not history or not only_names_one(text):
        return ""
    before = history[-1].question
    old, new = things_in(before, found), things_in(text, found)
    if len(old) != 1 or len(new) != 1 or not are_beside(old[0].heading, new[0].heading):
        return ""
    if not _BESIDE_A_NAME.issuperset(words_in(f"{text[: new[0].start]} {text[new[0].end :]}")):
        return ""
    return before[: old[0].start] + text[new[0].start : new[0].end] + before[old[0].end :]


def _pronoun(text: str, named: str) -> re.Match[str] | None:
    """What stands for the thing ``named``; the name of one may look like several: “St Ives”."""
    they = _THEY.search(text) if is_plural(named) else None
    may_be_one = not is_plural(named) or named.rsplit(maxsplit=1)[-1][0].isupper()
    return they or (_IT.search(text) if may_be_one and not _NO_THING.search(text) else None)

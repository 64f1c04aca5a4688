"""The thing that a section is about: a tent of a catalogue, a village of a guide. Pure, English.

Such a section says “it”, and so does a follow-up. Read without the name, “How heavy is it?” is
answered with the weight of any tent (docs/decisions/follow-ups.md).
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from assistant.types import Turn
from assistant.understand.followup import PERSONAL, POSSESSIVE, refers_back
from assistant.wording.words import STOP_WORDS
from index.chunk import HEADING_SEPARATOR, innermost
from index.types import Found, Passage

_IT = re.compile(r"\b(?:it['’]s|its|it)\b", re.IGNORECASE)
_THEY = re.compile(r"\b(?:they['’]re|they|them|their)\b", re.IGNORECASE)
_THERE = re.compile(r"\bthere(?=\W*$)", re.IGNORECASE)
_AFTER_NAME = {"its": "’s", "their": "’s", "it's": " is", "they're": " are"}
"""What follows the name in the place of “its”."""
_ALONE = re.compile(
    r"^\W*+(?:(?:(?:and|or|but|what about|how about)\s+)+"
    r"(?:(?:with|for|in|at|of|on|to|from)\s+)?\w[\w’'-]*+(?:\s+\w[\w’'-]*+){0,3}?"
    r"|\w[\w’'-]*+(?:\s+\w[\w’'-]*+)?)(?:,?\s+(?:then|please|too))?\W*$",
    re.IGNORECASE,
)
"""“And the Harrier 4?”"""
_BESIDE_A_NAME = frozenset(
    "and or but what about how with for in at of on to from then please too the a an s".split()
)
"""What may stand beside the name there: “And the Harrier’s porch?” asks for more."""
_OF_OTHERS = re.compile(
    r"\b(?:than|besides?|beyond|others?|another|else|except|apart|instead|ones?|similar|versus|vs)\b",
    re.IGNORECASE,
)
"""“Is there a lighter one?” asks for other things, too."""
_NO_THING = re.compile(
    r"\bit\s+(?:take|takes|took)\s+to\b"
    r"|\bit\s+(?:\w+\s+)?(?:possible|raining|snowing|true|necessary|likely|worth)\b",
    re.IGNORECASE,
)
"""An “it” that stands for nothing: “How long does it take to get there?”"""
_GOES = re.compile(r"\b(?:get|go|come|travel|drive|walk|cycle|got|went)\s+$", re.IGNORECASE)
_WORD = re.compile(r"[\w’'-]+")
_LEADING_ARTICLE = re.compile(r"^(?:an?|the)\s+", re.IGNORECASE)
_NUMBERED = re.compile(r"^[\d.]+\s+(?=\D)")
_AFTER_CORE = re.compile(r"\s*(?:[,:(–—]|\s-\s).*", re.DOTALL)
"""“Ilse Marwood, Director” is Ilse Marwood."""
MOST_PLACES = 8
"""Of a question where the words of one heading are looked at."""
LONGEST_NAME = 120
"""Characters of a heading that may be the name of a thing."""
_NOT_OF_NAMES = STOP_WORDS | frozenset("mr mrs ms miss dr prof".split())
_ARTICLES = frozenset("a an another the".split())


@dataclass(frozen=True, slots=True)
class Thing:
    """What stands under a heading, where a text names it."""

    heading: str
    """With those above it."""
    start: int
    end: int
    """Of the words that name it, with “the”."""
    is_name: bool
    """Whether it is named as by a proper name: “the Harrier 4”, not “a moonfern”."""
    words: frozenset[str]
    """That only this heading has and none beside it, of a proper name with their capitals: who
    speaks of the thing has one of them.
    """


def may_leave_out(text: str) -> bool:
    """Whether ``text`` may say “it” of a thing, or nothing but the name of another."""
    return any(p.search(text) for p in (_ALONE, _IT, _THEY, _THERE))


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
        return swapped or text
    it = _pronoun(text, named)
    if it:
        after = _AFTER_NAME.get(it.group().lower().replace("’", "'"), "")
        return f"{text[: it.start()]}{named}{after}{text[it.end() :]}"
    there = _THERE.search(text)
    if not there:
        return text
    to = "to" if _GOES.search(text[: there.start()]) else "in"
    return f"{text[: there.start()]}{to} {named}{text[there.end() :]}"


def _pronoun(text: str, named: str) -> re.Match[str] | None:
    """What stands for the thing ``named``; the name of one may look like several: “St Ives”."""
    they = _THEY.search(text) if _is_plural(named) else None
    may_be_one = not _is_plural(named) or named.rsplit(maxsplit=1)[-1][0].isupper()
    return they or (_IT.search(text) if may_be_one and not _NO_THING.search(text) else None)


def talked_of(text: str, history: Sequence[Turn], found: Found) -> str:
    """The thing, as the user named it, that the talk is about and ``text`` does not name; empty
    where it names one itself, asks about a person or for others, or where none or several were
    named.
    """
    if PERSONAL.search(text) or _OF_OTHERS.search(text) or things_in(text, found):
        return ""
    for turn in reversed(history):
        things = things_in(turn.question, found)
        if things:
            return turn.question[things[0].start : things[0].end] if len(things) == 1 else ""
        if not refers_back(turn.question):
            break
    return ""


def headings_of(asked: str, found: Found) -> frozenset[str]:
    """The headings of the things that ``asked`` names."""
    return frozenset(thing.heading for thing in things_in(asked, found))


def under(headings: Collection[str], found: Found) -> Found:
    """What was found, but nothing beside ``headings``."""
    places = {_above(heading) for heading in headings}

    def is_left(passage: Passage) -> bool:
        return passage.heading in headings or _above(passage.heading) not in places

    return _with_passages(found, is_left) if headings else found


def without_other_things(asked: str, found: Found) -> Found:
    """What was found but for sections beside those on the things that ``asked`` names which do not
    speak of these; where it has their proper names, also but for such documents.

    Of what other sections speak of, too, such as the tank of a manual, nothing is left out, nor
    where others are asked about: “Is any lighter than the Skerry 2?”
    """
    named = things_in(asked, found)
    if not named or _OF_OTHERS.search(asked):
        return found
    said = _said(found)

    def is_one_of_many(thing: Thing) -> bool:
        is_apart = not any(thing.words & said[place] for place in _beside(thing, said))
        return thing.is_name or (is_apart and _may_be_thing(thing.heading))

    things = [thing for thing in named if is_one_of_many(thing)]
    if not things:
        return found
    words = frozenset().union(*(thing.words for thing in things))
    beside = {
        place for thing in things for place in _beside(thing, said) if _is_of_one(place[1], thing)
    }
    are_names = all(thing.is_name for thing in things)

    def is_left(passage: Passage) -> bool:
        place = passage.document_id, passage.heading
        speaks = not words.isdisjoint(said[place])
        is_here = place not in beside
        if are_names and is_here:
            return not words.isdisjoint(said[passage.document_id, ""])
        return speaks or is_here

    return _with_passages(found, is_left)


def _said(found: Found) -> dict[tuple[str, str], set[str]]:
    """The words, as written and in small letters, of each document (with "" for the heading) and
    of what stands right under each of its headings, as far as it was found.
    """
    said: dict[tuple[str, str], set[str]] = {}
    for passage in (hit.passage for hit in found.hits):
        text = f"{passage.title} {passage.heading} {passage.text}"
        words = {POSSESSIVE.sub("", word) for word in _WORD.findall(text)}
        words |= {word.lower() for word in words}
        for heading in ("", passage.heading):
            said.setdefault((passage.document_id, heading), set()).update(words)
    return said


def _beside(thing: Thing, said: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The places under headings beside that of the thing."""
    return ((document, heading) for document, heading in said if _ancestor(heading, thing))


def _ancestor(heading: str, thing: Thing) -> str:
    """Of ``heading`` and those above it the one beside that of the thing; empty for none."""
    parts = heading.split(HEADING_SEPARATOR)
    ancestors = (HEADING_SEPARATOR.join(parts[:n]) for n in range(1, len(parts) + 1))
    return next((above for above in ancestors if _are_beside(above, thing.heading)), "")


def _is_of_one(heading: str, thing: Thing) -> bool:
    return _may_be_thing(_ancestor(heading, thing))


def _may_be_thing(heading: str) -> bool:
    """Whether it may name one thing: “Bread oven”, not “Fees”, “Borrowing” or “How to book”."""
    words = list(_words(_LEADING_ARTICLE.sub("", _core(heading))))
    is_topic = not words or words[0] in STOP_WORDS or words[0].endswith("ing")
    return not is_topic and not _is_plural(words[-1])


def _with_passages(found: Found, is_left: Callable[[Passage], bool]) -> Found:
    kept = {hit.passage.id for hit in found.hits if is_left(hit.passage)}
    left = tuple(s for s in found.sentences if s.hit.passage.id in kept)
    return replace(found, sentences=left)


def things_in(text: str, found: Found) -> list[Thing]:
    """The things that ``text`` names of which a passage was found: by a proper name or a part of
    one, or else by all of the heading.
    """
    headings = tuple(dict.fromkeys(hit.passage.heading for hit in found.hits))
    common = _common(tuple(hit.passage.text for hit in found.hits))
    words = list(_WORD.finditer(text))
    named = (_named(words, heading, telling, common) for heading, telling in _telling(headings))
    is_alone = bool(_ALONE.match(text))
    return [
        thing
        for thing, is_whole in filter(None, named)
        if (thing.is_name or is_whole or is_alone) and not _is_part_of_a_term(thing, text, found)
    ]


def _swapped(text: str, history: Sequence[Turn], found: Found) -> str:
    """The question before with the one thing that ``text`` only names; empty where it does more,
    or that was not asked of another one beside it.
    """
    if not history or not _ALONE.match(text):
        return ""
    before = history[-1].question
    old, new = things_in(before, found), things_in(text, found)
    if len(old) != 1 or len(new) != 1 or not _are_beside(old[0].heading, new[0].heading):
        return ""
    if not _BESIDE_A_NAME.issuperset(_words(f"{text[: new[0].start]} {text[new[0].end :]}")):
        return ""
    return before[: old[0].start] + text[new[0].start : new[0].end] + before[old[0].end :]


@lru_cache(maxsize=8)
def _telling(headings: tuple[str, ...]) -> tuple[tuple[str, frozenset[str]], ...]:
    """Each heading that is under another, with the words that none beside it has."""
    words = {
        h: frozenset(_words(_inner(h))) - STOP_WORDS - frozenset(_words(_above(h)))
        for h in headings
        if _above(h)
    }
    return tuple(
        (heading, own - frozenset().union(*(words[h] for h in words if _are_beside(h, heading))))
        for heading, own in words.items()
    )


@lru_cache(maxsize=8)
def _common(texts: tuple[str, ...]) -> frozenset[str]:
    """The words that are written small somewhere: a name has one that is not."""
    return frozenset(w for text in texts for w in _WORD.findall(text) if w[0].islower())


def _named(
    words: Sequence[re.Match[str]],
    heading: str,
    telling: frozenset[str],
    common: frozenset[str],
) -> tuple[Thing, bool] | None:
    """Where ``words`` name what stands under ``heading``, and whether in full, as a noun."""
    plain = [_plain(word.group()) for word in words]
    capital = ["" if word.group()[0].islower() else _plain(word.group()) for word in words]
    own = frozenset(_words(_inner(heading)))
    places = [i for i, word in enumerate(plain) if word in telling][:MOST_PLACES]
    runs = [_run(plain, i, own) for i in places]
    if not runs:
        return None
    capitals = frozenset(
        POSSESSIVE.sub("", word)
        for word in _WORD.findall(_core(heading))
        if word[0].isupper() and _plain(word) in telling - common
    )
    own_names = {_plain(word) for word in capitals}
    names = [_run(capital, i, own) for i in places if i and capital[i] in own_names]
    names = [run for run in names if not _is_in_longer_name(capital, run)]
    first, end = max(names or runs, key=lambda run: run[1] - run[0])
    has_article = first > 0 and plain[first - 1] in _ARTICLES
    core = frozenset(_words(_core(heading))) - STOP_WORDS
    is_full = core <= frozenset(plain[first:end]) and (has_article or len(core) > 1)
    last = words[end - 1]
    thing = Thing(
        heading,
        words[first - has_article].start(),
        last.start() + len(POSSESSIVE.sub("", last.group())),
        bool(names),
        capitals if names else telling,
    )
    return thing, is_full and not plain[first].endswith("ing")


def _is_in_longer_name(capital: Sequence[str], run: tuple[int, int]) -> bool:
    """Whether it stands in the name of something else: “the Ambry Salt Road”, of “Salt”."""
    first, end = run
    beside = (capital[first - 1] if first > 1 else "", capital[end] if end < len(capital) else "")
    return any(word and word not in _NOT_OF_NAMES for word in beside)


def _run(words: Sequence[str], at: int, own: frozenset[str]) -> tuple[int, int]:
    """The first of the words around ``at`` that are ``own``, and the place after the last."""
    first, end = at, at + 1
    while first and words[first - 1] in own and words[first - 1] not in STOP_WORDS:
        first -= 1
    while end < len(words) and words[end] in own:
        end += 1
    return first, end


def _is_part_of_a_term(thing: Thing, text: str, found: Found) -> bool:
    """Whether the next word belongs to it where it was found: “the safety course”."""
    following = _WORD.match(text, min(thing.end + 1, len(text)))
    if thing.is_name or not following or following.group().lower() in STOP_WORDS:
        return False
    last = text[thing.start : thing.end].rsplit(maxsplit=1)[-1]
    pair = re.compile(rf"\b{re.escape(last)}\s+{re.escape(following.group())}\b", re.IGNORECASE)
    return any(pair.search(hit.passage.text) for hit in found.hits)


def _inner(heading: str) -> str:
    """The innermost one, without its number; of a long one the beginning."""
    return _NUMBERED.sub("", innermost(heading)[:LONGEST_NAME])


def _core(heading: str) -> str:
    """The same without what comes after a comma."""
    return _AFTER_CORE.sub("", _inner(heading)) or _inner(heading)


def _above(heading: str) -> str:
    return heading.rpartition(HEADING_SEPARATOR)[0]


def _are_beside(one: str, other: str) -> bool:
    return one != other and _above(one) == _above(other)


def _is_plural(name: str) -> bool:
    return name.endswith("s") and not name.endswith(("ss", "us"))


def _words(text: str) -> Iterator[str]:
    return filter(None, (_plain(word) for word in _WORD.findall(text)))


def _plain(word: str) -> str:
    return POSSESSIVE.sub("", word).lower()

"""The thing that a section is about, where a text names it: a tent of a catalogue, a village of a
guide. Pure, English.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.understand.followup import POSSESSIVE
from assistant.wording.words import STOP_WORDS
from index.chunk import innermost, outer
from index.types import Found

WORD = re.compile(r"[\w’'-]+")
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
_ALONE = re.compile(
    r"^\W*+(?:(?:(?:and|or|but|what about|how about)\s+)+"
    r"(?:(?:with|for|in|at|of|on|to|from)\s+)?\w[\w’'-]*+(?:\s+\w[\w’'-]*+){0,3}?"
    r"|\w[\w’'-]*+(?:\s+\w[\w’'-]*+)?)(?:,?\s+(?:then|please|too))?\W*$",
    re.IGNORECASE,
)
"""“And the Harrier 4?”"""
_OF_OTHERS = re.compile(
    r"\b(?:than|besides?|beyond|others?|another|else|except|apart|instead|ones?|similar|versus|vs)\b",
    re.IGNORECASE,
)
"""“Is there a lighter one?” asks for other things, too."""


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


def things_in(text: str, found: Found) -> list[Thing]:
    """The things that ``text`` names of which a passage was found: by a proper name or a part of
    one, or else by all of the heading.
    """
    headings = tuple(dict.fromkeys(hit.passage.heading for hit in found.hits))
    common = _common(tuple(hit.passage.text for hit in found.hits))
    words = list(WORD.finditer(text))
    named = (_named(words, heading, telling, common) for heading, telling in _telling(headings))
    is_alone = only_names_one(text)
    things = [
        thing
        for thing, is_whole in filter(None, named)
        if (thing.is_name or is_whole or is_alone) and not _is_part_of_a_term(thing, text, found)
    ]
    names = [thing for thing in things if thing.is_name]
    return [t for t in things if t in names or not names or _is_beside_any(t, names)]


def _is_beside_any(thing: Thing, others: Sequence[Thing]) -> bool:
    """Whether it is one of the same kind; “the guarantee” of “the Harrier 4” is not."""
    return any(are_beside(thing.heading, other.heading) for other in others)


def asks_for_others(text: str) -> bool:
    """Whether ``text`` asks about other things than it names: “Is any lighter than the Skerry?”"""
    return bool(_OF_OTHERS.search(text))


def may_be_thing(heading: str) -> bool:
    """Whether it may name one thing: “Bread oven”, not “Fees”, “Borrowing” or “How to book”."""
    words = list(words_in(_LEADING_ARTICLE.sub("", _core(heading))))
    is_topic = not words or words[0] in STOP_WORDS or words[0].endswith("ing")
    return not is_topic and not is_plural(words[-1])


def only_names_one(text: str) -> bool:
    """Whether ``text`` may be nothing but the name of a thing: “And the Harrier 4?”"""
    return bool(_ALONE.match(text))


@lru_cache(maxsize=8)
def _telling(headings: tuple[str, ...]) -> tuple[tuple[str, frozenset[str]], ...]:
    """Each heading that is under another, with the words that none beside it has."""
    words = {
        h: frozenset(words_in(_inner(h))) - STOP_WORDS - frozenset(words_in(outer(h)))
        for h in headings
        if outer(h)
    }
    return tuple(
        (heading, own - frozenset().union(*(words[h] for h in words if are_beside(h, heading))))
        for heading, own in words.items()
    )


@lru_cache(maxsize=8)
def _common(texts: tuple[str, ...]) -> frozenset[str]:
    """The words that are written small somewhere: a name has one that is not."""
    return frozenset(w for text in texts for w in WORD.findall(text) if w[0].islower())


def _named(
    words: Sequence[re.Match[str]],
    heading: str,
    telling: frozenset[str],
    common: frozenset[str],
) -> tuple[Thing, bool] | None:
    """Where ``words`` name what stands under ``heading``, and whether in full, as a noun."""
    plain = [_plain(word.group()) for word in words]
    capital = ["" if word.group()[0].islower() else _plain(word.group()) for word in words]
    own = frozenset(words_in(_inner(heading)))
    places = [i for i, word in enumerate(plain) if word in telling][:MOST_PLACES]
    runs = [_run(plain, i, own) for i in places]
    if not runs:
        return None
    capitals = frozenset(
        POSSESSIVE.sub("", word)
        for word in WORD.findall(_core(heading))
        if word[0].isupper() and _plain(word) in telling - common
    )
    own_names = {_plain(word) for word in capitals}
    names = [_run(capital, i, own) for i in places if i and capital[i] in own_names]
    names = [run for run in names if not _is_in_longer_name(capital, run)]
    first, end = max(names or runs, key=lambda run: run[1] - run[0])
    has_article = first > 0 and plain[first - 1] in _ARTICLES
    core = frozenset(words_in(_core(heading))) - STOP_WORDS
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
    following = WORD.match(text, min(thing.end + 1, len(text)))
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


def are_beside(one: str, other: str) -> bool:
    """Whether two headings stand under the same one."""
    return one != other and outer(one) == outer(other)


def is_plural(name: str) -> bool:
    """Whether ``name`` looks like that of several, as “St Ives” does, too."""
    return name.endswith("s") and not name.endswith(("ss", "us"))


def words_in(text: str) -> Iterator[str]:
    """The words of ``text`` in order, small and without “’s”."""
    return filter(None, (_plain(word) for word in WORD.findall(text)))


def _plain(word: str) -> str:
    return POSSESSIVE.sub("", word).lower()

"""The sections on the things that a question names, among what was found. Pure, English."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace

from assistant.understand.followup import POSSESSIVE
from assistant.understand.thing import (
    WORD,
    Thing,
    are_beside,
    asks_for_others,
    may_be_thing,
    things_in,
)
from index.chunk import HEADING_SEPARATOR, outer
from index.types import Found, Passage


def headings_of(asked: str, found: Found) -> frozenset[str]:
    """The headings of the things that ``asked`` names."""
    return frozenset(thing.heading for thing in things_in(asked, found))


def under(headings: Collection[str], found: Found) -> Found:
    """What was found, but nothing beside ``headings``."""
    places = {outer(heading) for heading in headings}

    def is_left(passage: Passage) -> bool:
        return passage.heading in headings or outer(passage.heading) not in places

    return _with_passages(found, is_left) if headings else found


def without_other_things(asked: str, found: Found) -> Found:
    """What was found but for sections beside those on the things that ``asked`` names which do not
    speak of these; where it has their proper names, also but for such documents.

    Of what other sections speak of, too, such as the tank of a manual, nothing is left out, nor
    where others are asked about: “Is any lighter than the Skerry 2?”
    """
    named = things_in(asked, found)
    if not named or asks_for_others(asked):
        return found
    said = _said(found)

    def is_one_of_many(thing: Thing) -> bool:
        is_apart = not any(thing.words & said[place] for place in _beside(thing, said))
        return thing.is_name or (is_apart and may_be_thing(thing.heading))

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
        words = {POSSESSIVE.sub("", word) for word in WORD.findall(text)}
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
    return next((above for above in ancestors if are_beside(above, thing.heading)), "")


def _is_of_one(heading: str, thing: Thing) -> bool:
    return may_be_thing(_ancestor(heading, thing))


def _with_passages(found: Found, is_left: Callable[[Passage], bool]) -> Found:
    kept = {hit.passage.id for hit in found.hits if is_left(hit.passage)}
    left = tuple(s for s in found.sentences if s.hit.passage.id in kept)
    return replace(found, sentences=left)

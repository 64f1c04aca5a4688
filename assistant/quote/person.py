"""Whom “he” or “she” stands for, in a follow-up or a text, and what is about somebody else. Pure.

English rules, and careful ones: a sentence is about somebody else only where the text says so. A
sentence that names nobody, or whose own “he” nobody in its passage explains, stays a candidate.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from assistant.understand.followup import PERSONAL, POSSESSIVE, name_places, with_capitals
from assistant.wording.claims import name_key
from assistant.wording.people import may_be_person, people_in, surnames_in
from index.types import Found, Sentence


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom a text names."""

    name: str
    """As written."""
    keys: frozenset[str]
    """Of the parts of the name, without initials and particles: any of them may stand for all."""


@dataclass(frozen=True, slots=True)
class OtherPeople:
    """What the rule says of the sentences that were found."""

    asked_about: tuple[Person, ...] = ()
    """Whom the question may be about, by name; empty: nobody can be told, and nothing is barred."""
    barred: frozenset[int] = frozenset()
    """Numbers of the sentences that are about somebody else."""

    @property
    def left_out(self) -> tuple[str, ...]:
        """What those are about, for a refusal to say; empty where there are none."""
        names = " or ".join(person.name for person in self.asked_about)
        return (f"others than {names}",) if self.barred else ()


NOBODY_ELSE = OtherPeople()
_UNTOLD = Person("", frozenset())
"""Whom a pronoun stands for when its passage does not say."""

_SUBJECTS = frozenset(("he", "she"))
_SUBJECT_NEXT = re.compile(
    r"\b(?:is|was|does|did|has|had|will|would|can|could|should|may|might|must)"
    r"(?:\s+(?!(?:about|at|by|for|from|in|of|on|to|with)\b)\S+){0,3}+$",
    re.IGNORECASE,
)
"""What stands before a subject, with words for who that is: “Is the Italian minister Brandt …?”"""
_ASKS_WHO = re.compile(r"\b(?:who(?:['’]s|\ is|\ was)|how\ old\ (?:is|was))\s+", re.IGNORECASE)
_PLACE_BEFORE = re.compile(r"(?:\b(?:in|at|near|within|across)\s+|\w-)$", re.IGNORECASE)
_PARTICLES = frozenset("di de da du la le van von der den al bin of the".split())
_LONGEST_BEFORE = 12


def other_people(asked: str, referents: Sequence[str], found: Found) -> OtherPeople:
    """Which of ``found.sentences`` are about somebody else than the question.

    Args:
        asked: what the user wrote. Whom it names itself may be named in an answer (“Did he meet
            Draghi?”).
        referents: see ``Question.referents``; none for a question that stands alone.
        found: by the search for it.
    """
    texts = tuple(hit.passage.text for hit in found.hits)
    if not referents:
        return _not_the_subject(asked, found.sentences, _known_people(texts))
    people = _known_people((*texts, *referents))
    people += tuple(p for text in referents for p in _asked_for(text) if not _is_in(p, people))
    named = (_surely_named(with_capitals(text), people) for text in referents)
    asked_about = next((persons for persons in named if persons), frozenset())
    if not asked_about:
        return NOBODY_ELSE
    allowed = asked_about | {_UNTOLD}
    beside = _all_named(asked, people)
    each = _spoken_of(found.sentences, people)
    barred = frozenset(
        i
        for i, (persons, sentence) in enumerate(zip(each, found.sentences, strict=True))
        if persons - beside and not (persons | _all_named(sentence.text, people)) & allowed
    )
    return OtherPeople(tuple(sorted(asked_about, key=lambda p: p.name)), barred)


def _not_the_subject(
    asked: str, sentences: Sequence[Sentence], people: Sequence[Person]
) -> OtherPeople:
    """Of “How old is Brandt?”, asked by itself: each sentence whose “he” is somebody else."""
    people = [*people, *(p for p in _asked_for(with_capitals(asked)) if not _is_in(p, people))]
    named = _all_named(with_capitals(asked), people)
    if len(named) != 1 or not _is_subject(next(iter(named)), asked):
        return NOBODY_ELSE
    each = _only_he(sentences, people)
    barred = frozenset(i for i, persons in enumerate(each) if persons and not persons & named)
    return OtherPeople(tuple(named), barred)


def _is_subject(person: Person, question: str) -> bool:
    """Whether it asks what the person is or does, by the last part of the name at least: “How old
    is Brandt?”, not “Brandt’s wife” or “the Brandt Foundation”.
    """
    words = question.strip(" ?!.").split()
    named = [i for i, word in enumerate(words) if name_key(word) in person.keys]
    if not named or name_key(words[named[-1]]) != name_key(person.name.split()[-1]):
        return False
    after = words[named[-1] + 1 :]
    is_whole = not (POSSESSIVE.search(words[named[-1]]) or (after and after[0][0].isupper()))
    return is_whole and bool(_SUBJECT_NEXT.search(" ".join(words[: named[0]])))


def _only_he(sentences: Sequence[Sentence], people: Sequence[Person]) -> list[frozenset[Person]]:
    """For each sentence that names nobody whom its “he” may stand for, where every sentence since
    somebody was named says “he” too; for all others nobody.
    """
    result = []
    for _, passage in groupby(sentences, key=lambda s: s.hit.passage.id):
        before: frozenset[Person] = frozenset()
        for sentence in passage:
            named = _all_named(sentence.text, people)
            is_of_before = not named and _says_he(sentence.text)
            result.append(before if is_of_before else frozenset())
            if named and _names_owners(sentence.text, people):
                before |= named  # "Brandt left. Voss's party agreed. He …" may be either
            elif not is_of_before:
                before = named
    return result


def _names_owners(text: str, people: Sequence[Person]) -> bool:
    """Whether it names people only as “Voss’s”."""
    return all(POSSESSIVE.search(name) for name, _, _ in _named(text, people))


def _says_he(text: str) -> bool:
    return any(pronoun.group().lower() in _SUBJECTS for pronoun in PERSONAL.finditer(text))


def introductions(question: str, found: Found) -> frozenset[int]:
    """Ids of the passages where the people whom ``question`` names in part (“Mrs Ives”) first have
    the whole name (“Margaret Ives, 63”): what they are is mostly told there.
    """
    passages = sorted((hit.passage for hit in found.hits), key=lambda p: (p.document_id, p.start))
    people = _known_people(tuple(hit.passage.text for hit in found.hits))
    asked = frozenset(name_key(word) for word in question.split())
    named = [p for p in _all_named(with_capitals(question), people) if not p.keys <= asked]
    first = (next((p.id for p in passages if person.name in p.text), None) for person in named)
    return frozenset(id_ for id_ in first if id_ is not None)


def _spoken_of(sentences: Sequence[Sentence], people: Sequence[Person]) -> list[frozenset[Person]]:
    """For each sentence whom it names, and whom its pronouns may stand for."""
    result = []
    for _, passage in groupby(sentences, key=lambda s: s.hit.passage.id):
        before = frozenset((_UNTOLD,))
        for sentence in passage:
            here = _persons_of(sentence.text, before, people)
            result.append(here)
            before = here or before
    return result


def _persons_of(
    text: str, before: frozenset[Person], people: Sequence[Person]
) -> frozenset[Person]:
    """Whom a sentence names, and with a pronoun whom the one ``before`` it was about.

    “He” after a name in the same sentence is that one; “his” and “him” there may be either:
    “Draghi met him”.
    """
    found = _surely_named(text, people)
    first = min(
        (at for _, at, person in _named(text, people) if person in found), default=len(text)
    )
    for pronoun in PERSONAL.finditer(text):
        if pronoun.start() < first or pronoun.group().lower() not in _SUBJECTS:
            return found | before
    return found


def _surely_named(text: str, people: Sequence[Person]) -> frozenset[Person]:
    """Without who is named after “in” or “pro-” only: that may be a city, or just a view."""
    return frozenset(
        person
        for _, at, person in _named(text, people)
        if not _PLACE_BEFORE.search(text[max(at - _LONGEST_BEFORE, 0) : at])
    )


def _all_named(text: str, people: Sequence[Person]) -> frozenset[Person]:
    return frozenset(person for _, _, person in _named(text, people))


def _named(text: str, people: Sequence[Person]) -> Iterator[tuple[str, int, Person]]:
    """How ``text`` names which of ``people``, with the offset: by all of the name or a part.

    “Matteo” alone is each Matteo, “Matteo Renzi” only the one of that name.
    """
    for name, start in name_places(text):
        keys = _keys(name)
        most = max((len(person.keys & keys) for person in people), default=0)
        yield from ((name, start, p) for p in people if most and len(p.keys & keys) == most)


@lru_cache(maxsize=8)
def _known_people(texts: tuple[str, ...]) -> tuple[Person, ...]:
    """The people whom ``texts`` name, each once, by the longest name that they give."""
    names = [name for text in texts for name, _ in people_in(text)]
    names += [name for text in texts for name in surnames_in(text)]
    people: list[Person] = []
    for name in sorted(dict.fromkeys(names), key=lambda name: -len(name)):
        person = Person(name, _keys(name))
        if person.keys and not _is_in(person, people):
            people.append(person)
    return tuple(people)


def _asked_for(text: str) -> Iterator[Person]:
    """Whom “Who is …?” asks for by name, whatever the documents say of such a person."""
    starts = {match.end() for match in _ASKS_WHO.finditer(text)}
    for name, start in name_places(text):
        is_whole = not POSSESSIVE.search(name)  # not "Who is Rome's mayor?"
        if start in starts and is_whole and may_be_person(name):
            yield Person(name, _keys(name))


def _is_in(person: Person, people: Sequence[Person]) -> bool:
    return any(person.keys <= other.keys for other in people)


def _keys(name: str) -> frozenset[str]:
    keys = (name_key(part) for part in name.split() if part.lower() not in _PARTICLES)
    return frozenset(key for key in keys if len(key) > 1)

"""Who does what to whom, in a written sentence and in the one that it rests on. Pure."""

import re
from collections import Counter
from difflib import SequenceMatcher
from itertools import pairwise

from assistant.understand.question import Terms, content_terms
from assistant.wording import claims, quantities

_RELATIVES = frozenset("which who that whom whose where when".split())
_IS_A = re.compile(r"(?:is|are|was|were) an? ")
"""“A is a man who does it” does say that A does it."""
_COPULA = re.compile(r"\s(?:is|are|was|were)\s")
_ACTS = re.compile(r"\b[A-ZÀ-Þ][\w-]+ ([a-z]+ed|[a-z]{2,5}t|sold|met|won|gave|took|led|saw)\b")
"""A verb right behind a name: who does it."""


def exchanged(said: str, there: str, terms: Terms) -> list[str]:
    """Two names that stand in the other order than in the support: who did it to whom?

    Names after "in", "of" and the like may stand anywhere. "By" turns the order round, so that
    where only one of the two sentences has it nothing follows.
    """
    if (" by " in said.lower()) != (" by " in there.lower()):
        return []
    mine, theirs = claims.agents(said), claims.agents(there)
    keys = [claims.name_key(name) for name in mine]
    places = {claims.name_key(name): place for place, name in enumerate(theirs)}
    both = [
        (key, name)
        for key, name in zip(keys, mine, strict=True)
        if keys.count(key) == 1 and key in places
    ]
    for (first, shown), (second, other) in pairwise(both):
        if places[first] > places[second]:
            return [f"{shown} … {other}"]
    return _changed_sides(said, there, terms)


def _changed_sides(said: str, there: str, terms: Terms) -> list[str]:
    """Two names that stand on the other sides of the same word, "of" and the like or not."""
    mine, theirs = _sides(said, terms), _sides(there, terms)
    acts = {stem for verb in _ACTS.findall(said) for stem in terms(verb)}
    for word in mine.keys() & theirs.keys():
        (before, after), (other_before, other_after) = mine[word], theirs[word]
        first = before & (other_after - other_before)
        second = after & (other_before - other_after)
        if first and second:
            return [f"{min(first)} … {min(second)}"]
        if first and other_before and word in acts:
            return [f"{min(first)} … {word}"]
    return []


def _sides(text: str, terms: Terms) -> dict[str, tuple[set[str], set[str]]]:
    """For each stem that occurs once: the keys of the names before it, and of those after it."""
    found = claims.words(quantities.plain(text))
    names = set(claims.names(text))
    keys = [claims.name_key(word) if word in names else "" for word in found]
    stems = [content_terms("" if word in names else word, terms) for word in found]
    counts = Counter(stem for each in stems for stem in each)
    return {
        stem: (set(keys[:place]) - {""}, set(keys[place + 1 :]) - {""})
        for place, each in enumerate(stems)
        for stem in each
        if counts[stem] == 1
    }


def other_subject(said: str, there: str) -> list[str]:
    """What "A is unlike B, which does it" says of B, and ``said`` of A: "A does it"."""
    mine, theirs = (
        [w.lower() for w in claims.words(text)] for text in (quantities.plain(said), there)
    )
    steps = SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes()
    return [
        theirs[end]
        for (before, *_), (kind, _, _, start, end), (after, *_) in zip(
            steps, steps[1:], steps[2:], strict=False
        )
        if before == after == "equal"
        and kind in {"insert", "replace"}
        and end - start > 1
        and theirs[end - 1] in _RELATIVES
        and not _IS_A.match(" ".join(theirs[start:end]))
    ]


def made_one(said: str, there: str, terms: Terms) -> list[str]:
    """A "was" between two things that an "and" joins in the support, as different ones."""
    low = quantities.plain(there)
    for match in _COPULA.finditer(quantities.plain(said)):
        before = claims.words(match.string[: match.start()])[-1:]
        after = [w for w in claims.words(match.string[match.end() :]) if content_terms(w, terms)]
        if before and after and _joined(before[0], after[0], low):
            return [match.group().strip()]
    return []


def _joined(first: str, second: str, there: str) -> bool:
    """Whether ``there`` has ``first``, an "and" and ``second``, and nothing that equates them."""
    between = re.search(rf"\b{re.escape(first)}\b([^.;]*?)\b{re.escape(second)}\b", there)
    return (
        between is not None
        and re.search(r"\band\b", between.group(1)) is not None
        and not _COPULA.search(between.group(1))
    )


def made_to_act(said: str, there: str) -> list[str]:
    """A name after "by" that stands after "for", "to" or the like in the support."""
    if " by " in there.lower():
        return []
    named = re.findall(r"\b[Bb]y (?:the )?([A-ZÀ-Þ][\w-]+)", said)
    return [
        f"by {name}"
        for name in named
        if re.search(
            rf"\b(?:for|to|from|against|with|in|on|at) (?:the )?{re.escape(name)}\b", there
        )
    ]

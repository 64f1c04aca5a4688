"""How a written sentence differs from the one that it rests on, word for word. Pure."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from assistant import claims, quantities
from assistant.question import Terms

NEAR_WORDS = 5
"""How far the word that a "not" or "planned to" turns may stand from it."""
_ALTERNATIVE = re.compile(
    r"\bor(?: \w+){1,3} (?:will|would|can|could|must|may|might|is|are|was|were)\b", re.IGNORECASE
)
"""A clause that comes true only if the one before it does not."""
_SECOND_VERB = re.compile(r"\band (\w+ed) (\w+)")
ALL_BUT_REPEATS = 0.7
"""Likeness, 0 to 1, of two runs of words from which on every word that differs counts."""


def turned_words(said: str, there: str, terms: Terms) -> list[str]:
    """What turns the meaning round: a "not" that only one of the two has, a "planned to" dropped.

    Args:
        said: the written sentence.
        there: the sentence that it rests on.
        terms: the stemmer.
    """
    turned = []
    wanted = set(terms(said))
    if claims.negators(said) and not claims.negators(there):
        turned += claims.negators(said)[:1]
    if not claims.negators(said):
        turned += _governing(claims.negators(there), there, wanted, terms)
    if _ALTERNATIVE.search(there) and " or " not in said.lower():
        turned += _governing(["or"], there, wanted, terms)
    if not claims.hedges(said):
        turned += _governing(claims.hedges(there), there, wanted, terms)
    return (
        turned
        + claims.invented_cause(said, there)
        + [*made_to_act(said, there), *dropped_verbs(said, there)]
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


def _governing(turners: Sequence[str], there: str, wanted: set[str], terms: Terms) -> list[str]:
    """Those of ``turners`` that are followed closely by a word that is wanted."""
    found = []
    for turner in turners:
        start = "" if turner == "n't" else "(?<![a-z])"
        for match in re.finditer(rf"{start}{re.escape(turner)}(?![a-z])", there, re.IGNORECASE):
            following = claims.words(there[match.end() :])[:NEAR_WORDS]
            content = [w for w in following if w.lower() not in claims.SMALL]
            governed = content if turner in claims.MODALS else content[:1]
            if any(set(terms(word)) & wanted for word in governed):
                found.append(turner)
                break
    return found


def dropped_verbs(said: str, there: str) -> list[str]:
    """What "rejected one and (encouraged) another" lacks in brackets."""
    low = quantities.plain(said).lower()
    return [
        verb
        for verb, following in _SECOND_VERB.findall(there.lower())
        if re.search(rf"\band {re.escape(following)}\b", low) and verb not in low
    ]


def put_in(said: str, there: str, terms: Terms) -> list[str]:
    """Where ``said`` all but repeats its support: the words that it puts in the place of others.

    Such a word proves nothing by standing elsewhere in the same sentence.
    """
    mine, theirs = claims.words(quantities.plain(said)), claims.words(there)
    matcher = SequenceMatcher(
        None, [w.lower() for w in mine], [w.lower() for w in theirs], autojunk=False
    )
    if matcher.quick_ratio() < ALL_BUT_REPEATS or matcher.ratio() < ALL_BUT_REPEATS:
        return []
    put: list[str] = []
    for kind, start, end, other_start, other_end in matcher.get_opcodes():
        old = [w for w in theirs[other_start:other_end] if w.lower() not in claims.SMALL]
        new = [w for w in mine[start:end] if w.lower() not in claims.SMALL]
        if kind == "replace" and old:
            known = _keys(old, terms)
            put += [word for word in new if not _keys([word], terms) & known]
    return put


def _keys(found: Sequence[str], terms: Terms) -> set[object]:
    """What words are compared by: as names, as stems, and as numbers."""
    line = " ".join(found)
    values = {number.value for number in quantities.numbers(line)}
    return {*map(claims.name_key, found), *terms(line), *values}


def exchanged(said: str, there: str) -> list[str]:
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
    return []

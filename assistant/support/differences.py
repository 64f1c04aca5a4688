"""Words of a written sentence that its support does not have in that place. Pure."""

from collections import Counter
from collections.abc import Collection, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from assistant.understand.question import Terms, content_terms
from assistant.wording import claims, quantities

ALL_BUT_REPEATS = 0.7
"""Likeness, 0 to 1, of two runs of words from which on every word that differs counts."""
_SIDES = tuple(
    frozenset(group.split())
    for group in (
        "he she they it i we you",
        "more less most least fewer fewest",
        "before after",
        "above below over under",
        "first last",
        "all some many few most none both neither either",
    )
)
"""Words of which one in the place of another changes what is said."""

_ACTS = frozenset("give gives given gave get gets got let lets happen happens happened".split())
"""Verbs that in a question say little, and in a sentence may say what is done."""


def other_acts(said: str, there: str, terms: Terms) -> list[str]:
    """The verbs that carry no content of their own and that the support lacks: “give up”."""
    known = frozenset(terms(there))
    found = [word for word in claims.words(said) if word.lower() in _ACTS]
    return [word for word in found if not known.issuperset(terms(word))]


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
        if (kind == "replace" and old) or (kind == "insert" and new):
            known = _keys(old, terms)
            put += [word for word in new if not _keys([word], terms) & known]
    return put


def _keys(found: Sequence[str], terms: Terms) -> set[object]:
    """What words are compared by: as names, as stems, and as numbers."""
    line = " ".join(found)
    values = {number.value for number in quantities.numbers(line)}
    return {*map(claims.name_key, found), *terms(line), *values}


def repeated(said: str, supports: Sequence[str], terms: Terms) -> list[str]:
    """Words that ``said`` has twice and its support once: the second time says something new."""
    most = Counter(stem for text in supports for stem in terms(text))
    names = {claims.name_key(name) for name in claims.names(said)}
    seen: Counter[str] = Counter()
    extra = []
    for word in claims.words(quantities.plain(said)):
        for stem in content_terms(word, terms):
            seen[stem] += 1
            if 0 < most.get(stem, 0) < seen[stem] and claims.name_key(word) not in names:
                extra.append(word)
    return extra


def other_sides(said: str, there: str) -> list[str]:
    """A "she was" where the support has only "he was", a "more expensive" for "less expensive"."""
    return [found for group in _SIDES for found in _other_sides(said, there, group)]


def _other_sides(said: str, there: str, group: Collection[str]) -> list[str]:
    mine, theirs = (
        {(a, b) for a, b in pairwise(w.lower() for w in claims.words(text)) if a in group}
        for text in (quantities.plain(said), there)
    )
    return [
        f"{which} {what}"
        for which, what in sorted(mine - theirs)
        if any(what == other for _, other in theirs)
    ]

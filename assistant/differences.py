"""How a written sentence differs from the one that it rests on, word for word. Pure."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from assistant import claims, quantities
from assistant.question import Terms, content_terms

NEAR_WORDS = 5
"""How far the word that a "not" or "planned to" turns may stand from it."""
_ALTERNATIVE = re.compile(
    r"\bor(?: \w+){1,3} (?:will|would|can|could|must|may|might|is|are|was|were)\b", re.IGNORECASE
)
"""A clause that comes true only if the one before it does not."""
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
_ATTACHED = re.compile(
    r"\b([a-z]{4,}) (of|from|for|to|with|in|by) (?:the )?((?:[a-z]+-)?[A-Z][\w-]*)"
)
"""A noun or verb, and the name that a preposition attaches to it."""
_TIMED = re.compile(
    r"\b(for|since|until|before|after|at|in|on|of|during|over|from|between|around|about|by)"
    r" (\d[\d,.]*)"
)
_PARTS = re.compile(r"[,;:()](?:\s|$)|\s(?:and|but|while|whereas|when|compared)\s")
"""Where what is said of one number ends and what is said of the next begins."""
NEAR_NUMBER = 4
"""How many words behind a number are looked at."""
_FOR = re.compile(r"\b(?:for|to|per|in|on|of) (?:the )?(\w+)", re.IGNORECASE)
_EVERY = re.compile(r"\b(?:all|every\w*|each)\b", re.IGNORECASE)
_EXCEPT = re.compile(r"\b(?:except|apart from|other than|all but)\b", re.IGNORECASE)
_CAUSE = re.compile(r"\b(?:because(?: of)?|due to|owing to)\b", re.IGNORECASE)
_RELATIVES = frozenset("which who that whom whose where when".split())
_COPULA = re.compile(r"\s(?:is|are|was|were)\s")
_ACTS = re.compile(r"\b[A-ZÀ-Þ][\w-]+ ([a-z]+ed|[a-z]{2,5}t|sold|met|won|gave|took|led|saw)\b")
"""A verb right behind a name: who does it."""
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
    denied = claims.negators(said)
    if denied and not _governing(
        denied, said, _governed(claims.negators(there), there, terms), terms
    ):
        turned += denied[:1]
    if not claims.negators(said):
        turned += _governing(claims.negators(there), there, wanted, terms)
    if _ALTERNATIVE.search(there) and " or " not in said.lower():
        turned += _governing(["or"], there, wanted, terms)
    if _EVERY.search(said) and _EXCEPT.search(there) and not _EXCEPT.search(said):
        turned.append("except")
    if not claims.hedges(said):
        turned += _governing(claims.hedges(there), there, wanted, terms)
    return [
        *turned,
        *claims.invented_cause(said, there),
        *made_to_act(said, there),
        *dropped_verbs(said, there),
        *other_sides(said, there),
        *made_one(said, there, terms),
        *other_subject(said, there),
        *other_place(said, there),
        *other_number(said, there, terms),
        *turned_cause(said, there, terms),
    ]


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
    ]


def other_place(said: str, there: str) -> list[str]:
    """A name that stands after "bank of" in place of another, and "at 45" for "for 45"."""
    mine, theirs = quantities.plain(said).lower(), there.lower()
    moved = []
    for noun, preposition, name in _ATTACHED.findall(quantities.plain(said)):
        others = re.findall(rf"\b{re.escape(noun)} {preposition} (?:the )?([\w-]+)", there)
        if others and claims.name_key(name) not in map(claims.name_key, others):
            moved.append(f"{preposition} {name}")
    known = {number: _sense(word) for word, number in _TIMED.findall(theirs)}
    moved += [
        f"{word} {number}"
        for word, number in _TIMED.findall(mine)
        if _sense(word) != known.get(number, _sense(word))
    ]
    return moved


def other_number(said: str, there: str, terms: Terms) -> list[str]:
    """A number with what goes with another number there: "8 for adults" of "12 for adults, 8 …"."""
    parts = [(quantities.numbers(part), set(terms(part))) for part in _PARTS.split(there)]
    wrong = []
    for number, near in _near_numbers(said, terms):
        own = [words for found, words in parts if any(n.value == number.value for n in found)]
        others = [words for found, words in parts if any(_rivals(number, n) for n in found)]
        if own and any(not any(w in o for o in own) and any(w in o for o in others) for w in near):
            wrong.append(number.shown)
    return wrong


def _rivals(number: quantities.Number, other: quantities.Number) -> bool:
    """Whether one may have been taken for the other: they differ and may measure the same."""
    return (
        number.value != other.value
        and _is_year(number) == _is_year(other)
        and (not number.unit or not other.unit or number.unit == other.unit)
    )


def _is_year(number: quantities.Number) -> bool:
    return re.fullmatch(r"[12]\d{3}", number.shown) is not None


def _near_numbers(said: str, terms: Terms) -> Iterator[tuple[quantities.Number, list[str]]]:
    """Each number, with the stems of the words just behind it and of "for adults" before it."""
    plain = quantities.plain(said)
    for number in quantities.numbers(plain):
        before, _, after = plain.partition(number.shown)
        behind = [] if _is_year(number) else claims.words(_PARTS.split(after)[0])[:NEAR_NUMBER]
        attached = _FOR.findall(before)
        yield number, list(content_terms(" ".join([*behind, *attached]), terms))


def turned_cause(said: str, there: str, terms: Terms) -> list[str]:
    """A "because" whose two sides have changed places."""
    mine, theirs = (_CAUSE.split(quantities.plain(text), maxsplit=1) for text in (said, there))
    if len(mine) != 2 or len(theirs) != 2:
        return []
    effect, cause = (set(content_terms(side, terms)) for side in mine)
    own_effect, own_cause = (set(content_terms(side, terms)) for side in theirs)
    turned = len(effect & own_cause) + len(cause & own_effect)
    return ["because"] if turned > len(effect & own_effect) + len(cause & own_cause) else []


def _sense(preposition: str) -> str:
    """Prepositions of time and amount that may stand for one another have one sense."""
    return preposition if preposition in {"for", "since", "until", "before", "after"} else "at"


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
        for match in _places(turner, there):
            following = claims.words(there[match.end() :])[:NEAR_WORDS]
            content = [w for w in following if w.lower() not in claims.SMALL]
            governed = content if turner in claims.MODALS else content[:1]
            if any(set(terms(word)) & wanted for word in governed):
                found.append(turner)
                break
    return found


def _governed(turners: Sequence[str], text: str, terms: Terms) -> set[str]:
    """Stems of the words that follow ``turners`` closely in ``text``."""
    return {
        stem
        for turner in set(turners)
        for match in _places(turner, text)
        for stem in terms(" ".join(claims.words(text[match.end() :])[: 2 * NEAR_WORDS]))
    }


def _places(turner: str, text: str) -> Iterator[re.Match[str]]:
    start = "" if turner == "n't" else "(?<![a-z])"
    return re.finditer(rf"{start}{re.escape(turner)}(?![a-z])", text, re.IGNORECASE)


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
        if (kind == "replace" and old) or (kind == "insert" and new):
            known = _keys(old, terms)
            put += [word for word in new if not _keys([word], terms) & known]
    return put


def _keys(found: Sequence[str], terms: Terms) -> set[object]:
    """What words are compared by: as names, as stems, and as numbers."""
    line = " ".join(found)
    values = {number.value for number in quantities.numbers(line)}
    return {*map(claims.name_key, found), *terms(line), *values}


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

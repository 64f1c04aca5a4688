"""Whether numbers and names go with what they go with in the support: "8 for adults". Pure."""

import re
from collections.abc import Iterator

from assistant.understand.question import Terms, content_terms
from assistant.wording import claims, quantities

_ATTACHED = re.compile(
    r"\b([a-z]{4,}) (of|from|for|to|with|in|by) (?:the )?((?:[a-z]+-)?[A-Z][\w-]*)"
)
"""A noun or verb, and the name that a preposition attaches to it."""
_WHOLE = re.compile(
    r"\b(\w{4,}) of ([\w' -]+?)(?= (?:in|at|on|by|for|from|to|with|and|or|but|who|which|that|is|"
    r"are|was|were|has|have|had|will)\b|[^\w' -]|$)",
    re.IGNORECASE,
)
"""A noun, and the whole that it is of: “members of the two largest parties” in the parliament."""
_OWNED = re.compile(r"\b(his|her|its|their) (\w+)")
_OWNERS = {"his": "his", "her": "her", "its": "its", "their": "its"}
"""“The board” has its plan, or their plan."""
_TIMED = re.compile(
    r"\b(for|since|until|before|after|at|in|on|of|during|over|from|between|around|about|by)"
    r" (\d[\d,.]*)"
)
_PARTS = re.compile(r"[,;:()](?:\s|$)|\s(?:and|but|while|whereas|when|compared)\s")
"""Where what is said of one number ends and what is said of the next begins."""
NEAR_NUMBER = 3
"""How many words behind a number are looked at."""
_FOR = re.compile(r"\b(?:for|to|per|in|on|of) (?:the )?(\w+)", re.IGNORECASE)


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


def other_whole(said: str, there: str, terms: Terms) -> list[str]:
    """What stands after "member of" and has no word of what stands after it there."""
    theirs: dict[tuple[str, ...], set[str]] = {}
    for noun, whole in _WHOLE.findall(there):
        theirs.setdefault(tuple(terms(noun)), set()).update(terms(whole))
    return [
        f"of {whole}"
        for noun, whole in _WHOLE.findall(quantities.plain(said))
        if (known := theirs.get(tuple(terms(noun))))
        and known.isdisjoint(content_terms(whole, terms))
    ]


def other_owner(said: str, there: str) -> list[str]:
    """ "Their visit" for "his visit"."""
    owners: dict[str, set[str]] = {}
    for owner, owned in _OWNED.findall(there.lower()):
        owners.setdefault(owned, set()).add(_OWNERS[owner])
    return [
        owner
        for owner, owned in _OWNED.findall(quantities.plain(said).lower())
        if owned in owners and _OWNERS[owner] not in owners[owned]
    ]


def _sense(preposition: str) -> str:
    """Prepositions of time and amount that may stand for one another have one sense."""
    return preposition if preposition in {"for", "since", "until", "before", "after"} else "at"


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
        attached = _FOR.findall(_PARTS.split(before)[-1])
        yield number, list(content_terms(" ".join([*behind, *attached]), terms))

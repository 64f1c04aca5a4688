"""What turns the meaning of a sentence round, or leaves open whether it happened. Pure."""

import re
from collections.abc import Iterator, Sequence

from assistant.understand.question import Terms, content_terms
from assistant.wording import claims, quantities

NEAR_WORDS = 5
"""How far the word that a "not" or "planned to" turns may stand from it."""
_ALTERNATIVE = re.compile(
    r"\bor(?: \w+){1,3} (?:will|would|can|could|must|may|might|is|are|was|were)\b", re.IGNORECASE
)
"""A clause that comes true only if the one before it does not."""
_EVERY = re.compile(r"\b(?:all|every\w*|each)\b", re.IGNORECASE)
_EXCEPT = re.compile(r"\b(?:except|apart from|other than|all but)\b", re.IGNORECASE)
_CAUSE = re.compile(r"\b(?:because(?: of)?|due to|owing to)\b", re.IGNORECASE)
_SECOND_VERB = re.compile(r"\band (\w+ed) (\w+)")


def turned_words(said: str, there: str, terms: Terms) -> list[str]:
    """What turns the meaning round: a "not" that only one of the two has, a "planned to" dropped.

    Args:
        said: the written sentence.
        there: the sentence that it rests on.
        terms: the stemmer.
    """
    turned = []
    wanted = set(terms(said))
    denied, denies = claims.negators(said), claims.negators(there)
    meant = _governed(denied, said, terms)
    goes_on = any(claims.words(said[m.end() :]) for word in denied for m in _places(word, said))
    if denied and (not denies or (goes_on and not meant & _governed(denies, there, terms))):
        turned += denied[:1]
    if not denied:
        turned += _governing(denies, there, wanted, terms)
    if _ALTERNATIVE.search(there) and " or " not in said.lower():
        turned += _governing(["or"], there, wanted, terms)
    if _EVERY.search(said) and _EXCEPT.search(there) and not _EXCEPT.search(said):
        turned.append("except")
    if not claims.hedges(said):
        turned += _governing(claims.hedges(there), there, wanted, terms)
    return [
        *turned,
        *claims.invented_cause(said, there),
        *turned_cause(said, there, terms),
        *dropped_verbs(said, there),
    ]


def turned_cause(said: str, there: str, terms: Terms) -> list[str]:
    """A "because" whose two sides have changed places."""
    mine, theirs = (_CAUSE.split(quantities.plain(text), maxsplit=1) for text in (said, there))
    if len(mine) != 2 or len(theirs) != 2:
        return []
    effect, cause = (set(content_terms(side, terms)) for side in mine)
    own_effect, own_cause = (set(content_terms(side, terms)) for side in theirs)
    turned = len(effect & own_cause) + len(cause & own_effect)
    return ["because"] if turned > len(effect & own_effect) + len(cause & own_cause) else []


def dropped_verbs(said: str, there: str) -> list[str]:
    """What "rejected one and (encouraged) another" lacks in brackets."""
    low = quantities.plain(said).lower()
    return [
        verb
        for verb, following in _SECOND_VERB.findall(there.lower())
        if re.search(rf"\band {re.escape(following)}\b", low) and verb not in low
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
    """Stems of the words with a meaning that follow ``turners`` closely in ``text``."""
    return {
        stem
        for turner in set(turners)
        for match in _places(turner, text)
        for stem in content_terms(
            " ".join(claims.words(text[match.end() :])[: 2 * NEAR_WORDS]), terms
        )
    }


def _places(turner: str, text: str) -> Iterator[re.Match[str]]:
    start = "" if turner == "n't" else "(?<![a-z])"
    return re.finditer(rf"{start}{re.escape(turner)}(?![a-z])", text, re.IGNORECASE)

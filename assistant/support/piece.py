"""A reply, or an item of a list, that is no sentence: “The Lega”. Pure.

It says nothing but that it answers the question, so what it rests on must speak of what was asked.
"""

import re
from collections.abc import Collection

from assistant.understand.question import Terms, content_terms
from assistant.wording import claims, quantities
from assistant.wording.words import STOP_WORDS

SPEAKS_OF = 0.5
"""Share of the question's other words that the support of an answer must have."""
_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|do|does|did|will|would|can|could|may|might|must|shall|"
    r"should)\b|n't\b",
    re.IGNORECASE,
)


def is_piece(text: str) -> bool:
    """Whether ``text`` is names and numbers only, or has neither the end of a sentence nor a verb
    that shows.
    """
    plain = quantities.plain(text)
    known = {*claims.names(plain), *(number.shown for number in quantities.numbers(plain))}
    others = [w for w in claims.words(plain) if w not in known and w.lower() not in claims.SMALL]
    return not others or not (claims.has_end(plain) or _VERB.search(plain))


def is_beside(text: str, question: str, there: Collection[str], terms: Terms) -> bool:
    """Whether a piece cannot be seen to answer: it only repeats words of the question, or its
    support has few of the others.

    Args:
        text: the piece.
        question: what was asked, with what it refers to.
        there: stems of its support.
        terms: the stemmer.
    """
    asked = set(content_terms(question, terms))
    named = {claims.name_key(word) for word in claims.words(quantities.plain(question))}
    new = [
        word
        for word in claims.words(quantities.plain(text))
        if word.lower() not in STOP_WORDS
        and claims.name_key(word) not in named
        and not asked.issuperset(terms(word))
    ]
    others = asked.difference(terms(text))
    return not new or len(others.intersection(there)) < len(others) * SPEAKS_OF

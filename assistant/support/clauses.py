"""Whether each clause of a written sentence rests on one clause of the documents. Pure.

Small models put words of one long sentence, or of two, together anew: all of them are there, and
what they say is not.
"""

import re
from collections.abc import Collection, Sequence

from assistant.understand.question import Terms, content_terms

_JOINT = re.compile(r"\s*;\s*|,?\s+(?:and|but|while|whereas)\s+", re.IGNORECASE)
_UNIT = re.compile(
    r";\s+(?![^()]*\))|(?<=[.!?])[)\]”\"']*\s+(?=[A-ZÀ-Þ])|(?<=[.!?][)\]”\"'])\s+(?=[A-ZÀ-Þ])"
)


def scattered(
    said: str, supports: Sequence[str], exact: Collection[str], terms: Terms
) -> frozenset[str]:
    """Stems of ``said`` that do not stand with the rest of their clause in one place.

    Args:
        said: the written sentence.
        supports: the sentences that it rests on.
        exact: stems of names and numbers, which are looked at elsewhere.
        terms: the stemmer.
    """
    units = [frozenset(terms(unit)) for text in supports for unit in _UNIT.split(text) if unit]
    loose: frozenset[str] = frozenset()
    if not units or not _lacking(said, units, exact, terms):
        return loose
    for clause in _JOINT.split(said):
        loose |= _lacking(clause, units, exact, terms)
    return loose


def _lacking(
    clause: str, units: Sequence[frozenset[str]], exact: Collection[str], terms: Terms
) -> frozenset[str]:
    """What the unit that has most of ``clause`` lacks of it."""
    wanted = frozenset(content_terms(clause, terms)) - frozenset(exact)
    return wanted - max(units, key=lambda unit: len(wanted & unit))

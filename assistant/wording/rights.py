"""Lines that say whose the text is. Pure, English."""

import re
from collections.abc import Sequence

from index.types import Sentence

_RIGHTS = re.compile(
    r"\W*(?:(?:(?:©|\(c\)|copyright\b)\s*)+(?:19|20)\d\d\b|all\s+rights\s+reserved\b)",
    re.IGNORECASE,
)
"""A line that says whose the text is."""
_ASKS_RIGHTS = re.compile(
    r"©|\b(?:copyright|rights?|licen[cs]ed?|publish\w*|owns?|belongs?)\b", re.IGNORECASE
)


def rights_lines(asked: str, sentences: Sequence[Sentence]) -> frozenset[int]:
    """Numbers of the sentences that only say who holds the rights, unless that is ``asked``."""
    if _ASKS_RIGHTS.search(asked):
        return frozenset()
    return frozenset(i for i, s in enumerate(sentences) if _RIGHTS.match(s.text))

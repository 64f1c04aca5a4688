"""Sentences that open with a word that points at what stood before them. Pure, English."""

import re

LOOK_BACK = 3
"""How many sentences before a pronoun may name what it stands for."""

_AIR = re.compile(
    r"\W*(?!this (?:article|document|text|report|paper|study|book|page|guide|policy)\b)"
    r"(he|she|it|they|his|her|its|their|this|these|those|that|such|there|here|but|and|however|"
    r"moreover|also|thus|therefore|then|yet|so)\b",
    re.IGNORECASE,
)


def starts_in_the_air(text: str) -> bool:
    """Whether a sentence opens with a word that points at what stood before it.

    >>> starts_in_the_air("This led to war."), starts_in_the_air("This article was updated.")
    (True, False)
    """
    return bool(_AIR.match(text))

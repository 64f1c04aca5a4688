"""Slips of the finger in a question: words that stand nowhere, one letter from one that does.

Candidates are made and looked up (Norvig 2007, How to write a spelling corrector). What the
embedding model knows as one word is one, however near another: a “horse” is no “house”.
"""

import re
import string
from collections.abc import Iterator

from assistant.wording.words import GENERIC, STOP_WORDS
from index.search import Index

SHORTEST = 5
"""Letters of a word that is looked at: a shorter one has too many neighbours."""
LONGEST = 30
LIKELY = 5
"""How many of the words near one are looked for, the most frequent first."""
LONG = 7
"""Letters of a word from which on one consonant may be a slip for another."""
VOWELS = "aeiouy"
CONSONANTS = "".join(sorted(set(string.ascii_lowercase) - set(VOWELS)))
_WORD = re.compile(r"\b[a-z]+\b", re.IGNORECASE)


def respelled(text: str, index: Index) -> str:
    """``text``, each word that is most likely a slip as the documents have it.

    Args:
        text: a question.
        index: whose documents are asked.
    """
    return _WORD.sub(lambda match: _meant(match.group(), index), text)


def _meant(word: str, index: Index) -> str:
    low = word.lower()
    if not SHORTEST <= len(low) <= LONGEST or low in STOP_WORDS or low in GENERIC:
        return word
    if index.known(index.terms(low)) or _is_known(low, index):
        return word
    candidates = list(near(low))
    likely = index.known(index.terms(" ".join(candidates)))[:LIKELY]
    words = (c for stem in likely for c in candidates if index.terms(c) == [stem])
    best = next((c for c in words if _is_known(c, index) or index.has_word(c)), None)
    if best is None:
        return word
    return best.capitalize() if word[0].isupper() else best


def _is_known(word: str, index: Index) -> bool:
    return index.embedder.count_tokens(word) == 1


def near(word: str) -> Iterator[str]:
    """All that one letter too few, too many, another or two exchanged can make of ``word``.

    The first is kept, which hardly anybody mistypes; a vowel stays one, and a consonant of a short
    word itself, and its last letter is there: “wager” is no “water” and no “wage”.

    Args:
        word: of small letters.
    """
    for at in range(1, len(word)):
        before, letter, after = word[:at], word[at], word[at + 1 :]
        yield before + after[:1] + letter + after[1:]
        if after or len(word) >= LONG:
            yield before + after
        yield from (f"{before}{other}{letter}{after}" for other in string.ascii_lowercase)
        others = VOWELS if letter in VOWELS else CONSONANTS if len(word) >= LONG else ""
        yield from (f"{before}{other}{after}" for other in others)
    yield from (word + other for other in string.ascii_lowercase)

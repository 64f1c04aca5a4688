"""What the letters of an abbreviation stand for: which sentences can tell. Pure, English rules.

A sentence spells ``CEPA`` out where words begin with its letters in order, or where one form stands
in brackets after the other (as in Schwartz and Hearst 2003, A simple algorithm for identifying
abbreviation definitions in biomedical text). What only uses the letters does not tell.
"""

import re
from collections.abc import Sequence

from index.types import Found

_ASKS = re.compile(
    r"\bwhat\b.*?\b(?P<letters>[\w.&-]*[\w&]\.?)\s+(?:is\s+)?"
    r"(?:stands?|short|an?\s+(?:abbreviation|acronym))\s+(?:for|of)\b",
    re.IGNORECASE,
)
_SMALL = frozenset("a an and at by de for from in of on or the to with".split())
_WORD = re.compile(r"[^\W_]+")
_FEWEST, _MOST = 2, 10
"""Letters and digits of an abbreviation."""


def unexplained(asked: str, found: Found) -> frozenset[int]:
    """Numbers of the sentences that do not tell what the letters in ``asked`` stand for.

    Empty where it does not ask for that, or what “stands for” something is no abbreviation: it must
    be in capitals in the question, or in a passage that was found.
    """
    letters = _letters_in(asked, [hit.passage.text for hit in found.hits])
    if not letters:
        return frozenset()
    return frozenset(
        i for i, sentence in enumerate(found.sentences) if not spells_out(sentence.text, letters)
    )


def _letters_in(asked: str, texts: Sequence[str]) -> str:
    match = _ASKS.search(asked)
    letters = match["letters"] if match else ""
    if not _FEWEST <= len(_bare(letters)) <= _MOST:
        return ""
    if sum(c.isupper() for c in letters) >= _FEWEST:
        return letters
    in_capitals = re.compile(rf"(?<!\w){re.escape(letters.upper())}(?!\w)")
    return letters if any(in_capitals.search(text) for text in texts) else ""


def spells_out(text: str, letters: str) -> bool:
    """Whether ``text`` has a long form of ``letters``.

    >>> spells_out("The Bank of England raised rates.", "BoE"), spells_out("BoE rates rose.", "BoE")
    (True, False)
    """
    rest = re.sub(rf"(?<!\w){re.escape(letters)}(?!\w)", " ", text, flags=re.IGNORECASE)
    words = [word.lower() for word in _WORD.findall(rest)]
    has_initials = any(_begin(words[at:], _bare(letters)) for at in range(len(words)))
    return has_initials or _is_explained(text, letters)


def _begin(words: Sequence[str], letters: str) -> bool:
    """Whether ``words`` begin with one letter each; small words may stand between."""
    if not (words and letters):
        return not letters
    takes = words[0][0] == letters[0] and _begin(words[1:], letters[1:])
    return takes or (words[0] in _SMALL and _begin(words[1:], letters))


def _is_explained(text: str, letters: str) -> bool:
    """“Five-Star Movement (M5S)”, “XML stands for …”, or “DNA (deoxyribonucleic acid)”."""
    short = re.escape(letters)
    told = rf"\w\W*\(\W*{short}\W*\)|(?<!\w){short}\W+(?:which\s+)?(?:is\s+short|stands)\s+for\b"
    if re.search(told, text, re.IGNORECASE):
        return True
    after = re.finditer(rf"(?<!\w){short}\s*\(([^()]+)\)", text, re.IGNORECASE)
    return any(_in_order(_bare(letters), match[1].lower()) for match in after)


def _in_order(letters: str, text: str) -> bool:
    rest = iter(text)
    return text[0] == letters[0] and all(letter in rest for letter in letters)


def _bare(text: str) -> str:
    return re.sub(r"[\W_]", "", text).lower()

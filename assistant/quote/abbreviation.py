"""What the letters of an abbreviation stand for: which sentences can tell. Pure, English rules.

A sentence may tell what ``CEPA`` stands for where words begin with its letters in order, or where
it explains the letters: in brackets, after a colon, with “or” or “short for” (after Schwartz and
Hearst 2003, A simple algorithm for identifying abbreviation definitions in biomedical text, but
less strict: a sentence that may tell stays a candidate). What only uses the letters does not tell.
"""

import re
from collections.abc import Sequence

from assistant.wording.words import STOP_WORDS, plain
from index.types import Found

_LETTERS = r"[\"'“‘]?(?P<{}>\w[\w.&-]*)[\"'”’]?"
_ASKS = re.compile(
    r"\W*what\s+(?:"
    r"(?:(?:does|do)\s+)?(?:the\s+)?(?:(?:abbreviation|acronym|letters|initials)\s+)?"
    + _LETTERS.format("stands")
    + r"\s+(?:actually\s+|originally\s+)?(?:stands?|is\s+short|are\s+short)\s+for"
    r"|(?:is|are)\s+(?:the\s+)?"
    + _LETTERS.format("short")
    + r"\s+(?:short\s+for|an?\s+(?:abbreviation|acronym)\s+(?:for|of))"
    r")(?:\s+here|\s+exactly)?\W*",
    re.IGNORECASE,
)
_SMALL = frozenset("a an and at by de for from in of on or the to with".split())
_FEWEST, _MOST = 2, 10
"""Letters and digits of an abbreviation."""


def unexplained(asked: str, found: Found) -> frozenset[int]:
    """Numbers of the sentences that do not tell what the letters in ``asked`` stand for.

    Empty where it asks for something else, or what “stands for” something is no abbreviation: it
    must have two capitals in the question, or be in capitals in a sentence that was found.
    """
    letters = _letters_in(asked, [sentence.text for sentence in found.sentences])
    if not letters:
        return frozenset()
    return frozenset(
        i for i, sentence in enumerate(found.sentences) if not may_tell(sentence.text, letters)
    )


def _letters_in(asked: str, sentences: Sequence[str]) -> str:
    match = _ASKS.fullmatch(plain(asked))
    letters = (match["stands"] or match["short"]) if match else ""
    if not _FEWEST <= len(_bare(letters)) <= _MOST:
        return ""
    if sum(c.isupper() for c in letters) >= _FEWEST and not asked.isupper():
        return letters
    if letters.lower() in STOP_WORDS:
        return ""
    in_capitals = re.compile(rf"(?<!\w){re.escape(letters.upper())}(?!\w)")
    is_written = any(in_capitals.search(s) and not s.isupper() for s in sentences)
    return letters if is_written else ""


def may_tell(text: str, letters: str) -> bool:
    """Whether ``text`` may say what ``letters`` stand for.

    >>> may_tell("The Bank of England raised rates.", "BoE"), may_tell("BoE rates rose.", "BoE")
    (True, False)
    """
    short = r"(?<!\w)" + r"[.&-]?".join(map(re.escape, _bare(letters))) + r"s?(?!\w)\.?"
    rest = re.sub(short, " ", text, flags=re.IGNORECASE)
    if any(_has_initials(form, _bare(letters)) for form in (rest, rest.replace("-", ""))):
        return True
    before = rf"(?:\w\W*\(|\bor)\W*{short}"
    after = (
        rf"{short}[\"'”’]?(?:\s*[(:–—]|,?\s+or\b|,?\s+(?:which\s+)?(?:is\s+|are\s+)?"
        r"(?:stands?|stood|short|an?\s+(?:abbreviation|acronym)|means)\b)"
    )
    return bool(re.search(f"{before}|{after}", text, re.IGNORECASE))


def _has_initials(text: str, letters: str) -> bool:
    """Whether successive words begin with ``letters``; small words may stand between them."""
    reached: set[int] = set()
    for word in re.findall(r"[^\W_]+", text.lower()):
        took = {n + 1 for n in reached | {0} if word[0] == letters[n]}
        reached = took | (reached if word in _SMALL else set())
        if len(letters) in reached:
            return True
    return False


def _bare(text: str) -> str:
    return re.sub(r"[\W_]", "", text).lower()

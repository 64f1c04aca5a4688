"""Text as it comes out of a parser, to text that is safe to store, embed, show and cite.

Every reader passes each of its pieces through one ``Cleaner`` before offsets are worked out, so
nothing after this step may change a document's text again. The Cleaner counts what it takes out:
characters that a person cannot see are how instructions are smuggled into documents.
"""

import re
import unicodedata
from collections import Counter
from functools import cache

_NEWLINES = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")
_ESCAPE_SEQUENCES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\))")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_SURROGATES = re.compile("[\ud800-\udfff]")

# U+200C and U+200D are spelling, not disguise, between letters of Arabic and Indic scripts.
_JOINED = "\u0600-\u0dff"
_INVISIBLE = (
    (
        "zero-width",
        re.compile(
            "[\u034f\u180e\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb"
            "\U0001d173-\U0001d17a\U000e0100-\U000e01ef]"
        ),
    ),
    ("zero-width", re.compile(f"[\u200c\u200d](?:(?![{_JOINED}])|(?<![{_JOINED}].))")),
    ("zero-width", re.compile("[\ufe00-\ufe0f]{2,}")),
    ("bidirectional", re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")),
    ("tag", re.compile("[\U000e0000-\U000e007f]")),
)
_LONGEST_COMBINING_RUN = 30  # the Stream-Safe Text Format of Unicode, UAX #15 section 13


class Cleaner:
    """Cleans the pieces of one document and remembers what it removed."""

    def __init__(self) -> None:
        self._removed: Counter[str] = Counter()

    def clean(self, text: str) -> str:
        """``text`` with ``\\n`` newlines, in NFC, and without characters that cannot be seen.

        Removed: C0 and C1 controls but newline and tab, terminal escape sequences, lone
        surrogates, soft hyphens, zero-width, bidirectional and tag characters.
        """
        text = _NEWLINES.sub("\n", text)
        text = self._remove("control", _ESCAPE_SEQUENCES, text)
        text = self._remove("control", _CONTROLS, text)
        if text.isascii():
            return text
        text = self._remove("surrogate", _SURROGATES, text)
        text = text.replace("\u00ad", "")
        for name, pattern in _INVISIBLE:
            text = self._remove(name, pattern, text)
        return _nfc(text)

    def notices(self) -> tuple[str, ...]:
        """One sentence on what was removed, or nothing."""
        if not self._removed:
            return ()
        counts = ", ".join(f"{count} {name}" for name, count in sorted(self._removed.items()))
        return (f"invisible characters removed: {counts}",)

    def _remove(self, name: str, pattern: re.Pattern[str], text: str) -> str:
        shorter = pattern.sub("", text)
        if len(shorter) < len(text):
            self._removed[name] += len(text) - len(shorter)
        return shorter


def _nfc(text: str) -> str:
    if unicodedata.is_normalized("NFC", text):
        return text
    # Ordering combining marks takes CPython time square in the length of the run: 80,000 marks
    # on one letter took 3.7 s. No script stacks more than a handful.
    text = _long_combining_runs().sub(lambda run: run[0][:_LONGEST_COMBINING_RUN], text)
    return unicodedata.normalize("NFC", text)


@cache
def _long_combining_runs() -> re.Pattern[str]:
    marks = (c for c in map(chr, range(0x300, 0x1F000)) if unicodedata.combining(c))
    return re.compile(f"[{''.join(marks)}]{{{_LONGEST_COMBINING_RUN + 1},}}")

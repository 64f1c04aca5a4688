"""The numbers in a sentence, as they count and not as they are written. Pure, English rules."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-"})
_NUMBER = re.compile(r"(?<![\w.,])([$€£]\s?)?(\d+(?:[.,]\d+)*)(?:\s?(%)|(st|nd|rd|th|s)\b)?")

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
SPELLED = {word: value for value, word in enumerate(_UNITS)} | {
    word: 10 * (value + 2) for value, word in enumerate(_TENS)
}
_SCALES = {
    "hundred": 100,
    "thousand": 1000,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
    "dozen": 12,
}
_MEASURES = {
    form: name
    for name, forms in {
        "percent": "% percent percentage",
        "dollar": "$ dollar dollars usd",
        "euro": "€ euro euros eur",
        "pound": "£ pound pounds gbp",
        "year": "year years",
        "month": "month months",
        "week": "week weeks",
        "day": "day days",
        "hour": "hour hours",
        "minute": "minute minutes",
        "second": "second seconds",
        "metre": "m metre metres meter meters",
        "kilometre": "km kilometre kilometres kilometer kilometers",
        "mile": "mile miles",
        "foot": "foot feet ft",
        "gram": "g gram grams",
        "kilogram": "kg kilogram kilograms kilo kilos",
        "tonne": "ton tons tonne tonnes",
        "litre": "litre litres liter liters",
        "degree": "° degree degrees",
    }.items()
    for form in forms.split()
}


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it counts, however it is written."""

    value: float
    unit: str
    """Singular name of its measure, empty where it has none that is known."""
    shown: str
    """As written."""


def plain(text: str) -> str:
    """``text`` with typewriter quotes and dashes and single spaces, for comparing."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_APOSTROPHES).split())


def numbers(text: str) -> list[Number]:
    """Every number in ``text``, in figures or in words; not "one", which mostly is none."""
    text = plain(text)
    found = [(m.start(), _from_figures(text, m)) for m in _NUMBER.finditer(text)]
    found += _from_words(text)
    return [number for _, number in sorted(found, key=lambda pair: pair[0])]


def missing_numbers(said: Sequence[Number], there: Sequence[Number]) -> list[str]:
    """Those of ``said``, as written, that are not among ``there``; each there counts once."""
    left = list(there)
    missing = []
    for number in said:
        match = next((n for n in left if _same(number, n)), None)
        if match is None:
            missing.append(number.shown)
        else:
            left.remove(match)
    return missing


def _from_figures(text: str, match: re.Match[str]) -> Number:
    currency, figures, percent, _ = match.groups()
    value = float(_decimal(figures))
    unit = _MEASURES.get((currency or percent or "").strip(), "")
    following = re.findall(r"[^\W\d_]+|°", text[match.end() : match.end() + 40])[:2]
    if following and following[0].lower() in _SCALES:
        value *= _SCALES[following[0].lower()]
        del following[0]
    unit = unit or (_MEASURES.get(following[0].lower(), "") if following else "")
    return Number(value, unit, match.group().strip())


def _decimal(figures: str) -> str:
    """ "1,000,000" and "3.5" as Python reads them; a date's "1.2.3" keeps its first point."""
    figures = re.sub(r",(?=\d{3}\b)", "", figures).replace(",", ".")
    head, point, tail = figures.partition(".")
    return head + point + tail.replace(".", "")


def _from_words(text: str) -> list[tuple[int, Number]]:
    found: list[tuple[int, Number]] = []
    matches = list(re.finditer(r"[A-Za-z]+", text))
    place = 0
    while place < len(matches):
        taken, value = _spelled([m.group().lower() for m in matches[place : place + 4]])
        if taken and not _after_figure(text, matches[place].start()):
            last = matches[place + taken - 1]
            after = matches[place + taken].group().lower() if place + taken < len(matches) else ""
            shown = text[matches[place].start() : last.end()]
            found.append((last.start(), Number(value, _MEASURES.get(after, ""), shown)))
        place += max(taken, 1)
    return found


def _after_figure(text: str, start: int) -> bool:
    return bool(re.search(r"\d\s?$", text[:start]))


def _spelled(following: Sequence[str]) -> tuple[int, float]:
    """How many of the words ahead make up one number, and which; 0 for none."""
    first = following[0]
    if first not in SPELLED or first == "one":
        return 0, 0.0
    taken, value = 1, float(SPELLED[first])
    if value >= 20 and len(following) > 1 and 0 < SPELLED.get(following[1], 0) < 10:
        taken, value = 2, value + SPELLED[following[1]]
    while taken < len(following) and following[taken] in _SCALES:
        value *= _SCALES[following[taken]]
        taken += 1
    return taken, value


def _same(said: Number, there: Number) -> bool:
    return said.value == there.value and (
        not said.unit or not there.unit or said.unit == there.unit
    )

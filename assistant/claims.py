"""What a sentence says that can be compared exactly: numbers, names, quotations, negation. Pure.

English rules, and rather strict: a number or a name that cannot be found is reported, and the
reader of the answer decides.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from assistant.question import STOP_WORDS

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-"})
_WORD = re.compile(r"[^\W_]+(?:['.-][^\W_]+)*")
_NUMBER = re.compile(r"(?<![\w.,])([$€£]\s?)?(\d+(?:[.,]\d+)*)(?:\s?(%)|(st|nd|rd|th|s)\b)?")
_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+|\b\w[\w.+-]*@\w[\w-]*\.\w+", re.IGNORECASE)
_QUOTED = re.compile(r"[“\"]([^“”\"]{3,})[”\"]")

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_NAMED = {word: value for value, word in enumerate(_UNITS)} | {
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

_NEGATORS = frozenset(
    "not no never none nobody nothing neither nor without cannot hardly scarcely nowhere "
    "n't fail fails failed failing lack lacks lacked lacking deny denies denied refuse refuses "
    "refused reject rejects rejected unable unlikely".split()
)
_HEDGES = frozenset(
    "plan plans planned intend intends intended want wants wanted hope hopes hoped threaten "
    "threatens threatened try tries tried attempt attempts attempted propose proposes proposed "
    "expect expects expected promise promises promised offer offers offered consider considers "
    "considered may might could would should if unless willing announced announce "
    "claim claims claimed allege alleges alleged allegedly supposedly reportedly".split()
)
_OPENERS = frozenset(
    "according additionally although but despite during finally first following furthermore given "
    "however indeed instead meanwhile moreover nevertheless once overall second since similarly "
    "specifically still such therefore these third though thus ultimately unlike while yes no "
    "author article document passage text writer report".split()
)
_PLACED = re.compile(
    r"\b(in|at|on|near|of|from|to|during|since|until|within|across|for)\s+(the\s+)?"
    r"[A-ZÀ-Þ][\w'-]*(\s+(of\s+|and\s+)?[A-ZÀ-Þ][\w'-]*)*"
)
_ADJECTIVE = re.compile(r"\b[A-Z]\w+(?:ian|ean|an|ish|ese|ch)(?=\s+[a-z])")
_PRONOUNS = frozenset("he she they it his her their its him them who this these those".split())
_DEMONYM = re.compile(r"(ians?|eans?|ans?|ia|y|e|a|ns?|s)$")
_SHORTEST_STEM = 4
SMALL = frozenset(STOP_WORDS) | {"to", "ultimately", "fully", "yet", "even", "ever"}
"""Words between a "not" and what it turns."""


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


def words(text: str) -> list[str]:
    """The words of ``plain`` text in order, as written."""
    return _WORD.findall(text)


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


def names(text: str, lower_case: frozenset[str] = frozenset()) -> list[str]:
    """The capitalised words of a sentence that are names, in order, as written.

    Args:
        text: one sentence.
        lower_case: words that the documents write small: they are no name where they open a
            sentence.
    """
    found = []
    opens = True
    for match in _WORD.finditer(plain(text)):
        word = _bare(match.group())
        is_capital = word[:1].isupper() or sum(map(str.isupper, word)) > 1
        low = word.lower()
        if is_capital and low not in STOP_WORDS and low not in _PRONOUNS:
            is_opener = opens and (low in _OPENERS or low in lower_case or low in _NEGATORS)
            if not is_opener and low not in _NAMED:
                found.append(word)
        opens = plain(text)[match.end() : match.end() + 2].strip() in {":", '."', ".", "?", "!"}
    return found


def agents(text: str) -> list[str]:
    """The names in ``text`` that may act or be acted on: those not after "in", "of" or the like,
    and no "Italian" before a noun.
    """
    return names(_ADJECTIVE.sub("", _PLACED.sub("", plain(text))))


def first_name(text: str, known: Collection[str]) -> list[str]:
    """The words of the first name in a sentence, such as "Luigi", "Di", "Maio"; empty for none.

    Args:
        text: one sentence.
        known: keys of what is a name for sure: the word that opens the sentence must be one.
    """
    text = plain(text)
    found = set(names(text))
    run: list[str] = []
    for match in _WORD.finditer(text):
        word = _bare(match.group())
        is_name = word in found and (match.start() > 0 or name_key(word) in known)
        if run and not is_name:
            break
        if is_name:
            run.append(word)
            if match.group() != word:  # "Draghi's": the name ends here
                break
    return run


def name_key(word: str) -> str:
    """What a name is compared by: "Italy", "Italian" and "Italy's" are one."""
    folded = unicodedata.normalize("NFD", _bare(plain(word)).lower())
    folded = "".join(c for c in folded if not unicodedata.combining(c))
    stem = _DEMONYM.sub("", folded)
    return stem if len(stem) >= _SHORTEST_STEM else folded


def extra_names(said: Iterable[str], there: str) -> list[str]:
    """Those of ``said`` that are not in the text ``there``, or more often than in there."""
    counts = Counter(name_key(word) for word in words(plain(there)))
    short = _initials(there)
    extra = []
    for name in said:
        key = name_key(name)
        if counts[key] > 0:
            counts[key] -= 1
        elif name.upper() != name or name not in short:
            parts = [name_key(part) for part in name.split("-")]
            if not all(counts[part] for part in parts):
                extra.append(name)
    return extra


def addresses(text: str) -> list[str]:
    """Web and mail addresses in ``text``."""
    return [match.rstrip(".,;:!?)”\"'") for match in _ADDRESS.findall(text)]


def quotations(text: str) -> list[str]:
    """What stands in quotation marks, without them."""
    return [quoted.strip(" .,;:!?") for quoted in _QUOTED.findall(text)]


def negators(text: str) -> list[str]:
    """The words of ``text`` that turn its meaning round."""
    return [w for w in _split_contractions(text) if w in _NEGATORS]


def hedges(text: str) -> list[str]:
    """The words of ``text`` that leave open whether something happened."""
    return [w for w in _split_contractions(text) if w in _HEDGES]


def has_pronoun(text: str) -> bool:
    """Whether something in ``text`` may stand for a name before it."""
    return any(word.lower() in _PRONOUNS for word in words(plain(text)))


def speaks_of_itself(text: str) -> bool:
    """Whether ``text`` says "I" or "you": a reply that does is not a report."""
    return bool(re.search(r"\b(i|my|me|mine|we|our|us|you|your)\b", text.lower()))


def _split_contractions(text: str) -> list[str]:
    return re.findall(r"n't\b|[a-z]+?(?=n't\b)|[a-z]+", plain(text).lower())


def _bare(word: str) -> str:
    return re.sub(r"'s?$", "", word.strip(".'-"))


def _initials(text: str) -> set[str]:
    """What the runs of capitalised words in ``text`` are short for: EU for European Union."""
    runs = re.findall(r"\b[A-Z][\w'-]*(?:\s+(?:of\s+|the\s+|and\s+)?[A-Z][\w'-]*)+", plain(text))
    return {"".join(w[0] for w in run.split() if w[0].isupper()) for run in runs}


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
    if first not in _NAMED or first == "one":
        return 0, 0.0
    taken, value = 1, float(_NAMED[first])
    if value >= 20 and len(following) > 1 and 0 < _NAMED.get(following[1], 0) < 10:
        taken, value = 2, value + _NAMED[following[1]]
    while taken < len(following) and following[taken] in _SCALES:
        value *= _SCALES[following[taken]]
        taken += 1
    return taken, value


def _same(said: Number, there: Number) -> bool:
    return said.value == there.value and (
        not said.unit or not there.unit or said.unit == there.unit
    )

"""What a sentence says that can be compared exactly: names, quotations, negation. Pure.

English rules, and rather strict: a number or a name that cannot be found is reported, and the
reader of the answer decides.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable

from assistant.wording.quantities import SPELLED, plain
from assistant.wording.words import STOP_WORDS

_WORD = re.compile(r"[^\W_]+(?:['.-][^\W_]+)*")
_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+|\b\w[\w.+-]*@\w[\w-]*\.\w+", re.IGNORECASE)
_QUOTED = re.compile(
    r"[“„\"]([^“”„\"]{3,})[”“\"]|«([^«»]{3,})»|(?<![\w'])[‘']([^‘’'\n]{3,})[’'](?!\w)"
)

_END = re.compile(r"[.!?…:;][\"”’')\]]*$")

_NEGATORS = frozenset(
    "not no never none nobody nothing neither nor without cannot hardly scarcely nowhere "
    "n't fail fails failed failing lack lacks lacked lacking deny denies denied refuse refuses "
    "refused reject rejects rejected unable unlikely except excluding".split()
)
_HEDGES = frozenset(
    "plan plans planned intend intends intended want wants wanted hope hopes hoped threaten "
    "threatens threatened try tries tried attempt attempts attempted propose proposes proposed "
    "expect expects expected promise promises promised offer offers offered consider considers "
    "considered can may might could would should if unless whether willing announced announce "
    "almost nearly claim claims claimed allege alleges alleged allegedly supposedly "
    "reportedly".split()
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
_MONTH = re.compile(r"(?<=\w )May\b|\bMay(?= \d)")
_CAUSES = re.compile(
    r"\b(because|since|therefore|thus|hence|due to|owing to|so that|as|for|(?:as a )?results?|"
    r"resulted|resulting|caus(?:e|es|ed|ing)|led to|leads? to|leading to|reasons?)\b",
    re.IGNORECASE,
)
_SAYS_CAUSE = re.compile(r"\b(because|due to|owing to|as a result|therefore)\b", re.IGNORECASE)
MODALS = frozenset("can may might could would".split())
_PERSONS = tuple(
    re.compile(rf"\b({words})\b") for words in ("i|my|me|mine", "we|our|us|ours", "you|your|yours")
)
SMALL = frozenset(STOP_WORDS) | {"to", "ultimately", "fully", "yet", "even", "ever"}
"""Words between a "not" and what it turns."""


def has_end(text: str) -> bool:
    """Whether it ends as a sentence does, with a full stop or what stands for one."""
    return bool(_END.search(text))


def words(text: str) -> list[str]:
    """The words of ``plain`` text in order, as written."""
    return _WORD.findall(text)


def names(text: str, lower_case: frozenset[str] = frozenset()) -> list[str]:
    """The capitalised words of a sentence that are names, in order, as written.

    Args:
        text: one sentence.
        lower_case: words that the documents write small: they are no name where they open a
            sentence.
    """
    found = []
    opens = True
    text = plain(text)
    for match in _WORD.finditer(text):
        word = _bare(match.group())
        is_capital = word[:1].isupper() or sum(map(str.isupper, word)) > 1
        low = word.lower()
        if is_capital and low not in STOP_WORDS and low not in _PRONOUNS:
            is_opener = opens and (low in _OPENERS or low in lower_case or low in _NEGATORS)
            if not is_opener and low not in SPELLED:
                found.append(word)
        opens = text[match.end() : match.end() + 2].strip() in {":", '."', ".", "?", "!"}
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
    return ["".join(found).strip(" .,;:!?") for found in _QUOTED.findall(text)]


def negators(text: str) -> list[str]:
    """The words of ``text`` that turn its meaning round."""
    return [w for w in _split_contractions(text) if w in _NEGATORS]


def hedges(text: str) -> list[str]:
    """The words of ``text`` that leave open whether something happened."""
    return [w for w in _split_contractions(_MONTH.sub("", text)) if w in _HEDGES]


def invented_cause(said: str, there: str) -> list[str]:
    """What makes a cause of something in ``said`` where ``there`` tells of none."""
    found = _SAYS_CAUSE.findall(plain(said))
    return found[:1] if found and not _CAUSES.search(plain(there)) else []


def has_pronoun(text: str) -> bool:
    """Whether something in ``text`` may stand for a name before it."""
    return any(word.lower() in _PRONOUNS for word in words(plain(text)))


def speaks_of_itself(text: str) -> bool:
    """Whether ``text`` says "I" or "you": a reply that does is not a report."""
    return bool(re.search(r"\b(i|my|me|mine|we|our|us|you|your)\b", text.lower()))


def persons(text: str) -> frozenset[int]:
    """Who speaks or is spoken to in ``text``: 0 for "I", 1 for "we", 2 for "you"."""
    low = plain(text).lower()
    return frozenset(i for i, person in enumerate(_PERSONS) if person.search(low))


def goes_in_circles(text: str) -> bool:
    """Whether the same three words stand in ``text`` three times."""
    said = [word.lower() for word in words(plain(text))]
    counts = Counter(zip(said, said[1:], said[2:], strict=False))
    return max(counts.values(), default=0) >= 3


def _split_contractions(text: str) -> list[str]:
    return re.findall(r"n't\b|[a-z]+?(?=n't\b)|[a-z]+", plain(text).lower())


def _bare(word: str) -> str:
    return re.sub(r"'s?$", "", word.strip(".'-"))


def _initials(text: str) -> set[str]:
    """What the runs of capitalised words in ``text`` are short for: EU for European Union."""
    runs = re.findall(r"\b[A-Z][\w'-]*(?:\s+(?:of\s+|the\s+|and\s+)?[A-Z][\w'-]*)+", plain(text))
    return {"".join(w[0] for w in run.split() if w[0].isupper()) for run in runs}

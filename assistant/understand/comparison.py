"""“Compare X and Y”, “Is X heavier than Y?”: what is asked of each of them. Pure, English rules.

Few texts compare two things in a sentence; most say of each how heavy it is.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from assistant.understand.thing import Thing
from assistant.wording.words import plain, says_what_about

LONGEST = 300
"""Characters of a question that may be a comparison."""
MOST = 4
"""Things that are compared at once."""

_HOW = {
    "cheap|dear|expensive|costly": "How much does {} cost?",
    "heavy|heav|light": "How heavy is {}?",
    "old|young|new": "How old is {}?",
    "long|short": "How long is {}?",
    "tall": "How tall is {}?",
    "high|low": "How high is {}?",
    "big|bigg|large|small|room|roomy|spacious": "How big is {}?",
    "fast|quick|slow": "How fast is {}?",
    "wide|narrow|broad": "How wide is {}?",
    "deep|shallow": "How deep is {}?",
    "far|near|close": "How far is {}?",
    "warm|hot|hott|cold": "How warm is {}?",
}
"""What is asked of a thing that may be longer, or more costly, than another."""
_DOES = {
    "cost": "How much does {} cost?",
    "weigh": "How much does {} weigh?",
    "last": "How long does {} last?",
    "take": "How long does {} take?",
}
_HOLDS = "have|has|hold|sleep|employ|offer|sell|produce|serve|seat"

_WHICH = r"(?:which|who|what)(?:\s\w+){0,2}?"
_IS = r"(?:is|are|was|were)"
_MORE = r"(?:the\s)?(?:(?:more|most|less|least)\s(?P<long>\w+)|(?P<short>\w+?)(?:i?er|r|i?est))"
_BY_FAR = r"(?:much|far|a\slot|a\sbit|a\slittle|slightly|really|any|even|still|considerably)"
_VERB = (
    r"(?:(?:has|have|had)\s(?:the|an?)\s(?:\w+er|\w+est|more\s\w+|most\s\w+)\s(?P<measure>\w+)"
    r"|(?P<verb>has|\w+?)s?\s(?:the\s)?(?:more|most|less|least|fewer|fewest|longer|longest)"
    r"(?:\s(?P<what>[\w\s]{1,30}?))?)"
)
_THINGS = r"(?P<things>\S[^?;:]{0,120}?)"
_PAIR = r"(?P<pair>\S[^?;:]{0,120}?)"
_OTHER = r"(?P<other>\S[^?;:]{0,60}?)"
_IN = (
    r"(?:,?\s(?:(?:in|by)\s(?:terms\sof\s)?"
    r"(?!what|how|who|where|when|which|the\b|an?\b)(?P<measure>\w[\w\s-]{1,40}?)"
    r"|(?:on|about|over|towards?|regarding|concerning)\s(?P<topic>\w[\w\s’'-]{1,60}?)))?"
)
_DIFFERENCES = r"(?:\w+\s)?(?:differences?|distinctions?|comparison|contrast)"
_PATTERNS = tuple(
    re.compile(rf"(?:and\s|so\s|but\s)?{pattern}[\s?.!]*", re.IGNORECASE)
    for pattern in (
        rf"(?:compare|contrast)\sthe\s(?P<measure>\w+(?:\s\w+)?)\s(?:of|for)\s{_PAIR}",
        rf"(?:compare|contrast)\s{_PAIR}{_IN}",
        rf"(?:what|where)(?:'s|\s{_IS})\s(?:the\s)?{_DIFFERENCES}\sbetween\s{_THINGS}{_IN}",
        rf"(?:what|where)(?:'s|\s{_IS})\s(?:the\s)?{_DIFFERENCES}\s(?:in|of)\s(?P<measure>\w[\w\s]{{0,30}}?)"
        rf"\sbetween\s{_THINGS}",
        rf"what\s{_DIFFERENCES}\s{_IS}\sthere\sbetween\s{_THINGS}{_IN}",
        rf"(?:in\swhat\sways?|how)\s(?:do|does|did)\s{_THINGS}\s(?:differ|compare)"
        rf"(?:\s(?:from|with|to|against)\s{_OTHER})?{_IN}",
        rf"how\s{_IS}\s{_THINGS}\sdifferent(?:\s(?:from|to|than)\s{_OTHER})?{_IN}",
        rf"(?P<things>[^?;:,]{{1,60}}?)\s(?:vs\.?|versus)\s{_OTHER}",
        rf"{_WHICH}\s{_IS}\s{_MORE}\s?[,:—–-]\s?{_THINGS}",
        rf"(?:which|who)(?:\sone)?\sof\s{_THINGS}\s{_IS}\s{_MORE}",
        rf"{_IS}\s{_THINGS}\s(?:{_BY_FAR}\s)?{_MORE}\sthan\s{_OTHER}",
        rf"{_WHICH}\s(?P<has>{_IS}|has|have|had)\s(?P<been>[^,:]{{2,60}}?)\s(?:for\s)?longe(?:r|st)"
        rf"\s?[,:—–-]\s?{_THINGS}",
        rf"{_WHICH}\s{_VERB}\s?[,:—–-]\s?{_THINGS}",
        rf"(?:do|does|did)\s{_THINGS}\s{_VERB}\sthan\s{_OTHER}",
    )
)
_FIRST = re.compile(
    r"^([^?,:]{3,120}?)\s?[,:—–-]\s((?:which|who|what|whose)\b[^?,:]+)\??$", re.IGNORECASE
)
"""“The Skerry or the Fathom, which is heavier?”"""
_BETWEEN = re.compile(r"\s?,\s(?:and\s|or\s)?|\s(?:and|or)\s", re.IGNORECASE)
_WITH = re.compile(r"\s(?:with|against|to)\s", re.IGNORECASE)
_NO_THING = re.compile(
    r"\b(?:what|how|who|which|where|when|that|it|they|before|ever|now|today|expected|usual)\b"
    r"|^(?:tell|show|explain|give|is|are|do|does|did|can|in|on|at|of|for|from|to|by|with|between)\b"
    r"|\b(?:in|on|at|of|for|from|to|by|with|and|or)$|['’]s$"
    r"|^(?:an?|one|two|three|last|next|this|\d[\d.,]*)\s(?:\w+\s)?"
    r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?)$",
    re.IGNORECASE,
)
"""“30 years”, “in Paris”, “expected”: what something is compared with that is no other thing."""
_AMOUNT = re.compile(r"[\d.,]+(?:\s[^A-Z]*)?")
_BOTH = re.compile(r"\b(?:both|either)\s", re.IGNORECASE)
_JOINT = re.compile(
    r"((?:[\s,;:–—-]|\b(?:and|or|than|versus|vs\.?|with|to|from|as|opposed|compared|against|both|also"
    r"|the|an?|of|on|in|for|at|by|well|rather|instead|over)\b)++)$",
    re.IGNORECASE,
)
"""What stands between what is said of one thing and the next."""
_JOINS = re.compile(
    r"[,;:–—]|\b(?:and|or|than|vs|versus|opposed|compared|against)\b", re.IGNORECASE
)
_TOGETHER = re.compile(
    r"\b(?:between|from\b.+\bto|together|combine\w*|total|altogether|average|both\s+of|in\s+common)\b",
    re.IGNORECASE,
)


def compared(text: str) -> dict[str, str]:
    """The things that ``text`` compares, two or more, and what to ask of each; empty where it
    compares nothing, or not what can be asked of one.

    >>> compared("Which is heavier, the Skerry or the Fathom?")
    {'the Skerry': 'How heavy is the Skerry?', 'the Fathom': 'How heavy is the Fathom?'}
    >>> list(compared("Compare the Skerry with the Fathom in price").values())
    ['What is the price of the Skerry?', 'What is the price of the Fathom?']
    >>> list(compared("How do they compare?")), list(compared("Is it lighter than air?"))
    ([], [])
    """
    if len(text) > LONGEST:
        return {}
    said = _FIRST.sub(r"\2, \1", plain(text))
    found = next(filter(None, (pattern.fullmatch(said) for pattern in _PATTERNS)), None)
    if not found:
        return {}
    parts = {name: value for name, value in found.groupdict().items() if value}
    things, of = _without_owned(_things(parts))
    question = f"What is the {of} of {{}}?" if of else _asked(parts)
    are_things = len(things) > 1 and all(map(_is_comparable, things))
    return {t: question.replace("{}", t) for t in things} if question and are_things else {}


def asked_of_each(text: str, things: Sequence[Thing]) -> dict[str, str]:
    """For ``text`` that names several ``things``, the heading of each and ``text`` with that one
    in the place of all. Empty where they are not two or more, or what is asked is between them.

    Args:
        text: one question, such as “Do the Skerry and the Fathom have a porch?”.
        things: that it names.
    """
    row = sorted(things, key=lambda thing: thing.start)
    overlap = any(one.end > other.start for one, other in pairwise(row))
    is_row = 1 < len(row) <= MOST and len(text) <= LONGEST and not overlap
    if not is_row or _TOGETHER.search(text):
        return {}
    gaps = [_JOINT.split(text[one.end : other.start]) for one, other in pairwise(row)]
    if not all(len(gap) > 1 and _JOINS.search(gap[1]) for gap in gaps):
        return {}
    said = "".join(gap[0] for gap in gaps)
    before, after = _BOTH.sub("", text[: row[0].start]), text[row[-1].end :]
    return {t.heading: f"{before}{text[t.start : t.end]}{said}{after}" for t in row}


def _things(parts: Mapping[str, str]) -> list[str]:
    """The things that are named, in order; none where one is only pointed at."""
    if "other" in parts:
        named = [parts["things"], parts["other"]]
    elif "pair" in parts and len(_WITH.findall(parts["pair"])) == 1:
        named = _WITH.split(parts["pair"])
    else:
        named = _BETWEEN.split(parts.get("pair") or parts["things"])
    things = [_BOTH.sub("", thing).strip(" ,'\"“”") for thing in named]
    distinct = list({thing.casefold(): thing for thing in things}.values())
    return distinct if len(things) <= MOST and all(map(says_what_about, things)) else []


def _is_comparable(text: str) -> bool:
    return not (_NO_THING.search(text) or _AMOUNT.fullmatch(text))


def _without_owned(things: list[str]) -> tuple[list[str], str]:
    """“The Skerry’s” and “the Fathom’s price” as the two, and what they are compared in."""
    owned = re.fullmatch(r"(.+)['’]s\s(\w+(?:\s\w+)?)", things[-1]) if things else None
    if not owned or not all(re.search(r"['’]s$", thing) for thing in things[:-1]):
        return things, ""
    return [*(thing[:-2] for thing in things[:-1]), owned[1]], owned[2]


def _asked(parts: Mapping[str, str]) -> str:
    """What to ask of a thing, with ``{}`` for it; empty where that is not known."""
    if "long" in parts or "short" in parts:
        return _of(_HOW, (parts.get("long") or parts["short"]).lower())
    if "been" in parts:
        return f"How long {parts['has']} {{}} {parts['been']}?"
    if "verb" in parts:
        verb, what = parts["verb"].lower(), parts.get("what")
        if what and re.fullmatch(_HOLDS, verb):
            return f"How many {what} does {{}} {'have' if verb == 'has' else verb}?"
        return "" if what else _of(_DOES, verb)
    if "measure" in parts:
        return f"What is the {parts['measure']} of {{}}?"
    topic = f" and {parts['topic']}" if "topic" in parts else ""
    return f"What does it say about {{}}{topic}?"


def _of(questions: Mapping[str, str], word: str) -> str:
    return next((q for words, q in questions.items() if word in words.split("|")), "")

"""Sentences that hold nothing of the sort that is asked for: no year, no number. Pure, English.

“How many days does it keep?” is not answered by “It keeps in a cool place.”, however near the two
are. Any word that may be such a thing counts as one (docs/decisions/refusing.md).
"""

import re
from collections.abc import Sequence

from assistant.wording.dated import DAY, MONTH, SHORT
from index.chunk import innermost
from index.types import BlockKind, Sentence

_ORDINAL = (
    r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth"
    r"|\w+teenth|\w+tieth|hundredth|thousandth)s?"
)
_QUANTITY = (
    rf"\d|%|\b(?:{_ORDINAL}|\w+t(?:een|y|ies)|\w+fold|(?:m|b|tr)illions?|all|almost|another|any"
    r"|both|countless|couples?|dozens?|double|each|eight|eleven|entire\w*|every\w*|few|five|four"
    r"|half|halves|handful|hundreds?|innumerable|lots?|major\w+|many|minor\w+|most\w*|much"
    r"|multiple|nine|no|nobody|none|nothing|numerous|once|ones?|only|pairs?|per ?cent\w*|quart\w+"
    r"|seven|several|single|six|sole|some|ten|thousands?|three|thrice|treble|trio|triple"
    r"|twelve|twice|twins?|two|unlimited|various|whole|zero)\b"
    r"|(?-i:\b[A-Z]\w+ and [A-Z]\w)"
    r"|\w, [^,.;:]{1,40},? (?:and|or)\b"  # what is listed can be counted
)
_TIME = (
    rf"\d{{3,4}}|\d/\d|\b(?:\d+ ?(?:h|s|d|hrs?|mins?|secs?)|{_ORDINAL}|{MONTH}|(?:{DAY})s?"
    rf"|(?:{SHORT}|Sept|Mon|Tues?|Wed|Thurs?|Thu|Fri|Sat|Sun|hrs?|wks?|yrs?)\.?"
    r"|anniversar(?:y|ies)|annual\w*|autumn|birthdays?|centur(?:y|ies)|christmas|daily|days?"
    r"|decades?|easter|era|holidays?|reign|today|tomorrow|yesterday|weekdays?|\w+teen"
    r"|(?:twen|thir|for|fif|six|seven|eigh|nine)ties|fall|fortnights?|hours?|immediate\w*|instant\w*|minutes?|month(?:s|ly)?|never|nights?|no|none"
    r"|once|overnight|same|seasons?|since|spring|summer|till|until|week(?:s|ly|ends?)?|winter"
    r"|year(?:s|ly)?)\b"
)
_WHILE = (
    r"\b(?:always|beginning|brief\w*|eternal\w*|extended|forever|history|indefinit\w*"
    r"|length\w*|life\w*|long\w*|mins?|moments?|permanent\w*|perpetual\w*|quick\w*|soon|temporar\w*|times?|while)\b"
)
_EVENT = (
    r"\b(?:adult\w*|after\w*|ages?|ago|already|ancient|as|at|before|beginning|by|child\w*|christmas"
    r"|current\w*|dawn|during|dusk|early|earlier|easter|end|eras?|eve\w*|finally|first|following|if"
    r"|late\w*|life|mid\w*|modern|morning|next|noon|now\w*|old|on|past|period|present\w*|previous\w*"
    r"|prior|recent\w*|soon\w*|start\w*|subsequent\w*|teen\w*|then|there\w*|time\w*|today"
    r"|tomorrow|tonight|upon|war|when\w*|whil\w+|xmas|yesterday|young\w*|youth)\b"
)
_EXTENT = (
    r"\b(?:altitude|deep\w*|depths?|diameter|dimensions?|elevation|feet|floors?|foot|great\w*"
    r"|heights?|high\w*|inch(?:es)?|kilomet(?:re|er)s?|large\w*|low\w*|met(?:re|er)s?|miles?"
    r"|moderate\w*|narrow\w*|severe\w*|shallow\w*|short\w*|significant\w*|sizes?|small\w*"
    r"|stor(?:e?ys?|ies)|tall\w*|thin\w*|thick\w*|wide\w*|width|yards?)\b"
    r"|\d ?(?:[cmk]?m|ft|in)\b|\((?:[cmk]?m|ft|in)\)"
)
_AGE = (
    r"\b(?:ages?|aged|adults?|ancient|birth\w*|born|built|centur\w+|child\w*|dat\w+|days?|decades?"
    r"|early|established|founded|infan\w+|late|months?|old\w*|opened|since|teen\w*"
    r"|weeks?|years?|young\w*)\b"
)
_WEIGHT = (
    r"\d ?(?:g|kg|mg|t|lbs?|oz|st)\b|\d#|\b(?:grams?|heav\w+|kilo(?:gram(?:me)?)?s?|light\w*"
    r"|mass\w*|ounces?|pounds?|stones?|tons?|tonnes?|weigh\w*)\b"
)
_HEAT = (
    r"\d ?[CFK]\b|(?:to|at|of|below|above) -?\d|°|º|\b(?:boil\w*|celsius|cold\w*|cool\w*"
    r"|degrees?|fahrenheit|freez\w+|froz\w+|gas|heat\w*|high\w*|hot\w*|kelvin"
    r"|low\w*|lukewarm|medium|mild\w*|room|temp\w*|warm\w*)\b"
)
_PRICE = (
    r"[$€£¥]|\b(?:charg\w+|cheap\w*|complimentary|cost\w*|covered|donation|expens\w+|fees?|free"
    r"|inclu\w+|paid|pay\w*|pric\w+|salar\w+|value|waived|worth)\b"
)
_HOW_TALL = r"\bhow (?:tall|high|deep|wide)\b"
_HOW_OLD = r"\bhow old\b"
_WH = re.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how)\b", re.IGNORECASE)
_SORTS = tuple(
    (re.compile(asks, re.IGNORECASE), re.compile(holds, re.IGNORECASE | re.DOTALL))
    for asks, holds in (
        (
            r"\bhow many (?:(?:more|full|whole|working|business|consecutive|calendar) )*"
            r"(?:seconds|minutes|hours|days|nights|weeks|months|years|decades|centuries)\b",
            rf"^(?=.*?(?:{_TIME}))(?=.*?(?:{_QUANTITY}|\ban?\b|\band\b|\bsame\b))"
            r"|\d(?![\w.,]*\d|\s?[%\w])",  # a bare number, of what the question says
        ),
        (r"\bhow many\b", _QUANTITY),
        (r"\bhow long\b", f"{_TIME}|{_WHILE}|{_EXTENT}|{_QUANTITY}"),
        (r"\bwhen (?:did|was|were|will)\b", rf"\d|{_TIME}|{_EVENT}"),
        (
            r"\b(?:at|by) what time\b|^\W*what time (?:do|does|did|is|will)\b",
            rf"\d|{_TIME}|{_EVENT}",
        ),
        (
            r"\b(?:what|which) year\b(?! of)",
            rf"\d\d|\b(?:{_ORDINAL}|\w+ties|\w+teen|centur\w+|decades?|era|reign"
            r"|freshman|junior|same|seasons?|senior|sophomore"
            r"|year|years (?:after|ago|before|into|later))\b",
        ),
        (r"\b(?:what|which) (?:date|day|month)\b", rf"{_TIME}|\d"),
        (r"\bwhat (?:percent\w*|proportion|share|fraction)\b", _QUANTITY),
        (_HOW_TALL, f"{_EXTENT}|{_QUANTITY}"),
        (_HOW_OLD, f"{_AGE}|{_QUANTITY}"),
        (r"\b(?:what|which) temperature\b|\bhow (?:hot|cold|warm)\b", _HEAT),
        (r"\bhow heavy\b|\bhow much (?:do|does|did) [^?]{1,60} weigh\b", _WEIGHT),
        (
            r"\bhow much (?:do|does|did|will|would|is|was|are) [^?]{1,60}\b(?:cost|pay|paid|earn)\b"
            r"|\bwhat(?:'s|’s| is| was)? the (?:price|cost|fee|salary|fare)\b(?! to\b)",
            f"{_PRICE}|{_QUANTITY}",
        ),
    )
)
"""What asks for something of a sort, and all that may be such a thing; the first one counts."""
_COLUMNS = tuple(
    (re.compile(asks, re.IGNORECASE), re.compile(names, re.IGNORECASE))
    for asks, names in ((_HOW_TALL, _EXTENT), (_HOW_OLD, _AGE))
)
"""Of a row the column must be of that sort: any number is in another, a price or a size of pot."""


def lacking(asked: str, sentences: Sequence[Sentence]) -> frozenset[int]:
    """Numbers of the ``sentences`` that hold nothing of the sort that ``asked`` asks for."""
    holds = _first(_SORTS, asked)
    if holds is None:
        return frozenset()
    in_row = _first(_COLUMNS, asked) or holds

    def is_lacking(s: Sentence) -> bool:
        wanted = in_row if s.kind is BlockKind.TABLE_ROW else holds
        return not wanted.search(_with_heading(s))

    return frozenset(i for i, s in enumerate(sentences) if is_lacking(s))


def _first(
    sorts: Sequence[tuple[re.Pattern[str], re.Pattern[str]]], asked: str
) -> re.Pattern[str] | None:
    """What fits the first of ``sorts`` that is asked for, and not told: “who decides how many”."""
    found = ((holds, asks.search(asked)) for asks, holds in sorts)
    return next(
        (holds for holds, match in found if match and not _WH.search(asked[: match.start()])), None
    )


def _with_heading(sentence: Sentence) -> str:
    """It may stand in the heading: “1987: She wins her first race.”"""
    return f"{innermost(sentence.hit.passage.heading)}. {sentence.text}"

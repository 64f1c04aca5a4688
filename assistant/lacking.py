"""Sentences that hold nothing of the sort that is asked for: no year, no number. Pure, English.

“How many days does it keep?” is not answered by “It keeps in a cool place.”, however near the two
are. Any word that may be such a thing counts as one (docs/decisions/refusing.md).
"""

import re
from collections.abc import Sequence

from assistant.dated import DAY, MONTH
from index.chunk import HEADING_SEPARATOR
from index.types import BlockKind, Sentence

_ORDINAL = (
    r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth"
    r"|\w+teenth|\w+tieth|hundredth|thousandth)s?"
)
_QUANTITY = (
    rf"\d|%|\b(?:{_ORDINAL}|\w+t(?:een|y|ies)|\w+fold|(?:m|b|tr)illions?|all|almost|another|any"
    r"|both|countless|couples?|dozens?|double|each|eight|eleven|entire\w*|every\w*|few|five|four"
    r"|half|halves|hundreds?|innumerable|lots?|major\w+|many|minor\w+|most\w*|much|multiple|nine"
    r"|no|none|numerous|once|ones?|only|pairs?|per ?cent\w*|quart\w+|seven|several|single|six"
    r"|sole|some|ten|thousands?|three|thrice|treble|trio|triple|twelve|twice|twins?|two|various"
    r"|whole|zero)\b"
    r"|\w, [^,.;:]{1,40},? (?:and|or)\b"  # what is listed can be counted
)
_TIME = (
    rf"\d{{3,4}}|\b(?:\d+ ?(?:h|hrs?|mins?|secs?|d)|{_ORDINAL}|{MONTH}|(?:{DAY})s?"
    r"|anniversar(?:y|ies)|annual\w*|autumn|birthdays?|centur(?:y|ies)|daily|days?|decades?|fall"
    r"|fortnights?|hours?|immediate\w*|instant\w*|minutes?|month(?:s|ly)?|never|nights?|no|none"
    r"|once|overnight|same|seasons?|since|spring|summer|till|until|week(?:s|ly|ends?)?|winter"
    r"|year(?:s|ly)?)\b"
)
_WHILE = (
    r"\b(?:always|beginning|brief\w*|extended|history|indefinit\w*|length\w*|life\w*|long\w*|mins?"
    r"|moments?|permanent\w*|quick\w*|soon|temporar\w*|times?|while)\b"
)
_EVENT = (
    r"\b(?:adult\w*|after\w*|ages?|ago|already|ancient|as|at|before|beginning|by|child\w*|christmas"
    r"|current\w*|dawn|during|dusk|early|earlier|easter|end|eras?|eve\w*|finally|first|following|if"
    r"|late\w*|life|mid\w*|modern|morning|next|noon|now\w*|old|on|past|period|present\w*|previous\w*"
    r"|prior|recent\w*|soon\w*|start\w*|subsequent\w*|teen\w*|then|there\w*|time\w*|today"
    r"|tomorrow|tonight|upon|war|when\w*|whil\w+|xmas|yesterday|young\w*|youth)\b"
)
_EXTENT = (
    r"\b(?:deep\w*|depths?|feet|floors?|foot|heights?|high\w*|inch(?:es)?|kilomet(?:re|er)s?|low\w*"
    r"|met(?:re|er)s?|miles?|narrow\w*|shallow\w*|short\w*|stor(?:e?ys?|ies)|tall\w*|thin\w*"
    r"|thick\w*|wide\w*|width|yards?)\b|\d ?(?:[cmk]?m|ft|in)\b|\((?:[cmk]?m|ft|in)\)"
)
_AGE = (
    r"\b(?:ages?|aged|adults?|ancient|birth\w*|born|centur\w+|child\w*|dat\w+|days?|decades?|early"
    r"|infan\w+|late|months?|old\w*|teen\w*|weeks?|years?|young\w*)\b"
)
_WEIGHT = (
    r"\d ?(?:g|kg|mg|t|lbs?|oz|st)\b|\d#|\b(?:grams?|heav\w+|kilo(?:gram(?:me)?)?s?|light\w*"
    r"|mass\w*|ounces?|pounds?|stones?|tons?|tonnes?|weigh\w*)\b"
)
_HEAT = (
    r"\d ?[CFK]\b|°|º|\b(?:boil\w*|celsius|cold\w*|cool\w*|degrees?|fahrenheit|freez\w+|froz\w+"
    r"|heat\w*|high\w*|hot\w*|kelvin|low\w*|medium|mild\w*|room|temp\w*|warm\w*)\b"
)
_PRICE = (
    r"[$€£¥]|\b(?:charg\w+|cheap\w*|cost\w*|expens\w+|fees?|free|paid|pay\w*|pric\w+|salar\w+"
    r"|value|worth)\b"
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
            rf"^(?=.*?(?:{_TIME}))(?=.*?(?:{_QUANTITY}|\ban?\b|\bsame\b))",
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
            rf"\d\d|\b(?:{_ORDINAL}|centur\w+|decades?|freshman|junior|same|seasons?"
            r"|senior|sophomore|year|years (?:after|ago|before|into|later))\b",
        ),
        (r"\b(?:what|which) (?:date|day|month)\b", rf"{_TIME}|\d"),
        (r"\bwhat (?:percent\w*|proportion|share|fraction)\b", _QUANTITY),
        (_HOW_TALL, f"{_EXTENT}|{_QUANTITY}"),
        (_HOW_OLD, f"{_AGE}|{_QUANTITY}"),
        (r"\b(?:what|which) temperature\b|\bhow (?:hot|cold|warm)\b", _HEAT),
        (r"\bhow heavy\b|\bhow much (?:do|does|did) [^?]{1,60} weigh\b", _WEIGHT),
        (
            r"\bhow much (?:do|does|did|will|would|is|was|are) [^?]{1,60}\b(?:cost|pay|paid|earn)\b"
            r"|\bwhat(?:'s|’s| is| was)? the (?:price|cost|fee|salary|fare)\b",
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
    inner = sentence.hit.passage.heading.rpartition(HEADING_SEPARATOR)[2]
    return f"{inner}. {sentence.text}"

"""What a sentence must hold to answer: who asks for a person, when for a time. Pure, English rules.

The types are those of question answering since TREC.
"""

import re
from enum import StrEnum


class AnswerType(StrEnum):
    """What a sentence must hold to be able to answer."""

    PERSON = "person"
    TIME = "time"
    PLACE = "place"
    NUMBER = "number"
    REASON = "reason"
    YES_NO = "yes or no"
    ANY = "any"


_NAME = re.compile(r"(?<![.!?]\s)(?<!^)\b[A-ZÀ-Þ][\w’'-]+")
_TIME = re.compile(
    r"\b(\d{4}s?|\d{1,2}(st|nd|rd|th)|january|february|march|april|may|june|july|august|september|"
    r"october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|spring|"
    r"summer|autumn|winter|christmas|easter|century|centuries|decades?|years?|months?|weeks?|days?|"
    r"hours?|minutes?|today|yesterday|tomorrow|ago|during|until|since|before|after|eve)\b",
    re.IGNORECASE,
)
_PLACE = re.compile(r"\b(in|at|from|to|near|of|into|across|within|on|through)\s+(the\s+)?[A-ZÀ-Þ]")
_NUMBER = re.compile(
    r"\d|\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|"
    r"thousands?|millions?|billions?|half|quarter|thirds?|both|none|single|twice|percent)\b",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"\b(because|since|due|owing|so that|in order|reasons?|caus\w+|therefore|thus|hence|"
    r"as a result|result\w*|means?|meant|based on|thanks to|lead\w*|led|driven|explain\w*|"
    r"to \w+)\b",
    re.IGNORECASE,
)
_HOLDS = {
    AnswerType.PERSON: _NAME,
    AnswerType.TIME: _TIME,
    AnswerType.PLACE: _PLACE,
    AnswerType.NUMBER: _NUMBER,
    AnswerType.REASON: _REASON,
}

_ASKS = (
    (
        AnswerType.NUMBER,
        r"\bhow (many|much|old|far|long|tall|large|big|often|high|heavy|wide|deep|fast|soon)\b"
        r"|\bwhat (number|percent\w*|proportion|share|age|amount|fraction)\b",
    ),
    (AnswerType.TIME, r"\bwhen\b|\b(what|which) (year|date|day|month|time|century|decade)\b"),
    (
        AnswerType.PLACE,
        r"\bwhere\b|\b(what|which) (city|country|place|region|state|town|location)\b",
    ),
    (AnswerType.REASON, r"\bwhy\b|\bhow come\b|\bfor what reason\b|\bwhat (caused|causes)\b"),
    (AnswerType.PERSON, r"\bwho(m|se)?\b|\b(what|which) (person|people|politician|author)\b"),
    (
        AnswerType.YES_NO,
        r"^\W*(and |but |so |then )?(is|are|was|were|do|does|did|has|have|had|can|could|will|would"
        r"|should|may|might)\b",
    ),
)


def answer_type_of(text: str) -> AnswerType:
    """What a sentence must hold to be able to answer ``text``."""
    for answer_type, pattern in _ASKS:
        if re.search(pattern, text, re.IGNORECASE):
            return answer_type
    return AnswerType.ANY


def holds(answer_type: AnswerType, sentence: str) -> bool:
    """Whether ``sentence`` has something of that type; True for the types that any has."""
    pattern = _HOLDS.get(answer_type)
    return pattern is None or bool(pattern.search(sentence))

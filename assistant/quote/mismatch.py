"""Sentences about another year, month, day, number or issue than the question asks for. Pure,
English rules.

“What did it earn in 2016?” is not answered by what it earned in 2017, nor “When is the Year 5
trip?” by that of Year 3, nor what the board decided in May by the minutes of March
(docs/decisions/refusing.md).
"""

import re
from collections.abc import Mapping, Sequence

from assistant.wording.answer_type import AnswerType, answer_type_of
from assistant.wording.dated import DAY, MONTH, MONTHS, SHORT, YEAR, issue_of, whole_month
from assistant.wording.openers import starts_in_the_air
from assistant.wording.words import STOP_WORDS
from index.chunk import innermost
from index.types import Sentence

_WORDS_BEFORE = r"(?:(?:the|early|late|mid|fiscal|year|spring|summer|autumn|winter)[\s-]+)*+"
_TOLD = {
    "YEAR": re.compile(
        rf"\b(?:in|during)\s+{_WORDS_BEFORE}(?:(?:{MONTH})\s+(?:of\s+)?)?({YEAR})\b(?![-–/s])",
        re.IGNORECASE,
    ),
    "MONTH": re.compile(rf"\b(?:[Ii]n|[Dd]uring)\s+{_WORDS_BEFORE}({MONTH})\b"),
    "DAY": re.compile(rf"\b[Oo]n\s+({DAY})\b"),
}
"""When something is said to be: “in 2017”, “during late May”, “on Monday”. (In capitals: “Year 5”
is a label.)"""
_ANYWHERE = {
    "YEAR": re.compile(rf"(?<!\d)({YEAR})(?!\d)"),
    "MONTH": re.compile(rf"\b({MONTH}|{SHORT})\b"),
    "DAY": re.compile(rf"\b({DAY})s?\b"),
}
_WIDER = re.compile(
    rf"\b(?:since|until|till|from|between|to|after|before|by)\s+(?:the\s+)?"
    rf"(?:(?:early|late|mid|end\s+of)[\s-]+)?(?:\d\d?\s+)?(?:{MONTH}|{DAY}|{YEAR})\b"
    rf"|\b(?:{MONTH}|{DAY}|{YEAR})\s*[-–]"
    r"|\d\s*(?:[-–]|to|through)\s*\d"
    r"|\b(?:from|since|until|till|to|before|after|above|below|over|under|than|least|most)"
    r"\s+(?:the\s+)?[A-Za-z]{3,}\s+\d"
    r"|\b(?:above|below|earlier|higher|later|lower|newer|older|onwards?|over|under|upwards?|younger)\b",
    re.IGNORECASE,
)
"""Another one may lie in “from 2015 to 2018”, “levels 3 to 5”, “version 3 or later”."""
_LABEL = re.compile(
    r"\b([A-Za-z]{3,})\.?\s+(?:no\.\s+|number\s+|#)?(\d+(?:\.\d+)*)\b"
    r"(?![\d,.]*\d|\s?%|\s+(?:per\s?cent|hundred|thousand|million|billion)\b)"
)
"""A word and the number that tells one from another: “Year 5”, “section 12”, “version 2.1”."""
_NO_LABELS = STOP_WORDS | frozenset(
    "about after age aged around before between during least nearly only since under until".split()
)
_ISSUE = re.compile(
    rf"\b(?:[Ii]n|[Dd]uring)\s+(?:the\s+)?(?:{MONTH})\b"
    rf"|\b(?:{MONTH})(?:['’]s)?\s+(?:(?:board|committee|council|staff|team)\s+)?"
    r"(?:issue|edition|letter|meeting|minutes|newsletter|notes|report|session|statement)\b"
    r"|\b(?:issue|edition|letter|meeting|minutes|newsletter|notes|report|session|statement)"
    rf"\s+(?:of|for|from|in)\s+(?:{MONTH})\b"
)


def mismatched(asked: str, sentences: Sequence[Sentence]) -> frozenset[int]:
    """Numbers of the ``sentences`` that tell of another time or number than ``asked`` asks for.

    Only those that say so: that do not name the one asked for, and do name another in its place; or
    whose document is the issue of another month, where there is one of that month.
    """
    if answer_type_of(asked) is AnswerType.YES_NO:  # "Was it in May?" "In June."
        return frozenset()
    labels = _labels(asked)
    details = {**_times(asked), **labels}
    months = _mentioned("MONTH", asked) if _ISSUE.search(asked) else frozenset()
    of_other_issues = _other_issues(months, sentences) if months else frozenset()
    of_other_titles = _other_titles(labels, sentences) if labels else frozenset()
    return frozenset(
        i
        for i, sentence in enumerate(sentences)
        if any(_is_of_another(kind, details[kind], sentence) for kind in details)
        or sentence.hit.passage.document_id in of_other_titles
        or (
            sentence.hit.passage.document_id in of_other_issues
            and months.isdisjoint(_mentioned("MONTH", sentence.text))
        )
    )


def _is_of_another(kind: str, values: frozenset[str], sentence: Sentence) -> bool:
    """Whether it names something else of that kind than ``values``, and nothing near does them."""
    text, heading = sentence.text, sentence.hit.passage.heading
    told = (
        _TOLD[kind].search(text)
        if kind in _TOLD
        else kind in _labels(f"{innermost(heading)}. {text}")
    )
    if not told:
        return False
    near = f"{sentence.hit.passage.title} {heading} {text}"
    may_be_the_same = starts_in_the_air(text) or _WIDER.search(text)
    return not may_be_the_same and values.isdisjoint(_mentioned(kind, near))


def _times(text: str) -> dict[str, frozenset[str]]:
    found = {kind: frozenset(told.findall(text)) for kind, told in _TOLD.items()}
    return {kind: values for kind, values in found.items() if values}


def _labels(text: str) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for word, number in _LABEL.findall(text):
        noun = word.lower().removesuffix("s")
        is_year = len(number) == 4 and word in MONTHS  # "June 2022" is no other than "June 1"
        if not is_year and not {noun, word.lower()} & _NO_LABELS:
            found[noun] = found.get(noun, frozenset()) | {number}
    return found


def _mentioned(kind: str, text: str) -> frozenset[str]:
    """All that may be a value of that kind in ``text``."""
    if kind == "MONTH":
        return frozenset(whole_month(name) for name in _ANYWHERE[kind].findall(text))
    pattern = _ANYWHERE.get(kind) or re.compile(r"\d+(?:\.\d+)*")
    return frozenset(pattern.findall(text))


def _other_issues(months: frozenset[str], sentences: Sequence[Sentence]) -> frozenset[str]:
    """Ids of the documents that are called like one of ``months``, but for theirs."""
    issues: dict[str, dict[str, str]] = {}
    for id_, title in {(s.hit.passage.document_id, s.hit.passage.title) for s in sentences}:
        for series, month in filter(None, map(issue_of, (id_, title))):
            issues.setdefault(series, {})[id_] = month
    return frozenset(
        id_
        for dated in issues.values()
        if not months.isdisjoint(dated.values())
        for id_, month in dated.items()
        if month not in months
    )


def _other_titles(
    labels: Mapping[str, frozenset[str]], sentences: Sequence[Sentence]
) -> frozenset[str]:
    """Ids of the documents that have another of the ``labels`` in the title (“Model 300”, where
    model 500 is asked about) and the one asked for nowhere in what was found.
    """
    titles = {s.hit.passage.document_id: s.hit.passage.title for s in sentences}
    found = {id_: _labels(title) for id_, title in titles.items()}
    others = {
        (id_, kind)
        for id_, own in found.items()
        for kind, numbers in labels.items()
        if numbers.isdisjoint(own.get(kind, numbers))
    }
    for s in sentences:
        said = f"{s.hit.passage.heading} {s.text}"
        id_ = s.hit.passage.document_id
        others -= {
            (id_, kind) for kind in labels if not labels[kind].isdisjoint(_mentioned(kind, said))
        }
    return frozenset(id_ for id_, _ in others)

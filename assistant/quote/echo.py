"""What a document asks itself, as a FAQ does: it is no answer, what stands below it is. Pure."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.quote.features import replies, said_by_itself
from assistant.quote.last_turn import places_in_passage
from assistant.read.reader import Reading
from assistant.understand.question import Question, Terms, content_terms
from assistant.wording.answer_type import AnswerType
from index.types import BlockKind, Found, Sentence

ECHO_SHARE = 0.6
"""Share of the content words that both questions have, of those of the longer one."""
MOST_BETWEEN = 20
"""Characters between two sentences that follow each other: blank lines, signs of a list."""
UNLIKELY_AT_ALL = -30.0
"""Log odds for a passage that was not read."""
_CLOSING = "”\"'’*_)] "
_NUMBERING = re.compile(r"\W{0,4}(?:q|question|faq)?\W?\d{0,3}[.:)][*_]{0,2}\s", re.IGNORECASE)
"""What stands before a question in a list of them: “Q:”, “3.”, “Q3)”."""
_ABOUT_ASKING = re.compile(r"\b(ask|question|wonder|quer|inquir|enquir)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class OwnQuestion:
    """A sentence of a document that is a question."""

    number: int
    """Of the sentence, as are those of ``below``."""
    is_echo: bool
    """Whether it asks what the user asks."""
    below: Sequence[int]
    """What follows it up to the next question or heading."""


def echoes_of(
    asked: str, question: Question, sentences: Sequence[Sentence], terms: Terms
) -> tuple[OwnQuestion, ...]:
    """The questions among ``sentences`` that something follows; all of them where ``asked`` wants a
    yes or no, which no question is; none where it is about asking.

    Args:
        asked: what the user wrote.
        question: the same, understood.
        sentences: as in ``Found.sentences``.
        terms: the index's stemmer.
    """
    if _ABOUT_ASKING.search(asked):
        return ()
    places = [(s.hit.passage.document_id, s.start) for s in sentences]
    order = sorted(range(len(sentences)), key=places.__getitem__)
    wants_yes_or_no = question.answer_type is AnswerType.YES_NO
    own = [
        OwnQuestion(
            i,
            _is_like(question.terms, content_terms(_bare(said_by_itself(sentences[i])), terms)),
            _below(sentences, order, at),
        )
        for at, i in enumerate(order)
        if asks(sentences[i].text)
    ]
    return tuple(one for one in own if one.below or wants_yes_or_no)


def asks(text: str) -> bool:
    """Whether a sentence is a question.

    >>> asks("*Does it float?*"), asks("It floats.")
    (True, False)
    """
    return text.rstrip(_CLOSING).endswith("?")


def lent(found: Found, asked: Sequence[OwnQuestion]) -> Found:
    """What was found; the sentences below what asks the same as the user have its words too."""
    told = list(found.sentences)
    for one in asked:
        for i in one.below if one.is_echo else ():
            told[i] = replace(told[i], terms=told[i].terms | found.sentences[one.number].terms)
    return replace(found, sentences=tuple(told))


def passed_on(
    readings: Mapping[int, Reading], sentences: Sequence[Sentence], asked: Sequence[OwnQuestion]
) -> dict[int, Reading]:
    """``readings`` (by passage id), where the probability that a question of the document holds the
    answer goes to the sentence below it. Where it asks what the user asks, that sentence gets as
    much as the likeliest passage.
    """
    places = [place for place, _ in places_in_passage(sentences)]
    counts = Counter(s.hit.passage.id for s in sentences)
    most = max((math.exp(reading.answerable) for reading in readings.values()), default=0.0)
    passed = dict(readings)
    for one in asked:
        id_ = sentences[one.number].hit.passage.id
        seen = most if one.is_echo else 0.0
        if id_ in passed:
            masses = list(passed[id_].masses)
            seen = max(seen, math.exp(passed[id_].answerable) * masses[places[one.number]])
            masses[places[one.number]] = 0.0
            passed[id_] = replace(passed[id_], masses=tuple(masses))
        answers = _answers(one, sentences) if seen and one.below else ()
        for i in answers:
            to = sentences[i].hit.passage.id
            unread = Reading(UNLIKELY_AT_ALL, UNLIKELY_AT_ALL, (0, 0), (0.0,) * counts[to])
            passed[to] = _with_more(passed.get(to, unread), places[i], seen / len(answers))
    return passed


def idle_replies(
    question: Question, asked: Sequence[OwnQuestion], sentences: Sequence[Sentence]
) -> frozenset[int]:
    """Numbers of each “No.” that stands below a question about something else."""
    own = {*question.terms, *question.context}
    return frozenset(
        one.below[0]
        for one in asked
        if one.below
        and replies(sentences[one.below[0]])
        and own.isdisjoint(sentences[one.number].terms)
    )


def _answers(one: OwnQuestion, sentences: Sequence[Sentence]) -> Sequence[int]:
    """The sentence right below; where that is a bare “No.” also what follows it."""
    return one.below[: 2 if replies(sentences[one.below[0]]) else 1]


def _with_more(reading: Reading, place: int, seen: float) -> Reading:
    """``reading`` of a passage in whose sentence ``place`` the answer was seen, with these odds."""
    odds = math.exp(reading.answerable)
    told = [odds * mass for mass in reading.masses]
    told[place] += seen
    total = max(odds, sum(told))
    return replace(reading, answerable=math.log(total), masses=tuple(each / total for each in told))


def _bare(text: str) -> str:
    numbering = _NUMBERING.match(text)
    return text[numbering.end() :] if numbering else text


def _is_like(one: Sequence[str], other: Sequence[str]) -> bool:
    shared = set(one) & set(other)
    return bool(shared) and len(shared) >= ECHO_SHARE * max(len(set(one)), len(set(other)))


def _below(sentences: Sequence[Sentence], order: Sequence[int], at: int) -> list[int]:
    """The numbers after ``order[at]``, until the next question or heading, or a gap in the text."""
    below: list[int] = []
    before = sentences[order[at]]
    for i in order[at + 1 :]:
        s = sentences[i]
        is_here = s.hit.passage.document_id == before.hit.passage.document_id
        is_next = is_here and s.start - before.end <= MOST_BETWEEN
        if not is_next or asks(s.text) or s.kind is BlockKind.HEADING:
            break
        below.append(i)
        before = s
    return below

"""What the reader makes of what was found, as far as that may answer."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.quote.barred import Barred
from assistant.quote.echo import OwnQuestion, asks, passed_on
from assistant.quote.last_turn import going_on, last_turn
from assistant.quote.person import introductions
from assistant.read.reader import (
    UNLIKELY,
    Reader,
    Reading,
    finds_answer,
    read_best,
    read_without,
)
from assistant.understand.question import Question, Terms
from assistant.wording.answer_type import AnswerType
from index.types import Found

READ_PASSAGES = 5
"""How many of the best passages the reader looks at: more cost time and, measured, gain nothing."""

READ_AMISS = -3.0
"""Log odds, at most, of a passage where the reader finds only the question's own words."""
_OWN_WORDS_ANSWER = re.compile(r"\bor\b|\bhow\s+(?:do|does|did|to|can|could|should|would)\b", re.I)
"""“Is it blue or red?”, “How do I reset it?”: asked with words that may be the answer."""


@dataclass(frozen=True, slots=True)
class Closely:
    """What was found, as the reader sees it."""

    readings: Mapping[int, Reading] | None
    """By passage id; None where nothing was read."""
    is_amiss: bool
    """Whether it finds an answer, but only in a near miss."""


UNREAD = Closely(None, False)


def read_closely(  # noqa: PLR0913, PLR0917 - all that is known of what was found
    reader: Reader,
    question: Question,
    found: Found,
    echoes: Sequence[OwnQuestion],
    barred: Barred,
    terms: Terms,
) -> Closely:
    """What the reader finds in the best passages, beside what is ``barred``.

    Args:
        reader: does the reading.
        question: what was asked.
        found: for it, at least one sentence.
        echoes: the questions that the documents ask themselves.
        barred: what may not answer.
        terms: the index's stemmer.
    """
    read = told_anew(read_found(reader, question, found), question, found, terms)
    read = passed_on(read, found.sentences, echoes)
    left = read_without(read, found.sentences, barred.numbers)
    is_amiss = bool(barred.near_misses) and finds_answer(read) and not finds_answer(left)
    return Closely(going_on(left, question, found.sentences), is_amiss)


def read_found(reader: Reader, question: Question, found: Found) -> dict[int, Reading]:
    """Readings of the best passages, by id; first those of the document that the talk is about, and
    among them where the people are introduced whom the question names.
    """
    before = last_turn(question, found.sentences)
    also = introductions(question.text, found)
    return read_best(reader, question.read, found.sentences, READ_PASSAGES, before.documents, also)


def told_anew(
    readings: Mapping[int, Reading], question: Question, found: Found, terms: Terms
) -> dict[int, Reading]:
    """``readings`` (by passage id), where what is found tells more than the question: of “How much
    does the K300 cost?” the “300” in a title is no answer. In what a document asks itself, as a FAQ
    does, the reader may point at the same words.
    """
    no_words = question.answer_type in (AnswerType.YES_NO, AnswerType.REASON)
    if no_words or _OWN_WORDS_ANSWER.search(question.text):
        return dict(readings)
    passages = {hit.passage.id: hit.passage for hit in found.hits}
    asking = [s for s in found.sentences if asks(s.text)]

    def is_anew(id_: int) -> bool:
        passage, (first, last) = passages[id_], readings[id_].span
        words = set(terms(passage.text[first:last]))
        at = passage.start + first
        is_asked = any(s.hit.passage.id == id_ and s.start <= at < s.end for s in asking)
        return is_asked or not words or not words <= set(question.terms)

    return {id_: read if is_anew(id_) else _read_amiss(read) for id_, read in readings.items()}


def _read_amiss(reading: Reading) -> Reading:
    answerable = min(reading.answerable, READ_AMISS)
    return replace(reading, answerable=answerable, margin=-UNLIKELY, span=(0, 0))

"""“Tell me more”: what the documents say beside what was said already. Pure, English rules."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from assistant.choose import choose
from assistant.coefficients import Known, load_coefficients
from assistant.compose import REFUSAL, compose
from assistant.last_turn import last_turn
from assistant.question import Question, Terms, content_terms
from assistant.types import Answer, Turn
from index.types import Found, Sentence

_IT = r"(\ (about|on|of)\ (it|this|that|these|those|them|him|her))"
_MORE = re.compile(
    rf"""^\W*((ok|okay|yes|and|so|please|sure|well)\W+)*((can|could|would|will)\ you\ (please\ )?)?(
    ((tell|show|give)\ me|say|is\ there|do\ you\ have|i\ want|i(\ would|'d)\ like)?(\ to\ know)?\ ?
        ((some|any|a\ (little|bit))\ )?(more|further|anything\ (else|more))
        (\ (details?|information|info|facts?))?{_IT}?
    |(some\ |any\ |what\ )?(details?|particulars)({_IT})?
    |go\ on|continue|keep\ going|carry\ on
    |(elaborate|expand)({_IT})?
    |what\ (else|more)(\ (is\ there|does\ (it|he|she)\ say|do\ (they|you)\ (say|know|have)))?{_IT}?
    )\W*(please)?\W*$""",
    re.IGNORECASE | re.VERBOSE,
)

SENTENCES = 3
"""The most that are added at once."""
NO_MORE = f"{REFUSAL} They say no more about it than what was quoted."


@dataclass(frozen=True, slots=True)
class More:
    """What “tell me more” asks for."""

    question: str
    """That it goes on from."""
    before: Sequence[Turn]
    answer: str
    """What it was answered."""
    said: str
    """That, and all that was added since."""


def asks_for_more(text: str) -> bool:
    """Whether ``text`` only asks to go on.

    >>> asks_for_more("Can you tell me more about it?"), asks_for_more("Tell me more about Rome.")
    (True, False)
    """
    return bool(_MORE.match(" ".join(text.replace("’", "'").split())))


def more_of(turns: Sequence[Turn]) -> More:
    """What more is asked for after ``turns``, where those that only asked for more have the
    question that they went on from (``repeated``); an empty question where nothing was asked.

    >>> more_of([Turn("Who?", "A."), Turn("Why?", "B."), Turn("Why?", "C.")]).said
    'B.\nC.'
    """
    question = turns[-1].question if turns else ""
    same = list(takewhile(lambda turn: turn.question == question, reversed(turns)))
    answers = [turn.answer for turn in reversed(same)] or [""]
    before = turns[: len(turns) - len(same)]
    asked = "" if asks_for_more(question) else question
    return More(asked, before, answers[0], "\n".join(answers))


def further(more: More, first: Answer, question: Question, found: Found, terms: Terms) -> Answer:
    """The sentences next to what was said that are most like the question, or that there are none.

    The reader has no part in it: it looks for the answer, which was given.

    Args:
        more: what is asked for.
        first: the answer to the question that it goes on from.
        question: that question, understood.
        found: by the search for it.
        terms: the index's stemmer.
    """
    sentences = found.sentences
    told = last_turn(after(question, more.said, terms), sentences)
    answered = last_turn(after(question, more.answer, terms), sentences)

    def is_further(number: int, sentence: Sentence) -> bool:
        home = sentence.hit.passage.document_id
        is_here = not told.documents or home in told.documents
        is_about = answered.is_near(sentence) or not sentence.terms.isdisjoint(question.terms)
        return is_here and is_about and number not in told.said

    barred = [i for i, s in enumerate(sentences) if not is_further(i, s)]
    models = load_coefficients(Known.WITHOUT_READER)
    choice = choose(question, found, models.sentence, SENTENCES, barred=barred)
    if not choice.chosen:
        return replace(first, text=NO_MORE, citations=(), refused=True, confidence=0.0)
    in_order = sorted(choice.chosen, key=lambda s: (s.hit.passage.document_id, s.start))
    text, citations = compose(in_order)
    return replace(first, text=text, citations=citations)


def after(question: Question, said: str, terms: Terms) -> Question:
    """``question`` as if it were asked once more after ``said`` was answered."""
    turn = frozenset(content_terms(f"{question.text} {said}", terms))
    return replace(question, said=frozenset(terms(said)), turn=turn)

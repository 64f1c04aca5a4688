"""“Tell me more”: what the documents say beside what was said already. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from assistant.choose import choose
from assistant.coefficients import Known, load_coefficients
from assistant.compose import REFUSAL, compose
from assistant.followup import referents_of
from assistant.last_turn import LastTurn, last_turn
from assistant.moves import asks_for_more
from assistant.person import other_people
from assistant.question import Question, Terms, content_terms
from assistant.types import Answer, Turn
from index.types import BlockKind, Found, Sentence

LEAST_SHARED = 2
"""Words of the question, for a sentence elsewhere to be about it; or all, of fewer."""
SENTENCES = 3
"""The most that are added at once."""
NO_MORE = f"{REFUSAL} They say no more about it than what was quoted."


@dataclass(frozen=True, slots=True)
class More:
    """What “tell me more” asks for."""

    text: str
    """As it was written."""
    turns: Sequence[Turn]
    """All before it."""
    question: str
    """That it goes on from."""
    before: Sequence[Turn]
    answer: str
    """What it was answered."""
    said: str
    """That, and all that was added since."""


def more_of(text: str, turns: Sequence[Turn]) -> More:
    """What more ``text`` asks for after ``turns``, where those that only asked for more have the
    question that they went on from (``repeated``); an empty question where nothing was asked.

    >>> more_of("more", [Turn("Who?", "A."), Turn("Why?", "B."), Turn("Why?", "C.")]).said
    'B.\nC.'
    """
    question = turns[-1].question if turns else ""
    same = list(takewhile(lambda turn: turn.question == question, reversed(turns)))
    answers = [turn.answer for turn in reversed(same)] or [""]
    before = turns[: len(turns) - len(same)]
    asked = "" if asks_for_more(question) else question
    return More(text, turns, asked, before, answers[0], "\n".join(answers))


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

    asked = set(question.terms)
    least = min(LEAST_SHARED, len(asked))
    others = other_people(more.text, referents_of(more.text, more.turns), found).barred

    def is_further(number: int, sentence: Sentence) -> bool:
        home = sentence.hit.passage.document_id
        is_here = not told.documents or home in told.documents
        if sentence.kind is BlockKind.HEADING or number in told.said | others:
            return False
        is_about = _is_beside(sentence, answered) or len(asked & sentence.terms) >= least
        return is_here and is_about

    barred = [i for i, s in enumerate(sentences) if not is_further(i, s)]
    models = load_coefficients(Known.WITHOUT_READER)
    choice = choose(question, found, models.sentence, SENTENCES, barred=barred)
    if not choice.chosen:
        return replace(first, text=NO_MORE, citations=(), refused=True, confidence=0.0)
    in_order = sorted(choice.chosen, key=lambda s: (s.hit.passage.document_id, s.start))
    text, citations = compose(in_order)
    return replace(first, text=text, citations=citations)


def _is_beside(sentence: Sentence, answered: LastTurn) -> bool:
    """Whether it stands near what answered, under the same heading, and is no row of a table:
    that is about something else.
    """
    headings = {source.hit.passage.heading for source in answered.sources}
    is_row = sentence.kind is BlockKind.TABLE_ROW
    return answered.is_near(sentence) and sentence.hit.passage.heading in headings and not is_row


def after(question: Question, said: str, terms: Terms) -> Question:
    """``question`` as if it were asked once more after ``said`` was answered."""
    turn = frozenset(content_terms(f"{question.text} {said}", terms))
    return replace(question, said=frozenset(terms(said)), turn=turn)

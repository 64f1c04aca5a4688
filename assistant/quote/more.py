"""“Tell me more”: what the documents say beside what was said already. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from assistant.compose import REFUSAL, compose, one_line
from assistant.quote.choose import choose
from assistant.quote.coefficients import Known, load_coefficients
from assistant.quote.echo import echoes_of
from assistant.quote.last_turn import LastTurn, is_said, last_turn
from assistant.quote.person import other_people
from assistant.types import Answer, Turn
from assistant.understand.followup import referents_of, said_in
from assistant.understand.moves import asks_for_more, only_repeats
from assistant.understand.question import Question, Terms, content_terms
from assistant.wording.rights import rights_lines
from index.types import BlockKind, Found, Sentence

LEAST_SHARED = 2
"""Words of the question, for a sentence elsewhere to be about it; or all, of fewer."""
SENTENCES = 3
"""The most that are added at once."""
NO_MORE = f"{REFUSAL} They say no more about it than what was quoted."


@dataclass(frozen=True, slots=True)
class More:
    """What “tell me more” asks for."""

    question: str
    """That it goes on from; empty where nothing was asked."""
    before: Sequence[Turn]
    """The turns before that."""
    answer: str
    """What it was answered."""
    said: str
    """That, and all that was added since."""
    referents: tuple[str, ...]
    """Who its “him” or “her” may be, as in ``referents_of``."""


def more_of(text: str, turns: Sequence[Turn]) -> More:
    """What more ``text`` asks for after ``turns``, where those that only asked for more have the
    question that they went on from (``repeated``).

    >>> more_of("more", [Turn("Who?", "A."), Turn("Why?", "B."), Turn("Why?", "C.")]).said
    'B.\\nC.'
    """
    question = turns[-1].question if turns else ""
    same = list(takewhile(lambda turn: turn.question == question, reversed(turns)))
    answers = [said_in(turn) for turn in reversed(same)] or [""]
    before = turns[: len(turns) - len(same)]
    asks = re.search(r"\w", question) and not (asks_for_more(question) or only_repeats(question))
    said = "\n".join(answers)
    return More(question if asks else "", before, answers[0], said, referents_of(text, turns))


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
    barred = _not_further(more, question, found, terms)
    models = load_coefficients(Known.WITHOUT_READER)
    choice = choose(question, found, models.sentence, SENTENCES, barred=barred)
    if not choice.chosen:
        return no_more(first)
    in_order = sorted(choice.chosen, key=lambda s: (s.hit.passage.document_id, s.start))
    text, citations = compose(in_order)
    return replace(first, text=text, citations=citations)


def no_more(answer: Answer) -> Answer:
    """``answer`` as one that says that everything was said."""
    return replace(answer, text=NO_MORE, citations=(), refused=True, confidence=0.0)


def is_told(sentence: Sentence, said: str, question: Question) -> bool:
    """Whether ``sentence`` was quoted in ``said``, or said in other words.

    Args:
        sentence: any one.
        said: the answers before.
        question: asked after these (``asked_after``).
    """
    return one_line(sentence.text) in said or is_said(sentence.terms, question)


def asked_after(question: Question, said: str, terms: Terms) -> Question:
    """``question`` as if it were asked once more after ``said`` was answered."""
    turn = frozenset(content_terms(f"{question.text} {said}", terms))
    return replace(question, said=frozenset(terms(said)), turn=turn)


def _not_further(more: More, question: Question, found: Found, terms: Terms) -> frozenset[int]:
    """Numbers of the sentences that are nothing new about the question."""
    sentences = found.sentences
    after = asked_after(question, more.said, terms)
    homes = last_turn(after, sentences).documents
    answered = last_turn(asked_after(question, more.answer, terms), sentences)
    asked = set(question.terms)
    least = min(LEAST_SHARED, len(asked))
    barred = other_people("", more.referents, found).barred
    barred |= rights_lines(more.question, sentences)
    barred |= {echo.number for echo in echoes_of(more.question, question, sentences, terms)}

    def is_further(sentence: Sentence) -> bool:
        if sentence.kind is BlockKind.HEADING or is_told(sentence, more.said, after):
            return False
        is_here = not homes or sentence.hit.passage.document_id in homes
        is_about = _is_beside(sentence, answered) or len(asked & sentence.terms) >= least
        return is_here and is_about

    return barred | {i for i, sentence in enumerate(sentences) if not is_further(sentence)}


def _is_beside(sentence: Sentence, answered: LastTurn) -> bool:
    """Whether it stands near what answered, under the same heading, and is no row of a table:
    that is about something else.
    """
    headings = {source.hit.passage.heading for source in answered.sources}
    is_row = sentence.kind is BlockKind.TABLE_ROW
    return answered.is_near(sentence) and sentence.hit.passage.heading in headings and not is_row

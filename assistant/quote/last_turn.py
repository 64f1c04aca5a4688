"""Where, among the sentences found for a follow-up, the turn before was, and what follows. Pure.

People go on where they are: what answers next mostly stands in the document that was just quoted,
near the quotation, and is seldom the quotation again (docs/decisions/follow-ups.md).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from assistant.read.reader import Reading
from assistant.understand.question import Question
from assistant.wording.answer_type import holds
from index.rank import coverage
from index.types import Found, Sentence

SAID_SHARE = 0.8
"""Share of a sentence's words that an answer has which quotes it or says the same."""
LEAST_SAID = 4
"""Different words of a sentence that can be recognised in this way."""
LEAST_TELLING = 2
"""Those of them that carry meaning and that the answer has: small words are in any long answer."""
TOLD_SHARE = 0.5
"""Share of the words of a turn with a short answer that the sentence has from which it is."""
NEAR = 500
"""Characters from where a sentence starts to where another does that is near it."""
ELSEWHERE = 3.0
"""Log odds that a passage loses which is in none of the documents that were spoken of."""
SAID_AGAIN = 2.0
"""Log odds that it loses where the reader finds the answer in what was said already: it takes that
for an answer to what is asked now too easily. Both chosen on the follow-ups that the engine is
fitted on (docs/decisions/follow-ups.md)."""


@dataclass(frozen=True, slots=True)
class LastTurn:
    """What the turn before spoke of; all empty where that is not among what was found."""

    said: frozenset[int] = frozenset()
    """Numbers of the sentences that its answer quoted, or said in words of its own; none that may
    hold the detail of it that is asked for now.
    """
    sources: tuple[Sentence, ...] = ()
    """The sentences of ``said``; after an answer in words of its own the one that it is from."""

    @property
    def documents(self) -> frozenset[str]:
        """Ids of the documents that were spoken of."""
        return frozenset(s.hit.passage.document_id for s in self.sources)

    def is_near(self, sentence: Sentence) -> bool:
        """Whether ``sentence`` is a source or stands near one."""
        home = sentence.hit.passage.document_id
        return any(
            home == source.hit.passage.document_id and abs(sentence.start - source.start) < NEAR
            for source in self.sources
        )


def last_turn(question: Question, sentences: Sequence[Sentence]) -> LastTurn:
    """What the turn before ``question`` spoke of, of ``sentences``."""
    if not question.said:
        return LastTurn()
    said = [i for i, s in enumerate(sentences) if is_said(s.terms, question)]
    if said:
        sources = tuple(sentences[i] for i in said)
        has_detail = {
            i
            for i in said
            if question.is_elliptic and holds(question.answer_type, sentences[i].text)
        }
        return LastTurn(frozenset(said) - has_detail, sources)
    source = _source(question.turn, sentences)
    return LastTurn(sources=(source,)) if source else LastTurn()


def is_said(terms: frozenset[str], question: Question) -> bool:
    """Whether the answer before ``question`` said a sentence of ``terms`` (stems)."""
    shared = terms & question.said
    return (
        len(terms) >= LEAST_SAID
        and len(shared) >= SAID_SHARE * len(terms)
        and len(shared & question.turn) >= LEAST_TELLING
    )


def leads_elsewhere(question: Question, found: Found) -> bool:
    """Whether the question is about another document than those that were spoken of: one passage
    of another has more of its words than all that was found of these. False after a refusal.
    """
    if not question.said:
        return False
    documents = last_turn(question, found.sentences).documents
    here: set[str] = set()
    elsewhere = 0.0
    for hit in found.hits:
        terms = found.passage_terms[hit.passage.id]
        if hit.passage.document_id in documents:
            here |= terms
        else:
            elsewhere = max(elsewhere, coverage(question.terms, found.weights, terms))
    return elsewhere > coverage(question.terms, found.weights, here)


def going_on(
    readings: Mapping[int, Reading], question: Question, sentences: Sequence[Sentence]
) -> dict[int, Reading]:
    """``readings`` (by passage id) as they are to be believed after the turn before."""
    before = last_turn(question, sentences)
    lost = dict.fromkeys(readings, 0.0)
    for i, (place, s) in enumerate(places_in_passage(sentences)):
        id_, document = s.hit.passage.id, s.hit.passage.document_id
        if id_ not in readings:
            continue
        if i in before.said:
            lost[id_] += SAID_AGAIN * readings[id_].masses[place]
        if place == 0 and before.documents and document not in before.documents:
            lost[id_] += ELSEWHERE
    return {
        id_: replace(reading, answerable=reading.answerable - lost[id_])
        for id_, reading in readings.items()
    }


def places_in_passage(sentences: Sequence[Sentence]) -> Iterator[tuple[int, Sentence]]:
    """Each sentence with its number among those of its passage, from 0."""
    for _, group in groupby(sentences, key=lambda s: s.hit.passage.id):
        yield from enumerate(group)


def _source(turn: frozenset[str], sentences: Sequence[Sentence]) -> Sentence | None:
    """The sentence with most of the words of ``turn``, if that is enough of them."""
    best = max(sentences, key=lambda s: len(s.terms & turn), default=None)
    if best is None or not turn:
        return None
    return best if len(best.terms & turn) >= TOLD_SHARE * len(turn) else None

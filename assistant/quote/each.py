"""What is asked of several things, asked of each, where no sentence tells of all. Pure but for
asking.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from assistant.compose import compose_each, compose_refusal, one_line, understood_as
from assistant.types import Answer
from assistant.understand.comparison import asked_of_each, compared
from assistant.understand.parts import joined
from assistant.understand.question import Terms, content_terms
from assistant.understand.thing import things_in
from index.chunk import innermost
from index.types import Found

LIKELY = 0.5
"""Confidence from which on an answer stands that does not tell of all."""


def of_each(
    text: str, found: Found, answer: Answer, terms: Terms, ask: Callable[[str, str], Answer]
) -> Answer | None:
    """The answers to what ``text`` asks of each of several things; a refusal where it compares
    something with what stands nowhere, or one is not answered and ``answer`` is unlikely. None
    where ``answer`` stands: it asks of one, what is quoted names all, or it is likely after all.

    Args:
        text: what the user asked.
        found: for it.
        answer: to it as it stands.
        terms: the index's stemmer.
        ask: answers a question that stands alone; where a heading is given, from nothing beside it.
    """
    by_name = compared(text)
    questions = by_name or asked_of_each(text, things_in(text, found))
    unknown = [name for name in by_name if found.missing.issuperset(content_terms(name, terms))]
    if not questions or (unknown and answer.refused) or _names_all(answer, questions, terms):
        return None
    told = compose_refusal(found.hits, unknown)
    refusal = replace(answer, text=told, citations=(), refused=True)
    if unknown:
        return refusal
    answers = [ask(question, "" if by_name else of) for of, question in questions.items()]
    if any(part.refused for part in answers):
        return None if answer.refused or answer.confidence >= LIKELY else refusal
    return _side_by_side(text, questions, answers)


def _names_all(answer: Answer, things: Collection[str], terms: Terms) -> bool:
    """Whether the sentences that ``answer`` cites name all ``things``."""
    words = frozenset(t for thing in things for t in content_terms(innermost(thing), terms))
    return words <= frozenset(term for cited in answer.citations for term in terms(cited.quote))


def _side_by_side(text: str, questions: Mapping[str, str], answers: Sequence[Answer]) -> Answer:
    """One answer, in which what is quoted of each thing has its name before it."""
    whole = joined(text, list(questions.values()), answers)
    names = [one_line(innermost(thing)) for thing in questions]
    cited = [
        (name, citation)
        for name, part in zip(names, answers, strict=True)
        for citation in part.citations
    ]
    told, citations = compose_each(cited)
    side_by_side = replace(whole, text=told, citations=citations)
    return side_by_side.noted(understood_as(*questions.values()))

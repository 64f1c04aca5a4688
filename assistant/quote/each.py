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


def of_each(
    text: str, found: Found, answer: Answer, terms: Terms, ask: Callable[[str, str], Answer]
) -> Answer | None:
    """The answers to what ``text`` asks of each of several things; a refusal where it compares
    something with what stands nowhere. None where it asks of one, or a sentence of ``answer`` tells
    of all, or one of them is not answered.

    Args:
        text: what the user asked.
        found: for it.
        answer: to it as it stands.
        terms: the index's stemmer.
        ask: answers a question that stands alone; where a heading is given, from nothing beside it.
    """
    questions = compared(text)
    unknown = [
        thing for thing in questions if found.missing.issuperset(content_terms(thing, terms))
    ]
    if unknown:
        refusal = compose_refusal(found.hits, unknown)
        return None if answer.refused else replace(answer, text=refusal, citations=(), refused=True)
    of_headings = {} if questions else asked_of_each(text, things_in(text, found))
    if _is_said_of_all(answer, questions or of_headings, terms):
        return None
    answers = [ask(question, "") for question in questions.values()]
    answers += [ask(question, heading) for heading, question in of_headings.items()]
    if not answers or any(part.refused for part in answers):
        return None
    return _side_by_side(text, questions | of_headings, answers)


def _is_said_of_all(answer: Answer, things: Collection[str], terms: Terms) -> bool:
    """Whether a sentence that ``answer`` cites speaks of all ``things``."""
    words = frozenset(t for thing in things for t in content_terms(innermost(thing), terms))
    return any(words <= frozenset(terms(citation.quote)) for citation in answer.citations)


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

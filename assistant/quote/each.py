"""What is asked of several things, asked of each, where no sentence tells of all. Pure but for
asking.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from assistant.compose import compose_each, compose_refusal, one_line, understood_as
from assistant.types import Answer, Citation
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
    something with a name that stands nowhere. None where ``answer`` stands: it asks of one thing,
    what is quoted names all, or one of them is not answered.

    Args:
        text: what the user asked.
        found: for it.
        answer: to it as it stands.
        terms: the index's stemmer.
        ask: answers a question that stands alone; where a heading is given, from nothing beside it.
    """
    by_name = compared(text)
    questions = by_name or asked_of_each(text, things_in(text, found))
    if not questions or _names_all(answer, questions, terms):
        return None
    if unknown := [name for name in by_name if _is_strange(name, found, terms)]:
        refusal = compose_refusal(found.hits, unknown)
        return None if answer.refused else replace(answer, text=refusal, citations=(), refused=True)
    answers = [
        _of_the_thing(innermost(thing), ask(question, "" if by_name else thing), terms)
        for thing, question in questions.items()
    ]
    told = all(answer.citations for answer in answers)
    return _side_by_side(text, questions, answers) if told else None


def _is_strange(name: str, found: Found, terms: Terms) -> bool:
    """Whether it is a proper name of which no word stands in the documents."""
    is_name = any(word[0].isupper() for word in name.split())
    return is_name and found.missing.issuperset(content_terms(name, terms))


def _of_the_thing(name: str, answer: Answer, terms: Terms) -> Answer:
    """``answer`` with those of its citations alone that are from a passage which has ``name``."""
    words = frozenset(content_terms(name, terms))

    def has_name(cited: Citation) -> bool:
        return any(
            words <= frozenset(terms(f"{p.title} {p.heading} {p.text}"))
            for p in (hit.passage for hit in answer.hits)
            if p.document_id == cited.document_id and p.start <= cited.start < p.end
        )

    return replace(answer, citations=tuple(filter(has_name, answer.citations)))


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

"""Sentences that may not answer: near misses, and what says nothing by itself. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.quote.abbreviation import unexplained
from assistant.quote.echo import OwnQuestion, idle_replies
from assistant.quote.lacking import lacking
from assistant.quote.mismatch import mismatched
from assistant.quote.person import OtherPeople, other_people
from assistant.quote.rows import heading_rows
from assistant.understand.question import Question, Terms, content_terms
from assistant.wording.rights import rights_lines
from index.types import Found, Sentence


@dataclass(frozen=True, slots=True)
class Barred:
    """Numbers of the sentences found that may not answer, by the reason."""

    people: OtherPeople
    """About somebody else than the question."""
    details: frozenset[int]
    """About another time or number."""
    sort: frozenset[int]
    """With nothing of the sort that is asked for."""
    idle: frozenset[int]
    """That ask, or use, what they should tell."""

    @property
    def near_misses(self) -> frozenset[int]:
        """Those that seem to answer, and would answer another question."""
        return self.people.barred | self.details | self.sort

    @property
    def numbers(self) -> frozenset[int]:
        """All of them."""
        return self.near_misses | self.idle

    def left_out(self, *, details: bool) -> list[str]:
        """What the sentences are about that were left out, in the words of a refusal.

        Args:
            details: whether another time or number would have answered.
        """
        other_details = ["another time or number"] if details and self.details else []
        return [*self.people.left_out, *other_details]


def barred_from(
    asked: str, question: Question, found: Found, echoes: Sequence[OwnQuestion]
) -> Barred:
    """Which of ``found.sentences`` may not answer.

    Args:
        asked: what the user wrote.
        question: the same, understood.
        found: by the search for it.
        echoes: the questions that the documents ask themselves.
    """
    return Barred(
        people=other_people(asked, question.referents, found),
        details=mismatched(asked, found.sentences),
        sort=lacking(asked, found.sentences),
        idle=unexplained(asked, found)
        | {echo.number for echo in echoes}
        | idle_replies(question, echoes, found.sentences),
    )


def idle_lines(
    asked: str, question: Question, sentences: Sequence[Sentence], terms: Terms
) -> frozenset[int]:
    """Numbers of the lines that are no sentence and not chosen, though the reader may read them:
    who holds the rights, titles that only say what the question does, column names.
    """
    titles = mere_titles(question, sentences, terms)
    return rights_lines(asked, sentences) | titles | heading_rows(sentences)


def mere_titles(question: Question, sentences: Sequence[Sentence], terms: Terms) -> frozenset[int]:
    """Numbers of the titles that only say what the question does."""
    own = frozenset((*question.terms, *question.context))
    return frozenset(
        i
        for i, s in enumerate(sentences)
        if " ".join(s.text.split()) == s.hit.passage.title
        and own.issuperset(content_terms(s.text, terms))
    )

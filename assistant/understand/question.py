"""A question, understood: its kind, its content words, the type of answer. Pure, English rules."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from assistant.understand.kinds import Kind, kind_of
from assistant.understand.topics import role_of
from assistant.wording.answer_type import AnswerType, answer_type_of
from assistant.wording.words import STOP_WORDS
from index.errors import QuestionError

Terms = Callable[[str], list[str]]
"""Text to stems, as the index compares them."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question, understood."""

    text: str
    """As it is searched for: of itself when it stands alone, with what it refers to otherwise."""
    read: str
    """As the reader is given it: the same, but with the whole of what was asked before."""
    kind: Kind
    answer_type: AnswerType
    terms: tuple[str, ...]
    """Distinct stems of its content words, in order."""
    context: tuple[str, ...] = ()
    """Distinct stems that it takes from the conversation."""
    referents: tuple[str, ...] = ()
    """What was said before that may name the person that its “he” or “she” stands for, the
    likeliest first; empty where it has none, or names the person itself."""
    said: frozenset[str] = frozenset()
    """Stems of the answer before, where the question takes something from that turn."""
    turn: frozenset[str] = frozenset()
    """Stems of the content words of that turn."""
    thing: str = ""
    """What was talked of, as the user named it, where a section of a document is about that."""
    is_elliptic: bool = False
    """Whether it asks for a detail of what was just said: “Until when?”, “How much is that?”."""

    @property
    def is_follow_up(self) -> bool:
        """Whether it takes something from the turn before."""
        return bool(self.context or self.turn)

    def about(self, asked: str) -> str:
        """``asked``, what the user wrote, with the thing that it leaves out."""
        return f"{asked} {self.thing}".strip()


def understand(
    text: str,
    terms: Terms,
    *,
    context: str = "",
    before: str = "",
    referents: tuple[str, ...] = (),
) -> Question:
    """The question in ``text``.

    Args:
        text: what the user wrote, not empty.
        terms: the index's stemmer.
        context: words from the conversation that the question refers to.
        before: what they are from, as in ``before_of``.
        referents: as in ``Question``.
    """
    words = " ".join(text.split())
    if whom := role_of(words):
        words = f"What about {whom}?"
    own = content_terms(words, terms)
    text = f"{words} {context}".strip()
    return Question(
        text=text,
        read=f"{words} ({before})" if before else text,
        kind=kind_of(words),
        answer_type=answer_type_of(words),
        terms=own,
        context=tuple(t for t in content_terms(context, terms) if t not in own),
        referents=referents,
    )


def content_terms(text: str, terms: Terms) -> tuple[str, ...]:
    """Distinct stems of the words in ``text`` that carry meaning, in order."""
    words = [w for w in re.findall(r"\w+", text) if w.lower() not in STOP_WORDS]
    return tuple(dict.fromkeys(terms(" ".join(words))))


def checked_question(text: str, longest: int) -> str:
    """``text`` without the space around it.

    Raises:
        QuestionError: it is empty, has more than ``longest`` characters, or is no valid Unicode.
    """
    if not text.strip():
        raise QuestionError("the question is empty; ask something about the documents")
    if len(text) > longest:
        raise QuestionError(
            f"the question has {len(text)} characters, at most {longest} are read; "
            "ask a shorter one"
        )
    check_unicode(text, "the question")
    return text.strip()


def check_unicode(text: str, what: str) -> None:
    """Python stands bytes that are no UTF-8 into text as lone surrogates, which no model reads.

    Raises:
        QuestionError: ``what`` has some.
    """
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise QuestionError(f"{what} is not valid Unicode; type it anew, or give it as UTF-8")

"""How one visitor wants to be answered. Comes along with each question, from the browser. Pure."""

from dataclasses import dataclass

MAX_SENTENCES = 10
"""As many as an answer to a question of fact may have."""


@dataclass(frozen=True, slots=True)
class AnswerChoice:
    """What a visitor chose; None for what the program was started with."""

    sentences: int | None = None
    """The most sentences of a verbatim answer to a question of fact, 1 to 10."""
    written: bool | None = None
    """False for the documents' own words even where there is a language model."""


USUAL = AnswerChoice()


def answer_choice(value: object) -> AnswerChoice:
    """The choice that the browser sent; what makes no sense in it counts as not chosen."""
    chosen = value if isinstance(value, dict) else {}
    sentences, written = chosen.get("sentences"), chosen.get("written")
    return AnswerChoice(
        sentences if type(sentences) is int and 1 <= sentences <= MAX_SENTENCES else None,
        written if isinstance(written, bool) else None,
    )

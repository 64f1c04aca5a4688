"""Whether a reply came to its end: it may think, reach its limit of tokens, or break off. Pure."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from assistant.llm.generator import GenerationError

AT_LIMIT = "length"
"""What the OpenAI format gives as the reason for the end of a reply that had no more tokens."""


class Piece(NamedTuple):
    """One event of a reply."""

    text: str
    is_sign_of_life: bool = False
    """Whether the model works though it writes nothing: it reads the prompt, or thinks."""
    finish: str | None = None
    """Why the reply ends here; None where it goes on."""


def whole(pieces: Iterable[Piece]) -> Iterator[str]:
    """The texts, and ``""`` for each sign of life.

    Raises:
        GenerationError: the reply does not come to its end, or ends for want of tokens.
    """
    has_text, is_alive, finish = False, False, None
    for piece in pieces:
        has_text = has_text or bool(piece.text)
        is_alive = is_alive or piece.is_sign_of_life
        finish = piece.finish or finish
        if piece.text or piece.is_sign_of_life:
            yield piece.text
    if finish == AT_LIMIT and not has_text:
        raise GenerationError(
            "it spent its tokens thinking: set llm.max_tokens higher", answered=True
        )
    if finish == AT_LIMIT:
        raise GenerationError(
            "its reply reached its limit of tokens: set llm.max_tokens higher", answered=True
        )
    if finish is None and (has_text or is_alive):
        raise GenerationError("its reply broke off: is it still running?")

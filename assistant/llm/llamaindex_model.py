"""Any LlamaIndex ``LLM`` object as a source of text."""

from collections.abc import Iterator, Sequence
from typing import Any

from assistant.llm.generator import Call, Message, estimated_tokens
from assistant.llm.reply import Piece


class LlamaIndexSource:
    """A LlamaIndex model; its own time-outs and retries stay as its owner set them."""

    def __init__(self, model: Any, context_tokens: int) -> None:
        """``context_tokens`` is the most to use; the model's own metadata may say less."""
        self._model = model
        window = int(getattr(model.metadata, "context_window", 0) or context_tokens)
        self.context_tokens = min(window, context_tokens)

    @property
    def name(self) -> str:
        """Its model name, else that of its class."""
        return str(self._model.metadata.model_name or type(self._model).__name__)

    def count_tokens(self, text: str) -> int:
        """An estimate."""
        return estimated_tokens(text)

    def pieces(self, messages: Sequence[Message], max_tokens: int, call: Call) -> Iterator[str]:
        """See ``Source``. A model that cannot stream gives its reply in one piece."""
        yield from (
            piece.text
            for piece in reply_pieces(self._model, messages, call)
            if piece.text or piece.is_sign_of_life
        )


def reply_pieces(
    model: Any, messages: Sequence[Message], call: Call, **options: Any
) -> Iterator[Piece]:
    """What ``model`` replies, as it comes; raises whatever the model raises.

    ``options`` go to the model with the messages. A thought is a sign of life.
    """
    from llama_index.core.llms import ChatMessage

    chat = [ChatMessage(role=m.role, content=m.text) for m in messages]
    try:
        replies = model.stream_chat(chat, **options)
    except NotImplementedError:
        yield Piece(str(model.chat(chat, **options).message.content or ""))
        return
    seen = ""
    for reply in replies:
        if call.stopped:
            break
        whole = reply.message.content or ""
        piece = reply.delta if reply.delta is not None else whole[len(seen) :]
        seen = whole
        thinks = bool(reply.additional_kwargs.get("thinking_delta"))
        yield Piece(str(piece or ""), thinks, _finish(reply.raw))
    close = getattr(replies, "close", None)
    if close is not None:
        close()


def _finish(raw: Any) -> str | None:
    """Why an event in the OpenAI format says that the reply ends; None where it does not."""
    choices = getattr(raw, "choices", None) or [None]
    return getattr(choices[0], "finish_reason", None)

"""Any LlamaIndex ``LLM`` object as a source of text."""

from collections.abc import Iterator, Sequence
from typing import Any

from assistant.generator import Call, Message, estimated_tokens


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
        yield from reply_pieces(self._model, messages, call)


def reply_pieces(
    model: Any, messages: Sequence[Message], call: Call, **options: Any
) -> Iterator[str]:
    """What ``model`` replies, as it comes; raises whatever the model raises.

    ``options`` go to the model with the messages.
    """
    from llama_index.core.llms import ChatMessage

    chat = [ChatMessage(role=m.role, content=m.text) for m in messages]
    try:
        replies = model.stream_chat(chat, **options)
    except NotImplementedError:
        yield str(model.chat(chat, **options).message.content or "")
        return
    seen = ""
    for reply in replies:
        if call.stopped:
            break
        whole = reply.message.content or ""
        piece = reply.delta if reply.delta is not None else whole[len(seen) :]
        seen = whole
        yield str(piece or "")
    close = getattr(replies, "close", None)
    if close is not None:
        close()

"""An OpenAI-compatible endpoint as a source of text (the extra ``openai``).

Ollama, vLLM, llama.cpp, LM Studio and hosted services speak this. LlamaIndex's client is used, over
a connection of ours: so that it goes nowhere but to the given URL, has our time limits, and can be
cut from another thread.
"""

import logging
import socket
import struct
from collections.abc import Iterator, Sequence
from contextlib import suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple

from assistant.llm.endpoint_key import KEY_VARIABLE, endpoint_key
from assistant.llm.generator import Call, GenerationError, Message, estimated_tokens
from assistant.llm.llamaindex_model import reply_pieces
from assistant.llm.reply import Piece, whole
from assistant.llm_settings import address
from index.errors import ModelError, SettingsError

if TYPE_CHECKING:
    import httpx
    import openai

OF_THE_REQUEST = frozenset({400, 413, 422})
"""Status codes that say nothing of the next call."""
BUSY = frozenset({429, 502, 503})
"""Status codes after which one more try is worth it."""
CONNECT_SECONDS = 3.0
OTHERWISE = {"max_tokens": "max_completion_tokens", "temperature": ""}
"""Options that some models refuse (OpenAI's that reason), and what these take in their place."""


class _Made(NamedTuple):
    """A call, and the connections that were opened for it."""

    call: Call
    connections: list[socket.socket]


_current: ContextVar[_Made | None] = ContextVar("_current", default=None)
"""The call that this thread makes, for the hook that sees its connection."""

_LIBRARIES = frozenset({"openai", "httpx", "httpcore"})
_REASONS = {
    400: "it refused the request (400): is the prompt too long for it? set llm.context_tokens",
    401: f"it refused the key (401): set {KEY_VARIABLE}",
    403: f"it refused the key (403): set {KEY_VARIABLE}",
    404: "it does not know the model or the path (404): check llm.model and llm.url",
    429: "it has too many requests (429)",
}


class EndpointSource:
    """One model at one URL. Safe to use from any thread."""

    def __init__(self, url: str, model: str, context_tokens: int, read_seconds: float) -> None:
        """Check the settings, connect to nothing.

        Args:
            url: such as ``http://localhost:11434/v1``.
            model: its name there.
            context_tokens: of prompt and reply together.
            read_seconds: the longest silence on the connection.

        Raises:
            ModelError: the extra is not installed.
            SettingsError: ``url`` or ``model`` is missing, or that or the key cannot be one.
        """
        _check(url, model)
        _keep_out_of_logs()
        self._url = url
        self._model = model
        self.context_tokens = context_tokens
        self._client = _client(read_seconds)
        self._refused = frozenset[str]()
        """Options that the model does not take: it said so when it was first asked."""

    @property
    def name(self) -> str:
        """Model and host; a password in the URL is left out."""
        return f"{self._model} at {address(self._url)}"

    def count_tokens(self, text: str) -> int:
        """An estimate."""
        return estimated_tokens(text)

    def pieces(self, messages: Sequence[Message], max_tokens: int, call: Call) -> Iterator[str]:
        """See ``Source``."""
        import httpx
        import openai

        made = _Made(call, [])
        token = _current.set(made)
        try:
            yield from whole(self._events(messages, max_tokens, call))
        # Nothing is chained: what a service or a library says may repeat the key or the prompt, and
        # would be printed.
        except openai.APIStatusError as error:
            raise _from_status(error.response) from None
        except openai.APIConnectionError as error:
            raise _from_connection(error) from None
        except httpx.TimeoutException:
            raise GenerationError("no word from it in time: is it still loading?") from None
        except (openai.OpenAIError, httpx.HTTPError) as error:
            raise GenerationError(f"its reply broke off ({type(error).__name__})") from None
        except SettingsError as error:  # the key was changed since
            raise GenerationError(str(error)) from None
        except (ValueError, TypeError, KeyError, AttributeError, IndexError):
            raise GenerationError("it did not reply in the OpenAI format") from None
        finally:
            with suppress(ValueError):  # closed from another context
                _current.reset(token)
            for connection in made.connections:  # whatever broke off may have left it open
                with suppress(OSError):
                    connection.close()

    def _events(self, messages: Sequence[Message], max_tokens: int, call: Call) -> Iterator[Piece]:
        """The reply; where the model does not take an option, asked once more without it."""
        import openai

        left_out = self._refused  # another call may add to it meanwhile
        try:
            options = self._options(max_tokens, left_out)
            yield from reply_pieces(self._llm(), messages, call, **options)
        except openai.BadRequestError as error:  # before the first piece
            named = _option_in(error)
            if named not in OTHERWISE or named in left_out:
                raise
            self._refused |= {named}
            yield from self._events(messages, max_tokens, call)

    def _options(self, max_tokens: int, left_out: frozenset[str]) -> dict[str, Any]:
        import openai

        options: dict[str, Any] = {"timeout": self._client.timeout, "max_tokens": max_tokens}
        for name in left_out:
            other = OTHERWISE[name]
            if other:
                options[other] = options[name]
            options[name] = openai.omit
        return options

    def _llm(self) -> Any:
        from llama_index.llms.openai_like import OpenAILike

        return OpenAILike(
            model=self._model,
            api_base=self._url,
            api_key=endpoint_key(),
            is_chat_model=True,
            context_window=self.context_tokens,
            temperature=0.0,
            max_retries=0,
            http_client=self._client,
        )


def _check(url: str, model: str) -> None:
    try:
        import llama_index.llms.openai_like  # noqa: F401
        import openai.resources.chat  # noqa: F401 - now, for it takes half a second
    except ImportError as error:
        raise ModelError(
            "openai-like needs an extra: pip install 'grounded-assistant[openai]'"
        ) from error
    address(url)
    endpoint_key()
    if not model:
        raise SettingsError("llm.model is empty; give the model's name at the URL (--llm-model)")


def _keep_out_of_logs() -> None:
    """Have the libraries log nothing of our calls: at DEBUG they write whole prompts."""
    names = [name for name in logging.root.manager.loggerDict if name.split(".")[0] in _LIBRARIES]
    for name in names:
        logging.getLogger(name).addFilter(_is_of_others)  # once: a second time changes nothing


def _is_of_others(_: logging.LogRecord) -> bool:
    return _current.get() is None


def _client(read_seconds: float) -> "httpx.Client":
    """A client that keeps no connection open and tells each call of its own."""
    import httpx

    def watch(request: "httpx.Request") -> None:
        made = _current.get()
        if made is not None:
            request.extensions["trace"] = lambda event, info: _note_stream(made, event, info)

    return httpx.Client(
        timeout=httpx.Timeout(read_seconds, connect=CONNECT_SECONDS),
        limits=httpx.Limits(max_keepalive_connections=0),
        event_hooks={"request": [watch]},
        follow_redirects=False,
    )


def _note_stream(made: _Made, event: str, info: dict[str, Any]) -> None:
    if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
        connection = info["return_value"].get_extra_info("socket")
        if connection is not None:
            made.connections.append(connection)
            made.call.on_stop(lambda: _cut(connection))


def _cut(connection: socket.socket) -> None:
    """End both directions: a read that blocks in another thread comes back at once.

    Closing would not do that. The plain socket's method, for that of TLS forgets its state. Closed
    later it is reset, else a server that waits for room to write would wait on for a minute.
    """
    with suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


def _option_in(error: "openai.APIStatusError") -> str:
    """The option that a refusal names; empty for none."""
    body = error.body if isinstance(error.body, dict) else {}
    return str(body.get("param", ""))


def _from_status(response: "httpx.Response") -> GenerationError:
    status = response.status_code
    reason = _REASONS.get(status, f"it answered with status {status}: its own log says why")
    wait = None
    with suppress(ValueError):
        wait = max(float(response.headers.get("retry-after", "")), 0.0)
    return GenerationError(
        reason,
        may_retry=status in BUSY,
        wait_seconds=wait,
        answered=status in OF_THE_REQUEST,
    )


def _from_connection(error: Exception) -> GenerationError:
    import httpx

    cause = error.__cause__
    if isinstance(cause, httpx.ConnectTimeout):
        return GenerationError(
            f"no connection within {CONNECT_SECONDS:g} s: is its address right?", may_retry=True
        )
    if isinstance(cause, httpx.ConnectError):
        return GenerationError("no connection: is it running?", may_retry=True)
    if isinstance(cause, httpx.TimeoutException):
        return GenerationError("no word from it in time: is it still loading?")
    return GenerationError("the connection broke: is it still running?")

"""What the assistant needs of a language model, and what a model is before it is held to that.

A ``Source`` is one library called plainly: it blocks, and fails in its own way. ``held`` makes a
``Generator`` of it, which can be stopped and never hangs. ``load`` picks one.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Generator as Steps
from dataclasses import dataclass, field
from threading import Lock
from typing import Literal, Protocol

from index.errors import ModelError

Pieces = Steps[str, None, None]
"""Text as it is written; closing it stops whoever writes."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat prompt."""

    role: Literal["system", "user"]
    text: str


class GenerationError(ModelError):
    """A model could not write. The message says why in a few words that may be shown and logged:
    it never holds a key, a prompt or a reply.
    """

    def __init__(
        self,
        reason: str,
        *,
        may_retry: bool = False,
        wait_seconds: float | None = None,
        answered: bool = False,
    ) -> None:
        super().__init__(reason)
        self.may_retry = may_retry
        """Whether the same call may work at once: the endpoint was not reached, or is busy."""
        self.wait_seconds = wait_seconds
        """How long the endpoint asks to wait first; None where it does not say."""
        self.answered = answered
        """Whether the model is there and only this call came to nothing: the next may work."""


class Generator(Protocol):
    """A language model that can be stopped and never hangs; tests pass a scripted one."""

    @property
    def name(self) -> str:
        """What messages call it, such as ``qwen3 at http://localhost:11434/v1``; never a key."""

    @property
    def context_tokens(self) -> int:
        """How many tokens prompt and reply may have together."""

    def count_tokens(self, text: str) -> int:
        """How many tokens ``text`` takes; an estimate is rather too high."""

    def stream(self, messages: Sequence[Message], max_tokens: int) -> Pieces:
        """The reply in pieces as it is written, and ``""`` a few times a second in between.

        Closing the iterator stops the model at once.

        Args:
            messages: the prompt.
            max_tokens: of the reply.

        Raises:
            GenerationError: there is no reply, or it breaks off.
        """


@dataclass(slots=True)
class Call:
    """One run of a source, as seen by who may have to stop it. Safe to use from any thread."""

    stopped: bool = False
    _actions: list[Callable[[], None]] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def on_stop(self, action: Callable[[], None]) -> None:
        """Have ``action`` called when the call is stopped, at once if it already was."""
        with self._lock:
            if not self.stopped:
                self._actions.append(action)
                return
        action()

    def stop(self) -> None:
        """End the call: whatever blocks in it comes back."""
        with self._lock:
            if self.stopped:
                return
            self.stopped = True
            actions, self._actions = self._actions, []
        for action in actions:
            action()


class Source(Protocol):
    """A model as its library offers it."""

    @property
    def name(self) -> str:
        """See ``Generator``."""

    @property
    def context_tokens(self) -> int:
        """See ``Generator``."""

    def count_tokens(self, text: str) -> int:
        """See ``Generator``."""

    def pieces(self, messages: Sequence[Message], max_tokens: int, call: Call) -> Iterator[str]:
        """The reply in pieces; may block, and comes back soon after ``call`` is stopped.

        An empty piece is a sign of life: the model reads its prompt, or thinks.

        Raises:
            GenerationError: there is no reply, or it breaks off.
        """


_CHEAP = re.compile(r"[A-Za-z\s]")
CHARACTERS_A_TOKEN = 3
"""Of letters and space, for models that do not show a tokenizer; English has 4 and
more, so this is on the safe side."""


def estimated_tokens(text: str) -> int:
    """How many tokens ``text`` takes, rather too many, for models that do not say.

    Letters of other scripts, digits and signs take up to one each.
    """
    cheap = len(_CHEAP.findall(text))
    return len(text) - cheap + -(-cheap // CHARACTERS_A_TOKEN)

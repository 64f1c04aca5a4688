"""A source held to its limits: it can be stopped at once, never hangs, and is not called in vain.

The source runs in a thread of its own and hands its pieces over a queue, so that a blocking read
inside a library can neither delay Stop nor outlast a time limit.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread

from assistant.llm.breaker import Breaker
from assistant.llm.generator import Call, GenerationError, Message, Pieces, Source

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 0.1
LONGEST_WAIT_SECONDS = 5.0
"""An endpoint that asks for a longer pause before the second try is given up at once."""
RETRY_SECONDS = 0.5
EMPTY = "its reply is empty: is it a chat model, and is its address right?"
CHARACTERS_PER_TOKEN_AT_MOST = 16
"""A reply longer than its token limit times this comes from a server that keeps no limit."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a reply may take, in seconds."""

    first_piece: float = 20.0
    """From the call to the first piece or sign of life, a second try included."""
    idle: float = 15.0
    """Between two of these."""
    total: float = 120.0


class HeldGenerator:
    """A ``Generator`` made of a source. Safe to use from any thread."""

    def __init__(
        self,
        source: Source,
        limits: Limits,
        *,
        breaker: Breaker | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.source = source
        self.limits = limits
        self.breaker = breaker or Breaker()
        self._sleep = sleep

    @property
    def name(self) -> str:
        """See ``Generator``."""
        return self.source.name

    @property
    def context_tokens(self) -> int:
        """See ``Generator``."""
        return self.source.context_tokens

    def count_tokens(self, text: str) -> int:
        """See ``Generator``."""
        return self.source.count_tokens(text)

    def stream(self, messages: Sequence[Message], max_tokens: int) -> Pieces:
        """See ``Generator``."""
        if wait := self.breaker.admit():
            raise GenerationError(
                f"it failed several times ({self.breaker.reason}); tried again in {wait:.0f} s"
            )
        try:
            yield from self._with_one_retry(messages, max_tokens)
        except GenerationError as error:
            if error.answered:
                self.breaker.succeeded()
            else:
                self.breaker.failed(str(error))
            logger.warning("language model %s: %s", self.name, error)
            raise
        except GeneratorExit:  # stopped by the user: says nothing of the model
            raise
        else:
            self.breaker.succeeded()

    def _with_one_retry(self, messages: Sequence[Message], max_tokens: int) -> Iterator[str]:
        began = time.monotonic()
        seen = False
        try:
            for piece in self._attempt(messages, max_tokens, began):
                seen = seen or bool(piece)
                yield piece
        except GenerationError as error:
            wait = RETRY_SECONDS if error.wait_seconds is None else error.wait_seconds
            if seen or not error.may_retry or wait > LONGEST_WAIT_SECONDS:
                raise
            yield from self._pause(wait)
            yield from self._attempt(messages, max_tokens, began)

    def _pause(self, seconds: float) -> Iterator[str]:
        while seconds > 0:
            self._sleep(min(seconds, HEARTBEAT_SECONDS))
            seconds -= HEARTBEAT_SECONDS
            yield ""

    def _attempt(self, messages: Sequence[Message], max_tokens: int, began: float) -> Iterator[str]:
        call = Call()
        queue: SimpleQueue[str | GenerationError | None] = SimpleQueue()
        arguments = (self.source, messages, max_tokens, call, queue)
        Thread(target=_run, args=arguments, daemon=True, name="language model").start()
        try:
            yield from self._pieces(queue, began, max_tokens)
        finally:
            call.stop()

    def _pieces(
        self, queue: "SimpleQueue[str | GenerationError | None]", began: float, max_tokens: int
    ) -> Iterator[str]:
        length, has_begun, due = 0, False, began + self.limits.first_piece
        end = began + self.limits.total
        while True:
            is_alive = True
            try:
                piece = queue.get(timeout=HEARTBEAT_SECONDS)
            except Empty:
                piece, is_alive = "", False
            if isinstance(piece, GenerationError):
                raise piece
            if piece is None:
                if not length:
                    raise GenerationError(EMPTY, answered=True)
                return
            if is_alive:
                has_begun = True
                length += len(piece)
                due = time.monotonic() + self.limits.idle
            self._check(time.monotonic(), due, end, is_first=not has_begun)
            yield piece
            if length > max_tokens * CHARACTERS_PER_TOKEN_AT_MOST:
                return

    def _check(self, now: float, due: float, end: float, *, is_first: bool) -> None:
        if now > end:
            raise GenerationError(f"it took over {self.limits.total:g} s")
        if now > due and is_first:
            seconds = f"{self.limits.first_piece:g} s"
            raise GenerationError(f"no word from it within {seconds}: is it still loading?")
        if now > due:
            raise GenerationError(f"it stopped writing for {self.limits.idle:g} s")


def _run(
    source: Source,
    messages: Sequence[Message],
    max_tokens: int,
    call: Call,
    queue: "SimpleQueue[str | GenerationError | None]",
) -> None:
    """Put every piece into ``queue``, and then None or why it broke off."""
    try:
        for piece in source.pieces(messages, max_tokens, call):
            if call.stopped:
                return
            queue.put(piece.replace("\x00", ""))
        queue.put(None)
    except GenerationError as error:
        queue.put(error)
    except Exception as error:  # noqa: BLE001 - a thread must report, whatever a library raises
        queue.put(GenerationError(f"failed with {type(error).__name__}"))

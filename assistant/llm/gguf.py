"""A GGUF file run in this process by llama.cpp, through xllamacpp (the extra ``gguf``)."""

import os
import secrets
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path
from queue import SimpleQueue
from shutil import rmtree
from tempfile import mkdtemp
from threading import Lock, Thread
from typing import Any

from assistant.llm.generator import Call, GenerationError, Message, estimated_tokens
from assistant.llm.reply import Piece, whole
from index.errors import ModelError

SUFFIX = ".gguf"
MAGIC = b"GGUF"
BATCH_TOKENS = 128
"""How much of a prompt is read between two looks at whether to stop."""


class GgufSource:
    """One model file; it is loaded at the first call. Safe to use from any thread, one at a time.

    Replies are the same for the same prompt (temperature 0).
    """

    def __init__(self, path: Path, context_tokens: int, threads: int = 0) -> None:
        """Check the file, load nothing.

        Args:
            path: of the file.
            context_tokens: of prompt and reply together; more takes more memory.
            threads: 0 for one on each core.

        Raises:
            ModelError: xllamacpp is not installed, or the file is not there or no GGUF file.
        """
        _check_installed()
        _check_file(path)
        self.path = path
        self.context_tokens = context_tokens
        self._threads = threads
        self._lock = Lock()
        self._server: Any = None

    @property
    def name(self) -> str:
        """The file's name, without the folders it is in."""
        return self.path.name

    def count_tokens(self, text: str) -> int:
        """An estimate: llama.cpp's tokenizer is not within reach from Python."""
        return estimated_tokens(text)

    def pieces(self, messages: Sequence[Message], max_tokens: int, call: Call) -> Iterator[str]:
        """See ``Source``."""
        request = {
            "messages": [{"role": m.role, "content": m.text} for m in messages],
            "max_tokens": max_tokens,
            "temperature": 0.0,
            "stream": True,
            "return_progress": True,  # after each batch of the prompt, so that a stop is noticed
        }
        queue: SimpleQueue[dict[str, Any] | None] = SimpleQueue()

        def take(chunk: dict[str, Any]) -> bool:
            queue.put(chunk)
            return call.stopped  # True ends the reply

        def run() -> None:
            try:
                self._loaded().handle_chat_completions(request, take)
            except ModelError as error:
                queue.put({"error": {"type": str(error)}})
            except RuntimeError as error:
                queue.put({"error": {"type": type(error).__name__}})
            finally:
                queue.put(None)

        call.on_stop(lambda: queue.put(None))
        # No daemon: inside a call when the interpreter ends, llama.cpp would abort the process.
        Thread(target=run, daemon=False, name="llama.cpp").start()
        yield from whole(map(_piece_of, iter(queue.get, None)))

    def _loaded(self) -> Any:
        with self._lock:
            if self._server is None:
                place = Path(mkdtemp(prefix="assistant-"))
                weakref.finalize(self, rmtree, place, ignore_errors=True)
                self._server = _start(self.path, self.context_tokens, self._threads, place)
            return self._server


def _check_installed() -> None:
    try:
        import xllamacpp  # noqa: F401
    except ImportError as error:
        raise ModelError(
            "gguf models need an extra: pip install 'grounded-assistant[gguf]'"
        ) from error


def _check_file(path: Path) -> None:
    try:
        with path.open("rb") as file:
            magic = file.read(len(MAGIC))
    except OSError as error:
        raise ModelError(
            f"the model {path} cannot be read ({error.strerror}); give the path of a .gguf file"
        ) from error
    if magic != MAGIC:
        raise ModelError(f"{path} is not a GGUF file; give the path of a .gguf file")


def _start(path: Path, context_tokens: int, threads: int, place: Path) -> Any:
    """llama.cpp's server, which is also its only interface here.

    It insists on listening: on a socket file in a directory of our own, never on a port, and with
    a secret that nobody is told.
    """
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(path)
    parameters.n_ctx = context_tokens
    parameters.n_parallel = 1
    parameters.n_batch = parameters.n_ubatch = BATCH_TOKENS
    parameters.warmup = False
    parameters.offline = True
    parameters.ui = False
    parameters.verbosity = 0
    parameters.cpuparams.n_threads = threads or os.cpu_count() or 1
    parameters.api_keys = [secrets.token_hex(16)]
    parameters.hostnames = [str(place / "llama.sock")]
    try:
        return xllamacpp.Server(parameters)
    except RuntimeError as error:
        raise ModelError(f"llama.cpp cannot load {path.name}; is the file whole?") from error


def _piece_of(chunk: dict[str, Any]) -> Piece:
    if "error" in chunk:
        reason = str(chunk["error"].get("type", "an error"))
        if "context" in reason:
            reason = "the prompt is too long for its context; set llm.context_tokens higher"
        raise GenerationError(reason)
    choice = (chunk.get("choices") or [{}])[0]
    text = str((choice.get("delta") or {}).get("content") or "")
    return Piece(text, is_sign_of_life=not text, finish=choice.get("finish_reason"))

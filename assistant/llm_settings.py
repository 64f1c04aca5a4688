"""Settings of the language model and of the check of what it writes. Frozen; passed by argument."""

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from index.errors import SettingsError
from index.settings import check_range, check_types

UNSUPPORTED = ("drop", "mark")


@dataclass(frozen=True, slots=True)
class LlmSettings:
    """Which language model writes, if any, and what it is given."""

    use: str = ""
    """``openai-like``, ``gguf:PATH``, or empty for none: answers are then verbatim sentences."""
    url: str = ""
    """For ``openai-like``: the address, such as ``http://localhost:11434/v1``."""
    model: str = ""
    """For ``openai-like``: the model's name there."""
    context_tokens: int = 4096
    """How many tokens prompt and reply may have together, at least 512."""
    max_tokens: int = 400
    """The longest reply, in tokens, at least 16."""
    passages: int = 6
    """The most passages to show to the model, 1 to 50."""
    turns: int = 3
    """The most earlier turns to show to it, 0 to 20."""
    threads: int = 0
    """For ``gguf``: how many; 0 for one on each core."""
    prompt: str = ""
    """Path of a file to use in place of the packaged prompt; see docs/language-model.md."""

    def __post_init__(self) -> None:
        """Check types and ranges."""
        check_types("llm", self)
        check_range("llm.context_tokens", self.context_tokens, 512, 10_000_000)
        check_range("llm.max_tokens", self.max_tokens, 16, 100_000)
        check_range("llm.passages", self.passages, 1, 50)
        check_range("llm.turns", self.turns, 0, 20)
        check_range("llm.threads", self.threads, 0, 1024)
        if self.max_tokens > self.context_tokens // 2:
            raise SettingsError(
                f"llm.max_tokens is {self.max_tokens}; expected at most half of "
                f"llm.context_tokens, {self.context_tokens // 2}"
            )


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """How each written sentence is checked."""

    unsupported: str = "drop"
    """What happens to a sentence that no passage supports: ``drop``, or ``mark`` it in words."""
    entailment_model: str = ""
    """Name or path of a sentence-transformers cross-encoder for entailment as a further judge."""

    def __post_init__(self) -> None:
        """Check types and values."""
        check_types("check", self)
        if self.unsupported not in UNSUPPORTED:
            raise SettingsError(
                f"check.unsupported is {self.unsupported!r}; expected {' or '.join(UNSUPPORTED)}"
            )


def address(url: str) -> str:
    """``url`` as it may be shown and stored: without what may hold a password or key.

    Raises:
        SettingsError: it is no address; what it is instead is not repeated.
    """
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError:
        parts, port = urlsplit(""), ""
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingsError(
            f"llm.url is {'not an http address' if url else 'empty'}; expected an address such as "
            "http://localhost:11434/v1 (--llm-url)"
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}{port}{parts.path}"


def without_secrets(settings: LlmSettings) -> LlmSettings:
    """The settings as they may be shown and stored."""
    try:
        return replace(settings, url=address(settings.url))
    except SettingsError:
        return replace(settings, url="")

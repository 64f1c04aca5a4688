"""From a setting, or an object that a program brings, to the one Generator that writes."""

from pathlib import Path

from assistant.llm.generator import Generator, Source
from assistant.llm.held import HeldGenerator, Limits
from assistant.llm_settings import LlmSettings
from index.errors import SettingsError
from index.paths import at_home

OPENAI_LIKE = "openai-like"
GGUF = "gguf:"

OF_AN_ENDPOINT = Limits()
IN_PROCESS = Limits(first_piece=120.0, idle=60.0, total=600.0)
"""Longer: here this computer is what is slow, and it can be seen to work."""


def load_generator(llm: object | None, settings: LlmSettings) -> Generator | None:
    """What writes the answers, or None when nothing does.

    Args:
        llm: None for what ``settings`` say; ``openai-like`` or ``gguf:PATH``; a LlamaIndex ``LLM``
            object; or a ``Generator``.
        settings: of the model.

    Raises:
        SettingsError: the model is not one of these, or its URL or name is missing.
        ModelError: an extra is not installed, or the file is not there.
    """
    chosen = settings.use if llm is None else llm
    if not chosen:
        return None
    if isinstance(chosen, str | Path):
        return _named(str(chosen), settings)
    if hasattr(chosen, "stream") and hasattr(chosen, "count_tokens"):
        return chosen  # type: ignore[return-value]
    if hasattr(chosen, "stream_chat") and hasattr(chosen, "metadata"):
        from assistant.llm.llamaindex_model import LlamaIndexSource

        return HeldGenerator(LlamaIndexSource(chosen, settings.context_tokens), OF_AN_ENDPOINT)
    raise SettingsError(
        f"llm is a {type(chosen).__name__}; expected {OPENAI_LIKE!r}, '{GGUF}PATH', or a "
        "LlamaIndex LLM object"
    )


def _named(name: str, settings: LlmSettings) -> Generator:
    source: Source
    if name == OPENAI_LIKE:
        from assistant.llm.endpoint import EndpointSource

        longest = OF_AN_ENDPOINT.first_piece
        source = EndpointSource(settings.url, settings.model, settings.context_tokens, longest)
        return HeldGenerator(source, OF_AN_ENDPOINT)
    if name.startswith(GGUF):
        from assistant.llm.gguf import GgufSource

        path = at_home(name.removeprefix(GGUF))
        source = GgufSource(path, settings.context_tokens, settings.threads)
        return HeldGenerator(source, IN_PROCESS)
    raise SettingsError(f"llm.use is {name!r}; expected {OPENAI_LIKE!r} or '{GGUF}PATH' (--llm)")

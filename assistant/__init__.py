"""A chat assistant that answers only from your documents, and shows where.

>>> from assistant import Assistant
>>> answer = Assistant.from_folder("seeds").ask("How old is Draghi?")  # doctest: +SKIP
>>> answer.citations[0].quote  # doctest: +SKIP
'At 74 years old, he is understandably tired of the fractious Italian political landscape.'
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.engine import Assistant
    from assistant.llm_settings import CheckSettings, LlmSettings
    from assistant.settings import AnswerSettings, Settings
    from assistant.types import Answer, CheckedSentence, Citation, Turn, Verdict
    from index.errors import GroundedError
    from index.settings import IndexSettings
    from index.types import Document, DocumentInfo, Hit, Passage, SyncReport

__all__ = [
    "Answer",
    "AnswerSettings",
    "Assistant",
    "CheckSettings",
    "CheckedSentence",
    "Citation",
    "Document",
    "DocumentInfo",
    "GroundedError",
    "Hit",
    "IndexSettings",
    "LlmSettings",
    "Passage",
    "Settings",
    "SyncReport",
    "Turn",
    "Verdict",
]

_HOMES = {
    "assistant.engine": {"Assistant"},
    "assistant.llm_settings": {"CheckSettings", "LlmSettings"},
    "assistant.settings": {"AnswerSettings", "Settings"},
    "assistant.types": {"Answer", "CheckedSentence", "Citation", "Turn", "Verdict"},
    "index.errors": {"GroundedError"},
    "index.settings": {"IndexSettings"},
    "index.types": {"Document", "DocumentInfo", "Hit", "Passage", "SyncReport"},
}


def __getattr__(name: str) -> Any:
    """A public name, its module imported now: ``assistant --help`` is not to wait for numpy."""
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""A chat assistant that answers only from your documents, and shows where.

>>> from assistant import Assistant
>>> answer = Assistant.from_folder("seeds").ask("How old is Draghi?")  # doctest: +SKIP
>>> answer.citations[0].quote  # doctest: +SKIP
'At 74 years old, he is understandably tired of the fractious Italian political landscape.'
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.configure import load_settings
    from assistant.engine import Assistant
    from assistant.llm_settings import CheckSettings, LlmSettings
    from assistant.settings import AnswerSettings, Settings
    from assistant.types import Answer, CheckedSentence, Citation, Place, Turn, Verdict
    from index.errors import (
        DamagedIndexError,
        DocumentNotFoundError,
        FileRefusedError,
        FolderError,
        ForeignIndexError,
        GroundedError,
        IndexBusyError,
        ModelError,
        NoPageError,
        QuestionError,
        ReadOnlyIndexError,
        SettingsError,
        TroubleError,
        UsageError,
    )
    from index.settings import IndexSettings
    from index.types import Document, DocumentInfo, Hit, PageView, Passage, SyncProgress, SyncReport

__all__ = [
    "Answer",
    "AnswerSettings",
    "Assistant",
    "CheckSettings",
    "CheckedSentence",
    "Citation",
    "DamagedIndexError",
    "Document",
    "DocumentInfo",
    "DocumentNotFoundError",
    "FileRefusedError",
    "FolderError",
    "ForeignIndexError",
    "GroundedError",
    "Hit",
    "IndexBusyError",
    "IndexSettings",
    "LlmSettings",
    "ModelError",
    "NoPageError",
    "PageView",
    "Passage",
    "Place",
    "QuestionError",
    "ReadOnlyIndexError",
    "Settings",
    "SettingsError",
    "SyncProgress",
    "SyncReport",
    "TroubleError",
    "Turn",
    "UsageError",
    "Verdict",
    "load_settings",
]

_HOMES = {
    "assistant.configure": {"load_settings"},
    "assistant.engine": {"Assistant"},
    "assistant.llm_settings": {"CheckSettings", "LlmSettings"},
    "assistant.settings": {"AnswerSettings", "Settings"},
    "assistant.types": {"Answer", "CheckedSentence", "Citation", "Place", "Turn", "Verdict"},
    "index.errors": {
        "DamagedIndexError",
        "DocumentNotFoundError",
        "FileRefusedError",
        "FolderError",
        "ForeignIndexError",
        "GroundedError",
        "IndexBusyError",
        "ModelError",
        "NoPageError",
        "QuestionError",
        "ReadOnlyIndexError",
        "SettingsError",
        "TroubleError",
        "UsageError",
    },
    "index.settings": {"IndexSettings"},
    "index.types": {
        "Document",
        "DocumentInfo",
        "Hit",
        "PageView",
        "Passage",
        "SyncProgress",
        "SyncReport",
    },
}


def __getattr__(name: str) -> Any:
    """A public name, its module imported now: ``assistant --help`` is not to wait for numpy."""
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

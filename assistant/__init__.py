"""A chat assistant that answers only from your documents, and shows where.

>>> from assistant import Assistant
>>> answer = Assistant.from_folder("seeds").ask("How old is Draghi?")  # doctest: +SKIP
>>> answer.citations[0].quote  # doctest: +SKIP
'At 74 years old, he is understandably tired of the fractious Italian political landscape.'
"""

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

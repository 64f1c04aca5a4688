"""How documents are read, cut and searched. Frozen; passed in by argument, never global."""

from dataclasses import dataclass, fields
from typing import Any

from index.errors import SettingsError
from index.language import NAMES


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """Settings of the index. Changing one marked † re-reads the documents at the next sync."""

    chunk_tokens: int = 200
    """† Largest passage, in tokens of the embedding model, 4 to 100,000; its default reads 256."""
    max_file_bytes: int = 50_000_000
    """Files over this size are skipped and reported, 1 to 10**12."""
    candidates: int = 50
    """How many passages dense and lexical search each hand to fusion, 1 to 10,000; more where
    more are asked for, or where copies of one text fill the places."""
    model: str = ""
    """Name or path of a sentence-transformers model, such as a multilingual one; empty for the
    packaged all-MiniLM-L6-v2, which reads English. Each model has an index of its own."""
    language: str = "en"
    """† ISO 639-1 code of the documents' language: how sentences end and words are stemmed."""
    reranker: str = ""
    """Name or path of a sentence-transformers cross-encoder that orders the passages found by
    reading each with the question; empty for none. It is never downloaded."""

    def __post_init__(self) -> None:
        """Check types, the language, and ranges."""
        check_types("index", self)
        check_range("index.chunk_tokens", self.chunk_tokens, 4, 100_000)
        check_range("index.max_file_bytes", self.max_file_bytes, 1, 10**12)
        check_range("index.candidates", self.candidates, 1, 10_000)
        if self.language not in NAMES:
            known = ", ".join(NAMES)
            raise SettingsError(f"index.language is {self.language!r}; expected one of {known}")


def check_types(table: str, settings: Any) -> None:
    """Raise SettingsError unless each field of a dataclass has the type of its default."""
    for setting in fields(settings):
        value = getattr(settings, setting.name)
        check_type(f"{table}.{setting.name}", value, type(setting.default))


def check_type(name: str, value: object, kind: type) -> None:
    """Raise SettingsError, which names the setting, unless ``value`` is of ``kind``.

    A whole number counts as a float.
    """
    if type(value) is not kind and not (kind is float and type(value) is int):
        raise SettingsError(f"{name} is {value!r}; expected {kind.__name__}")


def check_range(name: str, value: float, low: float, high: float) -> None:
    """Raise SettingsError, which names the setting, unless ``low <= value <= high``."""
    if not low <= value <= high:
        raise SettingsError(f"{name} is {value}; expected {low} to {high}")

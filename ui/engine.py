"""What the page needs of an assistant. ``assistant.Assistant`` is one; tests bring a fake."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from assistant.llm_settings import LlmSettings
from assistant.settings import Settings
from assistant.types import Answer, Place, Turn
from index.types import Document, DocumentInfo, PageView, SyncProgress, SyncReport


class Engine(Protocol):
    """The part of the public contract that the page calls. Must be safe to call from threads."""

    @property
    def folder(self) -> Path:
        """The folder whose documents are answered from."""

    @property
    def settings(self) -> Settings:
        """How it answers where a question does not say otherwise."""

    @property
    def model_name(self) -> str:
        """The language model that writes; empty where answers are the documents' own words."""

    def use_model(self, llm: LlmSettings) -> None:
        """Answer with that model from now on. Raises GroundedError; all stays as it was then."""

    def ask(
        self, question: str, *, history: Sequence[Turn] = (), documents: Sequence[str] | None = None
    ) -> Answer:
        """The whole answer. Raises QuestionError for an empty or over-long question."""

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        documents: Sequence[str] | None = None,
        sentences: int | None = None,
        written: bool | None = None,
    ) -> Iterator[Answer]:
        """Growing answers; the last equals what ``ask`` returns for the same arguments."""

    def document(self, document_id: str) -> Document:
        """The document of that id. Raises DocumentNotFoundError."""

    def page(
        self, document_id: str, number: int, spans: Sequence[tuple[int, int]] = ()
    ) -> PageView:
        """A page of a PDF document, with the places of ``spans`` of its text on it.

        Raises DocumentNotFoundError, or NoPageError with the reason why it cannot be shown.
        """

    def documents(self) -> Sequence[DocumentInfo]:
        """All documents that can be cited, by id."""

    def examples(self) -> Sequence[str]:
        """Questions that the documents do answer."""

    def follow_ups(
        self,
        places: Sequence[Place],
        *,
        asked: Sequence[str] = (),
        documents: Sequence[str] | None = None,
        count: int = 3,
    ) -> Sequence[str]:
        """Questions that are answered near ``places``, which an answer cites; quick to make."""

    def skipped(self) -> Sequence[tuple[str, str]]:
        """``(path, reason)`` of each file of the folder that could not be read."""

    def sync(
        self, *, progress: Callable[[SyncProgress], None] | None = None, allow_empty: bool = False
    ) -> SyncReport:
        """Bring the index in line with the folder. Raises GroundedError where that cannot be."""

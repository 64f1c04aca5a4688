"""The public API: an assistant on a folder. How a question gets its answer: ``answering``."""

from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import TYPE_CHECKING, Self

from assistant.answering import Answering, Asked
from assistant.arguments import (
    checked_count,
    checked_folder,
    checked_history,
    checked_id,
    checked_ids,
    checked_settings,
    checked_text,
)
from assistant.llm.generator import Generator
from assistant.llm.load import load_generator
from assistant.llm_settings import LlmSettings, without_secrets
from assistant.place import index_directory
from assistant.read.reader import PackagedReader, Reader
from assistant.settings import Settings
from assistant.suggest import follow_ups, suggest_questions
from assistant.support.check import SupportJudge
from assistant.support.entailment import load_entailment
from assistant.types import Answer, Place, Turn
from assistant.understand.question import check_unicode, checked_question
from assistant.write.prompt import load_template
from assistant.write.written import WrittenAnswers
from index.embed import load_embedder
from index.errors import DocumentNotFoundError, FolderError, IndexBusyError, ReadOnlyIndexError
from index.folder import scan
from index.paths import at_home
from index.search import Index
from index.types import Document, DocumentInfo, Hit, PageView, SyncProgress, SyncReport

if TYPE_CHECKING:
    from llama_index.core.query_engine import CustomQueryEngine
    from llama_index.core.retrievers import BaseRetriever

Progress = Callable[[SyncProgress], None]

TRIED_KEPT = 256
"""Answers to questions that were made up to be suggested."""
LIKELY = 0.5
"""Confidence from which on a made up question is suggested."""


class Assistant:
    """Answers questions from the documents of one folder, and shows where. Thread-safe.

    After a fork, parent and child may go on asking, the child on one core; not where other threads
    than the one that forks have used it, nor with a language model in the process (``gguf``): then
    open it in the child.

    >>> assistant = Assistant.from_folder("seeds")  # doctest: +SKIP
    >>> assistant.ask("How old is Draghi?").citations[0].quote  # doctest: +SKIP
    'At 74 years old, he is understandably tired of the fractious Italian political landscape.'
    """

    def __init__(self, folder: Path, index: Index, settings: Settings) -> None:
        self.folder = folder
        self.index = index
        self.settings = settings
        self.reader: Reader = PackagedReader()
        self.judge: SupportJudge | None = None
        """Says by meaning whether passages support a written sentence; None: by words alone."""
        self.written: WrittenAnswers | None = None
        """Answers in a language model's words; None: in the documents' own."""
        self.notices: tuple[str, ...] = ()
        """Added to every answer: what the user should know about the index."""
        self._tried = lru_cache(TRIED_KEPT)(self._try)
        self._listed = lru_cache(1)(lambda _: self.index.documents())
        self._changing = Lock()

    @classmethod
    def from_folder(  # noqa: PLR0913 - the public contract
        cls,
        folder: str | Path,
        *,
        index_dir: str | Path | None = None,
        llm: object | None = None,
        embed_model: object | None = None,
        settings: Settings | None = None,
        progress: Progress | None = None,
        allow_empty: bool = False,
    ) -> "Assistant":
        """An assistant on ``folder``, its index brought in line with it first.

        Args:
            folder: of the documents; it is only read, never written to.
            index_dir: where the index is kept; by default a directory for this folder under the
                user's data directory.
            llm: None for what the settings say (by default no model); ``openai-like`` or
                ``gguf:PATH``; or a LlamaIndex ``LLM`` object. Every sentence that it writes is
                checked against the documents.
            embed_model: None for what the settings say (by default the packaged
                all-MiniLM-L6-v2), or the name or path of a sentence-transformers model, or a
                LlamaIndex embedding object.
            settings: None for the defaults.
            progress: called while the index is built.
            allow_empty: a folder in which nothing can be read is no error: its documents are still
                to come. Where the index holds some from before, they are answered from, with a
                notice.

        Raises:
            FolderError: the folder is missing, or nothing in it can be read.
            TroubleError: something is wrong with the index or the model.
        """
        settings = checked_settings(settings)
        checked_folder(folder)
        generator = load_generator(llm, settings.llm)
        assistant = cls.open(
            folder,
            index_dir=index_dir,
            embed_model=embed_model,
            settings=settings,
            allow_empty=allow_empty,
        )
        if generator is not None:
            assistant.write_with(generator)
        assistant.notices = assistant._first_sync(progress, allow_empty)
        return assistant

    @classmethod
    def open(
        cls,
        folder: str | Path,
        *,
        index_dir: str | Path | None = None,
        embed_model: object | None = None,
        settings: Settings | None = None,
        allow_empty: bool = True,
    ) -> "Assistant":
        """Like ``from_folder``, with the index as it is: ``sync`` is still to be called.

        Unless ``allow_empty``, no index is made for a folder in which nothing can be read.
        """
        settings = checked_settings(settings)
        path = _existing(folder)
        directory = index_directory(path, index_dir, settings.index.model)
        if not (allow_empty or directory.exists()):
            scan(path, settings.index)
        embedder = load_embedder(embed_model or settings.index.model or None)
        return cls(path, Index(directory, embedder, settings.index), settings)

    @classmethod
    def preview(
        cls,
        folder: str | Path,
        *,
        index_dir: str | Path | None = None,
        embed_model: object | None = None,
        settings: Settings | None = None,
    ) -> SyncReport:
        """What a sync would change; where there is no index yet, none is made.

        Raises:
            FolderError: the folder is missing, or nothing in it can be read.
        """
        settings = checked_settings(settings)
        place = index_directory(_existing(folder), index_dir, settings.index.model)
        with TemporaryDirectory(prefix=".") as elsewhere:
            directory = place if place.exists() else elsewhere
            assistant = cls.open(
                folder, index_dir=directory, embed_model=embed_model, settings=settings
            )
            try:
                return assistant.sync(dry_run=True)
            finally:
                assistant.close()

    def write_with(self, generator: Generator) -> None:
        """Answer in the words of ``generator`` from now on.

        Raises:
            SettingsError: the prompt file is missing or lacks something.
            ModelError: the model that judges entailment cannot be loaded.
        """
        self.written = self._writing(generator, self.settings)

    @property
    def model_name(self) -> str:
        """The language model that writes; empty where answers are the documents' own words."""
        return self.written.generator.name if self.written else ""

    def use_model(self, llm: LlmSettings) -> None:
        """Answer with the model that ``llm`` names from now on; without one, where it names none.

        Raises:
            SettingsError: something is missing in ``llm``; all stays as it was.
            ModelError: the model cannot be used; all stays as it was.
        """
        with self._changing:
            generator, settings = load_generator(None, llm), replace(self.settings, llm=llm)
            self.written = self._writing(generator, settings) if generator else None
            self.settings = settings

    def _writing(self, generator: Generator, settings: Settings) -> WrittenAnswers:
        template = load_template(settings.llm.prompt)
        self.judge = self.judge or load_entailment(settings.check.entailment_model)
        return WrittenAnswers(generator, template, settings, self.index, lambda: self.judge)

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        documents: Collection[str] | None = None,
        sentences: int | None = None,
        written: bool | None = None,
    ) -> Answer:
        """The answer to ``question``, or a refusal.

        One that only asks for the answer before once more (“Are you sure?”) is answered as the
        question before, with a notice that says so.

        Args:
            question: 1 to ``settings.answer.max_question_characters`` characters.
            history: earlier turns, oldest first.
            documents: ids of the only documents to answer from, or the one; None for all.
            sentences: the most of them in a verbatim answer to a question of fact, 1 to 10, for
                each where several are asked at once; None for what the settings say. From 2 on,
                a list that the question names is given whole.
            written: False for the documents' own words even where there is a language model.

        Raises:
            QuestionError: the question is empty, too long or, like a turn of the history, no valid
                Unicode or no text; or it is the first and has no word that says what it is about.
            SettingsError: there cannot be as many ``sentences``.
            DocumentNotFoundError: an id in ``documents`` is not in the index.
            UsageError: something in ``documents`` is no id.
        """
        answers = self.stream(
            question, history=history, documents=documents, sentences=sentences, written=written
        )
        (answer,) = deque(answers, maxlen=1)
        return answer

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        documents: Collection[str] | None = None,
        sentences: int | None = None,
        written: bool | None = None,
    ) -> Iterator[Answer]:
        """Growing answers; the last equals that of ``ask``, which see for arguments and errors.

        With a language model, one for each sentence that was checked, and the same again a few
        times a second meanwhile; closing the iterator stops the model at once.
        """
        self._check_history(checked_history(history))
        asked = Asked(checked_text(question), history, self._scope(documents))
        yield from self._answering(sentences, written).stream(asked)

    def search(
        self, question: str, k: int = 10, *, documents: Collection[str] | None = None
    ) -> tuple[Hit, ...]:
        """The ``k`` passages that match best, best first; fewer where fewer match.

        Raises:
            QuestionError: the question is empty or too long, or ``k`` less than 1.
            DocumentNotFoundError: an id in ``documents`` is not in the index.
        """
        longest = self.settings.answer.max_question_characters
        text = checked_question(checked_text(question), longest)
        count = checked_count(k, "passages")
        return self.index.search(text, count=count, documents=self._scope(documents)).hits

    def document(self, document_id: str) -> Document:
        """A document with its text.

        Raises:
            DocumentNotFoundError: no document of that id is in the index.
            UsageError: an id is text, and this is something else.
        """
        return self.index.document(checked_id(document_id))

    def page(
        self, document_id: str, number: int, spans: Sequence[tuple[int, int]] = ()
    ) -> PageView:
        """Page ``number`` of a PDF document as it looks, and where on it ``spans`` of its text are.

        Raises:
            DocumentNotFoundError: no document of that id is in the index.
            NoPageError: it has no such page, or its file has changed since, or cannot be drawn.
        """
        return self.index.page(checked_id(document_id), number, spans)

    def documents(self) -> tuple[DocumentInfo, ...]:
        """What is in the index, by id."""
        return self.index.documents()

    def skipped(self) -> tuple[tuple[str, str], ...]:
        """``(path, reason)`` of the files that could not be read at the last sync."""
        return self.index.skipped()

    def sync(
        self,
        *,
        dry_run: bool = False,
        progress: Progress | None = None,
        allow_empty: bool = False,
    ) -> SyncReport:
        """Bring the index in line with the folder, or with ``dry_run`` only say what would change.

        With ``allow_empty``, a folder in which nothing can be read empties the index: for who knows
        that all documents were taken away, and that it is not a disk that is missing.

        Raises:
            FolderError: the folder is gone, or empty and may not be; the index stays as it is.
            IndexBusyError: another process is writing; where the index is still empty, it was
                waited for for a minute.
        """
        report = self.index.sync(
            self.folder, dry_run=dry_run, progress=progress, allow_empty=allow_empty
        )
        if not dry_run:
            self.notices = ()
        return report

    def examples(self, count: int = 4) -> tuple[str, ...]:
        """Up to ``count`` questions that the documents do answer, made from their text; without
        the language model, which would have to be waited for.

        Raises:
            QuestionError: ``count`` is less than 1.
        """
        count = checked_count(count, "examples")
        return suggest_questions(self.index, self._answering().own_answer, count)

    def follow_ups(
        self,
        places: Sequence[Place],
        *,
        asked: Sequence[str] = (),
        documents: Collection[str] | None = None,
        count: int = 3,
    ) -> tuple[str, ...]:
        """Up to ``count`` questions that are answered near ``places`` but not in them; made and
        tried without the language model and without the reader, which would cost more.

        Args:
            places: what an answer cites or, where there is none, came closest to.
            asked: the questions of the conversation.
            documents: ids of the only documents to answer from; None for all.
            count: at least 1.

        Raises:
            DocumentNotFoundError: an id in ``places`` or ``documents`` is not in the index.
        """
        checked_count(count, "follow-ups")
        scope = self._scope(documents)
        ids = dict.fromkeys(place.document_id for place in places)
        near = [self.document(document_id) for document_id in list(ids)[:3]]
        return follow_ups(places, asked, near, lambda q: self._ask_cheaply(q, scope), count)

    def warm_up(self) -> None:
        """Load the models now, so that the first question does not wait for it.

        Raises:
            ModelError: a file of the reader is missing or differs from the original.
        """
        self.index.embedder.embed_question("warm up")
        if self.settings.answer.reader:
            self.reader.read("warm up", ["warm up"], [[(0, 7)]])

    def describe(self) -> dict[str, str]:
        """Version, settings, model and state of the index: what an answer can be replayed with."""
        from importlib.metadata import version

        return {
            "version": version("grounded-assistant"),
            "settings": repr(replace(self.settings, llm=without_secrets(self.settings.llm))),
            **self.index.describe(),
        }

    def as_retriever(self, k: int = 10) -> "BaseRetriever":
        """A LlamaIndex retriever whose nodes carry our offsets in their metadata."""
        from assistant.llamaindex import make_retriever

        return make_retriever(self, k)

    def as_query_engine(self) -> "CustomQueryEngine":
        """A LlamaIndex query engine: its response is the answer's text, with citations."""
        from assistant.llamaindex import make_query_engine

        return make_query_engine(self)

    def close(self) -> None:
        """Close the index; ``with`` does so at the end of its block."""
        self.index.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask_cheaply(self, question: str, documents: frozenset[str] | None) -> Answer:
        """Whether and from where a made up question would be answered, remembered for next time.

        Refused unless it is likely: of 45 such questions 44 were then answered with the reader too.
        """
        answer = self._tried(self.index.state, question, documents)
        return replace(answer, refused=answer.refused or answer.confidence < LIKELY)

    def _try(self, _: tuple[str, int], question: str, documents: frozenset[str] | None) -> Answer:
        return replace(self._answering(), reader=None).own_answer(question, documents)

    def _answering(self, sentences: int | None = None, written: bool | None = None) -> Answering:
        """What answers a question, by the settings but for what is given."""
        options = self.settings.answer
        if sentences is not None:
            options = replace(options, max_sentences=sentences)
        return Answering(
            self.index,
            options,
            self.reader if options.reader else None,
            None if written is False else self.written,
            self.notices,
            self._library,
        )

    def _library(self) -> tuple[DocumentInfo, ...]:
        """What is in the index, read once for each state of it."""
        return self._listed(self.index.state)

    def _first_sync(self, progress: Progress | None, allow_empty: bool) -> tuple[str, ...]:
        """Sync; when that cannot be now but there is something to answer from, say so instead."""
        try:
            self.sync(progress=progress, allow_empty=allow_empty and not self.documents())
        except (IndexBusyError, ReadOnlyIndexError) as error:
            if not self.documents():
                raise
            return (f"Answers are from the last state of the index: {error}.",)
        except FolderError as error:
            if not allow_empty:
                raise
            return (f"Answers are from the last state of the index: {error}.",)
        return ()

    def _check_history(self, history: Sequence[Turn]) -> None:
        for number, turn in enumerate(history, start=1):
            check_unicode(turn.question + turn.answer, f"turn {number} of the history")

    def _scope(self, documents: Collection[str] | None) -> frozenset[str] | None:
        """The ids in ``documents``, or the one that it is; checked."""
        ids = checked_ids(documents)
        if ids is None:
            return None
        known = {d.id for d in self._library()} if ids else ()
        for document_id in sorted(ids.difference(known)):
            raise DocumentNotFoundError(
                f"no document {document_id!r} in the index; `assistant documents` lists them"
            )
        return ids


def _existing(folder: str | Path) -> Path:
    checked_folder(folder)
    path = at_home(folder).resolve()
    if not path.is_dir():
        raise FolderError(f"{folder} is not a folder; give the folder of your documents")
    return path

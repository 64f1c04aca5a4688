"""The index as the assistant sees it: open it, sync it with a folder, search it.

``Index.search`` is the whole of retrieval: embed the question, dense and lexical search, fuse,
read the passages from the store, rank them more closely, and once more by a reranker, if any.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock

import numpy as np

from index.belongings import DATABASE
from index.candidates import CandidateSearch, texts_of
from index.dense import DenseIndex
from index.embed import Embedder
from index.errors import (
    DamagedIndexError,
    ForeignIndexError,
    IndexBusyError,
    QuestionError,
    TroubleError,
)
from index.forked import prepare_for_forks
from index.lexical import LexicalIndex
from index.lock import writer_lock
from index.opening import check_length, open_store
from index.pages import Pages
from index.plan import plan_sync
from index.rank import Candidate, Reread, crowding, rank_candidates
from index.rerank import Reranker, load_reranker
from index.settings import IndexSettings
from index.sync import run_sync
from index.types import (
    Document,
    DocumentInfo,
    Found,
    Hit,
    PageView,
    Sentence,
    SyncProgress,
    SyncReport,
)
from index.vectors import unit

DESCRIBED = ("index_id", "generation", "model", "dimension")
"""What an answer can be replayed with, of all that is noted in the database."""
AT_ONCE = 8
"""Searches by words that run beside those by meaning."""
LOOKED_AT = 10
"""Passages in which a word is looked for."""
LOOK_AGAIN_SECONDS = 0.05
"""How long a search waits for the lock before it looks whether a sync holds it."""
PATIENCE_SECONDS = 1
"""How long a sync waits for the lock: a reader that catches up has it for a moment."""
FIRST_PATIENCE_SECONDS = 60
"""The like where the index is still empty: another process is likely making its first state."""


class Index:
    """A searchable, durable copy of a folder's documents. Safe to use from any thread."""

    def __init__(self, directory: Path, embedder: Embedder, settings: IndexSettings) -> None:
        """Open the index in ``directory``, making an empty one where there is none.

        Raises:
            ForeignIndexError: it belongs to another program, format or embedding model.
            DamagedIndexError: it cannot be read.
            ModelError: the reranker cannot be had.
        """
        self.directory = directory
        self.embedder = embedder
        self.settings = settings
        self.reranker: Reranker | None = load_reranker(settings.reranker)
        """Orders what was found once more; None to leave it as it is."""
        self._is_saving = False
        """Whether a sync writes the derived indexes to disk: searches take the last state then."""
        self._start()
        self._open()
        prepare_for_forks(self)

    def _start(self) -> None:
        """What belongs to this process alone."""
        self._is_saving, self._refresh_lock = False, Lock()
        self._pages = Pages()
        self._beside = ThreadPoolExecutor(AT_ONCE, "search by words")

    def _open(self) -> None:
        self._store = open_store(self.directory, self.embedder)
        self._dense = DenseIndex(self._store)
        self._lexical = LexicalIndex(self._store, self.settings.language)
        if not (self._dense.is_saved() and self._lexical.is_up_to_date()):
            self._catch_up()

    def _catch_up(self) -> None:
        """Repair the derived indexes on disk, where that is not another process's work."""
        try:
            with writer_lock(self.directory):
                self._save_derived()
        except IndexBusyError:
            self._lexical.refresh()
        except (DamagedIndexError, ForeignIndexError):
            raise
        except TroubleError:  # not to be written to, or full: answers are right all the same
            self._lexical.use_memory()

    def _save_derived(self) -> None:
        try:
            self._dense.save()
            self._lexical.save()
        except OSError as error:
            raise TroubleError(
                f"the documents are stored, but the search files in {self.directory} could not be "
                f"written ({error.strerror or error}); make sure there is free space and sync again"
            ) from error

    def _save_beside_searches(self) -> None:
        self._is_saving = True  # first, so that no search waits for the lock any more
        try:
            with self._refresh_lock:
                self._save_derived()
        finally:
            self._is_saving = False

    def close(self) -> None:
        """Close the database, and end the processes that draw pages."""
        self._beside.shutdown()
        self._pages.close()
        self._store.close()

    def before_fork(self) -> None:
        """Called by the thread that forks: no connection of its own goes into the child."""
        self._store.before_fork()

    def after_fork(self, *, is_child: bool) -> None:
        """Called in parent and child, which both can go on using the index."""
        if is_child:
            self._start()
        self._store.after_fork(is_child=is_child)

    @property
    def state(self) -> tuple[str, int]:
        """Index id and number of the last change: another one whenever something changed, also
        where the index was made anew.
        """
        return self._store.meta()["index_id"], self._store.generation()

    def describe(self) -> dict[str, str]:
        """Index id, generation, model and dimension, for a record that can be replayed."""
        known = self._store.meta()
        return {key: known.get(key, "") for key in DESCRIBED}

    def documents(self) -> tuple[DocumentInfo, ...]:
        """Every document, by id."""
        return self._store.documents()

    def document(self, document_id: str) -> Document:
        """One document with its text; see ``Store.document`` for errors."""
        return self._store.document(document_id)

    def page(
        self, document_id: str, number: int, spans: Sequence[tuple[int, int]] = ()
    ) -> PageView:
        """A page of a PDF document as it looks; see ``Pages.view`` for errors."""
        document, file = self.document(document_id), self._store.file(document_id)
        return self._pages.view(document, file.sha256 if file else "", number, spans)

    def skipped(self) -> tuple[tuple[str, str], ...]:
        """``(path, reason)`` of the files that could not be read at the last sync."""
        return tuple((path, reason) for path, (reason, _) in sorted(self._store.skipped().items()))

    def sync(
        self,
        folder: Path,
        *,
        dry_run: bool = False,
        progress: Callable[[SyncProgress], None] | None = None,
        allow_empty: bool = False,
    ) -> SyncReport:
        """Bring the index in line with ``folder``.

        Raises:
            FolderError: the folder is missing or, unless ``allow_empty``, holds nothing readable;
                the index stays.
            IndexBusyError: another process is writing, and was waited for: a moment, or a minute
                where there is nothing to answer from yet.
            ReadOnlyIndexError: the index directory cannot be written to.
            TroubleError: the disk is full; what was committed is kept.
        """
        with self._refresh_lock:
            if self._store.is_read_only or not self._store.is_current():
                self._open()
        if dry_run:
            return plan_sync(self._store, folder, self.settings, allow_empty=allow_empty).report()
        patience = PATIENCE_SECONDS if self._store.generation() else FIRST_PATIENCE_SECONDS
        with writer_lock(self.directory, patience_seconds=patience):
            report = run_sync(
                *(self._store, folder, self.settings, self.embedder, progress),
                allow_empty=allow_empty,
            )
            self._save_beside_searches()
            self._store.erase_traces()  # always: a sync that was cut short may have left some
        return report

    def refresh(self) -> None:
        """Take over what another process has changed since the last search.

        Also an index that was deleted and made anew meanwhile; while there is none, what was
        opened is still answered from. So it is while a sync here writes the derived indexes.
        """
        while not self._is_saving:
            if self._refresh_lock.acquire(timeout=LOOK_AGAIN_SECONDS):
                try:
                    self._take_over()
                finally:
                    self._refresh_lock.release()
                return

    def _take_over(self) -> None:
        if not self._store.is_current() and (self.directory / DATABASE).exists():
            self._open()
        self._dense.update()
        self._lexical.refresh()
        if not self._lexical.is_up_to_date():
            self._catch_up()

    def search(
        self, question: str, *, count: int = 10, documents: Collection[str] | None = None
    ) -> Found:
        """The ``count`` best passages for ``question`` and all their sentences.

        Args:
            question: any text; one without words finds nothing by words.
            count: at least 1.
            documents: ids of the only documents to search; None for all.

        Raises:
            QuestionError: ``count`` is less than 1.
        """
        if count < 1:
            raise QuestionError(f"{count} passages were asked for; ask for at least 1")
        self.refresh()
        vector = self.embedder.embed_question(question)
        check_length(self._store, self.embedder, vector)
        terms = self._lexical.terms(question)
        search = self._candidate_search()
        with search.store.reading():
            candidates = search.best(vector, terms, count + count // 2, documents)
            if crowd := crowding(candidates, count):  # look past the documents that fill the places
                known = {candidate.stored.vector_key for candidate in candidates}
                past = [c for c in candidates if c.document_id in crowd]
                others = search.best(vector, terms, count, documents, past)
                candidates += [c for c in others if c.stored.vector_key not in known]
        weights = self._lexical.weights(terms)
        ranked = rank_candidates(candidates, weights, count, self._reread(question))
        return Found(
            hits=tuple(hit for hit, _ in ranked),
            sentences=tuple(s for hit, read in ranked for s in _sentences(hit, read)),
            weights=weights,
            missing=frozenset(term for term in terms if not self._lexical.holds(term)),
            passage_terms={hit.passage.id: read.all_terms for hit, read in ranked},
        )

    def gist(self, document_id: str) -> tuple[Sentence, ...]:
        """All sentences of a document in order; ``similarity`` is that with the whole of it.

        The whole is the mean of its sentence vectors, as in centroid-based summarisation
        (Radev et al. 2004).
        """
        search = self._candidate_search()
        stored = search.store.passages(search.store.passage_ids(document_id)).values()
        in_order = sorted(stored, key=lambda item: item.passage.start)
        rows = [item.vectors for item in in_order if len(item.vectors)]
        if not rows:
            return ()
        centroid = unit(np.concatenate(rows).mean(axis=0))
        return tuple(
            sentence
            for rank, item in enumerate(in_order, 1)
            for sentence in _sentences(
                Hit(item.passage, 0.0, rank), search.compare(item, centroid, 0.0)
            )
        )

    def _candidate_search(self) -> CandidateSearch:
        """What searches the index as it is open now."""
        return CandidateSearch(
            self._store, self._dense, self._lexical, self._beside, self.settings.candidates
        )

    def _reread(self, question: str) -> Reread | None:
        """Scores of the reranker for passages, where there is one."""
        reranker = self.reranker
        if reranker is None:
            return None
        return lambda passages: reranker.scores(question, passages)

    def terms(self, text: str) -> list[str]:
        """The terms (stems) of ``text``, as the index compares them."""
        return self._lexical.terms(text)

    def known(self, terms: Iterable[str]) -> list[str]:
        """Those of ``terms`` that any passage has, the most frequent first."""
        held = [term for term in dict.fromkeys(terms) if self._lexical.holds(term)]
        weights = self._lexical.weights(held)
        return sorted(held, key=lambda term: weights.get(term, 0.0))

    def has_word(self, word: str) -> bool:
        """Whether ``word`` itself, and not only its stem, is in a passage; capitals do not count.

        Of passages with the stem the best few are looked at.
        """
        with self._store.reading():
            hits = self._lexical.search(self.terms(word), LOOKED_AT)
            found = self._store.passages([id_ for id_, _ in hits]).values()
        whole = re.compile(rf"\b{re.escape(word)}\b", re.IGNORECASE)
        return any(whole.search(f"{p.heading}\n{p.text}") for p in (i.passage for i in found))


def _sentences(hit: Hit, read: Candidate) -> Iterator[Sentence]:
    """All sentences of a hit, in order."""
    parts = (read.stored.sentences, texts_of(read.stored), read.cosines, read.terms)
    for span, text, similarity, terms in zip(*parts, strict=True):
        yield Sentence(hit, span.start, span.end, text, similarity, terms, span.page, span.kind)

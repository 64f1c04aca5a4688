"""The index as the assistant sees it: open it, sync it with a folder, search it.

``Index.search`` is the whole of retrieval: embed the question, dense and lexical search, fuse,
read the passages from the store, rank them more closely.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock

import numpy as np

from index.database import DATABASE
from index.dense import DenseIndex, similarities
from index.embed import Embedder
from index.errors import DamagedIndexError, ForeignIndexError, IndexBusyError, TroubleError
from index.fuse import reciprocal_rank_fusion
from index.lexical import LexicalIndex
from index.lock import writer_lock
from index.opening import check_length, open_store
from index.pages import Pages
from index.plan import plan_sync
from index.rank import rank_hits
from index.records import StoredPassage
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
from index.vectors import FloatVector, Ids, unit

DESCRIBED = ("index_id", "generation", "model", "dimension")
"""What an answer can be replayed with, of all that is noted in the database."""
PATIENCE_SECONDS = 1
"""How long a sync waits for the lock: a reader that catches up has it for a moment."""


class Index:
    """A searchable, durable copy of a folder's documents. Safe to use from any thread."""

    def __init__(self, directory: Path, embedder: Embedder, settings: IndexSettings) -> None:
        """Open the index in ``directory``, making an empty one where there is none.

        Raises:
            ForeignIndexError: it belongs to another program, format or embedding model.
            DamagedIndexError: it cannot be read.
        """
        self.directory = directory
        self.embedder = embedder
        self.settings = settings
        self._refresh_lock = Lock()
        self._pages = Pages()
        self._open()

    def _open(self) -> None:
        self._store = open_store(self.directory, self.embedder)
        self._dense, self._lexical = DenseIndex(self._store), LexicalIndex(self._store)
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

    def close(self) -> None:
        """Close the database, and end the processes that draw pages."""
        self._pages.close()
        self._store.close()

    @property
    def generation(self) -> int:
        """Number of the last change."""
        return self._store.generation()

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
    ) -> SyncReport:
        """Bring the index in line with ``folder``.

        Raises:
            FolderError: the folder is missing, empty or holds nothing readable; the index stays.
            IndexBusyError: another process is writing.
            ReadOnlyIndexError: the index directory cannot be written to.
            TroubleError: the disk is full; what was committed is kept.
        """
        with self._refresh_lock:
            if self._store.is_read_only or not self._store.is_current():
                self._open()
        if dry_run:
            return plan_sync(self._store, folder, self.settings).report()
        with writer_lock(self.directory, patience_seconds=PATIENCE_SECONDS):
            report = run_sync(self._store, folder, self.settings, self.embedder, progress)
            with self._refresh_lock:
                self._save_derived()
            self._store.erase_traces()  # always: a sync that was cut short may have left some
        return report

    def refresh(self) -> None:
        """Take over what another process has changed since the last search.

        Also an index that was deleted and made anew meanwhile; while there is none, what was
        opened is still answered from.
        """
        with self._refresh_lock:
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
        """
        self.refresh()
        vector = self.embedder.embed_question(question)
        check_length(self._store, self.embedder, vector)
        terms = self._lexical.terms(question)
        with self._store.reading():
            near = self._near(vector, documents)
            worded = self._worded(terms, documents)
            fused = reciprocal_rank_fusion([[i for i, _ in near], [i for i, _ in worded]])
            best = self._distinct(fused, count + count // 2, documents)
        bm25, weights = dict(worded), self._lexical.weights(terms)
        candidates = []
        for stored, score in best:
            hit = _hit(stored, score, vector, bm25.get(stored.passage.id, 0.0))
            candidates.append((hit, self.sentences(vector, [(hit, stored)])))
        ranked = rank_hits(candidates, weights, count)
        sentences = tuple(s for _, of_hit in ranked for s in of_hit)
        return Found(
            hits=tuple(hit for hit, _ in ranked),
            sentences=sentences,
            weights=weights,
            missing=frozenset(term for term in terms if not self._lexical.holds(term)),
            passage_terms=_terms_by_passage(sentences),
        )

    def gist(self, document_id: str) -> tuple[Sentence, ...]:
        """All sentences of a document in order; ``similarity`` is that with the whole of it.

        The whole is the mean of its sentence vectors, as in centroid-based summarisation
        (Radev et al. 2004).
        """
        stored = self._store.passages(self._store.passage_ids(document_id)).values()
        in_order = sorted(stored, key=lambda item: item.passage.start)
        rows = [item.vectors for item in in_order if len(item.vectors)]
        if not rows:
            return ()
        centroid = unit(np.concatenate(rows).mean(axis=0))
        hits = [(Hit(item.passage, 0.0, rank), item) for rank, item in enumerate(in_order, 1)]
        return self.sentences(centroid, hits)

    def sentences(
        self, vector: FloatVector, hits: Iterable[tuple[Hit, StoredPassage]]
    ) -> tuple[Sentence, ...]:
        """All sentences of ``hits``, in order, compared with ``vector``."""
        found: list[Sentence] = []
        for hit, stored in hits:
            passage = hit.passage
            cosines = similarities(vector, stored.vectors)
            for span, similarity in zip(stored.sentences, cosines, strict=True):
                text = passage.text[span.start - passage.start : span.end - passage.start]
                terms = frozenset(self._lexical.terms(text))
                found.append(
                    Sentence(
                        *(hit, span.start, span.end, text, similarity, terms),
                        page=span.page,
                        kind=span.kind,
                    )
                )
        return tuple(found)

    def terms(self, text: str) -> list[str]:
        """The terms (stems) of ``text``, as the index compares them."""
        return self._lexical.terms(text)

    def _near(
        self, vector: FloatVector, documents: Collection[str] | None
    ) -> list[tuple[int, float]]:
        allowed: Ids | None = None
        if documents is not None:
            ids = [i for document in documents for i in self._store.passage_ids(document)]
            allowed = np.array(ids, np.int64)
        return self._dense.search(vector, self.settings.candidates, allowed)

    def _worded(
        self, terms: list[str], documents: Collection[str] | None
    ) -> list[tuple[int, float]]:
        keys = None if documents is None else self._store.document_keys(documents)
        return self._lexical.search(terms, self.settings.candidates, keys)

    def _distinct(
        self, fused: list[tuple[int, float]], count: int, documents: Collection[str] | None
    ) -> list[tuple[StoredPassage, float]]:
        """The best that are still there, one of each text; says where else that text stands."""
        best: dict[bytes, tuple[StoredPassage, float]] = {}
        for start in range(0, len(fused), count):  # once, unless texts are the same or just gone
            if len(best) == count:
                break
            part = fused[start : start + count]
            stored = self._store.passages([id_ for id_, _ in part])
            for id_, score in part:
                if id_ in stored and _is_of(stored[id_], documents) and len(best) < count:
                    best.setdefault(stored[id_].vector_key, (stored[id_], score))
        return [(self._with_twins(item), score) for item, score in best.values()]

    def _with_twins(self, stored: StoredPassage) -> StoredPassage:
        twins = self._store.twins(stored.vector_key)
        others = tuple(t for t in twins if t != stored.passage.document_id)
        return replace(stored, passage=replace(stored.passage, also_in=others)) if twins else stored


def _hit(stored: StoredPassage, score: float, vector: FloatVector, bm25: float) -> Hit:
    """A hit that is not ranked yet."""
    [similarity] = similarities(vector, stored.vector[None, :])
    return Hit(stored.passage, score, 0, similarity, bm25)


def _terms_by_passage(sentences: Iterable[Sentence]) -> dict[int, frozenset[str]]:
    terms: dict[int, frozenset[str]] = {}
    for s in sentences:
        terms[s.hit.passage.id] = terms.get(s.hit.passage.id, frozenset()) | s.terms
    return terms


def _is_of(stored: StoredPassage, documents: Collection[str] | None) -> bool:
    """Whether it was asked for; the derived indexes, which are never trusted, may not know."""
    return documents is None or stored.passage.document_id in documents

"""The passages that may answer: by meaning and by words, fused, read from the store, compared."""

from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from index.dense import DenseIndex, similarities
from index.fuse import reciprocal_rank_fusion
from index.lexical import LexicalIndex
from index.rank import Candidate
from index.records import StoredPassage
from index.store import Store
from index.vectors import FloatVector, Ids

DEEPER = 4
"""How many times as many candidates are looked at where copies of one text fill the places."""


@dataclass(frozen=True, slots=True)
class CandidateSearch:
    """Searches an open index both ways."""

    store: Store
    dense: DenseIndex
    lexical: LexicalIndex
    beside: ThreadPoolExecutor
    """Where the search by words runs beside that by meaning."""
    at_least: int
    """How many are looked at of each kind."""

    def best(
        self,
        vector: FloatVector,
        terms: list[str],
        count: int,
        documents: Collection[str] | None,
        past: Sequence[Candidate] = (),
    ) -> list[Candidate]:
        """The best ``count`` by fusion, each of another text, none of a document or text of
        ``past``.
        """
        without = {candidate.document_id for candidate in past}
        texts = {candidate.stored.vector_key for candidate in past}
        at_most = max(self.at_least, count)
        while True:
            near, worded = self._both(vector, terms, at_most, documents, without)
            fused = reciprocal_rank_fusion([[i for i, _ in near], [i for i, _ in worded]])
            best = self._distinct([id_ for id_, _ in fused], count, documents, texts)
            if len(best) == count or max(len(near), len(worded)) < at_most:
                break
            at_most *= DEEPER  # copies of the same text have taken the places of others
        bm25 = dict(worded)
        found = [self._with_twins(stored) for stored in best]
        return [self.compare(s, vector, bm25.get(s.passage.id, 0.0)) for s in found]

    def compare(self, stored: StoredPassage, vector: FloatVector, bm25: float) -> Candidate:
        """A passage and each of its sentences beside ``vector``, of unit length."""
        terms = [frozenset(self.lexical.terms(text)) for text in texts_of(stored)]
        [similarity] = similarities(vector, stored.vector[None, :])
        cosines = similarities(vector, stored.vectors)
        return Candidate(stored, similarity, bm25, cosines, terms, frozenset().union(*terms))

    def _both(
        self,
        vector: FloatVector,
        terms: list[str],
        count: int,
        documents: Collection[str] | None,
        without: Collection[str],
    ) -> tuple[list[tuple[int, float]], list[tuple[int, float]]]:
        """The best ``count`` by meaning and by words; in a large index, where each takes
        milliseconds in which no Python runs, at the same time.
        """
        allowed = None if documents is None else self._ids_of(documents)
        left_out = self._ids_of(without) if without else None
        keys = None if documents is None else self.store.document_keys(documents)
        worded = partial(self.lexical.search, terms, count, keys, self.store.document_keys(without))
        waiting = self.beside.submit(worded) if self.lexical.is_large() else None
        near = self.dense.search(vector, count, allowed, left_out)
        return near, waiting.result() if waiting else worded()

    def _ids_of(self, documents: Collection[str]) -> Ids:
        ids = [i for document in documents for i in self.store.passage_ids(document)]
        return np.array(ids, np.int64)

    def _distinct(
        self,
        ids: list[int],
        count: int,
        documents: Collection[str] | None,
        without: Collection[bytes],
    ) -> list[StoredPassage]:
        """The first ``count`` that are still there, one of each text but those ``without``."""
        best: dict[bytes, StoredPassage] = {}
        keys: dict[int, bytes] = {}
        while ids and len(best) < count:  # once, unless texts are the same or just gone
            part, ids = ids[:count], ids[count:]
            stored = self.store.passages(part)
            for item in (stored[id_] for id_ in part if id_ in stored):
                if item.vector_key not in without and _is_of(item, documents):
                    best.setdefault(item.vector_key, item)
            if ids and len(best) < count:
                keys = keys or self.store.vector_keys(ids)
                ids = [i for i in ids if keys.get(i) not in best and keys.get(i) not in without]
        return list(best.values())[:count]

    def _with_twins(self, stored: StoredPassage) -> StoredPassage:
        """It says where else its text stands."""
        twins = self.store.twins(stored.vector_key)
        others = tuple(t for t in twins if t != stored.passage.document_id)
        return replace(stored, passage=replace(stored.passage, also_in=others)) if twins else stored


def texts_of(stored: StoredPassage) -> Iterator[str]:
    """The text of each sentence of a passage."""
    text, start = stored.passage.text, stored.passage.start
    return (text[span.start - start : span.end - start] for span in stored.sentences)


def _is_of(stored: StoredPassage, documents: Collection[str] | None) -> bool:
    """Whether it was asked for; the derived indexes, which are never trusted, may not know."""
    return documents is None or stored.passage.document_id in documents

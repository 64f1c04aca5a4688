"""Nearest passages by embedding: derived from the store, in memory while in use.

Never slow for a question: what must be learned anew is left to ``save``, which only the holder of
the index's lock calls; until then what is there just grows.
"""

from threading import Lock

import numpy as np

from index.belongings import DENSE
from index.disk import sha256_in
from index.manifest import read_manifest, replace_file, write_manifest
from index.nearest import KIND, SAMPLES_A_LIST, Nearest, lists_for, wants_lists
from index.store import Store
from index.vectors import FloatMatrix, FloatVector, Ids

FILE = "vectors.faiss"
BEHIND = 100
"""The file of a large index is written again when one in so many passages has changed."""


class DenseIndex:
    """Cosine similarity search over all passages. Safe to use from any thread."""

    def __init__(self, store: Store) -> None:
        """Load what is on disk when it is right, then take over from the store what it lacks.

        When there is nothing right and a lot to take over, that waits for ``save`` or ``update``.
        """
        self._store = store
        self._folder = store.directory / DENSE
        self._index_id = store.meta()["index_id"]
        self._lock = Lock()
        self._nearest: Nearest | None
        self._nearest, self._generation = self._load()
        self._saved = self._generation
        """Generation of what is on disk, once that has been found to be right; else 0."""
        if self._nearest is not None or not wants_lists(store.passage_count()):
            self.update()

    def __len__(self) -> int:
        """Number of passages."""
        return 0 if self._nearest is None else len(self._nearest)

    def search(
        self,
        vector: FloatVector,
        count: int,
        allowed: Ids | None = None,
        without: Ids | None = None,
    ) -> list[tuple[int, float]]:
        """Up to ``count`` ``(passage id, cosine)``, best first, ties by id.

        Args:
            vector: of the question, unit length.
            count: at least 1.
            allowed: only these passages; None for all.
            without: passages to leave out; None for none.
        """
        with self._lock:
            nearest = self._nearest
            return [] if nearest is None else nearest.search(vector, count, allowed, without)

    def update(self) -> None:
        """Take over every change that the store has made since the last time."""
        if self._is_outgrown():
            self._reload()
        with self._lock, self._store.reading():
            generation = self._store.generation()
            if generation == self._generation:
                return
            try:
                self._nearest = self._applied(self._nearest, self._generation)
            except BaseException:
                self._nearest, self._generation = None, 0  # half a change: start over next time
                raise
            self._generation = generation

    def _applied(self, nearest: Nearest | None, after: int) -> Nearest | None:
        for ids, vectors in self._store.vectors_after(after):
            if nearest is None:
                nearest = Nearest.exact(vectors.shape[1])
            nearest.add(ids, vectors)
        removed = self._store.removed_after(after)
        if nearest is not None and len(removed):
            nearest.remove(removed)
        return nearest

    def is_saved(self) -> bool:
        """Whether what is on disk is whole and, but for a few passages of many, up to date."""
        if self._nearest is None:
            return not self._store.passage_count()
        manifest = read_manifest(self._folder)
        if (
            manifest is None
            or not self._saved
            or (manifest.kind, manifest.index_id) != (KIND, self._index_id)
            or self._is_outgrown()
        ):
            return False
        if manifest.generation == self._generation:
            return True
        changed = self._store.changes_after(manifest.generation)
        return wants_lists(len(self)) and changed * BEHIND < len(self)

    def save(self) -> None:
        """Write to disk what is in memory. Only the holder of the index's lock may call this.

        Raises:
            OSError: it could not be written; what is on disk stays behind, or is not trusted.
        """
        if self._nearest is not None:
            self.update()
        if self._nearest is None or self._is_outgrown():
            self._make_anew()
        if self.is_saved():
            return
        self._folder.mkdir(mode=0o700, exist_ok=True)
        with self._lock:
            if self._nearest is not None:
                replace_file(self._folder / FILE, self._nearest.write)
                write_manifest(self._folder, KIND, self._index_id, self._generation, [FILE])
                self._saved = self._generation

    def _is_outgrown(self) -> bool:
        return self._nearest is not None and not self._nearest.fits(len(self._nearest))

    def _make_anew(self) -> None:
        """Learn from the passages that there are. The old answers meanwhile."""
        with self._store.reading():
            generation, total = self._store.generation(), self._store.passage_count()
            nearest = None
            if wants_lists(total):
                step = max(total // (SAMPLES_A_LIST * lists_for(total)), 1)
                sample = [rows[::step] for _, rows in self._store.vectors_after(0)]
                nearest = Nearest.learned(np.concatenate(sample), total)
            nearest = self._applied(nearest, 0)
        with self._lock:
            self._nearest, self._generation = nearest, generation

    def _reload(self) -> None:
        """Use what another process has made anew meanwhile, if it has."""
        manifest = read_manifest(self._folder)
        if manifest is None or manifest.generation <= self._saved:
            return
        nearest, generation = self._load()
        if nearest is not None:
            with self._lock:
                self._nearest, self._generation, self._saved = nearest, generation, generation

    def _load(self) -> tuple[Nearest | None, int]:
        """What is on disk with its generation, or nothing at generation 0."""
        manifest = read_manifest(self._folder)
        if (
            manifest is None
            or (manifest.kind, manifest.index_id) != (KIND, self._index_id)
            or manifest.generation > self._store.generation()
        ):
            return None, 0
        nearest = self._read(manifest.files.get(FILE, ""))
        return nearest, 0 if nearest is None else manifest.generation

    def _read(self, digest: str) -> Nearest | None:
        """The index on disk; None when it is not the one with that digest."""
        try:
            with (self._folder / FILE).open("rb") as stream:  # once: a writer may put another there
                if sha256_in(stream) != digest:
                    return None
                stream.seek(0)
                return Nearest.read(stream.read)
        except OSError:
            return None


def similarities(vector: FloatVector, rows: FloatMatrix) -> list[float]:
    """Cosine of ``vector`` with each row; empty for no rows."""
    if not len(rows):
        return []
    cosines: list[float] = np.clip(rows @ vector, -1.0, 1.0).tolist()
    return cosines

"""Nearest passages by embedding: FAISS, derived from the store, in memory while in use.

Exact search (a flat index) for now at every size; the one module that imports faiss.
"""

import hashlib
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from index.manifest import read_manifest, replace_file, write_manifest
from index.store import Store
from index.vectors import FloatMatrix, FloatVector, Ids

if TYPE_CHECKING:
    import faiss

KIND = "faiss flat inner product 1"
FOLDER = "dense"
FILE = "vectors.faiss"


class DenseIndex:
    """Cosine similarity search over all passages. Safe to use from any thread."""

    def __init__(self, store: Store) -> None:
        """Load what is on disk when it is right, then take over from the store what it lacks."""
        self._store = store
        self._folder = store.directory / FOLDER
        self._index_id = store.meta()["index_id"]
        self._lock = Lock()
        self._index: Any
        self._index, self._generation = self._load()
        self._is_trusted = self._index is not None
        self.update()

    def __len__(self) -> int:
        """Number of passages."""
        return 0 if self._index is None else int(self._index.ntotal)

    def search(
        self, vector: FloatVector, count: int, allowed: Ids | None = None
    ) -> list[tuple[int, float]]:
        """Up to ``count`` ``(passage id, cosine)``, best first, ties by id.

        Args:
            vector: of the question, unit length.
            count: at least 1.
            allowed: only these passages; None for all.
        """
        import faiss

        with self._lock:
            if self._index is None or not self._index.ntotal:
                return []
            options: dict[str, Any] = {}
            if allowed is not None:
                selector = faiss.IDSelectorBatch(allowed)
                options["params"] = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
            count = min(count, self._index.ntotal)
            cosines, ids = self._index.search(vector[None, :], count, **options)
        found = [(int(i), float(c)) for i, c in zip(ids[0], cosines[0], strict=True) if i >= 0]
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))

    def cosines(self, vector: FloatVector, ids: list[int]) -> dict[int, float]:
        """Cosine of ``vector`` with each of the passages ``ids`` that is known."""
        with self._lock:
            rows = {i: row for i in ids if (row := self._row(i)) is not None}
        return {i: float(np.clip(row @ vector, -1, 1)) for i, row in rows.items()}

    def _row(self, id_: int) -> FloatVector | None:
        """The vector of a passage; None when it was removed, or is newer than the last update."""
        try:
            row: FloatVector = self._index.reconstruct(id_)
        except (AttributeError, RuntimeError):  # no index yet, no such id
            return None
        return row

    def update(self) -> None:
        """Take over every change that the store has made since the last time."""
        with self._lock, self._store.reading():
            generation = self._store.generation()
            if generation == self._generation:
                return
            try:
                self._apply()
            except BaseException:
                self._index, self._generation = None, 0  # half a change: start over next time
                raise
            self._generation = generation

    def _apply(self) -> None:
        import faiss

        for ids, vectors in self._store.vectors_after(self._generation):
            if self._index is None:
                self._index = faiss.IndexIDMap2(faiss.IndexFlatIP(vectors.shape[1]))
            self._index.add_with_ids(vectors, ids)
        removed = self._store.removed_after(self._generation)
        if self._index is not None and len(removed):
            self._index.remove_ids(removed)

    def is_saved(self) -> bool:
        """Whether what is on disk is whole and up to date."""
        if self._index is None:
            return True
        manifest = read_manifest(self._folder)
        return (
            self._is_trusted
            and manifest is not None
            and (manifest.index_id, manifest.generation) == (self._index_id, self._generation)
        )

    def save(self) -> None:
        """Write to disk what is in memory. Only the holder of the index's lock may call this.

        Raises:
            OSError: it could not be written; what is on disk stays behind, or is not trusted.
        """
        if self.is_saved():
            return
        self._folder.mkdir(mode=0o700, exist_ok=True)
        with self._lock:
            replace_file(self._folder / FILE, self._write)
            write_manifest(self._folder, KIND, self._index_id, self._generation, [FILE])
            self._is_trusted = True

    def _write(self, path: Path) -> None:
        import faiss

        try:
            faiss.write_index(self._index, str(path))
        except RuntimeError as error:
            raise OSError(f"{path} could not be written") from error

    def _load(self) -> tuple["faiss.Index | None", int]:
        """What is on disk with its generation, or nothing at generation 0."""
        manifest = read_manifest(self._folder)
        if (
            manifest is None
            or (manifest.kind, manifest.index_id) != (KIND, self._index_id)
            or manifest.generation > self._store.generation()
        ):
            return None, 0
        index = self._read(manifest.files.get(FILE, ""))
        return index, 0 if index is None else manifest.generation

    def _read(self, digest: str) -> "faiss.Index | None":
        """The index on disk; None when it is not the one with that digest."""
        import faiss

        try:
            with (self._folder / FILE).open("rb") as stream:  # once: a writer may put another there
                if hashlib.file_digest(stream, "sha256").hexdigest() != digest:
                    return None
                stream.seek(0)
                return faiss.read_index(faiss.PyCallbackIOReader(stream.read))  # type: ignore[attr-defined]
        except OSError:
            return None


def similarities(vector: FloatVector, rows: FloatMatrix) -> list[float]:
    """Cosine of ``vector`` with each row; empty for no rows."""
    if not len(rows):
        return []
    cosines: list[float] = np.clip(rows @ vector, -1.0, 1.0).tolist()
    return cosines

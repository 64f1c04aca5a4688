"""The one module that imports faiss: vectors under ids, and those nearest to a vector.

Up to ``EXACT_UP_TO`` vectors each is compared. Above, the vectors stand in lists around centres and
only the lists nearest to the question are read. Both hold what the database does, halves, and were
chosen by measurement: docs/decisions/nearest-neighbours.md.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from index.vectors import FloatMatrix, FloatVector, Ids

KIND = "faiss halves, exact or in lists 2"
EXACT_UP_TO = 100_000
LISTS_A_ROOT = 4
"""Lists for each unit of the square root of the number of vectors, as faiss advises."""
SAMPLES_A_LIST = 40
"""Vectors that each centre is learned from; faiss warns below 39."""
ROUNDS = 8
"""Of k-means; more changed recall by less than 0.001."""
READ_LISTS = 384
"""Lists read for a question: recall@10 of 0.98 at a million passages."""
READ_BYTES = 1 << 24
"""At once from a file: 5 times as fast as the default, which is a sixteenth."""


class Nearest:
    """Vectors under ids. Not for several threads at once."""

    def __init__(self, index: Any) -> None:
        """Use ``exact``, ``learned`` or ``read`` to make one."""
        self._index = index

    def __len__(self) -> int:
        """Number of vectors."""
        return int(self._index.ntotal)

    @classmethod
    def exact(cls, dimension: int) -> "Nearest":
        """An empty one that compares each vector."""
        import faiss

        return cls(faiss.index_factory(dimension, "IDMap,SQfp16", faiss.METRIC_INNER_PRODUCT))

    @classmethod
    def learned(cls, sample: FloatMatrix, total: int) -> "Nearest":
        """An empty one with lists for ``total`` vectors, around centres learned from ``sample``."""
        import faiss

        factory = f"IVF{lists_for(total)},SQfp16"
        index: Any = faiss.index_factory(sample.shape[1], factory, faiss.METRIC_INNER_PRODUCT)
        index.by_residual = False
        index.cp.niter, index.cp.min_points_per_centroid = ROUNDS, 1
        index.train(sample)
        return cls(index)

    @classmethod
    def read(cls, read: Callable[[int], bytes]) -> "Nearest":
        """The one whose bytes ``read`` gives, which ``write`` wrote."""
        import faiss

        reader = faiss.PyCallbackIOReader(read, READ_BYTES)  # type: ignore[attr-defined]
        return cls(faiss.read_index(reader))

    def write(self, path: Path) -> None:
        """Write it to a file.

        Raises:
            OSError: it could not be written.
        """
        import faiss

        try:
            faiss.write_index(self._index, str(path))
        except RuntimeError as error:
            raise OSError(f"{path} could not be written") from error

    def fits(self, total: int) -> bool:
        """Whether it still is the right kind for ``total`` vectors; there is room between."""
        lists = getattr(self._index, "nlist", 0)
        if not lists:
            return not wants_lists(total)
        return wants_lists(2 * total) and lists / 2 <= lists_for(total) <= lists * 2

    def add(self, ids: Ids, vectors: FloatMatrix) -> None:
        """Take in vectors of unit length under ids that are not there yet."""
        self._index.add_with_ids(vectors, ids)

    def remove(self, ids: Ids) -> None:
        """Forget some; ids that are not there do nothing."""
        self._index.remove_ids(ids)

    def search(
        self,
        vector: FloatVector,
        count: int,
        allowed: Ids | None = None,
        without: Ids | None = None,
    ) -> list[tuple[int, float]]:
        """Up to ``count`` ``(id, cosine)``, best first, ties by id; see ``DenseIndex.search``."""
        if not len(self) or (allowed is not None and not len(allowed)):
            return []
        options = self._options(allowed, without)
        with _one_thread():
            cosines, ids = self._index.search(vector[None, :], min(count, len(self)), **options)
        found = [(int(i), float(c)) for i, c in zip(ids[0], cosines[0], strict=True) if i >= 0]
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))

    def _options(self, allowed: Ids | None, without: Ids | None) -> dict[str, Any]:
        import faiss

        selector: Any = None if allowed is None else faiss.IDSelectorBatch(allowed)
        if without is not None:
            others = faiss.IDSelectorNot(faiss.IDSelectorBatch(without))
            selector = others if selector is None else faiss.IDSelectorAnd(selector, others)
        lists = getattr(self._index, "nlist", 0)
        if lists:
            # The fewer are allowed the more lists are read, so that as many are compared.
            share = 1.0 if allowed is None else len(allowed) / len(self)
            probes = min(lists, int(np.ceil(READ_LISTS / share)))
            return {"params": faiss.SearchParametersIVF(sel=selector, nprobe=probes)}  # type: ignore[call-arg]
        return {"params": faiss.SearchParameters(sel=selector)} if selector else {}  # type: ignore[call-arg]


def wants_lists(total: int) -> bool:
    """Whether so many vectors are too many to compare each."""
    return total > EXACT_UP_TO


def lists_for(total: int) -> int:
    """How many lists ``total`` vectors want: a power of two."""
    return int(2 ** np.round(np.log2(LISTS_A_ROOT * np.sqrt(max(total, 1)))))


@contextmanager
def _one_thread() -> Iterator[None]:
    """Search in this thread only: a second one costs more than it saves, most of all where
    several questions are asked at once (18 ms instead of 1 ms on two busy cores).
    """
    import faiss

    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(threads)

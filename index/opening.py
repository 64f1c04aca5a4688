"""A directory to a Store: ours, whole, of this model; made when there is nothing yet."""

import os
from pathlib import Path

from index.belongings import DATABASE, LEFT_BY_US, LEFT_WITHOUT_DATABASE, remedy
from index.database import Database
from index.embed import Embedder
from index.errors import DamagedIndexError, ForeignIndexError, TroubleError
from index.lock import writer_lock
from index.store import Store
from index.vectors import FloatVector

CREATION_SECONDS = 5
"""How long to wait for another process that is making the same index."""


def open_store(directory: Path, embedder: Embedder) -> Store:
    """The store in ``directory``, made when there is none.

    Raises:
        ForeignIndexError: the directory holds something else, or vectors of another model.
        DamagedIndexError: the database is lost or cannot be read.
        TroubleError: the directory cannot be made or written to.
    """
    if not (directory / DATABASE).exists():
        _make(directory, embedder)
    store = Store(directory, read_only=not os.access(directory, os.W_OK))
    made_with = store.meta().get("model", "")
    if made_with != embedder.fingerprint:
        raise ForeignIndexError(
            f"the index {directory} was made with the embedding model {made_with!r}, this is "
            f"{embedder.fingerprint!r}; use that model, or give another directory with --index"
        )
    return store


def check_length(store: Store, embedder: Embedder, vector: FloatVector) -> None:
    """A model may give vectors of another length under the name of an earlier one.

    Raises:
        ForeignIndexError: it does.
    """
    made_with = store.meta()["dimension"]
    if str(len(vector)) != made_with:
        raise ForeignIndexError(
            f"the index {store.directory} holds vectors of {made_with} numbers, the embedding "
            f"model {embedder.fingerprint!r} now gives {len(vector)}; use the one it was made "
            "with, or give another directory with --index"
        )


def _make(directory: Path, embedder: Embedder) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        strangers = sorted(p.name for p in directory.iterdir() if p.name not in LEFT_BY_US)
    except OSError as error:
        raise TroubleError(
            f"the index directory {directory} cannot be made ({error.strerror}); "
            "give another with --index"
        ) from error
    if DATABASE in strangers:
        return  # another process has made it meanwhile
    if strangers and LEFT_WITHOUT_DATABASE.issuperset(strangers):
        raise DamagedIndexError(
            f"the index {directory} has lost its database {DATABASE}; {remedy(directory)}"
        )
    if strangers:
        raise ForeignIndexError(
            f"{directory} holds {strangers[0]!r} and no index; "
            "give an empty or new directory with --index"
        )
    meta = {"model": embedder.fingerprint, "dimension": str(embedder.dimension)}
    with writer_lock(directory, patience_seconds=CREATION_SECONDS):
        if not (directory / DATABASE).exists():
            Database.create(directory, meta)

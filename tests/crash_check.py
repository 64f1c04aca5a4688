"""What must hold of an index, whatever happened to the process that wrote it."""

import os
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory

from index.search import Index
from index.store import Store
from tests.crash_child import open_index, write_folder

FULL = os.environ.get("ASSISTANT_FULL_CRASH") == "1"
"""Every point and many more tries, for minutes instead of seconds."""
Start = Callable[..., BaseProcess]
"""Starts a function in a process of its own."""
QUESTIONS = ("version4 counts honey", "file2 salt", "What does part1 say of the harbour?", "2203")


@dataclass(frozen=True)
class DocumentState:
    """All that the index holds of one document, but for the ids of its passages."""

    text: str
    passages: tuple[object, ...]


State = dict[str, DocumentState]


def state(directory: Path) -> State:
    """All documents of an index, read and checked."""
    store = Store(directory)
    dense = {
        int(id_): row.tobytes()
        for ids, rows in store.vectors_after(0)
        for id_, row in zip(ids, rows, strict=True)
    }
    found = {}
    for info in store.documents():
        ids = store.passage_ids(info.id)
        stored = store.passages(ids)
        passages = tuple(
            (p.start, p.end, p.text, p.heading, s.sentences, s.vectors.tobytes(), dense[p.id])
            for s in (stored[i] for i in ids)
            for p in [s.passage]
        )
        found[info.id] = DocumentState(store.document(info.id).text, passages)
    store.close()
    return found


@cache
def fresh(version: int) -> tuple[State, frozenset[object]]:
    """What an index made of a version at once holds, and what it finds."""
    with TemporaryDirectory() as place:
        folder, directory = Path(place) / "folder", Path(place) / "index"
        write_folder(folder, version)
        index = open_index(directory)
        index.sync(folder)
        found = findings(index)
        index.close()
        return state(directory), found


def findings(index: Index) -> frozenset[object]:
    """What searches find. Passages with equal scores may come in any order, so: a set."""
    return frozenset(
        (question, p.document_id, p.start, p.text, round(hit.similarity, 4), round(hit.bm25, 4))
        for question in QUESTIONS
        for hit in index.search(question, count=40).hits
        for p in [hit.passage]
    )


def assert_each_document_is_of(found: Mapping[str, DocumentState], *versions: int | None) -> None:
    """Each document is as in one of the versions, whole; None is the empty version."""
    possible = [{} if version is None else fresh(version)[0] for version in versions]
    for name in sorted(set().union(found, *possible)):
        assert any(found.get(name) == p.get(name) for p in possible), (name, versions)


def assert_sync_completes(folder: Path, directory: Path, version: int) -> None:
    """The next sync brings the index to where a fresh one would be."""
    write_folder(folder, version)
    index = open_index(directory)
    index.sync(folder)
    assert findings(index) == fresh(version)[1]
    assert index.sync(folder).is_empty
    index.close()
    assert state(directory) == fresh(version)[0]


def build(place: Path, version: int | None) -> None:
    """An index of a version of the folder; of None, nothing."""
    place.mkdir(exist_ok=True)
    if version is not None:
        write_folder(place / "folder", version)
        index = open_index(place / "index")
        index.sync(place / "folder")
        index.close()


def copy_of(built: Path, version: int) -> Path:
    """What was built, with the folder now at another version."""
    place = built.with_name("copy")
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(built, place)
    write_folder(place / "folder", version)
    return place


def wait_for(happened: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.005)

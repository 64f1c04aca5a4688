"""What is removed leaves no trace, and what is built twice is the same."""

import os
import random
from pathlib import Path

import pytest

from index.manifest import replace_file
from tests import crash_child as child
from tests.crash_check import findings, state

pytest_plugins = ["tests.crash_fixtures"]
pytestmark = [pytest.mark.crash, pytest.mark.usefixtures("read_here")]


@pytest.fixture
def place(ground: Path) -> Path:
    (ground / "folder").mkdir()
    return ground


def traces(directory: Path, words: set[str]) -> dict[str, str]:
    """Files of an index that hold one of some words, forwards or backwards."""
    found = {}
    for path in directory.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        for word in words:
            if word.encode() in data or word[::-1].encode() in data:
                found[path.name] = word
    return found


def test_no_byte_of_removed_text_stays_in_any_file_of_the_index(place):
    """Many documents of very different sizes, so that SQLite moves rows from page to page."""
    rng = random.Random(3)
    folder, index = place / "folder", child.open_index(place / "index")
    here: dict[str, str] = {}
    removed: set[str] = set()
    for n in range(160):
        name, word = f"doc{rng.randrange(60)}.txt", f"zq{n}canary{n}w"
        removed |= {here[name]} if name in here else set()
        here[name] = word
        lines = [
            f"{word} {rng.choice(child.WORDS)} says {rng.randrange(10**6)}." for _ in range(60)
        ]
        (folder / name).write_text("\n\n".join(" ".join(lines[i::7]) for i in range(7)))
        if n % 20 == 19:
            for gone in rng.sample(sorted(here), len(here) // 3):
                removed.add(here.pop(gone))
                (folder / gone).unlink()
            index.sync(folder)
            assert traces(place / "index", removed) == {}
            assert traces(place / "index", {next(iter(here.values()))}).keys() == {"index.sqlite"}
    assert len(removed) > 100
    index.close()


def test_what_a_sync_that_was_cut_short_removed_is_erased_by_the_next(place, monkeypatch):
    folder, index = place / "folder", child.open_index(place / "index")
    (folder / "a.txt").write_text("zqcanaryw sings.")
    (folder / "b.txt").write_text("All is quiet.")
    index.sync(folder)
    (folder / "a.txt").unlink()
    with monkeypatch.context() as patch:
        patch.setattr("index.store.Store.erase_traces", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            index.sync(folder)
    assert traces(place / "index", {"zqcanaryw"})
    index.sync(folder)
    assert traces(place / "index", {"zqcanaryw"}) == {}
    index.close()


def test_vectors_of_text_that_an_interrupted_sync_embedded_go_when_nothing_needs_them(
    place, monkeypatch
):
    folder, index = place / "folder", child.open_index(place / "index")
    (folder / "b.txt").write_text("All is quiet.")
    index.sync(folder)
    (folder / "a.txt").write_text("It sings.")
    with monkeypatch.context() as patch:
        patch.setattr("index.sync._commit_group", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            index.sync(folder)
    (folder / "a.txt").unlink()
    assert index._store.has_unused_vectors()
    index.sync(folder)
    assert not index._store.has_unused_vectors()
    index.close()


def test_the_same_folder_built_twice_is_the_same_index(place):
    built = []
    for name in ("one", "two"):
        index = child.open_index(place / name)
        child.write_folder(place / "folder", 5)
        index.sync(place / "folder")
        built.append((state(place / name), findings(index), index.search("part1 salt").hits))
        index.close()
    assert built[0] == built[1]


def test_a_hundred_updates_leave_nothing_behind(place):
    index = child.open_index(place / "index")
    for version in range(100):
        child.write_folder(place / "folder", version)
        index.sync(place / "folder")
        if version == 3:
            few = sum(path.is_file() for path in (place / "index").rglob("*"))
    assert sum(path.is_file() for path in (place / "index").rglob("*")) <= few
    assert not [path for path in (place / "index").rglob("*") if path.name.endswith(".new")]
    index.close()


def test_a_file_is_on_disk_before_it_takes_its_name_and_its_name_after(tmp_path, monkeypatch):
    done = []
    fsync, replace = os.fsync, os.replace

    def see(kind, call):
        def seen(*arguments):
            target = arguments[0]
            path = Path(f"/proc/self/fd/{target}").readlink() if kind == "fsync" else Path(target)
            done.append((kind, path.name))
            return call(*arguments)

        return seen

    monkeypatch.setattr(os, "fsync", see("fsync", fsync))
    monkeypatch.setattr(os, "replace", see("replace", replace))
    replace_file(tmp_path / "x", lambda path: path.write_text("content"))
    assert done == [("fsync", ".x.new"), ("replace", ".x.new"), ("fsync", tmp_path.name)]

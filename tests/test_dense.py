"""The dense index is repaired, and a large one is searched in lists without anyone noticing."""

import numpy as np
import pytest

from assistant import Assistant
from index.belongings import DENSE
from index.database import Database
from index.dense import FILE, DenseIndex
from index.nearest import Nearest
from index.store import Store
from index.vectors import unit
from tests.fakes import HashEmbedder
from tests.fakes_store import VECTORS, put_rows, store_of


@pytest.fixture
def _lists_above_100(monkeypatch):
    monkeypatch.setattr("index.nearest.EXACT_UP_TO", 100)


def lists_in(dense: DenseIndex) -> int:
    return getattr(dense._nearest._index, "nlist", 0)


def overlap(dense: DenseIndex, ids: list[int], rows: np.ndarray) -> float:
    """How many of the ten nearest are found, of all that there are."""
    exact = Nearest.exact(rows.shape[1])
    exact.add(np.array(ids), rows)
    questions = unit(rows[::7] + 0.1)
    shares = [
        len({i for i, _ in dense.search(q, 10)} & {i for i, _ in exact.search(q, 10)}) / 10
        for q in questions
    ]
    return float(np.mean(shares))


def test_a_damaged_file_is_written_anew_when_the_index_is_opened(assistant, folder, tmp_path):
    path = tmp_path / "index" / DENSE / FILE
    whole = path.read_bytes()
    assistant.close()
    path.write_bytes(whole[:-1] + b"x")
    Assistant.open(folder, index_dir=tmp_path / "index", embed_model=HashEmbedder()).close()
    assert path.read_bytes() == whole


def test_an_index_without_passages_finds_nothing(tmp_path):
    Database.create(tmp_path, {"model": "test", "dimension": "3"})
    dense = DenseIndex(Store(tmp_path))
    assert dense.search(np.array([1, 0, 0], np.float32), 5) == []
    assert dense.is_saved()


@pytest.mark.usefixtures("_lists_above_100")
def test_many_passages_are_searched_in_lists_and_few_again_one_by_one(tmp_path):
    store = store_of(tmp_path, 0, 90)
    dense = DenseIndex(store)
    dense.save()
    assert lists_in(dense) == 0
    put_rows(store, 90, 300)
    dense.save()
    assert lists_in(dense) == 64
    assert len(dense) == 300
    ids = [i for n in range(0, 300, 10) for i in store.passage_ids(f"{n}.txt")]
    assert overlap(dense, ids, VECTORS[:300]) > 0.98
    with store.writing() as change:
        for n in range(40, 300, 10):
            change.remove_document(f"{n}.txt")
    dense.save()
    assert lists_in(dense) == 0
    assert {i for i, _ in dense.search(VECTORS[0], 50)} == set(ids[:40])


@pytest.mark.usefixtures("_lists_above_100")
def test_lists_are_read_from_disk_and_take_over_what_changed_since(tmp_path):
    store = store_of(tmp_path, 0, 300)
    DenseIndex(store).save()
    before = (tmp_path / DENSE / FILE).read_bytes()
    put_rows(store, 300, 302)
    with store.writing() as change:
        change.remove_document("0.txt")
    again = DenseIndex(store)
    assert (lists_in(again), len(again)) == (64, 292)
    [(found, cosine)] = again.search(VECTORS[301], 1)
    assert found == store.passage_ids("300.txt")[1]
    assert cosine == pytest.approx(1, abs=0.001)
    assert not again.is_saved()  # more than one in a hundred
    again.save()
    assert (tmp_path / DENSE / FILE).read_bytes() != before


@pytest.mark.usefixtures("_lists_above_100")
def test_a_few_changes_to_many_passages_are_not_written_each_time(tmp_path):
    store = store_of(tmp_path, 0, 300)
    dense = DenseIndex(store)
    dense.save()
    before = (tmp_path / DENSE / FILE).stat().st_mtime_ns
    put_rows(store, 300, 302)
    dense.save()
    assert dense.is_saved()
    assert (tmp_path / DENSE / FILE).stat().st_mtime_ns == before
    assert len(DenseIndex(store)) == 302


@pytest.mark.usefixtures("_lists_above_100")
def test_in_lists_all_passages_of_some_documents_are_found(tmp_path):
    store = store_of(tmp_path, 0, 1000)
    dense = DenseIndex(store)
    dense.save()
    far = np.array(store.passage_ids("500.txt"), np.int64)
    assert {i for i, _ in dense.search(VECTORS[0], 50, far)} == set(far)
    assert dense.search(VECTORS[0], 50, far[:0]) == []


@pytest.mark.usefixtures("_lists_above_100")
def test_who_only_reads_never_learns_lists_but_takes_over_those_of_the_writer(tmp_path):
    store = store_of(tmp_path, 0, 90)
    writer, reader = DenseIndex(store), DenseIndex(store)
    put_rows(store, 90, 300)
    reader.update()
    assert (lists_in(reader), len(reader)) == (0, 300)
    writer.save()
    reader.update()
    assert (lists_in(reader), len(reader)) == (64, 300)


@pytest.mark.usefixtures("_lists_above_100")
def test_many_passages_without_a_file_are_answered_from_before_there_is_one(tmp_path):
    store = store_of(tmp_path, 0, 300)
    dense = DenseIndex(store)
    assert len(dense) == 0
    assert not dense.is_saved()
    dense.update()
    assert len(dense) == 300
    dense.save()
    assert lists_in(dense) == 64


@pytest.mark.usefixtures("_lists_above_100")
@pytest.mark.parametrize("last", [90, 600])
def test_what_is_left_out_is_not_found_and_all_else_is(tmp_path, last):
    store = store_of(tmp_path, 0, last)
    dense = DenseIndex(store)
    dense.save()
    everything = [i for i, _ in dense.search(VECTORS[25], 30)]
    left_out = np.array(everything[:20])
    found = [i for i, _ in dense.search(VECTORS[25], 10, without=left_out)]
    assert found == everything[20:]
    allowed = np.array(everything[10:25])
    assert [i for i, _ in dense.search(VECTORS[25], 10, allowed, left_out)] == everything[20:25]

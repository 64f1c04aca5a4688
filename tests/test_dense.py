"""The dense index on disk is repaired, and copes with ids that it does not know."""

import numpy as np

from assistant import Assistant
from index.dense import FILE, FOLDER, DenseIndex
from index.store import Store
from tests.fakes import HashEmbedder


def test_a_damaged_file_is_written_anew_when_the_index_is_opened(assistant, folder, tmp_path):
    path = tmp_path / "index" / FOLDER / FILE
    whole = path.read_bytes()
    assistant.close()
    path.write_bytes(whole[:-1] + b"x")
    Assistant.open(folder, index_dir=tmp_path / "index", embed_model=HashEmbedder()).close()
    assert path.read_bytes() == whole


def test_a_passage_that_it_does_not_know_has_no_cosine(assistant, tmp_path):
    store = Store(tmp_path / "index")
    dense = DenseIndex(store)
    vector = HashEmbedder().embed_question("Who built the harbour?")
    [known] = store.passage_ids("notes/market.txt")
    assert dense.cosines(vector, [known, 10**9]).keys() == {known}
    store.close()


def test_an_index_without_passages_finds_nothing(tmp_path):
    from index.database import Database

    Database.create(tmp_path, {"model": "test", "dimension": "3"})
    dense = DenseIndex(Store(tmp_path))
    assert dense.search(np.array([1, 0, 0], np.float32), 5) == []
    assert dense.cosines(np.array([1, 0, 0], np.float32), [1]) == {}
    assert dense.is_saved()

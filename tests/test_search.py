"""How many passages a search gives, and that it answers while a sync writes to disk."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from index.belongings import LEXICAL
from index.errors import QuestionError
from index.manifest import MANIFEST
from index.search import Index
from index.settings import IndexSettings
from index.store import Store
from tests.fakes import HashEmbedder


@pytest.mark.parametrize("count", [0, -1])
def test_a_search_for_less_than_one_passage_is_refused(assistant, count):
    with pytest.raises(QuestionError, match=f"^{count} passages .* at least 1$"):
        assistant.index.search("harbour", count=count)


def test_as_many_are_found_as_are_asked_for_where_so_many_match(tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    for n in range(120):
        (folder / f"{n:03}.txt").write_text(f"The parking permit number{n} is valid.")
    index = Index(tmp_path / "index", HashEmbedder(), IndexSettings())
    index.sync(folder)
    assert len(index.search("parking permit", count=100).hits) == 100
    assert len(index.search("parking permit", count=10**12).hits) == 120
    index.close()


@pytest.mark.parametrize("lost", [False, True])
def test_searches_answer_from_the_last_state_while_a_sync_writes(
    assistant, folder, tmp_path, monkeypatch, lost
):
    """Also where all the files of the search by words are made anew."""
    [before, *_] = assistant.index.search("Clara Voss").hits
    (folder / "hill.txt").write_text("Clara Voss grazed llamas.")
    begun, go_on = Event(), Event()
    passages_after = Store.passages_after

    def wait(store, generation):
        begun.set()
        assert go_on.wait(60)
        return passages_after(store, generation)

    monkeypatch.setattr(Store, "passages_after", wait)
    if lost:
        (tmp_path / "index" / LEXICAL / MANIFEST).unlink()
    with ThreadPoolExecutor(2) as pool:
        sync = pool.submit(assistant.sync)
        try:
            assert begun.wait(60)
            meanwhile = pool.submit(assistant.index.search, "Clara Voss").result(timeout=60)
            assert meanwhile.missing == frozenset()
            [hit] = [hit for hit in meanwhile.hits if hit.passage == before.passage]
            assert hit.bm25 == before.bm25 > 0
        finally:
            go_on.set()
        assert sync.result().added == ("hill.txt",)
    found = assistant.index.search("llamas grazed")
    assert found.hits[0].passage.document_id == "hill.txt"
    assert found.hits[0].bm25 > 0

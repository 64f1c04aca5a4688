"""The same text in many files takes one place among the hits, and none from other text."""

import pytest

from index.search import Index
from index.settings import IndexSettings
from tests.fakes import HashEmbedder

COPIED = "A parking permit costs 30 crowns."
OTHER = "Ask early for a parking permit."


@pytest.fixture
def index_of(tmp_path):
    """Makes the index of some texts by file name."""
    made = []

    def index_of(texts):
        folder = tmp_path / "documents"
        folder.mkdir()
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
        made.append(Index(tmp_path / "index", HashEmbedder(), IndexSettings()))
        made[0].sync(folder)
        return made[0]

    yield index_of
    made[0].close()


def copies(count, text=COPIED):
    return {f"copy{n:03}.txt": text for n in range(count)}


@pytest.mark.parametrize("count", [60, 260])
def test_copies_leave_room_for_other_text_however_many_they_are(index_of, count):
    index = index_of({**copies(count), "other.txt": OTHER})
    first, second = index.search("parking permit").hits
    assert {first.passage.text, second.passage.text} == {COPIED, OTHER}


def test_copies_are_named_with_the_one_that_is_shown(index_of):
    [hit] = index_of(copies(70)).search("parking permit").hits
    assert [hit.passage.document_id, *hit.passage.also_in] == sorted(copies(70))


def test_of_documents_that_were_asked_for_copies_elsewhere_take_no_place(index_of):
    index = index_of({**copies(60), "other.txt": OTHER})
    hits = index.search("parking permit", documents=["copy007.txt", "other.txt"]).hits
    assert {hit.passage.document_id for hit in hits} == {"copy007.txt", "other.txt"}


def test_a_copy_of_a_document_repeats_none_of_its_passages(index_of):
    """Its passages crowd out others: these are looked for past it, and past its copies."""
    words = "here is a word more than before " * 20
    text = "\n\n".join(f"On permit {n} for parking, {words}of {n}." for n in range(12))
    hits = index_of({**copies(20, text), "other.txt": OTHER}).search("parking permit").hits
    texts = [hit.passage.text for hit in hits]
    assert len(texts) == len(set(texts)) == 10
    assert OTHER in texts


def test_only_the_passages_that_may_be_shown_are_read(index_of, monkeypatch):
    index = index_of(copies(200))
    read = []
    passages = index._store.passages
    monkeypatch.setattr(index._store, "passages", lambda ids: read.extend(ids) or passages(ids))
    assert len(index.search("parking permit").hits) == 1
    assert len(read) <= 3 * 15  # the first places of each look: among 50, 200 and all

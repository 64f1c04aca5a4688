"""BM25 search stays what it would be if it were made anew from the store."""

import pytest

from assistant import Assistant
from index.belongings import LEXICAL
from index.lexical import LexicalIndex
from index.manifest import MANIFEST
from index.store import Store
from tests.fakes import HashEmbedder


def of(assistant: Assistant) -> LexicalIndex:
    return assistant.index._lexical


def passages(lexical: LexicalIndex) -> int:
    return lexical._index.searcher().num_docs


def test_the_words_of_a_removed_document_count_no_more(assistant, folder):
    assert of(assistant).holds("lighthous")
    (folder / "harbour.txt").unlink()
    assistant.sync()
    assert not of(assistant).holds("lighthous")
    assert of(assistant).search(["lighthous"], 10) == []
    assert assistant.index.search("Where is the lighthouse?").missing == {
        "lighthous",
        "where",
        "is",
    }


def test_passages_are_weighed_as_in_an_index_made_at_once(assistant, folder, tmp_path):
    (folder / "harbour.txt").write_text("A stall in the harbour is free.")
    (folder / "hill.txt").write_text("Llamas graze on the hill.")
    assistant.sync()
    at_once = Assistant.from_folder(folder, index_dir=tmp_path / "b", embed_model=HashEmbedder())
    terms = ["harbour", "stall", "lumen", "hill"]
    assert of(assistant).weights(terms) == of(at_once).weights(terms)
    scores = [[score for _, score in of(a).search(terms, 10)] for a in (assistant, at_once)]
    assert scores[0] == pytest.approx(scores[1])
    at_once.close()


def test_two_processes_that_sync_in_turn_add_each_passage_once(assistant, folder, tmp_path):
    other = Assistant.from_folder(folder, index_dir=tmp_path / "index", embed_model=HashEmbedder())
    (folder / "hill.txt").write_text("Llamas graze on the hill.")
    other.sync()
    (folder / "vale.txt").write_text("Zebras graze in the vale.")
    assistant.sync()
    assert passages(of(assistant)) == sum(d.passages for d in assistant.documents())
    assert of(assistant).search(["graze"], 10) == of(other).search(["graze"], 10) or other.sync()
    other.close()


def test_what_was_written_but_not_sealed_is_not_added_twice(assistant, folder, tmp_path):
    """Another process was killed between tantivy's commit and the manifest."""
    other = Assistant.from_folder(folder, index_dir=tmp_path / "index", embed_model=HashEmbedder())
    manifest = tmp_path / "index" / LEXICAL / MANIFEST
    before = manifest.read_bytes()
    (folder / "hill.txt").write_text("Llamas graze on the hill.")
    other.sync()
    manifest.write_bytes(before)
    (folder / "vale.txt").write_text("Zebras graze in the vale.")
    assistant.sync()
    assert passages(of(assistant)) == sum(d.passages for d in assistant.documents())
    other.close()


def test_files_that_may_not_be_written_are_done_without(assistant, folder, tmp_path):
    expected = assistant.search("Who built the harbour?")
    lexical = LexicalIndex(Store(tmp_path / "index", read_only=True))
    lexical.use_memory()
    assert passages(lexical) == passages(of(assistant))
    assert expected


def test_in_a_large_index_words_that_are_everywhere_do_not_select(tmp_path, monkeypatch):
    folder = tmp_path / "folder"
    folder.mkdir()
    for n in range(30):
        kind = "llama" if n == 7 else "sheep"
        (folder / f"{n:02}.txt").write_text(f"The {kind} number{n} is on the hill.")
    made = Assistant.from_folder(folder, index_dir=tmp_path / "i", embed_model=HashEmbedder())
    lexical = made.index._lexical
    terms = lexical.terms("the llama is on the hill with number7")
    before = lexical.search(terms, 50)
    assert len(before) == 30
    monkeypatch.setattr("index.lexical.LARGE", 20)
    after = lexical.search(terms, 50)
    assert after == before[:1]
    [key] = made.index._store.document_keys(["07.txt"])
    assert lexical.search(terms, 50, [key]) == before[:1]
    assert lexical.search(terms, 50, [key + 1]) == []
    assert len(lexical.search(lexical.terms("the hill"), 50)) == 30  # nothing rarer is asked for
    made.close()


def test_documents_that_are_left_out_are_not_found(assistant):
    lexical = of(assistant)
    store = assistant.index._store
    terms = lexical.terms("Lumen")
    harbour, market = (store.document_keys([d.id]) for d in assistant.documents())
    both = {i for i, _ in lexical.search(terms, 10)}
    rest = {i for i, _ in lexical.search(terms, 10, without=harbour)}
    assert rest == set(store.passage_ids("notes/market.txt")) < both
    assert lexical.search(terms, 10, harbour + market, without=harbour + market) == []

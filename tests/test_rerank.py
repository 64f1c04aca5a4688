"""The optional reranker: a real cross-encoder, tiny and random, built here and saved to disk."""

import socket

import pytest

from assistant import Assistant, Settings
from assistant.settings import AnswerSettings
from index.errors import ModelError
from index.rank import rank_candidates
from index.settings import IndexSettings
from tests.fakes import HashEmbedder
from tests.fakes_cross import direct_outputs, save_cross_encoder
from tests.test_rank import WEIGHTS, candidate, from_document, turned

QUESTION = "Who built the harbour of Lumen in 1887?"


@pytest.fixture
def search(tmp_path):
    """The hits for QUESTION in some small documents, reranked by the model of that path."""
    folder = tmp_path / "documents"
    folder.mkdir()
    words = ("Clara Voss", "Ships", "Farmers", "apples", "honey", "cranes", "salt")
    for n, word in enumerate(words):
        text = f"{word} built the harbour of Lumen in 1887."
        (folder / f"{n}.txt").write_text(text, encoding="utf-8")

    def search(reranker):
        assistant = Assistant.from_folder(
            folder,
            index_dir=tmp_path / "index",
            embed_model=HashEmbedder(),
            settings=Settings(
                index=IndexSettings(reranker=reranker), answer=AnswerSettings(reader=False)
            ),
        )
        hits = assistant.search(QUESTION)
        assistant.close()
        return hits

    return search


def test_given_by_path_it_orders_what_was_found(search, tmp_path):
    path = save_cross_encoder(tmp_path / "reranker", ["LABEL_0"])
    before, after = search(""), search(str(path))
    pairs = [(QUESTION, hit.passage.text) for hit in before]
    scores = [float(row[0]) for row in direct_outputs(path, pairs)]
    assert len({round(score, 4) for score in scores}) == len(before) == 7
    order = sorted(range(len(before)), key=lambda i: -scores[i])
    expected = [before[i].passage.text for i in order]
    assert [hit.passage.text for hit in after] == expected
    assert expected != [hit.passage.text for hit in before]
    assert [hit.rank for hit in after] == list(range(1, 8))
    assert [hit.score for hit in after] == [hit.score for hit in before]


def test_without_one_nothing_is_reordered_and_no_model_is_asked_for(search):
    assert [hit.rank for hit in search("")] == list(range(1, 8))


def test_a_model_with_several_outputs_is_refused(search, tmp_path):
    path = save_cross_encoder(tmp_path / "judge", ["contradiction", "entailment"])
    with pytest.raises(ModelError, match="has 2 outputs") as caught:
        search(str(path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["/nowhere", "some-group/reranker"])
def test_a_wrong_path_or_name_is_an_error_and_nothing_is_downloaded(search, name, monkeypatch):
    def refuse(*_):
        raise AssertionError("something asks the network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    with pytest.raises(ModelError, match="is not a folder, not in the local cache") as caught:
        search(name)
    assert "\n" not in str(caught.value)


def test_ties_stay_in_the_order_that_they_had():
    found = [candidate(i, 0.5, (0.9 - i / 10, {f"{i}"})) for i in range(3)]
    ranked = rank_candidates(found, WEIGHTS, 10, lambda passages: [0.0] * len(passages))
    assert [hit.passage.id for hit, _ in ranked] == [0, 1, 2]


def test_the_share_of_one_document_is_kept():
    same = [from_document("a.txt", i, 0.2) for i in range(1, 9)]
    other = from_document("b.txt", 20, 0.9, turned(20)[:2])

    def reread(passages):
        assert len(passages) == 9
        return [0.0, *[1.0] * 8]  # the best so far is the one of b.txt

    ranked = rank_candidates([*same, other], WEIGHTS, 10, reread)
    assert [hit.passage.document_id for hit, _ in ranked[:4]] == ["a.txt"] * 3 + ["b.txt"]

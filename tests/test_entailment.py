"""The optional judge: a real cross-encoder, tiny and random, built here and saved to disk."""

import json
import socket
from dataclasses import replace

import numpy as np
import pytest

from assistant import Assistant
from assistant.doctor import examine
from assistant.llm_settings import CheckSettings
from assistant.support.entailment import load_entailment
from assistant.types import Verdict
from index.errors import ModelError
from tests.fakes import UNREAD, HashEmbedder, ScriptedGenerator
from tests.fakes_cross import direct_outputs, save_cross_encoder

ORDERS = (
    ("contradiction", "entailment", "neutral"),
    ("entailment", "neutral", "contradiction"),
    ("NEUTRAL", "CONTRADICTION", "ENTAILMENT"),
    ("not_entailment", "entailment"),
)
PASSAGES = ["The harbour of Lumen was built in 1887.", "It has 14 cranes.", "Farmers sell honey."]
SENTENCES = ["Clara Voss built the harbour.", "It has cranes.", "Ships carry salt."]
QUESTION = "Who built the harbour of Lumen in 1887?"
PARAPHRASE = "Clara Voss constructed the port of Lumen in 1887 [1]. It has 14 cranes."
LIKENESS = "Clara Voss built the harbour of Lumen in 1887 [1]. It has 14 cranes."
SURE = 6.0


@pytest.mark.parametrize("labels", ORDERS)
def test_the_chance_is_that_of_the_label_entailment_wherever_it_stands(tmp_path, labels):
    folder = save_cross_encoder(tmp_path / "judge", labels)
    expected = []
    for row in direct_outputs(folder, list(zip(PASSAGES, SENTENCES, strict=True))):
        column = [label.lower() for label in labels].index("entailment")
        expected.append(float(np.exp(row[column]) / np.exp(row).sum()))
    assert len({round(chance, 3) for chance in expected}) == 3
    chances = load_entailment(str(folder)).support(PASSAGES, SENTENCES)
    assert chances == pytest.approx(expected, abs=1e-4)


def test_a_model_with_one_output_gives_its_chance(tmp_path):
    folder = save_cross_encoder(tmp_path / "judge", ["LABEL_0"])
    [row] = direct_outputs(folder, [(PASSAGES[0], SENTENCES[0])])
    [chance] = load_entailment(str(folder)).support(PASSAGES[:1], SENTENCES[:1])
    assert chance == pytest.approx(1 / (1 + np.exp(-row[0])), abs=1e-4)


def test_nothing_to_judge_gives_nothing(tmp_path):
    folder = save_cross_encoder(tmp_path / "judge", ORDERS[0])
    assert load_entailment(str(folder)).support([], []) == []
    assert load_entailment("") is None


@pytest.fixture
def first_verdict(folder, tmp_path):
    """The verdict on the first sentence of a reply, with a judge given by path in the settings."""

    def first_verdict(reply, labels, bias):
        path = save_cross_encoder(tmp_path / "judge", labels, bias)
        assistant = Assistant.from_folder(
            folder,
            index_dir=tmp_path / "index",
            embed_model=HashEmbedder(),
            llm=ScriptedGenerator(reply),
            settings=replace(UNREAD, check=CheckSettings(entailment_model=str(path))),
        )
        answer = assistant.ask(QUESTION)
        assistant.close()
        return answer.sentences[0].verdict

    return first_verdict


@pytest.mark.parametrize("labels", ORDERS)
def test_given_by_path_it_raises_a_paraphrase(first_verdict, labels):
    bias = [SURE if label.lower() == "entailment" else -SURE for label in labels]
    assert first_verdict(PARAPHRASE, labels, bias) is Verdict.SUPPORTED


@pytest.mark.parametrize("labels", ORDERS)
def test_given_by_path_it_lowers_what_only_looks_alike(first_verdict, labels):
    bias = [-SURE if label.lower() == "entailment" else SURE for label in labels]
    assert first_verdict(LIKENESS, labels, bias) is Verdict.PARTLY


@pytest.fixture
def _no_network(monkeypatch):
    def refuse(*_):
        raise AssertionError("something asks the network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


def spoil_labels(folder):
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["id2label"] = {"0": "LABEL_0", "1": "LABEL_1", "2": "LABEL_2"}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")


def spoil_weights(folder):
    (folder / "model.safetensors").write_bytes(b"nothing")


def put_code(folder):
    (folder / "modeling.py").write_text("raise SystemExit", encoding="utf-8")


def remove_config(folder):
    (folder / "config.json").unlink()


@pytest.mark.usefixtures("_no_network")
@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (spoil_labels, "has the labels LABEL_0, LABEL_1, LABEL_2; expected exactly one"),
        (spoil_weights, "cannot be loaded"),
        (put_code, "can run code"),
        (remove_config, "names no labels"),
    ],
)
def test_what_is_no_judge_is_an_error_of_one_line(tmp_path, spoil, reason):
    path = save_cross_encoder(tmp_path / "judge", ORDERS[0])
    spoil(path)
    with pytest.raises(ModelError, match=reason) as caught:
        load_entailment(str(path)).support(["a"], ["a"])
    assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("_no_network")
@pytest.mark.parametrize("name", ["/nowhere/judge", "judge", "some-group/nli-judge"])
def test_a_wrong_path_or_name_is_an_error_and_nothing_is_downloaded(name):
    with pytest.raises(ModelError, match="is not a folder, not in the local cache") as caught:
        load_entailment(name)
    assert "\n" not in str(caught.value)


def test_the_doctor_tries_it(folder, tmp_path, monkeypatch):
    path = save_cross_encoder(tmp_path / "judge", ORDERS[0])
    monkeypatch.setattr("assistant.doctor.load_embedder", lambda _: HashEmbedder())
    flags = {"check": {"entailment_model": str(path)}, "index": {"reranker": "/nowhere"}}
    findings = {f.what: f for f in examine(folder, tmp_path / "index", None, flags)}
    assert findings["check"].is_good
    assert str(path) in findings["check"].detail
    assert not findings["reranker"].is_good
    assert "'/nowhere' is not a folder" in findings["reranker"].detail

"""The reader's gate: what is beside the question is read no further, and the rest as ever."""

import math
from importlib.resources import files

import pytest
import torch
from safetensors import safe_open
from torch import nn

from assistant.read import reader_model
from assistant.read.reader import GATE, GATE_SHA256, SHA256, UNLIKELY, PackagedReader, load_gate
from assistant.read.reader_model import LEFT, Outputs, Sizes, _spread, load_tokenizer
from eval.train import fit_gate
from eval.train.learner import Learner
from eval.train.reader_data import Item, Task
from index.errors import ModelError
from index.model import packaged_model
from tests.test_reader import altered_copy

PASSAGES = [
    "The lighthouse burned down in 1921 because a lamp fell over. It was rebuilt in stone.",
    "Bees dance to tell the others where the flowers are. " * 12,
    "The keeper's cottage was spared by the fire. Its roof is of slate.",
    "In chess the bishop moves along the diagonals, as far as it likes. " * 3,
]
QUESTION = "When did the lighthouse burn down?"
SMALL = Sizes(layers=5, width=48, inner=96, heads=4, own_words=8)
SPANS = [[(0, len(passage))] for passage in PASSAGES]


@pytest.fixture
def model(monkeypatch):
    torch.manual_seed(7)
    monkeypatch.setattr(reader_model, "GATE_AFTER", 3)
    return Learner(packaged_model().path, SMALL).eval()


@pytest.fixture(scope="module")
def encodings():
    tokenizer = load_tokenizer(packaged_model().path)
    return tokenizer.encode_batch([(QUESTION, passage) for passage in PASSAGES])


def gate_of(bias, weight=None):
    gate = nn.Linear(SMALL.width, 1)
    nn.init.zeros_(gate.weight)
    nn.init.constant_(gate.bias, bias)
    if weight is not None:
        gate.weight.data[0] = weight
    return gate


@pytest.mark.model
def test_without_a_gate_all_is_read(model, encodings):
    with torch.inference_mode():
        whole, gated = model.read(encodings), model.read(encodings, gated=True)
    assert all(torch.equal(one, other) for one, other in zip(whole, gated, strict=True))


@pytest.mark.model
def test_a_gate_that_likes_all_changes_nothing(model, encodings):
    model.gate = gate_of(1.0)
    with torch.inference_mode():
        whole, gated = model.read(encodings), model.read(encodings, gated=True)
    assert torch.allclose(whole.answerable, gated.answerable, atol=1e-5)
    assert torch.allclose(whole.start, gated.start, atol=1e-4)


def gate_for(model, encodings, place):
    """A gate that likes only the input at ``place``."""
    seen = []
    model.gate = gate_of(-1.0)
    model.gate.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    model.read(encodings, gated=True)
    chosen = torch.eye(len(encodings))[place]
    return gate_of(-0.5, torch.linalg.lstsq(seen[0], chosen).solution)


@pytest.mark.model
@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_a_gate_leaves_all_but_what_it_likes_where_that_may_answer(model, encodings, place):
    with torch.inference_mode():
        model.answerable[-1].bias += 5 - model.read(encodings).answerable.min()
        whole = model.read(encodings)
        model.gate = gate_for(model, encodings, place)
        gated = model.read(encodings, gated=True)
    left = [n for n in range(len(encodings)) if n != place]
    assert (gated.answerable[left] == LEFT).all()
    assert gated.start[left].isinf().all()
    assert gated.answerable[place] == pytest.approx(float(whole.answerable[place]), abs=1e-3)
    length = len(encodings[place].ids)
    assert torch.allclose(gated.start[place, :length], whole.start[place, :length], atol=1e-3)


@pytest.mark.model
@pytest.mark.parametrize("bias", [-0.5, -1e4])
def test_where_nothing_it_likes_answers_all_is_read_to_the_end(model, encodings, bias):
    with torch.inference_mode():
        model.answerable[-1].bias -= 5 + model.read(encodings).answerable.max()
        whole = model.read(encodings)
        model.gate = gate_for(model, encodings, 2)
        model.gate.bias.fill_(bias)
        gated = model.read(encodings, gated=True)
    assert torch.allclose(whole.answerable, gated.answerable, atol=1e-3)
    assert torch.allclose(whole.start, gated.start, atol=1e-3)


@pytest.mark.model
def test_the_packaged_gate_leaves_what_is_beside_the_question_and_nothing_else():
    reader = PackagedReader()
    readings = reader.read(QUESTION, PASSAGES, SPANS)
    whole = reader.read_pairs([(QUESTION, passage) for passage in PASSAGES], SPANS)
    left = [reading.answerable == pytest.approx(LEFT) for reading in readings]
    assert not left[0]
    assert left[1] and left[3]
    assert readings[1].masses == (0.0,)
    assert readings[1].margin == -UNLIKELY
    assert readings[0].span == whole[0].span
    assert readings[0].answerable == pytest.approx(whole[0].answerable, abs=0.1)
    assert all(pytest.approx(reading.answerable, abs=1e-6) != LEFT for reading in whole)
    assert all(mass > 0 for reading in whole for mass in reading.masses)


@pytest.mark.model
def test_before_a_refusal_everything_is_read_to_the_end():
    reader, question = PackagedReader(), "What does zinc cost?"
    readings = reader.read(question, PASSAGES, SPANS)
    whole = reader.read_pairs([(question, passage) for passage in PASSAGES], SPANS)
    for reading, same in zip(readings, whole, strict=True):
        assert reading.answerable == pytest.approx(same.answerable, abs=0.1)
        assert reading.answerable != pytest.approx(LEFT, abs=1e-6)


@pytest.mark.model
def test_claims_are_read_to_the_end():
    supported = PackagedReader().support([QUESTION] * len(PASSAGES), PASSAGES)
    left = 1 / (1 + math.exp(-LEFT))
    assert all(left != pytest.approx(chance, abs=1e-6) for chance in supported)


def test_what_was_left_has_no_words_and_a_low_logit():
    read = Outputs(torch.ones(2, 5), torch.ones(2, 5), torch.ones(2), torch.ones(2))
    out = _spread(read, [0, 2], 4)
    assert out.start.tolist() == [[1.0] * 5, [-math.inf] * 5, [1.0] * 5, [-math.inf] * 5]
    assert out.start.tolist() == out.end.tolist()
    assert out.answerable.tolist() == out.supported.tolist() == pytest.approx([1, LEFT, 1, LEFT])


def test_the_gate_belongs_to_the_packaged_reader():
    with safe_open(str(files("assistant.read").joinpath(GATE)), "pt") as gate:
        assert gate.metadata() == {"reader": SHA256}


def test_an_altered_gate_is_refused(tmp_path):
    copy = altered_copy(GATE, tmp_path)
    with pytest.raises(ModelError, match=r"reader_gate\.safetensors was altered.*git checkout"):
        load_gate(copy, GATE_SHA256)


@pytest.mark.model
def test_fitted_it_leaves_what_the_reader_would_not_use(model, encodings, monkeypatch):
    with torch.inference_mode():
        model.answerable[-1].weight *= 1000  # far apart, and above 0
        model.answerable[-1].bias += 5 - model.read(encodings[:2]).answerable.min()
        values = model.read(encodings[:2]).answerable
    liked = int(values.argmax())
    monkeypatch.setattr(fit_gate, "MAY_ANSWER", float(values.mean()))
    items = [
        Item(Task.ANSWER, QUESTION, passage, False, group=str(n))
        for n in range(30)
        for passage in PASSAGES[:2]
    ]
    weights, left = fit_gate.fit_gate(model, load_tokenizer(packaged_model().path), items)
    assert left == pytest.approx(0.5, abs=0.1)  # the last bit may differ between equal rows
    # All that is liked is the same here, and the limit right at it.
    model.gate = gate_of(float(weights["bias"]) + 1e-3, weights["weight"][0])
    with torch.inference_mode():
        out = model.read(encodings[:2], gated=True)
    assert out.answerable[1 - liked] == LEFT
    assert out.answerable[liked] == pytest.approx(float(values[liked]), rel=1e-3)

"""Rounding while learning: levels, gradients, and the file of what was learned."""

import pytest
import torch

from assistant.read.few_bits import SCALE, restored
from assistant.read.reader_model import Sizes, bits_of, load_tokenizer, load_weights, to_inputs
from eval.train.learner import Learner
from eval.train.rounding import (
    OTHERS,
    FewLevels,
    first_scale,
    groups,
    round_while_learning,
    rounded_rows,
    stored,
)
from index.model import packaged_model
from tests.test_training import ITEMS

SMALL = Sizes(layers=2, width=48, inner=96, heads=4, own_words=8)


@pytest.fixture(scope="module")
def base():
    return packaged_model().path


@pytest.fixture(scope="module")
def encodings(base):
    return load_tokenizer(base).encode_batch([(item.text, item.passage) for item in ITEMS[:3]])


@pytest.fixture
def learner(base):
    torch.manual_seed(3)
    model = Learner(base, SMALL).eval()
    round_while_learning(model)
    return model


def test_a_row_has_at_most_so_many_values_evenly_around_0():
    weight = torch.randn(4, 200, generator=torch.Generator().manual_seed(1))
    for row in FewLevels(3, weight)(weight):
        values = row.detach().unique()
        assert len(values) <= 8
        assert torch.allclose(values, -values.flip(0), atol=1e-6)
        steps = values.diff()
        assert torch.allclose(steps, steps[:1].expand_as(steps), atol=1e-5)


def test_weights_that_are_levels_already_stay():
    weight = torch.tensor([[-3.5, -0.5, 2.5, 3.5], [0.7, 0.1, -0.3, 0.3]])
    assert first_scale(weight, 3)[:, 0].tolist() == pytest.approx([1.0, 0.2])
    few = FewLevels(3, weight)
    assert torch.allclose(few(weight), weight)
    assert few.levels(weight).tolist() == [[0, 3, 6, 7], [7, 4, 2, 5]]


def test_the_first_scale_cuts_off_an_outlier():
    weight = torch.randn(1, 500, generator=torch.Generator().manual_seed(1))
    weight[0, 0] = 40
    few = FewLevels(3, weight)
    assert few(weight).max() < 20
    widest = torch.full((1, 1), 40 / 3.5)
    few_widest = FewLevels(3, weight)
    few_widest.log_scale.data = widest.log()
    errors = [((one(weight) - weight) ** 2).mean() for one in (few, few_widest)]
    assert errors[0] < errors[1]


def test_gradients_pass_the_rounding_but_for_what_is_cut_off():
    weight = torch.tensor([[0.2, -2.7, 9.0]], requires_grad=True)
    few = FewLevels(3, torch.tensor([[3.5, 0.5, -3.5]]))  # a scale of 1
    few(weight).backward(torch.ones(1, 3))
    assert weight.grad.tolist() == [[pytest.approx(1), pytest.approx(1), 0]]
    # Of the scale: level less weight where that is inside, else the level (Esser et al. 2020).
    wanted = (0.5 - 0.2) + (-2.5 + 2.7) + 3.5
    assert few.log_scale.grad.item() == pytest.approx(wanted, abs=1e-3)


def test_inputs_are_rounded_to_255_steps_of_their_row():
    rows = torch.tensor([[127.0, 3.4, -0.6], [0.0, 0.0, 0.0], [-1.27, 0.012, 0.5]])
    wanted = torch.tensor([[127.0, 3.0, -1.0], [0.0, 0.0, 0.0], [-1.27, 0.01, 0.5]])
    assert torch.allclose(rounded_rows(rows), wanted)


@pytest.mark.model
def test_matrices_of_the_layers_and_some_others_are_rounded(learner):
    rounded = {
        name.replace("parametrizations.", "").removesuffix(".original")
        for name, _ in learner.named_parameters()
        if name.endswith(".original")
    }
    maps = ("joined", "output", "widen", "narrow")
    layers = {f"layers.{number}.{name}.weight" for number in range(2) for name in maps}
    assert rounded == layers | OTHERS
    assert len(learner.layers[0].joined.weight[5].unique()) <= 8
    assert len(learner.words.own.weight[7].unique()) <= 16


@pytest.mark.model
def test_scales_learn_faster_and_everything_is_in_one_group(learner):
    learner.distances.requires_grad_(False)
    others, scales = groups(learner, 1e-3)
    assert (others["lr"], scales["lr"], scales["weight_decay"]) == (1e-3, 3e-3, 0)
    assert {p.shape[1] for p in scales["params"]} == {1}
    assert len(scales["params"]) == 2 * 4 + len(OTHERS)
    trained = [p for p in learner.parameters() if p.requires_grad]
    assert {id(p) for p in others["params"] + scales["params"]} == {id(p) for p in trained}


@pytest.mark.model
def test_the_file_has_the_weights_that_were_learned(base, learner):
    file = stored(learner)
    assert all(tensor.is_contiguous() for tensor in file.values())
    weights = restored(file, bits_of)
    for name, weight in weights.items():
        owner, _, kind = name.rpartition(".")
        learned = getattr(learner.get_submodule(owner), kind)
        scale = weight.abs().amax().item()
        precision = 1 / 254 if file[name].dtype == torch.int8 else 1e-3
        assert torch.allclose(weight, learned, atol=precision * scale, rtol=1e-3), name
    assert file["layers.1.narrow.weight"].dtype == file["words.own.weight"].dtype == torch.uint8
    assert file["layers.1.narrow.weight"].shape == (48, 96 * 3 // 8)
    assert file["words.own.weight"].shape[1] == 8 * 4 // 8
    assert file["positions.weight"].dtype == torch.int8
    assert file["distances.weight"].dtype == file[f"words.own.weight{SCALE}"].dtype == torch.float16


@pytest.mark.model
def test_what_is_read_with_the_file_is_what_was_learned(base, learner, encodings):
    file = stored(learner)
    with torch.inference_mode():
        seen = learner(**to_inputs(encodings)).outputs
        read = load_weights(base, file).read(encodings)
    for one, other in zip(seen, read, strict=True):
        finite = ~one.isinf()
        assert torch.equal(finite, ~other.isinf())
        assert torch.allclose(one[finite], other[finite], atol=0.02)


@pytest.mark.model
def test_a_step_of_learning_moves_weights_and_scales(learner, encodings):
    seen = learner(**to_inputs(encodings))
    (seen.outputs.answerable.sum() + seen.outputs.supported.sum()).backward()
    for name in ("layers.0.joined", "layers.1.narrow", "words.own", "answerable.0", "support.0"):
        rounded = learner.get_submodule(name).parametrizations.weight
        assert rounded.original.grad.abs().sum() > 0
        assert rounded[0].log_scale.grad.abs().sum() > 0

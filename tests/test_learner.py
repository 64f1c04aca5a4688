"""The reader as it learns: padded batches, and how it begins as layers of its teacher."""

from importlib.resources import files

import pytest
import torch
from safetensors.torch import load_file
from transformers import MPNetConfig, MPNetModel

from assistant.read.few_bits import restored
from assistant.read.reader import WEIGHTS
from assistant.read.reader_model import (
    MAX_TOKENS,
    Sizes,
    bits_of,
    distance_classes,
    load_tokenizer,
    load_weights,
    to_inputs,
)
from eval.train.learner import Learner, after, kept_of, learner_of, sizes_below
from eval.train.rounding import _round_inputs
from eval.train.teacher_model import TeacherModel
from index.model import packaged_model
from tests.test_training import ITEMS

pytestmark = pytest.mark.model


def write_teacher(folder, layers=4):
    """An MPNet model of that many small layers, with weights at random."""
    sizes = {"hidden_size": 24, "num_attention_heads": 2, "intermediate_size": 32}
    config = MPNetConfig(
        vocab_size=30527,
        num_hidden_layers=layers,
        layer_norm_eps=1e-5,
        initializer_range=0.2,
        **sizes,
    )
    torch.manual_seed(5)
    MPNetModel(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def base():
    return packaged_model().path


@pytest.fixture(scope="module")
def encodings(base):
    pairs = [(item.text, item.passage) for item in ITEMS] + [("Why?", "It is red.")]
    return load_tokenizer(base).encode_batch(pairs)


@pytest.fixture(scope="module")
def teacher(tmp_path_factory):
    return TeacherModel(write_teacher(tmp_path_factory.mktemp("teacher"))).eval()


def assert_same(outputs, others, atol=1e-4):
    for one, other in zip(outputs, others, strict=True):
        assert torch.equal(one.isinf(), other.isinf())
        assert torch.allclose(one, other, atol=atol)


def test_reading_without_padding_gives_the_same(base, encodings):
    model = Learner(base, Sizes(layers=5, width=48, inner=96, heads=4, own_words=8)).eval()
    with torch.inference_mode():
        assert_same(model(**to_inputs(encodings)).outputs, model.read(encodings))


def test_the_packaged_reader_reads_padded_batches_the_same(base, encodings):
    stored = load_file(str(files("assistant.read").joinpath(WEIGHTS)))
    model = Learner(base).eval()
    model.load_state_dict(restored(stored, bits_of))
    for module in model.layers.modules():
        if isinstance(module, torch.nn.Linear):
            module.register_forward_pre_hook(_round_inputs)
    with torch.inference_mode():
        packaged = load_weights(base, stored).read(encodings[:3])
        assert_same(model(**to_inputs(encodings[:3])).outputs, packaged, atol=0.15)


def test_layers_are_kept_from_the_first_to_the_last():
    assert kept_of(12, 8) == (0, 1, 3, 4, 6, 7, 9, 11)
    assert kept_of(12, 12) == tuple(range(12))
    assert kept_of(4, 2) == (0, 3)


def test_distances_are_told_apart_as_the_teacher_does(teacher):
    at = torch.arange(MAX_TOKENS)
    theirs = teacher.encoder.encoder.relative_position_bucket(at[None] - at[:, None])
    assert torch.equal(distance_classes(at[:, None] - at), theirs)


def test_with_all_layers_and_a_table_as_wide_it_is_the_teacher(base, teacher, encodings):
    sizes = sizes_below(teacher)
    assert sizes == Sizes(layers=4, width=24, inner=32, heads=2, own_words=24)
    learner = learner_of(teacher, base, torch.ones(30522), sizes)
    inputs = to_inputs(encodings)
    with torch.inference_mode():
        own, theirs = learner(**inputs), teacher(**inputs)
    inside = inputs["attention_mask"] == 1
    for state, wanted in zip(own.states, theirs.states, strict=True):
        assert torch.allclose(state[inside], wanted[inside], atol=1e-3)
    assert_same(own.outputs, theirs.outputs)


def test_a_layer_that_is_kept_does_what_it_does_in_the_teacher(base, teacher, encodings):
    sizes = Sizes(layers=2, width=24, inner=32, heads=2, own_words=24)
    learner = learner_of(teacher, base, torch.ones(30522), sizes)
    [encoding] = encodings[:1]
    with torch.inference_mode():
        theirs = teacher(**to_inputs([encoding])).states
        bias = learner.bias(len(encoding.ids))
        for layer, place in zip(learner.layers, kept_of(4, 2), strict=True):
            state = after(layer, theirs[place], bias[None])
            assert torch.allclose(state, theirs[place + 1], atol=1e-4)


def test_words_that_are_read_often_are_nearer_to_the_teachers(base, teacher):
    sizes = Sizes(layers=2, width=24, inner=32, heads=2, own_words=8)
    often = torch.arange(2000, 2500)
    counts = torch.zeros(30522)
    counts[often] = 10_000
    table = teacher.encoder.embeddings.word_embeddings.weight
    misses = []
    for weights in (counts, torch.zeros(30522)):
        words = learner_of(teacher, base, weights, sizes).words
        with torch.inference_mode():
            misses.append((words(often) - table[often + 4]).square().mean())
    assert misses[0] < 0.9 * misses[1]
    assert misses[1] < table[often + 4].square().mean()


def test_what_adds_to_attention_for_distances_is_not_learned(base, teacher):
    learner = learner_of(teacher, base, torch.ones(30522), sizes_below(teacher))
    fixed = [name for name, p in learner.named_parameters() if not p.requires_grad]
    assert fixed == ["distances.weight"]

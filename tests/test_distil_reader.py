"""Teaching the reader: the network that reads without padding, int8, a teacher and its lessons."""

import pytest
import torch
from safetensors.torch import load_file
from transformers import MPNetConfig, MPNetModel

from assistant.reader_model import (
    PACKAGED_LAYERS,
    ReaderModel,
    layers_in,
    load_tokenizer,
    quantized,
    restored,
    to_inputs,
)
from eval import distil_reader, train_reader
from eval.distil_reader import (
    Judgement,
    Lesson,
    deepened,
    distil,
    lesson_loss,
    passes,
)
from eval.reader_data import Item, Task
from eval.teacher_model import TeacherModel
from index.model import packaged_model
from tests.test_train_reader import ITEMS, PASSAGE, write_public

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def base():
    return packaged_model().path


@pytest.fixture(scope="module")
def encodings(base):
    pairs = [(item.text, item.passage) for item in ITEMS[:3]] + [("Why?", "It is red.")]
    return load_tokenizer(base).encode_batch(pairs)


@pytest.fixture(scope="module")
def teacher_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("teacher")
    sizes = {"hidden_size": 24, "num_attention_heads": 2, "intermediate_size": 32}
    MPNetModel(MPNetConfig(vocab_size=30527, num_hidden_layers=2, **sizes)).save_pretrained(folder)
    return folder


def test_reading_without_padding_gives_the_same(base, encodings):
    model = ReaderModel(base).eval()
    with torch.inference_mode():
        padded, read = model(**to_inputs(encodings)), model.read(encodings)
    for one, other in zip(padded, read, strict=True):
        assert torch.equal(one.isinf(), other.isinf())
        assert torch.allclose(one, other, atol=1e-4)


def test_int8_weights_are_near_the_weights_and_a_quarter_of_their_size(base):
    state = ReaderModel(base).own_state()
    stored = quantized(state)
    back = restored(stored)
    assert back.keys() == state.keys()
    for name, tensor in state.items():
        step = tensor.abs().amax() / 127 if tensor.ndim == 2 else tensor.abs().amax() / 1000
        assert (back[name] - tensor).abs().amax() <= step / 2 + 1e-6
    assert sum(t.nbytes for t in stored.values()) < 0.27 * sum(t.nbytes for t in state.values())


def test_a_deeper_reader_has_each_layer_twice_and_its_heads_once(base):
    state = ReaderModel(base).own_state()
    deep = deepened(state)
    assert layers_in(deep) == 2 * PACKAGED_LAYERS
    first, second, old = [
        weights[f"bert.encoder.layer.{number}.attention.self.query.weight"]
        for weights, number in ((deep, 10), (deep, 11), (state, 5))
    ]
    assert torch.equal(first, second)
    assert torch.equal(first, old)
    assert torch.equal(deep["span.weight"], state["span.weight"])
    ReaderModel(base, 12).load_state_dict(deep, strict=False)


def test_the_teacher_reads_the_words_of_the_reader(teacher_folder, encodings):
    model = TeacherModel(teacher_folder).eval()
    words = []
    embedding = model.encoder.embeddings.word_embeddings
    embedding.register_forward_hook(lambda _, inputs, __: words.append(inputs[0]))
    inputs = to_inputs(encodings)
    out = model(**inputs)
    ids = inputs["input_ids"]
    assert torch.equal(words[0][ids > 103], ids[ids > 103] + 4)
    assert (words[0][:, 0] == 0).all()
    assert torch.equal(words[0] == 1, inputs["attention_mask"] == 0)
    assert torch.equal(out.start.isinf()[:, 1:], inputs["token_type_ids"][:, 1:] == 0)


def test_a_lesson_pulls_towards_the_teacher_and_the_label(base, encodings):
    [item, *_] = ITEMS
    tokens = len(encodings[0].ids)
    at = torch.full((tokens,), -20.0)
    at[0] = 20.0  # the teacher says: nothing here
    lessons = {id(item): Lesson(False, Judgement(at.half(), at.half(), -9.0, 0.0))}
    model = ReaderModel(base).eval()
    batch = ([item], [encodings[0]])
    before = model.read(encodings[:1]).answerable.item()
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.05)
    losses = []
    for _ in range(4):
        loss = lesson_loss(model, lessons, batch)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    assert losses[-1] < losses[0]
    assert model.read(encodings[:1]).answerable.item() < before
    known = {id(item): Lesson(True, lessons[id(item)].judgement)}
    assert lesson_loss(model, known, batch) > lesson_loss(model, lessons, batch)


def test_passes_show_each_item_as_often_as_asked(base):
    items = ITEMS * 10
    shown = [item for batch, _ in passes(items, load_tokenizer(base), 2.5, 4000) for item in batch]
    assert len(shown) == 100
    assert set(shown) == set(ITEMS)


def test_the_whole_recipe_runs_on_a_handful_of_items(base, teacher_folder, tmp_path, monkeypatch):
    monkeypatch.setattr(train_reader, "CHECKPOINT_STEPS", 1)
    write_public(tmp_path)
    answered = Item(Task.ANSWER, "Who rebuilt it?", PASSAGE, True, 45, 55)
    missed = Item(Task.ANSWER, "Who paid for it?", PASSAGE, False)
    monkeypatch.setattr(distil_reader, "load_found", lambda _: ([answered, missed], [missed]))
    start, out = tmp_path / "six.safetensors", tmp_path / "reader.safetensors"
    train_reader.save_file(ReaderModel(base).own_state(), start)
    work = tmp_path / "work"
    distil(tmp_path, teacher_folder, start, out, work, scale=1.0, device="cpu")
    stored = load_file(out)
    weights, turns = restored(stored), [load_file(work / f"turn-{n}.safetensors") for n in (0, 1)]
    assert layers_in(weights) == 12
    assert out.stat().st_size < 25_000_000
    name = "bert.encoder.layer.3.output.dense.weight"
    assert stored[name].dtype == torch.int8
    assert not torch.equal(turns[0][name], turns[1][name])
    middle = (turns[0][name] + turns[1][name]) / 2
    assert torch.allclose(weights[name], middle, atol=middle.abs().max().item() / 100)

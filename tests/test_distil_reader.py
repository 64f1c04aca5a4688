"""Teaching the reader: its teacher, the lessons, and the whole recipe on a handful of items."""

from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file

from assistant.read.few_bits import restored
from assistant.read.reader_model import (
    Outputs,
    PairReader,
    Sizes,
    bits_of,
    load_tokenizer,
    load_weights,
    to_inputs,
)
from eval.train import reader_lessons, training
from eval.train.distil_reader import (
    BETWEEN,
    between_loss,
    distil,
    judgement_loss,
    lesson_loss,
    passes,
    word_counts,
)
from eval.train.learner import Learner, learner_of, sizes_below
from eval.train.teacher_model import TeacherModel
from eval.train.training import Seen
from index.model import packaged_model
from tests.test_learner import write_teacher
from tests.test_reader_lessons import write_folder
from tests.test_training import ITEMS, write_public

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
    return write_teacher(tmp_path_factory.mktemp("teacher"), layers=3)


def test_the_teacher_reads_the_words_of_the_reader(teacher_folder, encodings):
    model = TeacherModel(teacher_folder).eval()
    words = []
    embedding = model.encoder.embeddings.word_embeddings
    embedding.register_forward_hook(lambda _, inputs, __: words.append(inputs[0]))
    inputs = to_inputs(encodings)
    seen = model(**inputs)
    ids = inputs["input_ids"]
    assert torch.equal(words[0][ids > 103], ids[ids > 103] + 4)
    assert (words[0][:, 0] == 0).all()
    assert torch.equal(words[0] == 1, inputs["attention_mask"] == 0)
    assert torch.equal(seen.outputs.start.isinf()[:, 1:], inputs["token_type_ids"][:, 1:] == 0)
    assert [state.shape for state in seen.states] == [(*ids.shape, 24)] * 4


class Sure(PairReader):
    """A teacher that says of everything that there is no answer."""

    def __init__(self):
        super().__init__(8)

    def forward(self, input_ids, attention_mask, token_type_ids):
        states = torch.zeros(*input_ids.shape, 8)
        at = self.outputs(states, token_type_ids == 1).start
        at = at.clamp(min=-20.0)
        at[:, 0] = 20.0
        outputs = Outputs(at, at, torch.full((len(at),), -9.0), torch.zeros(len(at)))
        return Seen(outputs, (states,) * 3)


def test_judgement_is_pulled_towards_the_teacher_and_the_label(base, encodings):
    [item, *_] = ITEMS
    inputs = to_inputs(encodings[:1])
    model = Learner(base, Sizes(layers=2, width=48, inner=96, heads=4, own_words=8))
    with torch.no_grad():
        taught = Sure()(**inputs).outputs
    unknown = ([replace(item, is_known=False)], encodings[:1])
    before = model.read(encodings[:1]).answerable.item()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    losses = []
    for _ in range(4):
        loss = judgement_loss(model(**inputs).outputs, taught, unknown)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    assert losses[-1] < losses[0]
    assert model.read(encodings[:1]).answerable.item() < before
    outputs, known = model(**inputs).outputs, ([item], encodings[:1])
    assert judgement_loss(outputs, taught, known) > judgement_loss(outputs, taught, unknown)


def test_what_is_between_is_compared_with_the_teacher_before_the_next_layer_that_was_kept():
    inside = torch.tensor([[1, 1, 0]])
    numbers = torch.arange(10.0).reshape(5, 2)
    # Each state: two tokens of two numbers, and padding.
    theirs = [torch.stack([n, -n, n + 99])[None] for n in numbers]
    own = [theirs[place].clone() for place in (0, 3, 4)]  # of four layers 0 and 3 are kept
    seen = [Seen(None, tuple(states)) for states in (own, theirs)]
    assert between_loss(*seen, inside) == 0
    own[1][0, 2] = 1e6
    assert between_loss(*seen, inside) == 0
    own[1][0, 0, 0] += 3.0  # of (6, 7) and (-6, -7), whose mean is 0
    variance = (36 + 49) / 2
    assert between_loss(*seen, inside).item() == pytest.approx(9 / 4 / variance / 3)


def test_what_is_between_counts_less_and_less(base, teacher_folder, encodings):
    teacher = TeacherModel(teacher_folder).eval()
    sizes = replace(sizes_below(teacher), layers=2, own_words=8)
    model = learner_of(teacher, base, torch.ones(30522), sizes)
    batch = (ITEMS[:3], encodings[:3])
    losses = []
    for done in (0.0, 0.5, 1.0):
        torch.manual_seed(1)  # the same tokens are hidden
        losses.append(lesson_loss(model, teacher, batch, done).item())
    assert losses[0] - losses[1] == pytest.approx(losses[1] - losses[2], rel=1e-3)
    between = (losses[0] - losses[2]) / (BETWEEN[0] - BETWEEN[1])
    assert 0 < between < 3
    assert losses[2] > BETWEEN[1] * between


def test_passes_show_each_item_as_often_as_asked(base):
    items = ITEMS * 10
    shown = [item for batch, _ in passes(items, load_tokenizer(base), 2.5, 4000) for item in batch]
    assert len(shown) == 100
    assert set(shown) == set(ITEMS)


def test_words_are_counted_once_for_each_passage_as_far_as_it_is_read(base):
    tokenizer = load_tokenizer(base)
    counts = word_counts(["A mill, a lake.", "A mill, a lake.", "word " * 2000, ""], tokenizer)
    ids = {word: tokenizer.token_to_id(word) for word in ("a", "mill", "word", "[SEP]")}
    found = {word: int(counts[number]) for word, number in ids.items()}
    assert found == {"a": 2, "mill": 1, "word": 256, "[SEP]": 0}
    assert counts.sum() == 6 + 256


def recipe(folder, teacher_folder, work):
    """The weights that the whole recipe ends with."""
    out = folder / "reader.safetensors"
    distil(folder, teacher_folder, out, work, scale=1.0, device="cpu")
    return load_file(out)


def test_the_whole_recipe_runs_on_a_handful_of_items(base, teacher_folder, tmp_path, monkeypatch):
    monkeypatch.setattr(training, "CHECKPOINT_STEPS", 1)
    monkeypatch.setattr(reader_lessons, "FOLDERS", [write_folder(tmp_path / "cases")])
    write_public(tmp_path)
    stored = recipe(tmp_path, teacher_folder, tmp_path / "work")
    assert stored["layers.2.joined.weight"].dtype == torch.uint8
    model = load_weights(base, stored)
    assert model.sizes == Sizes(layers=3, width=24, inner=32, heads=2, own_words=24)
    weights = restored(stored, bits_of)
    learned = torch.load(tmp_path / "work" / "reader.checkpoint", weights_only=True)["model"]
    name = "layers.2.last_norm.weight"
    assert torch.allclose(weights[name], learned[name], atol=1e-3)
    assert not torch.equal(learned[name], torch.ones(24))
    reading = model.read(load_tokenizer(base).encode_batch([("Who?", "Clara Voss.")]))
    assert reading.answerable.isfinite().all()


def test_a_recipe_that_was_killed_goes_on(teacher_folder, tmp_path, monkeypatch):
    monkeypatch.setattr(training, "CHECKPOINT_STEPS", 1)
    monkeypatch.setattr(reader_lessons, "FOLDERS", [write_folder(tmp_path / "cases")])
    write_public(tmp_path)
    taught = []

    def killed(*args):
        taught.append(args)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("eval.train.distil_reader.lesson_loss", killed)
        with pytest.raises(KeyboardInterrupt):
            recipe(tmp_path, teacher_folder, tmp_path / "work")
    assert len(taught) == 1
    with monkeypatch.context() as patched:
        patched.setattr("eval.train.distil_reader.label_loss", killed)  # the teacher is done
        first = recipe(tmp_path, teacher_folder, tmp_path / "work")
    again = recipe(tmp_path, teacher_folder, tmp_path / "work")
    assert first.keys() == again.keys()
    assert all(torch.equal(first[name], again[name]) for name in first)

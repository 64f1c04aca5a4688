"""Training: batches, targets, and a run that is killed and goes on."""

import gzip
import json

import pytest
import torch
from torch import nn

from assistant.read.reader_model import MAX_TOKENS, Sizes, load_tokenizer
from eval.train import training
from eval.train.learner import Learner
from eval.train.reader_data import Item, Task
from eval.train.training import adam, look, loss_of, make_batches, optimise, span_targets
from index.model import packaged_model

PASSAGE = "The lighthouse of Lumen burned down in 1921. Clara Voss rebuilt it in stone."
ITEMS = [
    Item(Task.ANSWER, "When did the lighthouse burn?", PASSAGE, True, 39, 43),
    Item(Task.ANSWER, "When did the harbour burn?", PASSAGE, False),
    Item(Task.SUPPORT, "It was rebuilt in stone.", PASSAGE, True),
    Item(Task.ANSWER, "What is last?", "word " * 2000 + "end", True, 10_000, 10_003),
]


def write_public(folder):
    """A handful of public data, as ``load_sets`` reads it."""
    question = {
        "set": "squad2_dev_half",
        "question": "When did the lighthouse burn?",
        "passage": PASSAGE,
        "answer": "1921",
        "start": 39,
        "group": "squad2-a00",
        "kind": "span",
        "split": "train",
    }
    claim = {
        "set": "fever_labs",
        "sentence": "It burned.",
        "passage": PASSAGE,
        "label": "supported",
        "group": "g",
        "split": "train",
    }
    questions = [
        question | {"set": name, "group": group}
        for name in ("squad2_dev_half", "squad2_train_part")
        for group in ("squad2-a00", "squad2-a01", "squad2-a04")
    ]
    for name, rows in (("reader", questions), ("support", [claim] * 4)):
        with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as out:
            out.writelines(json.dumps(row) + "\n" for row in rows)


@pytest.fixture(scope="module")
def tokenizer():
    return load_tokenizer(packaged_model().path)


@pytest.mark.model
def test_targets_name_the_tokens_of_the_answer_or_the_first_for_none(tokenizer):
    encodings = tokenizer.encode_batch([(i.text, i.passage) for i in ITEMS])
    targets = span_targets(ITEMS, encodings).tolist()
    first, last = targets[0]
    assert encodings[0].offsets[first][0] == 39
    assert encodings[0].offsets[last][1] == 43
    assert targets[1] == [0, 0]
    assert targets[2] == targets[3] == [-100, -100]


@pytest.mark.model
def test_batches_hold_every_item_once_and_are_bounded(tokenizer):
    items = ITEMS * 30
    batches = make_batches(items, tokenizer)
    assert sum(len(batch) for batch, _ in batches) == len(items)
    for batch, encodings in batches:
        assert len(batch) <= training.BATCH_ITEMS
        longest = max(len(e.ids) for e in encodings)
        assert longest <= MAX_TOKENS
        assert len(batch) * longest <= training.BATCH_TOKENS or len(batch) == 1


def unmasked_loss(model, batch):
    items, encodings = batch
    return loss_of(look(model, encodings, masked=0.0).outputs, items, encodings)


def run(batches, checkpoint, loss=unmasked_loss):
    """The weights after ``batches``."""
    torch.manual_seed(1)
    sizes = Sizes(layers=2, width=48, inner=96, heads=4, own_words=8)
    model = Learner(packaged_model().path, sizes)
    optimise(
        model, batches, adam(model.parameters(), 1e-3), lambda b, _: loss(model, b), checkpoint
    )
    return model.state_dict()


@pytest.mark.model
def test_a_run_that_was_killed_goes_on_and_ends_with_the_same_weights(
    tokenizer, tmp_path, monkeypatch
):
    monkeypatch.setattr(training, "CHECKPOINT_STEPS", 1)
    batches = make_batches(ITEMS, tokenizer, most=1)
    whole = run(batches, tmp_path / "whole")
    steps = []

    def killed(model, batch):
        steps.append(batch)
        if len(steps) == 3:
            raise KeyboardInterrupt
        return unmasked_loss(model, batch)

    with pytest.raises(KeyboardInterrupt):
        run(batches, tmp_path / "cut", killed)
    steps.clear()
    again = run(batches, tmp_path / "cut", lambda m, b: steps.append(b) or unmasked_loss(m, b))
    assert steps == batches[2:]
    assert all(torch.allclose(whole[name], again[name], atol=1e-5) for name in whole)
    assert all(torch.equal(again[n], w) for n, w in run(batches, tmp_path / "cut").items())


def test_the_rate_rises_and_falls_and_the_loss_knows_how_much_is_done(tmp_path):
    weight = nn.Linear(1, 1, bias=False)
    rates, shares = [], []
    optimizer = adam(weight.parameters(), 1.0)

    def loss(_, done):
        rates.append(optimizer.param_groups[0]["lr"])
        shares.append(done)
        return weight(torch.ones(1, 1)).sum()

    optimise(weight, [([], [])] * 40, optimizer, loss, tmp_path / "checkpoint")
    assert rates[:3] == pytest.approx([0.0, 0.5 * 39 / 40, 38 / 40])
    assert rates[-1] == pytest.approx(1 / 40)
    assert max(rates) == rates[2]
    assert shares[0] == pytest.approx(1 / 40)
    assert shares[-1] == 1
    assert (tmp_path / "checkpoint").exists()

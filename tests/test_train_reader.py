"""Training the reader: batches, targets, and a run that is killed and goes on."""

import gzip
import json
from itertools import pairwise

import pytest
import torch
from safetensors.torch import load_file

from assistant.reader_model import MAX_TOKENS, load_tokenizer
from eval import train_reader
from eval.reader_data import Item, Task
from eval.train_reader import make_batches, run, span_targets, train
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
        assert len(batch) <= train_reader.BATCH_ITEMS
        longest = max(len(e.ids) for e in encodings)
        assert longest <= MAX_TOKENS
        assert len(batch) * longest <= train_reader.BATCH_TOKENS or len(batch) == 1


@pytest.mark.model
def test_a_run_that_was_killed_goes_on_and_ends_with_the_same_weights(
    tokenizer, tmp_path, monkeypatch
):
    monkeypatch.setattr(train_reader, "CHECKPOINT_STEPS", 1)
    monkeypatch.setattr(train_reader, "BATCH_ITEMS", 2)
    whole, cut = tmp_path / "whole.safetensors", tmp_path / "cut.safetensors"
    run(ITEMS, tokenizer, None, whole, 1e-4)

    step, steps = train_reader._step, []

    def killed(*args):
        steps.append(1)
        if len(steps) == 2:
            raise KeyboardInterrupt
        return step(*args)

    monkeypatch.setattr(train_reader, "_step", killed)
    with pytest.raises(KeyboardInterrupt):
        run(ITEMS, tokenizer, None, cut, 1e-4)
    assert not cut.exists()
    monkeypatch.setattr(train_reader, "_step", step)
    run(ITEMS, tokenizer, None, cut, 1e-4)
    first, second = load_file(whole), load_file(cut)
    assert all(torch.allclose(first[name], second[name], atol=2e-3) for name in first)
    assert not list(tmp_path.glob("*.checkpoint"))


@pytest.mark.model
def test_the_whole_recipe_runs_on_a_handful_of_items(tmp_path, monkeypatch):
    monkeypatch.setattr(train_reader, "BATCH_ITEMS", 2)
    write_public(tmp_path)
    item = Item(Task.ANSWER, "Who rebuilt it?", PASSAGE, True, 45, 55)
    monkeypatch.setattr(train_reader, "load_documents", lambda *_, **__: [item] * 4)
    out, work = tmp_path / "reader.safetensors", tmp_path / "work"
    train(tmp_path, out, work)
    weights = load_file(out)
    assert {"span.weight", "answerable.0.weight", "support.2.bias"} <= set(weights)
    assert all(tensor.dtype == torch.float16 for tensor in weights.values())
    assert out.stat().st_size < 25_000_000
    names = ("first", "last", "documents", "again-mean", "paraphrases-mean")
    *_, before, more, rivals, mean = parts = [
        load_file(work / f"{part}.safetensors")
        for part in (*names, "more_paraphrases", "rivals", "rivals-mean")
    ]
    assert all(torch.equal(weights[name], mean[name]) for name in weights)
    for one, next_one in pairwise(parts):
        assert any(not torch.equal(one[name], next_one[name]) for name in one)
    for name in mean:
        middle = sum(part[name].float() for part in (before, more, rivals)) / 3
        assert torch.allclose(mean[name].float(), middle, atol=1e-3)

"""Fit the reader's gate: what it leaves after ``GATE_AFTER`` layers, as beside the question.

    python -m eval.train.fit_gate --out assistant/read/reader_gate.safetensors

A logistic regression on the state of the first token after ``GATE_AFTER`` layers, of whether the
reader will find that the passage may answer; it needs no labels. It is fitted on three of four
documents that the reader was trained on, and then moved so that of what may answer in the fourth it
leaves ``LOST``. Where the reader changes, fit it anew (half an hour on two cores).
"""

import argparse
import random
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from assistant.read.reader import load_reader
from assistant.read.reader_model import ReaderModel
from eval.train.models import minimise
from eval.train.reader_data import Item
from eval.train.reader_lessons import FOLDERS, on_documents
from eval.train.reader_questions import digest
from eval.train.training import SEED, make_batches
from index.disk import sha256_of

PAIRS = 20_000
"""Questions with a passage that are read."""
MAY_ANSWER = -2.35
"""Log odds, by the reader, from which a passage is worth reading to the end: somewhat lower than
where a question about one document is refused if no passage has more (-1.7 at the limit of .24)."""
LOST = 0.01
"""Share of these that the gate may leave."""
PARTS = 4
"""Of the documents; one is held out."""


def fit_gate(
    model: ReaderModel, tokenizer: Tokenizer, items: Sequence[Item]
) -> tuple[dict[str, torch.Tensor], float]:
    """The weights of the gate, and the share of the items of the fourth part that it leaves."""
    states, worth, held_out = _seen(model, tokenizer, items)
    scale = states.std(0) + 1e-6
    inputs = torch.hstack([states / scale, torch.ones(len(states), 1)])

    def loss(weights: torch.Tensor) -> torch.Tensor:
        return binary_cross_entropy_with_logits(
            inputs[~held_out] @ weights, worth[~held_out].float()
        )

    weights = minimise(loss, inputs.shape[1]).float()
    scores = inputs[held_out] @ weights
    limit = torch.quantile(scores[worth[held_out]], LOST)
    gate = {"weight": (weights[:-1] / scale)[None], "bias": weights[-1:] - limit}
    return gate, float((scores < limit).float().mean())


@torch.inference_mode()
def _seen(
    model: ReaderModel, tokenizer: Tokenizer, items: Sequence[Item]
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Of each item: the state of the first token, whether it may answer, whether it is held out."""
    states: list[torch.Tensor] = []
    before, model.gate = model.gate, _likes_nothing(model.sizes.width)
    model.gate.register_forward_pre_hook(lambda _, inputs: states.append(inputs[0]))
    worth: list[bool] = []
    held_out: list[bool] = []
    for batch, encodings in make_batches(items, tokenizer):
        worth += (model.read(encodings, gated=True).answerable > MAY_ANSWER).tolist()
        held_out += [int(digest(item.group), 16) % PARTS == 0 for item in batch]
    model.gate = before
    return torch.cat(states), torch.tensor(worth), torch.tensor(held_out)


def _likes_nothing(width: int) -> nn.Linear:
    """A gate with which everything is read to the end, as it is before a refusal."""
    gate = nn.Linear(width, 1)
    nn.init.zeros_(gate.weight)
    nn.init.constant_(gate.bias, -1.0)
    return gate


def main() -> None:
    """Read the options and fit."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--weights", type=Path, default=Path("assistant/read/reader.safetensors"))
    parser.add_argument("--out", type=Path, required=True, help="the .safetensors file")
    options = parser.parse_args()
    dice = random.Random(SEED)  # noqa: S311 - not for security
    documents = on_documents(FOLDERS, views=())
    items = dice.sample([*documents.known, *documents.others], PAIRS)
    gate, left = fit_gate(*load_reader(options.weights, None), items)
    save_file(gate, options.out, {"reader": sha256_of(options.weights)})
    print(f"the gate leaves {left:.0%} of the passages found for questions on held out documents")
    print(f"assistant/read/reader.py: GATE_SHA256 = {sha256_of(options.out)!r}")


if __name__ == "__main__":
    main()

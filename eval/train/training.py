"""What training the reader and its teacher share: batches, the loss of labels, the steps.

A run that is killed goes on from its checkpoint.
"""

import random
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from safetensors.torch import load_file
from tokenizers import Encoding, Tokenizer
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy
from torch.optim import AdamW, Optimizer
from torch.optim.lr_scheduler import LambdaLR

from assistant.read.reader_model import PACKAGED_WORDS, Outputs, to_inputs
from eval.train.reader_data import Item, Task
from eval.train.reader_words import NearWords
from index.embed import has_bf16
from index.model import packaged_model

SEED = 20261124
HELD_OUT = ("squad2-a00", "squad2-a02")
"""Articles (Normans, Huguenot) that are never trained on."""
BATCH_ITEMS, BATCH_TOKENS = 32, 24 * 192
"""A batch ends at whichever comes first."""
WINDOW = 2000
"""Items that are sorted by length together."""
WARM_UP = 0.05
"""Share of the steps until the highest learning rate."""
LOWEST_RATE = 0.02
"""Share of that which is left at the end."""
DECAY = 0.01
"""How much weights are pulled towards 0."""
SMOOTHING = 0.05
"""Of the yes or no labels: annotators disagree about as often."""
CHECKPOINT_STEPS = 200
MASKED = 0.1
"""Share of the passage's tokens that each step hides."""
MASK, SEPARATOR = 103, 102
"""Ids of ``[MASK]`` and ``[SEP]`` in BERT's vocabulary."""

Batch = tuple[list[Item], list[Encoding]]
Loss = Callable[[Batch, float], torch.Tensor]
"""The mean loss of a batch's items, when that share of the steps is done, 0 to 1."""


class Seen(NamedTuple):
    """What a network that is trained makes of a batch."""

    outputs: Outputs
    states: tuple[torch.Tensor, ...]
    """(batch, length, width) before the first layer, and after each."""


def near_words(tokenizer: Tokenizer) -> NearWords:
    """Neighbours by the packaged model's word embeddings."""
    packaged = load_file(packaged_model().path / "model.safetensors")
    return NearWords(tokenizer, packaged[PACKAGED_WORDS].float().numpy())


def make_batches(
    items: Sequence[Item], tokenizer: Tokenizer, most: int | None = None, tokens: int | None = None
) -> list[Batch]:
    """Batches of similar length, in random order within a window.

    Args:
        items: any number.
        tokenizer: that of ``load_tokenizer``.
        most: items in a batch; None for ``BATCH_ITEMS``.
        tokens: in a batch, padding too; None for ``BATCH_TOKENS``.
    """
    most, tokens = most or BATCH_ITEMS, tokens or BATCH_TOKENS
    dice = random.Random(SEED)  # noqa: S311 - not for security
    batches: list[Batch] = []
    for begin in range(0, len(items), WINDOW):
        part = items[begin : begin + WINDOW]
        encoded = tokenizer.encode_batch([(i.text[:400], i.passage) for i in part])
        pairs = sorted(zip(part, encoded, strict=True), key=lambda pair: len(pair[1].ids))
        inside: list[Batch] = []
        for item, encoding in pairs:
            last = inside[-1] if inside else None
            if (
                last is None
                or len(last[0]) == most
                or (len(last[0]) + 1) * len(encoding.ids) > tokens
            ):
                last = ([], [])
                inside.append(last)
            last[0].append(item)
            last[1].append(encoding)
        dice.shuffle(inside)
        batches += inside
    return batches


def span_targets(items: Sequence[Item], encodings: Sequence[Encoding]) -> torch.Tensor:
    """(batch, 2): first and last token of the answer; 0, 0 for none; -100 to leave out.

    Left out are claims, and answers that were cut off with the end of their passage.
    """
    rows = []
    for item, e in zip(items, encodings, strict=True):
        if item.task is Task.SUPPORT:
            rows.append([-100, -100])
        elif item.start is None or item.end is None:
            rows.append([0, 0])
        else:
            first, last = e.char_to_token(item.start, 1), e.char_to_token(item.end - 1, 1)
            rows.append([-100, -100] if first is None or last is None else [first, last])
    return torch.tensor(rows)


def loss_of(outputs: Outputs, items: Sequence[Item], encodings: Sequence[Encoding]) -> torch.Tensor:
    """Cross entropy of both ends, and of answerable or supported with smoothed labels."""
    device = outputs.answerable.device
    spans = span_targets(items, encodings).to(device)
    has_span = spans[:, 0] >= 0
    is_claim = torch.tensor([item.task is Task.SUPPORT for item in items], device=device)
    cut = ~has_span & ~is_claim
    label = smoothed(items).to(device)
    logits = torch.where(is_claim, outputs.supported, outputs.answerable)
    binary = binary_cross_entropy_with_logits(logits[~cut], label[~cut], reduction="sum")
    span = sum(
        cross_entropy(ends[has_span], spans[has_span, column], reduction="sum")
        for column, ends in enumerate((outputs.start, outputs.end))
    )
    return (binary + span / 2) / len(items)


def smoothed(items: Sequence[Item]) -> torch.Tensor:
    """(items,): the chance that each is positive, as far as its label tells."""
    label = torch.tensor([float(item.positive) for item in items])
    return label * (1 - 2 * SMOOTHING) + SMOOTHING


def adam(
    parameters: Iterable[nn.Parameter] | Iterable[dict[str, Any]],
    rate: float,
    betas: tuple[float, float] = (0.9, 0.999),
) -> Optimizer:
    """AdamW of the ``parameters``, or of groups of them, with ``rate`` as the highest."""
    return AdamW(parameters, lr=rate, betas=betas, weight_decay=DECAY, fused=True)


def optimise(
    model: nn.Module,
    batches: Sequence[Batch],
    optimizer: Optimizer,
    loss_of_batch: Loss,
    checkpoint: Path,
) -> None:
    """Once over ``batches``; goes on from ``checkpoint``, and keeps it up to date.

    Args:
        model: what is trained, in place.
        batches: in this order.
        optimizer: of the model's parameters, with their highest learning rates: reached after a
            twentieth of the steps, from where they fall.
        loss_of_batch: gradients flow from it to ``model``.
        checkpoint: the file; it is left where it is.
    """
    schedule = LambdaLR(optimizer, lambda step: _rate(step / len(batches)))
    done = _resume(checkpoint, model, optimizer, schedule)
    print(f"{len(batches)} steps, from step {done}", flush=True)
    began, losses, seen = time.monotonic(), [0.0], 0
    for step, batch in enumerate(batches[done:], start=done + 1):
        losses.append(_step(loss_of_batch(batch, step / len(batches)), optimizer))
        schedule.step()
        seen += len(batch[0])
        if step % 50 == 0:
            rate = seen / (time.monotonic() - began)
            mean = np.mean(losses[-200:])
            print(f"step {step}/{len(batches)} loss {mean:.3f} {rate:.1f} items/s", flush=True)
        if step % CHECKPOINT_STEPS == 0 or step == len(batches):
            _save_checkpoint(checkpoint, model, optimizer, schedule, step)


def _step(loss: torch.Tensor, optimizer: Optimizer) -> float:
    """One step down the gradients, which are clipped; returns the loss."""
    loss.backward()  # type: ignore[no-untyped-call]
    trained = [p for group in optimizer.param_groups for p in group["params"]]
    nn.utils.clip_grad_norm_(trained, 1.0)
    optimizer.step()
    optimizer.zero_grad()
    return float(loss.item())


def label_loss(model: nn.Module, batch: Batch) -> torch.Tensor:
    """``loss_of`` what ``model`` makes of a batch."""
    items, encodings = batch
    return loss_of(look(model, encodings).outputs, items, encodings)


def look(model: nn.Module, encodings: Sequence[Encoding], masked: float = MASKED) -> Seen:
    """What ``model`` makes of a batch, in bfloat16 where that is fast.

    Args:
        model: gives ``Seen`` of what ``to_inputs`` gives; on the CPU or a GPU.
        encodings: pairs of text and passage.
        masked: share of the passage's tokens that are hidden.
    """
    device = next(model.parameters()).device
    inputs = {name: tensor.to(device) for name, tensor in to_inputs(encodings).items()}
    inputs["input_ids"] = _masked(inputs["input_ids"], inputs["token_type_ids"], masked)
    fast = device.type != "cpu" or has_bf16()
    with torch.autocast(device.type, torch.bfloat16, enabled=fast):
        seen: Seen = model(**inputs)
    return seen


def _masked(ids: torch.Tensor, types: torch.Tensor, share: float) -> torch.Tensor:
    """Some tokens of the passage hidden: in place of dropout, at no cost."""
    chosen = torch.rand(ids.shape, device=ids.device) < share
    hidden = chosen & (types == 1) & (ids != SEPARATOR)
    return ids.masked_fill(hidden, MASK)


def _rate(share: float) -> float:
    return min(share / WARM_UP, 1.0) * max(1.0 - share, LOWEST_RATE)


def _save_checkpoint(
    path: Path, model: nn.Module, optimizer: Optimizer, schedule: LambdaLR, step: int
) -> None:
    temporary = path.with_suffix(".new")
    state = {
        "model": {n: p.detach() for n, p in model.named_parameters() if p.requires_grad},
        "optimizer": optimizer.state_dict(),
        "schedule": schedule.state_dict(),
        "step": step,
    }
    torch.save(state, temporary)
    temporary.replace(path)


def _resume(path: Path, model: nn.Module, optimizer: Optimizer, schedule: LambdaLR) -> int:
    if not path.exists():
        return 0
    saved = torch.load(path, weights_only=True)
    model.load_state_dict(saved["model"], strict=False)
    optimizer.load_state_dict(saved["optimizer"])
    schedule.load_state_dict(saved["schedule"])
    return int(saved["step"])

"""Train the reader from a folder of public data: one command, resumed after a kill.

    python -m eval.train_reader --data DIR --out assistant/reader.safetensors

The first part is easy and plentiful, the second holds the near misses that people and we wrote, but
for two articles on which it is measured. Then come passages as they are found in whole documents:
once, once more with other passages, and those of documents that are asked in quite other words. The
last weights are the mean of these, of those after other passages of the latter, and of those after
documents in which several sentences seem to answer.
"""

import argparse
import random
import shutil
import time
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Encoding, Tokenizer
from torch import nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR

from assistant.reader_model import Outputs, ReaderModel, load_tokenizer, restored, to_inputs
from eval.reader_data import Item, Task, first_part, last_part, load_sets, mixed
from eval.reader_questions import DOCUMENTS, PARAPHRASES, RIVALS, load_documents, load_written
from eval.reader_words import NearWords
from index.embed import has_bf16
from index.model import packaged_model

SEED = 20261124
HELD_OUT = ("squad2-a00", "squad2-a02")
"""Articles (Normans, Huguenot) that are never trained on."""
BATCH_ITEMS, BATCH_TOKENS = 32, 24 * 192
"""A batch ends at whichever comes first."""
WINDOW = 2000
"""Items that are sorted by length together."""
STAGES: tuple[dict[str, float], ...] = (
    {"first": 1.5e-4},
    {"last": 2e-4},
    {"documents": 1e-4},
    {"again": 1e-4},
    {"paraphrases": 1e-4},
    {"more_paraphrases": 1e-4, "rivals": 1e-4},
)
"""The parts, in order, each with its highest learning rate; those of a stage begin with the same
weights."""
PARTS = tuple(part for stage in STAGES for part in stage)
AVERAGED = frozenset({"again", "paraphrases", "more_paraphrases", "rivals"})
"""Parts after which the weights are the mean of before and after: so less is forgotten (Wortsman et
al. 2022, Model soups, and Robust fine-tuning of zero-shot models)."""
WARM_UP = 0.05
SMOOTHING = 0.05
"""Of the yes or no labels: annotators disagree about as often."""
CHECKPOINT_STEPS = 200
MASKED = 0.1
"""Share of the passage's tokens that each step hides."""
MASK, SEPARATOR = 103, 102
"""Ids of ``[MASK]`` and ``[SEP]`` in BERT's vocabulary."""

Batch = tuple[list[Item], list[Encoding]]


def train(  # noqa: PLR0913 - one parameter an option
    data: Path,
    out: Path,
    work: Path,
    *,
    start: Path | None = None,
    parts: Sequence[str] = PARTS,
    scale: float = 1.0,
    compiled: bool = False,
) -> None:
    """Train the parts and write the weights to ``out``; what ``work`` holds is not done again.

    Args:
        data: folder with ``reader.jsonl.gz`` and ``support.jsonl.gz``.
        out: the ``.safetensors`` file.
        work: folder for the weights after each part, with a checkpoint beside them meanwhile.
        start: weights to begin with; None for the packaged model's.
        parts: some of ``PARTS``, in their order.
        scale: share of the items, 0 to 1.
        compiled: by torch.compile, which needs a C++ compiler and is a fifth faster.
    """
    work.mkdir(parents=True, exist_ok=True)
    tokenizer = load_tokenizer(packaged_model().path)
    makers = recipe(data, tokenizer, scale)
    weights = start
    for stage in STAGES:
        names = [name for name in stage if name in parts]
        after = [work / f"{name}.safetensors" for name in names]
        for name, path in zip(names, after, strict=True):
            if not path.exists():
                run(makers[name](), tokenizer, weights, path, stage[name], compiled=compiled)
        if weights and AVERAGED.intersection(names):
            weights = average((weights, *after), work / f"{names[-1]}-mean.safetensors")
        elif after:
            weights = after[-1]
    if weights:
        shutil.copyfile(weights, out)


def recipe(data: Path, tokenizer: Tokenizer, scale: float) -> dict[str, Callable[[], list[Item]]]:
    """What makes the items of each part, by its name; see ``train``."""
    questions, claims = load_sets(data, "train")
    near = near_words(tokenizer)
    found = cache(load_documents)  # for several parts, and minutes each time

    @cache
    def first() -> list[Item]:
        return first_part(questions, claims, near, scale, SEED)

    @cache
    def last() -> list[Item]:
        written = load_written(data, "train")
        return last_part(questions, claims, written, near, HELD_OUT, scale, SEED + 10)

    def documents() -> list[Item]:
        return mixed([(found(DOCUMENTS), scale), (last(), 0.2)], SEED + 20)

    def again() -> list[Item]:
        items = found(DOCUMENTS, again=True)
        return mixed([(items, scale), (last(), 0.1)], SEED + 30)

    def paraphrases() -> list[Item]:
        items, others = found(PARAPHRASES), found(DOCUMENTS)
        return mixed([(items, scale), (others, scale / 4), (last(), 0.1)], SEED + 40)

    def more_paraphrases() -> list[Item]:
        items, others = found(PARAPHRASES, again=True), found(DOCUMENTS)
        kept = [(others, scale / 4), (last(), 0.1), (first(), 0.05)]
        return mixed([(items, scale), *kept], SEED + 50)

    def rivals() -> list[Item]:
        items, others = found(RIVALS, misses=2), found(PARAPHRASES)
        old = found(DOCUMENTS, again=True)
        kept = [(others, scale / 8), (old, scale / 12), (last(), 1 / 15), (first(), 0.02)]
        return mixed([(items, scale), *kept], SEED + 60)

    makers = (first, last, documents, again, paraphrases, more_paraphrases, rivals)
    return {make.__name__: make for make in makers}


def average(weights: Sequence[Path], out: Path) -> Path:
    """``out``, where the mean of the ``weights`` is written."""
    files = [load_file(path) for path in weights]
    means = {
        name: torch.stack([file[name].float() for file in files]).mean(0).half()
        for name in files[0]
    }
    save_file(means, out)
    return out


def near_words(tokenizer: Tokenizer) -> NearWords:
    """Neighbours by the packaged model's word embeddings."""
    packaged = load_file(packaged_model().path / "model.safetensors")
    return NearWords(tokenizer, packaged["embeddings.word_embeddings.weight"].float().numpy())


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
    binary = torch.nn.functional.binary_cross_entropy_with_logits(
        logits[~cut], label[~cut], reduction="sum"
    )
    cross = torch.nn.functional.cross_entropy
    span = sum(
        cross(ends[has_span], spans[has_span, column], reduction="sum")
        for column, ends in enumerate((outputs.start, outputs.end))
    )
    return (binary + span / 2) / len(items)


def smoothed(items: Sequence[Item]) -> torch.Tensor:
    """(items,): the chance that each is positive, as far as its label tells."""
    label = torch.tensor([float(item.positive) for item in items])
    return label * (1 - 2 * SMOOTHING) + SMOOTHING


def run(  # noqa: PLR0913 - all that a run needs
    items: Sequence[Item],
    tokenizer: Tokenizer,
    start: Path | None,
    out: Path,
    peak: float,
    *,
    compiled: bool = False,
) -> None:
    """One pass over ``items`` from the weights ``start``; the result is written to ``out``."""
    torch.manual_seed(SEED)
    model = ReaderModel(packaged_model().path)
    if compiled:
        model.bert.encoder.compile(dynamic=True)
    if start:
        model.load_state_dict(restored(load_file(start)), strict=False)
    batches = make_batches(items, tokenizer)
    print(f"{out.name}: {len(items)} items", flush=True)
    checkpoint = out.with_suffix(".checkpoint")
    optimise(model, batches, peak, partial(label_loss, model), checkpoint)
    save_file({name: t.half() for name, t in model.own_state().items()}, out)
    checkpoint.unlink(missing_ok=True)


def optimise(
    model: nn.Module,
    batches: Sequence[Batch],
    peak: float,
    loss_of_batch: Callable[[Batch], torch.Tensor],
    checkpoint: Path,
) -> None:
    """AdamW once over ``batches``; goes on from ``checkpoint``, and keeps it up to date.

    Args:
        model: what is trained, in place.
        batches: in this order.
        peak: the highest learning rate, after a twentieth of the steps; then it falls to 0.
        loss_of_batch: the mean loss of its items, from which gradients flow to ``model``.
        checkpoint: the file; it is left where it is.
    """
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=peak, weight_decay=0.01, fused=True)
    schedule = LambdaLR(optimizer, lambda step: _rate(step / len(batches)))
    done = _resume(checkpoint, model, optimizer, schedule)
    print(f"{len(batches)} steps, from step {done}", flush=True)
    began, losses, seen = time.monotonic(), [0.0], 0
    for step, batch in enumerate(batches[done:], start=done + 1):
        losses.append(_step(loss_of_batch, batch, trained))
        optimizer.step()
        optimizer.zero_grad()
        schedule.step()
        seen += len(batch[0])
        if step % 50 == 0:
            rate = seen / (time.monotonic() - began)
            mean = np.mean(losses[-200:])
            print(f"step {step}/{len(batches)} loss {mean:.3f} {rate:.1f} items/s", flush=True)
        if step % CHECKPOINT_STEPS == 0:
            _save_checkpoint(checkpoint, model, optimizer, schedule, step)


def _step(
    loss_of_batch: Callable[[Batch], torch.Tensor],
    batch: Batch,
    trained: list[torch.nn.Parameter],
) -> float:
    """Gradients of one batch, clipped; returns its loss."""
    loss = loss_of_batch(batch)
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(trained, 1.0)
    return float(loss.item())


def label_loss(model: nn.Module, batch: Batch) -> torch.Tensor:
    """``loss_of`` what ``model`` makes of a batch."""
    items, encodings = batch
    return loss_of(look(model, encodings), items, encodings)


def look(model: nn.Module, encodings: Sequence[Encoding], masked: float = MASKED) -> Outputs:
    """The outputs of ``model`` for a batch, in bfloat16 where that is fast.

    Args:
        model: takes what ``to_inputs`` gives; on the CPU or a GPU.
        encodings: pairs of text and passage.
        masked: share of the passage's tokens that are hidden.
    """
    device = next(model.parameters()).device
    inputs = {name: tensor.to(device) for name, tensor in to_inputs(encodings).items()}
    inputs["input_ids"] = _masked(inputs["input_ids"], inputs["token_type_ids"], masked)
    fast = device.type != "cpu" or has_bf16()
    with torch.autocast(device.type, torch.bfloat16, enabled=fast):
        outputs: Outputs = model(**inputs)
    return outputs


def _masked(ids: torch.Tensor, types: torch.Tensor, share: float) -> torch.Tensor:
    """Some tokens of the passage hidden: in place of dropout, at no cost."""
    chosen = torch.rand(ids.shape, device=ids.device) < share
    hidden = chosen & (types == 1) & (ids != SEPARATOR)
    return ids.masked_fill(hidden, MASK)


def _rate(share: float) -> float:
    return min(share / WARM_UP, 1.0) * max(1.0 - share, 0.02)


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


def main() -> None:
    """Read the options and train."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with the .jsonl.gz files")
    parser.add_argument("--out", type=Path, required=True, help="the .safetensors file to write")
    parser.add_argument(
        "--work", type=Path, default=Path(".cache/reader"), help="folder for the parts"
    )
    parser.add_argument("--start", type=Path, help="weights to start from")
    parser.add_argument(
        "--parts", nargs="+", choices=PARTS, default=list(PARTS), help="default: all"
    )
    parser.add_argument("--scale", type=float, default=1.0, help="share of the data, 0 to 1")
    parser.add_argument(
        "--compile", action="store_true", help="a fifth faster, with a C++ compiler"
    )
    options = parser.parse_args()
    train(
        options.data,
        options.out,
        options.work,
        start=options.start,
        parts=options.parts,
        scale=options.scale,
        compiled=options.compile,
    )


if __name__ == "__main__":
    main()

"""Train the reader, in two parts, from a folder of public data.

    python -m eval.train_reader --data DIR --part first --out first.safetensors
    python -m eval.train_reader --data DIR --part last --start first.safetensors --out FILE

The first part is easy and plentiful, the last the annotators' own unanswerable questions. Beside
the items' negatives it makes two kinds of its own from answerable ones: the passage without the
sentence that answers, and the question with a name or number swapped for another.
"""

import argparse
import gzip
import json
import random
import re
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Encoding, Tokenizer
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR

from assistant.reader_model import ReaderModel, load_tokenizer, to_inputs
from index.chunk import split_sentences
from index.embed import has_bf16
from index.model import packaged_model

SEED = 20261123
BATCH = 24
PEAK_RATES = {"first": 2e-4, "last": 1.2e-4}
WARM_UP = 0.05
SMOOTHING = 0.05
"""Of the answerable label: annotators disagree about as often."""
OWN_EPOCHS = 3
"""How often the last part shows each of the annotators' own items."""
WITHOUT_ANSWER_SENTENCE = 0.25
WITH_SWAPPED_NAME = 0.15
FIRST = {
    "squad2_train_part": 1.0,
    "squad1_train_part": 0.8,
    "squadshifts_new_wiki": 0.8,
    "nq_open_oracle": 1.0,
    "hotpotqa_part": 0.7,
    "musique_part": 1.0,
    "squadshifts_amazon": 0.12,
    "squadshifts_reddit": 0.12,
    "bioasq_golden": 0.5,
    "qamr": 0.5,
    "sleepqa": 0.5,
    "policyqa_test": 1.0,
}
"""Share of each set in the first part."""


@dataclass(frozen=True, slots=True)
class Item:
    """A question on a passage, with the answer's place or none."""

    question: str
    passage: str
    start: int | None
    end: int | None
    group: str
    kind: str


def load_items(path: Path, split: str) -> dict[str, list[Item]]:
    """The items of one split by set."""
    sets: dict[str, list[Item]] = {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            d = json.loads(line)
            if d["split"] == split:
                end = None if d["start"] is None else d["start"] + len(d["answer"])
                item = Item(d["question"], d["passage"], d["start"], end, d["group"], d["kind"])
                sets.setdefault(d["set"], []).append(item)
    return sets


def first_part(sets: dict[str, list[Item]], scale: float) -> list[Item]:
    """The easy and plentiful: a share of each set, some items turned into negatives."""
    dice = random.Random(SEED)  # noqa: S311 - not for security
    names = _all_names(sets)
    items: list[Item] = []
    for name, share in FIRST.items():
        of_set = sets.get(name, [])
        items += dice.sample(of_set, int(len(of_set) * share * scale))
    dice.shuffle(items)
    return [_varied(item, names, dice) for item in items]


def last_part(sets: dict[str, list[Item]], held_out: set[str], scale: float) -> list[Item]:
    """The annotators' own unanswerable questions with answerable ones on the same articles."""
    dice = random.Random(SEED + 1)  # noqa: S311 - not for security
    names = _all_names(sets)
    full = sets.get("squad2_train_part", [])
    own = [i for i in sets.get("squad2_dev_half", []) if i.group not in held_out]
    own += [i for i in full if i.kind == "unanswerable"]
    easy = first_part(sets, 1.0)
    rest = dice.sample([i for i in full if i.kind == "span"], min(1500, len(full) // 3))
    rest += dice.sample(easy, min(2500, len(easy)))
    items = own * OWN_EPOCHS + [_varied(item, names, dice) for item in rest]
    dice.shuffle(items)
    return items[: int(len(items) * scale)]


def _all_names(sets: dict[str, list[Item]]) -> list[str]:
    return [name for items in sets.values() for item in items for name in _names(item.question)]


def _varied(item: Item, names: Sequence[str], dice: random.Random) -> Item:
    """The item, or sometimes a negative made from it."""
    throw = dice.random()
    if item.start is None or item.end is None:
        return item
    if throw < WITHOUT_ANSWER_SENTENCE:
        return _without_answer_sentence(item)
    if throw < WITHOUT_ANSWER_SENTENCE + WITH_SWAPPED_NAME:
        return _with_swapped_name(item, names, dice)
    return item


def _without_answer_sentence(item: Item) -> Item:
    spans = split_sentences(item.passage)
    answer = item.passage[item.start : item.end].lower()
    kept = [(a, b) for a, b in spans if answer not in item.passage[a:b].lower()]
    if len(kept) < 2 or len(kept) == len(spans):
        return item
    passage = " ".join(item.passage[a:b] for a, b in kept)
    if answer in passage.lower():
        return item
    return replace(item, passage=passage, start=None, end=None, kind="without answer")


def _with_swapped_name(item: Item, names: Sequence[str], dice: random.Random) -> Item:
    own = _names(item.question)
    if not own or not names:
        return item
    old, new = dice.choice(own), dice.choice(names)
    if new.lower() in item.passage.lower() or new.lower() in item.question.lower():
        return item
    if old[0].isdigit() != new[0].isdigit():
        return item
    question = item.question.replace(old, new)
    return replace(item, question=question, start=None, end=None, kind="swapped name")


def _names(question: str) -> list[str]:
    return re.findall(r"(?<=\s)(?:[A-Z][\w’'-]+(?:\s[A-Z][\w’'-]+)*|\d[\d,.]*\d|\d)", question)


def batches(
    items: Sequence[Item], tokenizer: Tokenizer
) -> Iterator[tuple[list[Item], list[Encoding]]]:
    """Batches in order, of similar length within a window of fifty."""
    window = BATCH * 50
    dice = random.Random(SEED)  # noqa: S311 - not for security
    for start in range(0, len(items), window):
        part = list(items[start : start + window])
        encoded = tokenizer.encode_batch([(i.question[:400], i.passage) for i in part])
        order = sorted(range(len(part)), key=lambda k: len(encoded[k].ids))
        groups = [order[k : k + BATCH] for k in range(0, len(order), BATCH)]
        dice.shuffle(groups)
        for group in groups:
            yield [part[k] for k in group], [encoded[k] for k in group]


def targets(items: Sequence[Item], encodings: Sequence[Encoding]) -> torch.Tensor:
    """(batch, 3): first and last token of the answer (-100 for none), and 1 or 0 for answerable.

    An answer that was cut off makes the item one without a span and is left out of both losses.
    """
    rows = []
    for item, e in zip(items, encodings, strict=True):
        if item.start is None or item.end is None:
            rows.append([-100, -100, 0])
            continue
        first = e.char_to_token(item.start, 1)
        last = e.char_to_token(item.end - 1, 1)
        rows.append([-100, -100, -1] if first is None or last is None else [first, last, 1])
    return torch.tensor(rows)


def loss_of(
    start: torch.Tensor, end: torch.Tensor, answerable: torch.Tensor, target: torch.Tensor
) -> torch.Tensor:
    """Cross entropy of both ends, and of answerable with smoothed labels."""
    cross = torch.nn.functional.cross_entropy
    has = target[:, 0] >= 0
    loss = answerable.new_zeros(())
    if has.any():
        loss = (
            loss
            + (cross(start[has], target[has, 0]) + cross(end[has], target[has, 1]))
            / 2
            * has.float().mean()
        )
    known = target[:, 2] >= 0
    label = target[known, 2].float() * (1 - 2 * SMOOTHING) + SMOOTHING
    binary = torch.nn.functional.binary_cross_entropy_with_logits
    return loss + binary(answerable[known], label)


def train(  # noqa: PLR0913 - the options of the command
    data: Path,
    out: Path,
    *,
    part: str,
    start: Path | None = None,
    held_out: Collection[str] = (),
    scale: float = 1.0,
) -> None:
    """Train one part and write the weights to ``out``; a killed run goes on from its checkpoint.

    Args:
        data: folder with ``reader.jsonl.gz``.
        out: the ``.safetensors`` file; a ``.checkpoint`` is kept beside it.
        part: ``first`` or ``last``.
        start: weights to start from; None for those of the packaged model.
        held_out: groups (articles) that are never trained on.
        scale: share of the items, 0 to 1.
    """
    torch.manual_seed(SEED)
    base = packaged_model().path
    tokenizer, model = load_tokenizer(base), ReaderModel(base)
    if start:
        weights = {name: tensor.float() for name, tensor in load_file(start).items()}
        model.load_state_dict(weights, strict=False)
    sets = load_items(data / "reader.jsonl.gz", "train")
    is_first = part == "first"
    items = first_part(sets, scale) if is_first else last_part(sets, set(held_out), scale)
    _run(items, tokenizer, model, out, PEAK_RATES[part])


def _run(
    items: Sequence[Item], tokenizer: Tokenizer, model: ReaderModel, out: Path, peak: float
) -> None:
    steps = sum(1 for _ in range(0, len(items), BATCH))
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=peak, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: _rate(s / steps))
    checkpoint = out.with_suffix(".checkpoint")
    done = _resume(checkpoint, model, optimizer, schedule)
    print(f"{len(items)} items, {steps} steps, from step {done}", flush=True)
    begun, running = time.monotonic(), 0.0
    for step, (batch, encodings) in enumerate(batches(items, tokenizer)):
        if step < done:
            continue
        loss = _step(model, batch, encodings, trained)
        optimizer.step()
        optimizer.zero_grad()
        schedule.step()
        running = 0.98 * running + 0.02 * loss
        if step % 50 == 49:
            rate = (step + 1 - done) * BATCH / (time.monotonic() - begun)
            print(f"step {step + 1}/{steps} loss {running:.3f} {rate:.1f} items/s", flush=True)
        if step % 200 == 199:
            _save_checkpoint(checkpoint, model, optimizer, schedule, step + 1)
    save_file({name: t.half() for name, t in model.own_state().items()}, out)
    checkpoint.unlink(missing_ok=True)


def _step(
    model: ReaderModel,
    items: Sequence[Item],
    encodings: Sequence[Encoding],
    trained: list[torch.nn.Parameter],
) -> float:
    """Gradients of one batch, clipped; returns its loss."""
    with torch.autocast("cpu", torch.bfloat16, enabled=has_bf16()):
        start, end, answerable = model(**to_inputs(encodings))
    loss = loss_of(start, end, answerable, targets(items, encodings))
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(trained, 1.0)
    return float(loss.item())


def _rate(share: float) -> float:
    return min(share / WARM_UP, 1.0) * max(1.0 - share, 0.02)


def _save_checkpoint(
    path: Path, model: ReaderModel, optimizer: Optimizer, schedule: LambdaLR, step: int
) -> None:
    temporary = path.with_suffix(".new")
    state = {
        "model": model.own_state(),
        "optimizer": optimizer.state_dict(),
        "schedule": schedule.state_dict(),
        "step": step,
    }
    torch.save(state, temporary)
    temporary.replace(path)


def _resume(path: Path, model: ReaderModel, optimizer: Optimizer, schedule: LambdaLR) -> int:
    if not path.exists():
        return 0
    saved = torch.load(path, weights_only=True)
    model.load_state_dict(saved["model"], strict=False)
    optimizer.load_state_dict(saved["optimizer"])
    schedule.load_state_dict(saved["schedule"])
    return int(saved["step"])


def main() -> None:
    """Read the options and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with reader.jsonl.gz")
    parser.add_argument("--out", type=Path, required=True, help="the .safetensors file to write")
    parser.add_argument("--part", choices=("first", "last"), required=True, help="see below")
    parser.add_argument("--start", type=Path, help="weights to start from (the first part's)")
    parser.add_argument("--hold-out", nargs="*", default=[], help="groups never trained on")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the data, 0 to 1")
    options = parser.parse_args()
    train(
        options.data,
        options.out,
        part=options.part,
        start=options.start,
        held_out=options.hold_out,
        scale=options.scale,
    )


if __name__ == "__main__":
    main()

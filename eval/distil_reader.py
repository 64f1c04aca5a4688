"""Teach the reader by a network five times its size that learned the same.

    python -m eval.distil_reader --data DIR --teacher DIR --start SIX --out FILE

First the teacher, all-mpnet-base-v2 with the reader's heads, learns all labelled pairs of text and
passage. Then it judges these and others without a label, and the reader learns its judgements:
what other answers are likely, and how likely, tells more than one label (Hinton et al. 2015,
Distilling the knowledge in a neural network). The reader has twelve layers: each of the six of
``eval.train_reader`` twice, to begin with.

Meant for a GPU (``--device cuda``), a quarter of an hour there; it takes some 40 GB of memory.
"""

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import ceil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, one_hot
from torch.nn.utils.rnn import pad_sequence

from assistant.reader_model import (
    Outputs,
    PairReader,
    ReaderModel,
    layers_in,
    load_tokenizer,
    quantized,
    restored,
)
from eval.reader_data import Item, NearMisses, Task, first_part, load_sets, sample
from eval.reader_questions import (
    DOCUMENTS,
    PARAPHRASES,
    RIVALS,
    STANCES,
    load_found,
    load_written,
)
from eval.teacher_model import TeacherModel
from eval.train_reader import (
    HELD_OUT,
    SEED,
    Batch,
    average,
    label_loss,
    look,
    make_batches,
    near_words,
    optimise,
    smoothed,
    span_targets,
)
from index.model import packaged_model

FULL_SHARES = {
    "squad2_train_part": 1.0,
    "squad1_train_part": 0.5,
    "squadshifts_new_wiki": 0.5,
    "nq_open_oracle": 1.0,
    "hotpotqa_part": 0.6,
    "musique_part": 0.7,
    "covid_qa": 0.3,
    "bioasq_golden": 0.5,
    "policyqa_test": 1.0,
    "quoref_test_part": 1.0,
    "tatqa_part": 1.0,
    "squadshifts_amazon": 0.1,
    "squadshifts_reddit": 0.1,
}
"""Share of each set whose questions are shown once more with their whole passage."""
CHANGES = 2
"""Near misses that are made of each answered question on a document; the teacher judges them."""
HALF = 0.65
"""What a layer adds where it stands twice, as a share: of .35 to 1, the one that begins best."""
TEACHER_RATE, TEACHER_PASSES, TEACHER_TOKENS = 6e-5, 2.65, 32_768
READER_RATES, READER_PASSES, READER_TOKENS = (3.5e-4, 3e-4), (2.07, 2.5), 65_536
"""The reader learns twice, the second time from what it is then; shipped is the mean of both."""
MOST_ITEMS = 1024
MASKED = 0.04
LABEL, CLAIM_LABEL = 0.25, 0.4
"""Share of the label in what is learned of a question, and of a claim; the teacher has the rest."""
LOWEST = -1e4
"""In place of minus infinity, where a chance of 0 is multiplied with it."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the teacher makes of a pair, as logits."""

    start: torch.Tensor
    """(length,), float16: for each token of the pair."""
    end: torch.Tensor
    answerable: float
    supported: float


@dataclass(frozen=True, slots=True)
class Lesson:
    """A pair whose label is known, or not; the teacher's judgement."""

    known: bool
    judgement: Judgement


Lessons = dict[int, Lesson]
"""By the ``id`` of the item."""


def distil(  # noqa: PLR0913 - one parameter an option
    data: Path, teacher: Path, start: Path, out: Path, work: Path, *, scale: float, device: str
) -> None:
    """Train the teacher and the reader; the reader's weights are written to ``out``, as int8.

    Args:
        data: folder with ``reader.jsonl.gz`` and ``support.jsonl.gz``.
        teacher: folder of all-mpnet-base-v2, or another MPNet model.
        start: weights of six layers, as ``eval.train_reader`` makes them.
        out: the ``.safetensors`` file.
        work: folder for checkpoints; a run that was killed goes on from them.
        scale: share of the items, 0 to 1.
        device: ``cpu``, ``cuda`` or another of torch's.
    """
    work.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED)
    tokenizer = load_tokenizer(packaged_model().path)
    labelled, others = pairs(data, tokenizer, scale)
    print(f"{len(labelled)} pairs with a label, {len(others)} without", flush=True)
    master = TeacherModel(teacher).to(device)
    batches = passes(labelled, tokenizer, TEACHER_PASSES, TEACHER_TOKENS)
    loss = partial(label_loss, master)
    optimise(master, batches, TEACHER_RATE, loss, work / "teacher.checkpoint")
    lessons = judged(master.eval(), labelled, others, tokenizer)
    weights, after = deepened(restored(load_file(start))), []
    for turn, (rate, times) in enumerate(zip(READER_RATES, READER_PASSES, strict=True)):
        model = ReaderModel(packaged_model().path, layers_in(weights)).to(device)
        model.load_state_dict(weights, strict=False)
        batches = passes([*labelled, *others], tokenizer, times, READER_TOKENS)
        loss = partial(lesson_loss, model, lessons)
        optimise(model, batches, rate, loss, work / f"turn-{turn}.checkpoint")
        weights = {name: tensor.cpu() for name, tensor in model.own_state().items()}
        after.append(work / f"turn-{turn}.safetensors")
        save_file(weights, after[-1])
    mean = load_file(average(after, work / "mean.safetensors"))
    save_file(quantized(mean), out)


def pairs(data: Path, tokenizer: Tokenizer, scale: float) -> tuple[list[Item], list[Item]]:
    """What has a label, and what has none or one that the teacher knows better."""
    dice = random.Random(SEED)  # noqa: S311 - not for security
    questions, claims = load_sets(data, "train")
    near = near_words(tokenizer)
    change = NearMisses(questions, near, dice)
    written = load_written(data, "train")
    annotated = [i for i in questions.get("squad2_dev_half", ()) if i.group not in HELD_OUT]
    annotated += [i for i in questions.get("squad2_train_part", ()) if i.kind == "unanswerable"]
    whole = [
        i for n, share in FULL_SHARES.items() for i in sample(questions.get(n, ()), share, dice)
    ]
    found = [load_found(f) for f in (DOCUMENTS, PARAPHRASES, RIVALS, STANCES)]
    labelled = first_part(questions, claims, near, 1.0, SEED) + whole + annotated * 2 + written
    labelled += [item for known, _ in found for item in known]
    others = [item for _, unknown in found for item in unknown]
    answered = [i for known, _ in found for i in known if i.positive] * CHANGES
    changed = [(item, change(item)) for item in [*answered, *written, *annotated]]
    others += [new for old, new in changed if new != old and new.task is Task.ANSWER]
    return sample(labelled, scale, dice), sample(others, scale, dice)


def passes(items: Sequence[Item], tokenizer: Tokenizer, times: float, tokens: int) -> list[Batch]:
    """Batches of ``items``, each so many times; the rest of a time is some of them."""
    dice = random.Random(SEED)  # noqa: S311 - not for security
    rounds = [sample(items, min(times - done, 1.0), dice) for done in range(ceil(times))]
    return [b for part in rounds for b in make_batches(part, tokenizer, MOST_ITEMS, tokens)]


@torch.inference_mode()
def judged(
    teacher: PairReader, labelled: Sequence[Item], others: Sequence[Item], tokenizer: Tokenizer
) -> Lessons:
    """What ``teacher`` makes of each item."""
    lessons = {}
    for items, known in ((labelled, True), (others, False)):
        for part, encodings in make_batches(items, tokenizer, MOST_ITEMS, 2 * TEACHER_TOKENS):
            out = Outputs(*(tensor.cpu() for tensor in look(teacher, encodings, masked=0.0)))
            for row, (item, encoding) in enumerate(zip(part, encodings, strict=True)):
                ends = [x[row, : len(encoding.ids)].clamp(LOWEST).half() for x in out[:2]]
                numbers = float(out.answerable[row]), float(out.supported[row])
                lessons[id(item)] = Lesson(known, Judgement(ends[0], ends[1], *numbers))
    return lessons


def lesson_loss(model: PairReader, lessons: Lessons, batch: Batch) -> torch.Tensor:
    """Cross entropy with the teacher's chances, and with the label as far as one is known."""
    items, encodings = batch
    outputs = look(model, encodings, MASKED)
    device = outputs.answerable.device
    taught = [lessons[id(item)] for item in items]
    spans = span_targets(items, encodings).to(device)
    is_claim = torch.tensor([item.task is Task.SUPPORT for item in items], device=device)
    known = torch.tensor([lesson.known for lesson in taught], device=device)
    share = LABEL * (known & (spans[:, 0] >= 0))
    total = outputs.answerable.new_zeros(())
    for column, (logits, side) in enumerate(((outputs.start, "start"), (outputs.end, "end"))):
        teacher = [getattr(lesson.judgement, side).float() for lesson in taught]
        chances = pad_sequence(teacher, batch_first=True, padding_value=LOWEST).softmax(1)
        label = one_hot(spans[:, column].clamp(min=0), logits.shape[1])
        target = (1 - share)[:, None] * chances.to(device) + share[:, None] * label
        losses = cross_entropy(logits.clamp(min=LOWEST), target, reduction="none")
        total = total + losses[~is_claim].sum() / 2
    logits = torch.where(is_claim, outputs.supported, outputs.answerable)
    numbers = [
        lesson.judgement.supported if item.task is Task.SUPPORT else lesson.judgement.answerable
        for item, lesson in zip(items, taught, strict=True)
    ]
    share = torch.where(is_claim, CLAIM_LABEL, share)
    chance = torch.tensor(numbers, device=device).sigmoid()
    target = (1 - share) * chance + share * smoothed(items).to(device)
    total = total + binary_cross_entropy_with_logits(logits, target, reduction="sum")
    return total / len(items)


def deepened(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Twelve layers of six: each twice, one after the other, adding ``HALF`` of what it added."""
    deep = {}
    for name, tensor in weights.items():
        if not name.startswith("bert.encoder.layer."):
            deep[name] = tensor
            continue
        *before, number, rest = name.split(".", 4)
        added = rest.startswith(("attention.output.dense", "output.dense"))
        for place in (2 * int(number), 2 * int(number) + 1):
            deep[".".join([*before, str(place), rest])] = tensor * HALF if added else tensor.clone()
    return deep


def main() -> None:
    """Read the options, train the teacher and the reader."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with the .jsonl.gz files")
    parser.add_argument("--teacher", type=Path, required=True, help="folder of all-mpnet-base-v2")
    parser.add_argument("--start", type=Path, required=True, help="weights of six layers")
    parser.add_argument("--out", type=Path, required=True, help="the .safetensors file to write")
    parser.add_argument(
        "--work", type=Path, default=Path(".cache/distil"), help="folder for checkpoints"
    )
    parser.add_argument("--scale", type=float, default=1.0, help="share of the data, 0 to 1")
    parser.add_argument("--device", default="cpu", help="cpu, cuda …")
    options = parser.parse_args()
    distil(**vars(options))


if __name__ == "__main__":
    main()

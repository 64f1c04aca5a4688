"""Teach the reader: by a larger network, of whose layers it is made.

    python -m eval.train.distil_reader --data DIR --teacher DIR --out FILE

First the teacher, all-mpnet-base-v2 with the reader's heads, learns all labelled pairs of text and
passage. The reader begins as eight of its twelve layers (``learner``), rounded to few levels
(``rounding``). Then both see each of the ``reader_lessons``, and the reader learns the
teacher's judgement: what other answers are likely, and how likely, tells more than one label
(Hinton et al. 2015, Distilling the knowledge in a neural network). What the teacher has between its
layers is learned too, at first above all (Jiao et al. 2020, TinyBERT).

Meant for a GPU (``--device cuda``), some twenty minutes there.
"""

import argparse
import random
from collections.abc import Iterable, Sequence
from functools import partial
from math import ceil
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, one_hot

from assistant.read.reader_model import Outputs, PairReader, load_tokenizer, to_inputs
from eval.train.learner import Learner, kept_of, learner_of, sizes_below
from eval.train.reader_data import Item, Task, sample
from eval.train.reader_lessons import lessons
from eval.train.rounding import groups, round_while_learning, stored
from eval.train.teacher_model import TeacherModel
from eval.train.training import (
    SEED,
    WINDOW,
    Batch,
    Seen,
    adam,
    label_loss,
    look,
    make_batches,
    optimise,
    smoothed,
    span_targets,
)
from index.model import packaged_model

TEACHER_RATE, TEACHER_PASSES, TEACHER_TOKENS = 6e-5, 2.37, 40_960
READER_RATE, READER_PASSES, READER_TOKENS = 1.6e-4, 1.14, 65_536
READER_BETAS = (0.9, 0.98)
MOST_ITEMS = 1024
MASKED = 0.02
LABEL, CLAIM_LABEL = 0.25, 0.4
"""Share of the label in what is learned of a question, and of a claim; the teacher has the rest."""
BETWEEN = (4.0, 0.5)
"""What the distance from the teacher's states counts at first, and at the end."""
LOWEST = -1e4
"""In place of minus infinity, where a chance of 0 is multiplied with it."""


def distil(  # noqa: PLR0913 - one parameter an option
    data: Path, teacher: Path, out: Path, work: Path, *, scale: float, device: str
) -> None:
    """Train the teacher and the reader; the reader's weights are written to ``out``.

    Args:
        data: folder with ``reader.jsonl.gz`` and ``support.jsonl.gz``.
        teacher: folder of all-mpnet-base-v2, or another MPNet model.
        out: the ``.safetensors`` file.
        work: folder for checkpoints; a run that was killed goes on from them.
        scale: share of the items, 0 to 1.
        device: ``cpu``, ``cuda`` or another of torch's.
    """
    work.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED)
    tokenizer = load_tokenizer(packaged_model().path)
    pairs = lessons(data, tokenizer, scale)
    print(f"{len(pairs.labelled)} pairs with a label, {len(pairs.judged)} to judge", flush=True)
    master = TeacherModel(teacher).to(device)
    teach_labels(master, pairs.labelled, tokenizer, work / "teacher.checkpoint")
    counts = word_counts((item.passage for item in pairs.judged), tokenizer)
    learner = learner_of(master, packaged_model().path, counts, sizes_below(master)).to(device)
    round_while_learning(learner)
    teach_judgement(learner, master.eval(), pairs.judged, tokenizer, work / "reader.checkpoint")
    save_file(stored(learner), out)


def teach_labels(
    master: TeacherModel, items: Sequence[Item], tokenizer: Tokenizer, checkpoint: Path
) -> None:
    """Train the teacher on ``items``, whose labels are known."""
    batches = passes(items, tokenizer, TEACHER_PASSES, TEACHER_TOKENS)
    trained = [p for p in master.parameters() if p.requires_grad]
    optimizer = adam(trained, TEACHER_RATE)
    optimise(master, batches, optimizer, lambda b, _: label_loss(master, b), checkpoint)


def teach_judgement(
    learner: Learner,
    master: TeacherModel,
    items: Sequence[Item],
    tokenizer: Tokenizer,
    checkpoint: Path,
) -> None:
    """Train the reader on what the teacher makes of ``items``."""
    batches = passes(items, tokenizer, READER_PASSES, READER_TOKENS)
    optimizer = adam(groups(learner, READER_RATE), READER_RATE, READER_BETAS)
    optimise(learner, batches, optimizer, partial(lesson_loss, learner, master), checkpoint)


def word_counts(passages: Iterable[str], tokenizer: Tokenizer) -> torch.Tensor:
    """(words,) float: how often each word stands in the ``passages``, each counted once."""
    counts = torch.zeros(tokenizer.get_vocab_size())
    distinct = [*dict.fromkeys(passages)]
    for begin in range(0, len(distinct), WINDOW):
        pairs = [("", passage) for passage in distinct[begin : begin + WINDOW]]
        encodings = tokenizer.encode_batch(pairs, add_special_tokens=False)
        ids = torch.tensor([word for e in encodings for word in e.ids], dtype=torch.long)
        counts += torch.bincount(ids, minlength=len(counts))
    return counts


def passes(items: Sequence[Item], tokenizer: Tokenizer, times: float, tokens: int) -> list[Batch]:
    """Batches of ``items``, each so many times; the rest of a time is some of them."""
    dice = random.Random(SEED)  # noqa: S311 - not for security
    rounds = [sample(items, min(times - done, 1.0), dice) for done in range(ceil(times))]
    return [b for part in rounds for b in make_batches(part, tokenizer, MOST_ITEMS, tokens)]


def lesson_loss(model: PairReader, teacher: PairReader, batch: Batch, done: float) -> torch.Tensor:
    """The judgement to learn, and what is between the layers, which counts less and less.

    Args:
        model: gives ``Seen``, of fewer layers than the teacher.
        teacher: gives ``Seen``, of all that the model sees with some tokens hidden.
        batch: any items.
        done: share of the steps, 0 to 1.
    """
    _, encodings = batch
    with torch.no_grad():
        theirs = look(teacher, encodings, masked=0.0)
    own = look(model, encodings, MASKED)
    inside = to_inputs(encodings)["attention_mask"].to(own.states[0].device)
    first, last = BETWEEN
    weight = first + (last - first) * done
    judgement = judgement_loss(own.outputs, theirs.outputs, batch)
    return judgement + weight * between_loss(own, theirs, inside)


def between_loss(own: Seen, theirs: Seen, inside: torch.Tensor) -> torch.Tensor:
    """How far the states are from the teacher's before the next layer that was kept of it.

    It is the squared distance in the teacher's variances: their mean over the states before the
    first layer and after each.

    Args:
        own: what the reader makes of the batch.
        theirs: what the teacher makes of it.
        inside: (batch, length) of 1, and 0 for padding.
    """
    depth = len(theirs.states) - 1
    places = (*kept_of(depth, len(own.states) - 1), depth)
    distances = [
        _distance(state.float()[inside == 1], theirs.states[place].float()[inside == 1])
        for state, place in zip(own.states, places, strict=True)
    ]
    return torch.stack(distances).mean()


def _distance(states: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """Of (tokens, width): squared, as a share of the variance of ``wanted``."""
    variance = (wanted - wanted.mean(0)).square().mean()
    return (states - wanted).square().mean() / variance


def judgement_loss(outputs: Outputs, taught: Outputs, batch: Batch) -> torch.Tensor:
    """Cross entropy with the teacher's chances, and with the label as far as one is known."""
    items, encodings = batch
    device = outputs.answerable.device
    spans = span_targets(items, encodings).to(device)
    is_claim = torch.tensor([item.task is Task.SUPPORT for item in items], device=device)
    is_known = torch.tensor([item.is_known for item in items], device=device)
    share = LABEL * (is_known & (spans[:, 0] >= 0))
    total = outputs.answerable.new_zeros(())
    for column in (0, 1):
        logits = outputs[column].clamp(min=LOWEST)
        chances = taught[column].clamp(min=LOWEST).softmax(1)
        label = one_hot(spans[:, column].clamp(min=0), logits.shape[1])
        target = (1 - share)[:, None] * chances + share[:, None] * label
        losses = cross_entropy(logits, target, reduction="none")
        total = total + losses[~is_claim].sum() / 2
    logits = torch.where(is_claim, outputs.supported, outputs.answerable)
    chance = torch.where(is_claim, taught.supported, taught.answerable).sigmoid()
    share = torch.where(is_claim, CLAIM_LABEL, share)
    target = (1 - share) * chance + share * smoothed(items).to(device)
    total = total + binary_cross_entropy_with_logits(logits, target, reduction="sum")
    return total / len(items)


def main() -> None:
    """Read the options, train the teacher and the reader."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with the .jsonl.gz files")
    parser.add_argument("--teacher", type=Path, required=True, help="folder of all-mpnet-base-v2")
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

"""How well a reader reads, given the right passage: ``python -m eval.measure_reader --help``.

Prints, for each set of questions of a split (or of some articles only), the AUROC of answerable
against unanswerable and exact match and F1 of the words pointed at, as SQuAD scores them; for each
set of claims, the AUROC of supported against unsupported.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from assistant.read.reader import PackagedReader, Reading
from eval.aggregate import refusal_auroc
from eval.metrics import exact_match, token_f1
from eval.train.reader_data import OWN, Item, load_sets
from eval.train.reader_questions import load_written

BATCH = 16
MOST = 1500
"""Items of a set that are measured; the first ones."""


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with the .jsonl.gz files")
    parser.add_argument("--weights", type=Path, help="a .safetensors file; none for the packaged")
    parser.add_argument("--articles", nargs="*", default=[], help=f"groups of {OWN} to measure on")
    options = parser.parse_args()
    reader = PackagedReader(options.weights)
    own, _ = load_sets(options.data, "train")
    articles = [item for item in own.get(OWN, []) if item.group in set(options.articles)]
    questions, claims = load_sets(options.data, "valid")
    questions["written for this project"] = load_written(options.data, "valid")
    if articles:
        print(measure_questions(reader, f"{OWN}, {len(options.articles)} articles", articles))
    for name, items in sorted(questions.items()):
        print(measure_questions(reader, name, items[:MOST]), flush=True)
    for name, items in sorted(claims.items()):
        print(measure_claims(reader, name, items[:MOST]), flush=True)
    print(measure_claims(reader, "all claims", [i for items in claims.values() for i in items]))


def measure_questions(reader: PackagedReader, name: str, items: Sequence[Item]) -> str:
    """One line of figures."""
    answerable, margins, truth, exact, overlap = [], [], [], [], []
    for item, reading in _read(reader, items):
        answerable.append(reading.answerable)
        margins.append(reading.margin)
        truth.append(item.positive)
        if item.positive:
            said = item.passage[slice(*reading.span)]
            right = [item.passage[item.start : item.end]]
            exact.append(exact_match(said, right))
            overlap.append(token_f1(said, right))
    return (
        f"{name}: {len(items)} items, AUROC answerable {auroc(answerable, truth)}, "
        f"margin {auroc(margins, truth)}, "
        f"exact {np.mean(exact):.3f}, F1 {np.mean(overlap):.3f}"
    )


def _read(reader: PackagedReader, items: Sequence[Item]) -> Iterator[tuple[Item, Reading]]:
    """Each item with its reading, shortest first: each question reads one passage."""
    ordered = sorted(items, key=lambda item: len(item.passage))
    for i in range(0, len(ordered), BATCH):
        batch = ordered[i : i + BATCH]
        yield from zip(batch, reader.read_pairs([(x.text, x.passage) for x in batch]), strict=True)


def measure_claims(reader: PackagedReader, name: str, items: Sequence[Item]) -> str:
    """One line of figures."""
    chances = [
        chance
        for batch in (items[i : i + BATCH] for i in range(0, len(items), BATCH))
        for chance in reader.support([i.passage for i in batch], [i.text for i in batch])
    ]
    return f"{name}: {len(items)} claims, AUROC {auroc(chances, [i.positive for i in items])}"


def auroc(scores: Sequence[float], truth: Sequence[bool]) -> str:
    """Area under the curve, as text; “–” where there is only one kind."""
    if len(set(truth)) < 2:
        return "–"
    return f"{refusal_auroc(np.array(scores), np.array(truth), np.ones((1, len(truth))))[0]:.3f}"


if __name__ == "__main__":
    main()

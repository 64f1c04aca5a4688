"""How often the rules on near misses meet an answer: ``python -m eval.measure_mismatch``.

Of each pair of a question and a passage in the folder of public data, and of those that were
written for the reader, each rule (``mismatch`` and ``lacking`` in ``assistant.quote``) looks at one
sentence: at the one that holds the answer, which it should leave, or where there is none at the one
with the most words of the question, which is what would be quoted.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from assistant.quote.lacking import lacking
from assistant.quote.mismatch import mismatched
from eval.train.reader_data import Item, load_sets
from eval.train.reader_questions import load_written
from index.chunk import split_sentences
from index.types import Hit, Passage, Sentence

RULES = {"another time or number": mismatched, "nothing of that sort": lacking}
"""By what a sentence does not answer for."""
SHORTEST_WORD = 4
"""Characters of a word that tells what a question is about."""


def main(
    data: Annotated[Path, typer.Argument(help="The folder with reader.jsonl.gz.")] = Path(
        "../shared/data/train"
    ),
    show: Annotated[bool, typer.Option(help="Print the pairs that a rule meets, too.")] = False,
) -> None:
    """Count the pairs whose sentence tells of another time or number than the question asks for, or
    of nothing of the sort.
    """
    pairs: Counter[bool] = Counter()
    met: Counter[tuple[str, bool]] = Counter()
    for item in _items(data):
        sentence = looked_at(item)
        pairs[item.positive] += 1
        for name in _that_meet(item.text, sentence):
            met[name, item.positive] += 1
            if show:
                kind = "answer" if item.positive else "near miss"
                typer.echo(f"{name}, {kind}: {item.text}\n  {sentence}")
    for name in RULES:
        typer.echo(
            f"{name}: {met[name, True]} of {pairs[True]} answered, "
            f"{met[name, False]} of {pairs[False]} near misses"
        )


def _that_meet(question: str, sentence: str) -> list[str]:
    if not sentence:
        return []
    return [name for name, rule in RULES.items() if rule(question, [_as_found(sentence)])]


def _items(data: Path) -> Iterator[Item]:
    for split in ("train", "valid"):
        questions, _ = load_sets(data, split)
        for items in questions.values():
            yield from items
        yield from load_written(data, split)


def looked_at(item: Item) -> str:
    """The sentence of the passage that holds the answer; of a near miss the one with the most words
    of the question. Empty where there is none.
    """
    text = item.passage
    spans = split_sentences(text)
    if item.positive:
        start = item.start or 0
        return next((text[first:last] for first, last in spans if first <= start < last), "")
    asked = _words(item.text)
    sentences = [text[first:last] for first, last in spans]
    return max(sentences, key=lambda sentence: len(asked & _words(sentence)), default="")


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.lower()) if len(word) >= SHORTEST_WORD}


def _as_found(text: str) -> Sentence:
    """As a search finds it in a document of nothing else."""
    hit = Hit(Passage(0, "", "", 0, len(text), text), 1.0, 1)
    return Sentence(hit, 0, len(text), text, 0.0, frozenset())


if __name__ == "__main__":
    typer.run(main)

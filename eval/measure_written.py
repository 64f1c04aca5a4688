"""What writing adds to a language model's own time: ``python -m eval.measure_written``.

With a model that replies after a set time with sentences of the documents, all that is left is
ours: to find passages, to decide, to build the prompt, and to check.
"""

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from assistant import Assistant
from assistant.llm.generator import Message, Pieces, estimated_tokens
from assistant.support.check import Checker
from eval.cases import load_cases

SENTENCES = 4
FOREIGN = "The committee of Atlantis rejected 17 green proposals in Rome."


class PacedGenerator:
    """Replies with sentences of the passages that it is shown, and one that is in none."""

    name = "paced"
    context_tokens = 4096

    def __init__(self, own_seconds: float) -> None:
        """``own_seconds``: how long it takes to its first sentence; the others come at once."""
        self.own_seconds = own_seconds
        self.called = 0.0
        """When it was last called."""
        self.first_whole = 0.0
        """When the first sentence of the last reply was there."""

    def count_tokens(self, text: str) -> int:
        """See ``Generator``."""
        return estimated_tokens(text)

    def stream(self, messages: Sequence[Message], max_tokens: int) -> Pieces:
        """See ``Generator``."""
        self.called = time.perf_counter()
        passage = messages[-1].text.split('">\n', 1)[-1].split("\n</passage>")[0]
        sentences = [f"{s.strip('.')}. [1]" for s in " ".join(passage.split()).split(". ")]
        time.sleep(self.own_seconds)
        self.first_whole = time.perf_counter()
        for sentence in [*sentences[:SENTENCES], FOREIGN]:
            yield f"{sentence} "


@dataclass(frozen=True, slots=True)
class Added:
    """Seconds that are ours, from a question to the first sentence on the screen."""

    before: float
    """Until the model is called."""
    retrieval: float
    """Of these, for finding passages, measured by itself."""
    after: float
    """From the model's first whole sentence to its being shown."""


def main(
    cases: Annotated[Path, typer.Option(help="Folder of cases.")] = Path("eval/seeds"),
    folder: Annotated[Path, typer.Option(help="Their documents.")] = Path("seeds"),
    count: Annotated[int, typer.Option(min=2, help="How many questions.")] = 60,
    own: Annotated[
        float, typer.Option(min=0, help="Seconds that the model takes to its first sentence.")
    ] = 0.3,
) -> None:
    """Measure, and print each figure."""
    generator = PacedGenerator(own)
    with TemporaryDirectory() as place:
        assistant = Assistant.from_folder(folder, index_dir=Path(place) / "index", llm=generator)
        asked = [case.question for case in load_cases(cases) if not case.history][:count]
        assistant.ask(asked[0])
        timed = [t for q in asked if (t := _timed(assistant, generator, q))]
        for name, seconds in (
            ("before the model is called", [t.before for t in timed]),
            ("of that, to find passages", [t.retrieval for t in timed]),
            ("from its first whole sentence to the screen", [t.after for t in timed]),
            ("added in all", [t.before + t.after for t in timed]),
            ("added without finding passages", [t.before + t.after - t.retrieval for t in timed]),
            ("check of a sentence", _checks(assistant, asked)),
        ):
            typer.echo(f"{name}: {_shown(seconds)}")
        assistant.close()


def _timed(assistant: Assistant, generator: PacedGenerator, question: str) -> Added | None:
    """What one question took; None where it is refused."""
    began = time.perf_counter()
    for answer in assistant.stream(question):
        if answer.sentences:
            shown = time.perf_counter()
            before, after = generator.called - began, shown - generator.first_whole
            began = time.perf_counter()
            assistant.index.search(question)
            return Added(before, time.perf_counter() - began, after)
    return None


def _checks(assistant: Assistant, asked: Sequence[str]) -> list[float]:
    """Seconds that each of some sentences took, the first with the preparing of all found."""
    seconds: list[float] = []
    for question in asked:
        found = assistant.index.search(question)
        texts = [f"It is said that {s.text}" for s in found.sentences[:SENTENCES]]
        times = [time.perf_counter()]
        checker = Checker(found.sentences, assistant.index.terms)
        for text in [*texts, FOREIGN]:
            checker.check(text)
            times.append(time.perf_counter())
        seconds += [end - start for start, end in pairwise(times)]
    return seconds


def _shown(seconds: Sequence[float]) -> str:
    ordered = sorted(1000 * second for second in seconds)
    p95 = ordered[int(0.95 * (len(ordered) - 1))]
    return f"median {statistics.median(ordered):.1f} ms, 95 % under {p95:.1f} ms"


if __name__ == "__main__":
    typer.run(main)

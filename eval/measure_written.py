"""What writing adds to a language model's own time: ``python -m eval.measure_written``.

With a model that replies at once with sentences of the documents, all that is left is ours: to find
passages, to decide, to build the prompt, and to check.
"""

import statistics
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from assistant import Assistant
from assistant.check import Checker
from assistant.generator import Message, Pieces, estimated_tokens
from eval.cases import load_cases

SENTENCES = 4
FOREIGN = "The committee of Atlantis rejected 17 green proposals in Rome."


class InstantGenerator:
    """Replies with sentences of the passages that it is shown, and one that is in none, at once."""

    name = "instant"
    context_tokens = 4096

    def __init__(self) -> None:
        self.first_whole = 0.0
        """When the first sentence of the last reply was there."""

    def count_tokens(self, text: str) -> int:
        """See ``Generator``."""
        return estimated_tokens(text)

    def stream(self, messages: Sequence[Message], max_tokens: int) -> Pieces:
        """See ``Generator``."""
        passage = messages[-1].text.split('">\n', 1)[-1].split("\n</passage>")[0]
        sentences = [f"{s.strip('.')}. [1]" for s in " ".join(passage.split()).split(". ")]
        self.first_whole = time.perf_counter()
        for sentence in [*sentences[:SENTENCES], FOREIGN]:
            yield f"{sentence} "


def main(
    cases: Annotated[Path, typer.Option(help="Folder of cases.")] = Path("eval/seeds"),
    folder: Annotated[Path, typer.Option(help="Their documents.")] = Path("seeds"),
    count: Annotated[int, typer.Option(min=2, help="How many questions.")] = 60,
) -> None:
    """Measure, and print each figure."""
    generator = InstantGenerator()
    with TemporaryDirectory() as place:
        assistant = Assistant.from_folder(folder, index_dir=Path(place) / "index", llm=generator)
        asked = [case.question for case in load_cases(cases) if not case.history][:count]
        assistant.ask(asked[0])
        to_model, after = zip(*filter(None, (_timed(assistant, q) for q in asked)), strict=True)
        typer.echo(f"before the model is called: {_shown(to_model)}")
        typer.echo(f"from its first whole sentence to that on the screen: {_shown(after)}")
        typer.echo(f"check of a sentence: {_shown(_checks(assistant, asked))}")
        assistant.close()


def _timed(assistant: Assistant, question: str) -> tuple[float, float] | None:
    """Seconds before the model is called and from its first sentence to ours; None if refused."""
    began = time.perf_counter()
    for answer in assistant.stream(question):
        if answer.sentences:
            shown = time.perf_counter()
            written = assistant.written
            generator = written.generator if written else None
            first = generator.first_whole if isinstance(generator, InstantGenerator) else began
            return first - began, shown - first
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

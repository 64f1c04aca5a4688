"""Two questions asked at once: ``python -m eval.measure_several``.

Pairs of questions of a set, whose answers stand in different sentences of one document, are asked
as “Q1? Q2?” and as “Q1, and q2?”, and one after the other for comparison.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from assistant import Answer, Assistant
from eval.cases import Case, load_cases
from eval.score import score_case

Pair = tuple[Case, Case]
PAIRS_A_DOCUMENT = 3


def main(
    cases: Annotated[Path, typer.Option(help="Folder of cases.")] = Path("eval/train/articles"),
    folder: Annotated[Path | None, typer.Option(help="Their documents.")] = None,
) -> None:
    """Print in how many pairs both are answered from evidence, or the one that can be."""
    with TemporaryDirectory() as index:
        assistant = Assistant.from_folder(folder or cases / "documents", index_dir=index)
        for line in measured(assistant, pairs_of(load_cases(cases))):
            typer.echo(line)
        assistant.close()


def pairs_of(cases: Sequence[Case]) -> list[Pair]:
    """Of each document some pairs of questions that it answers, and one with a near miss."""
    dice = random.Random(3)  # noqa: S311 - the same pairs each time
    pairs: list[Pair] = []
    whole = [c for c in cases if c.question.endswith("?") and not c.history and c.documents]
    for _, group in groupby(sorted(whole, key=lambda c: c.documents), key=lambda c: c.documents):
        each = list(group)
        answered = [case for case in each if case.answerable]
        missed = [case for case in each if not case.answerable]
        if len(answered) >= 2:
            drawn = [dice.sample(answered, 2) for _ in range(PAIRS_A_DOCUMENT)]
            pairs += [(a, b) for a, b in drawn if not set(a.evidence) & set(b.evidence)]
        if answered and missed:
            pairs.append((dice.choice(answered), dice.choice(missed)))
    return pairs


def measured(assistant: Assistant, pairs: Sequence[Pair]) -> Iterator[str]:
    """A line for each way to ask."""
    both = [pair for pair in pairs if all(case.answerable for case in pair)]
    half = [pair for pair in pairs if pair not in both]
    ways: dict[str, Callable[[Pair], tuple[Answer, ...]]] = {
        "one after the other": lambda pair: tuple(assistant.ask(c.question) for c in pair),
        "“Q1? Q2?”": lambda pair: (assistant.ask(" ".join(c.question for c in pair)),) * 2,
        "“Q1, and q2?”": lambda pair: (assistant.ask(_with_and(pair)),) * 2,
    }
    for way, ask in ways.items():
        rights = [_rights(pair, ask(pair), assistant) for pair in both]
        halves = [_rights(pair, ask(pair), assistant)[0] for pair in half]
        yield (
            f"{way}: both cited {_share([all(r) for r in rights])}, one of them "
            f"{_share([any(r) for r in rights])}; the one that is answered {_share(halves)}"
        )


def _with_and(pair: Pair) -> str:
    first, second = (case.question for case in pair)
    return f"{first.rstrip('?')}, and {second[0].lower()}{second[1:]}"


def _rights(pair: Pair, answers: Sequence[Answer], assistant: Assistant) -> list[bool]:
    """For each case whether its evidence is cited."""

    def right(case: Case, answer: Answer) -> bool:
        asked = replace(case, question=answer.question)
        scores = score_case(asked, answer, lambda name: assistant.document(name).text)
        return scores["evidence_cited"].value == 1

    return [right(case, answer) for case, answer in zip(pair, answers, strict=True)]


def _share(found: Sequence[bool]) -> str:
    return f"{sum(found) / max(len(found), 1):.3f} ({sum(found)} of {len(found)})"


if __name__ == "__main__":
    typer.run(main)

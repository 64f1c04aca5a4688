"""How well written sentences are checked: ``python -m eval.measure_check --data ../shared/data``.

Three things: telling supported from unsupported chat replies (BEGIN, Dziri et al. 2022) beside
three floors; sentences of documents with one number or name swapped for another, which must not
pass; the same sentences unchanged, which must.
"""

import json
import random
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from assistant.support.check import Checker, Finding, SupportJudge
from assistant.types import Verdict
from assistant.wording import claims, quantities
from eval.answerer import named_function
from index.chunk import split_sentences
from index.embed import load_embedder
from index.lexical import Terms
from index.types import Hit, Passage, Sentence

SWAPS = 1000
SEED = 7
NEIGHBOURS = 10
"""Paragraphs that a sentence is checked against: as many as are retrieved for a question."""
SHORTEST, LONGEST = 6, 60
"""Words in a sentence that is swapped or repeated."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A sentence, and the paragraphs that it is checked against."""

    text: str
    original: str
    sentences: tuple[Sentence, ...]


def main(
    data: Annotated[Path, typer.Option(help="Folder with the public sets.")],
    seeds: Annotated[Path, typer.Option(help="Folder of text files.")] = Path("seeds"),
    judge: Annotated[
        str, typer.Option(metavar="MODULE:FUNCTION", help="Makes a judge of support.")
    ] = "",
    show: Annotated[int, typer.Option(help="How many failures to print.")] = 0,
) -> None:
    """Measure, and print each figure."""
    expected = "a function without arguments that returns a SupportJudge"
    asked = named_function(judge, "--judge", expected)() if judge else None
    begin = data / "support" / "begin.jsonl"
    if begin.is_file():
        for line in measure_begin(begin, asked):
            typer.echo(line)
    paragraphs = [p for folder in _folders(data, seeds) for p in _paragraph_groups(folder)]
    for line in measure_swaps(paragraphs, asked, show):
        typer.echo(line)


def measure_begin(path: Path, judge: SupportJudge | None) -> Iterator[str]:
    """The figures on BEGIN, one a line; a "generic" reply counts as not supported."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    terms = Terms()
    began = time.perf_counter()
    findings = [
        Checker(sentences_of([row["context"]], terms), terms, judge).check(row["response"])
        for row in rows
    ]
    seconds = (time.perf_counter() - began) / len(rows)
    truth = np.array([row["label"] == "supported" for row in rows])
    scores = {"checker": np.array([finding.score for finding in findings])}
    scores |= _floors([(row["context"], row["response"]) for row in rows])
    for name, values in scores.items():
        yield f"BEGIN AUROC {name}: {auroc(values, truth):.3f}"
    for name, flagged in (
        ("unsupported", [f.verdict is Verdict.UNSUPPORTED for f in findings]),
        ("unsupported or partly", [f.verdict is not Verdict.SUPPORTED for f in findings]),
    ):
        precision, recall = _precision_recall(np.array(flagged), ~truth)
        yield f"BEGIN verdict {name}: precision {precision:.3f}, recall {recall:.3f}"
    yield f"check, with preparing the passage: {1000 * seconds:.2f} ms a sentence"


def _floors(pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    embedder = load_embedder()
    overlap, share, cosine = [], [], []
    for context, reply in pairs:
        there, said = (set(re.findall(r"\w+", text.lower())) for text in (context, reply))
        both = len(there & said)
        overlap.append(2 * both / max(len(there) + len(said), 1))
        share.append(both / max(len(said), 1))
    for start in range(0, len(pairs), 64):
        batch = pairs[start : start + 64]
        contexts, replies = (
            embedder.embed_passages([pair[side] for pair in batch], [()] * len(batch))
            for side in (0, 1)
        )
        cosine += [float(a.passage @ b.passage) for a, b in zip(contexts, replies, strict=True)]
    return {
        "word overlap (F1)": np.array(overlap),
        "share of the reply's words": np.array(share),
        "sentence-embedding cosine": np.array(cosine),
    }


def measure_swaps(
    groups: Sequence[Sequence[str]], judge: SupportJudge | None, show: int = 0
) -> Iterator[str]:
    """The figures for swapped and for repeated sentences, one a line."""
    terms = Terms()
    for kind, make in (("number", swapped_number), ("name", swapped_name)):
        trials = list(_trials(groups, make, SWAPS // 2, terms))
        passed = [t for t in trials if _check(t, terms, judge).verdict is Verdict.SUPPORTED]
        yield f"swapped {kind}: {len(trials)}, not supported {1 - len(passed) / len(trials):.4f}"
        for trial in passed[:show]:
            yield f"  {trial.original}\n  -> {trial.text}"
    trials = list(_trials(groups, lambda text, _, __: text, 2 * SWAPS, terms))
    began = time.perf_counter()
    findings = [_check(trial, terms, judge) for trial in trials]
    seconds = (time.perf_counter() - began) / len(trials)
    good = sum(finding.verdict is Verdict.SUPPORTED for finding in findings)
    yield f"verbatim: {len(trials)}, supported {good / len(trials):.4f}"
    yield f"check, with preparing {NEIGHBOURS} paragraphs: {1000 * seconds:.2f} ms a sentence"


def _check(trial: Trial, terms: Terms, judge: SupportJudge | None) -> Finding:
    return Checker(trial.sentences, terms, judge).check(trial.text)


def swapped_number(text: str, others: str, random: random.Random) -> str | None:
    """``text`` with one number replaced by another, of the paragraphs or near it; None without."""
    found = list(re.finditer(r"(?<![\w.,])\d+(?:[.,]\d+)*(?![\w])", text))
    if not found:
        return None
    match = random.choice(found)
    choices = re.findall(r"(?<![\w.,])\d+(?:[.,]\d+)*(?![\w])", others)
    choices = [c for c in choices if quantities.numbers(c) and _differs(c, match.group())]
    near = str(int(re.sub(r"\D", "", match.group())[:9]) + random.randint(1, 9))
    new = random.choice(choices) if choices and random.random() < 0.5 else near
    return text[: match.start()] + new + text[match.end() :]


def swapped_name(text: str, others: str, random: random.Random) -> str | None:
    """``text`` with one name replaced by another name of the paragraphs; None without."""
    mine = [name for name in claims.names(text) if len(name) > 2]
    keys = {claims.name_key(name) for name in mine}
    theirs = sorted(
        {n for s in others.splitlines() for n in claims.names(s)[1:] if len(n) > 2 and n.isalpha()}
    )
    # Half of the time one that stands in the same sentence, which is the hardest.
    inside = random.random() < 0.5
    choices = mine if inside else [n for n in theirs if claims.name_key(n) not in keys]
    old = random.choice(mine) if mine else ""
    choices = [n for n in choices if claims.name_key(n) != claims.name_key(old)]
    if not old or not choices:
        return None
    return re.sub(rf"\b{re.escape(old)}\b", random.choice(choices), text, count=1)


def _differs(a: str, b: str) -> bool:
    return {n.value for n in quantities.numbers(a)} != {n.value for n in quantities.numbers(b)}


def _trials(
    groups: Sequence[Sequence[str]], make: Any, count: int, terms: Terms
) -> Iterator[Trial]:
    """Up to ``count`` sentences from all over the groups, each changed by ``make``."""
    chance = random.Random(SEED)  # noqa: S311 - repeatable, not secret
    made: set[str] = set()
    for _ in range(count * 40):
        if len(made) == count:
            return
        group = chance.choice(groups)
        start = chance.randrange(max(len(group) - NEIGHBOURS, 0) + 1)
        near = group[start : start + NEIGHBOURS]
        home = chance.choice(near)
        spans = [
            s for s in split_sentences(home) if SHORTEST <= len(home[slice(*s)].split()) <= LONGEST
        ]
        if not spans:
            continue
        original = " ".join(home[slice(*chance.choice(spans))].split())
        text = make(original, "\n".join(near), chance)
        if text is None or text in made or (text == original) != (count > SWAPS):
            continue
        made.add(text)
        yield Trial(text, original, sentences_of(near, terms))


def sentences_of(paragraphs: Sequence[str], terms: Terms) -> tuple[Sentence, ...]:
    """The sentences of ``paragraphs`` as if each had been retrieved."""
    found = []
    for number, text in enumerate(paragraphs, start=1):
        hit = Hit(Passage(number, "document", "document", 0, len(text), text), 1.0, number)
        for start, end in split_sentences(text):
            stems = frozenset(terms(text[start:end]))
            found.append(Sentence(hit, start, end, text[start:end], 0.0, stems))
    return tuple(found)


def auroc(scores: Any, truth: Any) -> float:
    """Chance that a true one is scored above a false one, ties counting half."""
    order = np.argsort(scores, kind="stable")
    ranks = np.empty(len(scores))
    ranks[order] = np.arange(1, len(scores) + 1)
    for value in np.unique(scores):
        same = scores == value
        ranks[same] = ranks[same].mean()
    positive = int(truth.sum())
    negative = len(truth) - positive
    return float((ranks[truth].sum() - positive * (positive + 1) / 2) / (positive * negative))


def _precision_recall(flagged: Any, truth: Any) -> tuple[float, float]:
    right = float((flagged & truth).sum())
    return right / max(float(flagged.sum()), 1.0), right / max(float(truth.sum()), 1.0)


def _folders(data: Path, seeds: Path) -> list[Path]:
    named = [data / name / "documents" for name in ("squad2", "xquad", "clapnq", "mtrag")]
    return [seeds, *(folder for folder in named if folder.is_dir())]


def _paragraph_groups(folder: Path) -> Iterator[list[str]]:
    """The paragraphs of each text file; small files together make one group."""
    together: list[str] = []
    for path in sorted(folder.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        paragraphs = [p.strip() for p in re.split(r"\n\s*\n", text) if len(p.split()) > SHORTEST]
        if len(paragraphs) >= NEIGHBOURS:
            yield paragraphs
        else:
            together += paragraphs
    for start in range(0, len(together), NEIGHBOURS):
        if len(together[start:]) >= NEIGHBOURS:
            yield together[start : start + NEIGHBOURS]


if __name__ == "__main__":
    typer.run(main)

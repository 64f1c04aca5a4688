"""Fit the engine's coefficients on public data: ``python -m eval.fit --data DIR --out FILE``.

Two linear models, each with and without the reader's features. *Sentence*: which of the sentences
found is evidence, fitted as a choice among the sentences of one question (conditional logit,
McFadden 1974). *Answer*: whether the documents answer, fitted as logistic regression on what the
first model chooses. Each set counts the same whatever its size. ``--cross-validate`` leaves one
set out at a time and prints how the rest does on it.
"""

import argparse
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from assistant import Assistant
from assistant.choose import choose
from assistant.coefficients import Coefficients, Linear, feature_names
from assistant.features import Readings, answer_features, name_terms, sentence_features
from assistant.followup import context_of
from assistant.question import Kind, Question, understand
from assistant.reader import PackagedReader, Reader, read_best
from assistant.verbatim import READ_PASSAGES
from eval.aggregate import refusal_auroc
from eval.cases import Case, load_cases
from eval.match import Evidence, Stretch, locate, matched
from index.types import Found, Sentence

SETS = ("squad2", "xquad", "clapnq", "mtrag")
ALONE = ("squad2", "xquad")
"""Sets whose documents are also asked one at a time."""
TRAINED_ON = (
    "1973-oil-crisis.txt",
    "French-and-Indian-War.txt",
    "Imperialism.txt",
    "Packet-switching.txt",
    "Scottish-Parliament.txt",
    "Yuan-dynasty.txt",
)
"""Articles of squad2 that the reader knows: nothing can be learned from how it reads them."""
PENALTY = 1e-3
"""Of the squared standardised weights."""
MAX_SENTENCES = 2

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """A case with all that the engine knows before it chooses."""

    case: Case
    question: Question
    found: Found
    readings: Readings | None
    names: tuple[str, ...]
    labels: tuple[bool, ...]
    """For each sentence found, whether it is evidence; all False where the case names none."""

    def features(self, *, with_reader: bool) -> Matrix:
        """Rows of the sentence model."""
        return sentence_features(self.question, self.found, self.readings if with_reader else None)


def gather(assistant: Assistant, cases: Sequence[Case], reader: Reader | None) -> list[Example]:
    """What the engine knows of each question of fact."""
    texts = {d.id: assistant.document(d.id).text for d in assistant.documents()}
    terms = assistant.index.terms
    examples = []
    for case in cases:
        context = context_of(case.question, case.history)
        question = understand(case.question, terms, context=context)
        if question.kind is not Kind.FACT:
            continue
        found = assistant.index.search(question.text, count=assistant.settings.answer.passages)
        seen = found.hits[0].passage.document_id in TRAINED_ON
        readings = (
            read_best(reader, question.text, found.sentences, READ_PASSAGES)
            if reader and not seen
            else None
        )
        named = [(id_, texts[id_]) for id_ in case.documents]
        evidence = [locate(text, named) for text in case.evidence]
        labels = tuple(_is_evidence(s, evidence) for s in found.sentences)
        names = name_terms(case.question, terms)
        examples.append(Example(case, question, found, readings, names, labels))
    return examples


def gather_alone(folder: Path, cases: Sequence[Case], reader: Reader | None) -> list[Example]:
    """What the engine knows when a folder holds a single document, for each document in turn.

    Its own questions are asked, and as many of the other documents': to them it has no answer. In
    a small folder words are missing and scores are low more often, so it is fitted on as well.
    """
    examples: list[Example] = []
    asked = [case for case in cases if len(case.documents) == 1]
    for document in sorted({case.documents[0] for case in asked}):
        own = [case for case in asked if case.documents[0] == document]
        rest = [case for case in asked if case.documents[0] != document]
        strange = rest[:: max(len(rest) // len(own), 1)][: len(own)]
        nothing: dict[str, Any] = {"answers": (), "evidence": (), "documents": ()}
        others = [replace(case, answerable=False, **nothing) for case in strange]
        with TemporaryDirectory() as place:
            alone = Path(place) / "documents"
            alone.mkdir()
            shutil.copy(folder / document, alone)
            assistant = Assistant.from_folder(alone, index_dir=Path(place) / "index")
            examples += gather(assistant, [*own, *others], reader)
            assistant.close()
    return examples


def fit_sentence(sets: Sequence[Sequence[Example]], *, with_reader: bool) -> Linear:
    """Weights that put evidence before the other sentences of its question."""
    groups = [
        (example.features(with_reader=with_reader), np.array(example.labels), 1 / len(examples))
        for examples in sets
        for example in examples
        if any(example.labels)
    ]
    scale = np.concatenate([rows for rows, _, _ in groups]).std(axis=0) + 1e-9
    longest = max(len(rows) for rows, _, _ in groups)
    inputs = torch.zeros(len(groups), longest, len(scale))
    there = torch.zeros(len(groups), longest, dtype=torch.bool)
    right = torch.zeros(len(groups), longest, dtype=torch.bool)
    for i, (rows, labels, _) in enumerate(groups):
        inputs[i, : len(rows)] = torch.from_numpy(rows / scale).float()
        there[i, : len(rows)] = True
        right[i, : len(rows)] = torch.from_numpy(labels)
    shares = torch.tensor([share for _, _, share in groups])
    shares /= shares.sum()

    def loss(weights: torch.Tensor) -> torch.Tensor:
        scores = (inputs @ weights).masked_fill(~there, -1e9)
        chosen = torch.logsumexp(scores.masked_fill(~right, -1e9), 1)
        return -((chosen - torch.logsumexp(scores, 1)) * shares).sum()

    return Linear(_minimise(loss, len(scale)).numpy() / scale, 0.0)


def fit_answer(sets: Sequence[Sequence[Example]], sentence: Linear, *, with_reader: bool) -> Linear:
    """Weights and bias of the chance that the documents answer."""
    rows, labels, shares = [], [], []
    for examples in sets:
        for example in examples:
            rows.append(answer_row(example, sentence, with_reader=with_reader)[0])
            labels.append(example.case.answerable)
            shares.append(1 / len(examples))
    matrix = np.array(rows)
    scale = matrix.std(axis=0) + 1e-9
    inputs = torch.from_numpy(np.hstack([matrix / scale, np.ones((len(matrix), 1))])).float()
    target, weight = torch.tensor(labels).float(), torch.tensor(shares)
    weight /= weight.sum()

    def loss(weights: torch.Tensor) -> torch.Tensor:
        cross = torch.nn.functional.binary_cross_entropy_with_logits
        return (cross(inputs @ weights, target, reduction="none") * weight).sum()

    fitted = _minimise(loss, inputs.shape[1]).numpy()
    return Linear(fitted[:-1] / scale, float(fitted[-1]))


def answer_row(
    example: Example, sentence: Linear, *, with_reader: bool
) -> tuple[Matrix, tuple[Sentence, ...]]:
    """The features of the answer that ``sentence`` chooses, and its sentences."""
    readings = example.readings if with_reader else None
    choice = choose(example.question, example.found, sentence, MAX_SENTENCES, readings)
    features = answer_features(
        example.question, example.found, choice.scores, choice.chosen, example.names, readings
    )
    return features, choice.chosen


def report(examples: Sequence[Example], models: Coefficients, *, with_reader: bool) -> str:
    """One line of figures on a set."""
    cited, chances, answerable, with_evidence = 0, [], [], 0
    for example in examples:
        features, chosen = answer_row(example, models.sentence, with_reader=with_reader)
        chances.append(float(models.answer.score(features)))
        answerable.append(example.case.answerable)
        if example.case.answerable and example.case.evidence:
            with_evidence += 1
            labelled = zip(example.found.sentences, example.labels, strict=True)
            cited += any(label for s, label in labelled if s in chosen)
    truth = np.array(answerable)
    refused = np.array(chances) < 0
    right = int((refused & ~truth).sum())
    auroc = refusal_auroc(np.array(chances), truth, np.ones((1, len(truth))))[0]
    return (
        f"evidence cited {cited / max(with_evidence, 1):.3f}  AUROC {auroc:.3f}  "
        f"refusal precision {right / max(int(refused.sum()), 1):.3f} "
        f"recall {right / max(int((~truth).sum()), 1):.3f}  "
        f"answerable refused {(refused & truth).sum() / max(int(truth.sum()), 1):.3f}"
    )


def fit(sets: Sequence[Sequence[Example]], *, with_reader: bool) -> Coefficients:
    """Both models."""
    sentence = fit_sentence(sets, with_reader=with_reader)
    return Coefficients(sentence, fit_answer(sets, sentence, with_reader=with_reader))


def _is_evidence(s: Sentence, evidence: Sequence[Evidence]) -> bool:
    stretch = Stretch(s.hit.passage.document_id, s.start, s.end, s.text)
    return bool(matched(stretch, evidence))


def _minimise(loss: Callable[[torch.Tensor], torch.Tensor], size: int) -> torch.Tensor:
    weights = torch.zeros(size, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=500, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        value = loss(weights) + PENALTY * (weights**2).sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    return weights.detach().double()


def to_json(models: Coefficients, *, with_reader: bool) -> dict[str, dict[str, float]]:
    """Both models with the names of their features."""
    names = feature_names(with_reader=with_reader)
    return {
        kind: {"bias": round(model.bias, 4)}
        | {name: round(float(w), 4) for name, w in zip(features, model.weights, strict=True)}
        for kind, model, features in zip(("sentence", "answer"), models, names, strict=True)
    }


def main() -> None:
    """Read the options, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the public sets")
    parser.add_argument("--out", type=Path, help="coefficients.json to write")
    parser.add_argument("--cross-validate", action="store_true", help="leave one set out at a time")
    parser.add_argument("--no-reader", action="store_true", help="only the models without it")
    options = parser.parse_args()
    reader = None if options.no_reader else PackagedReader()
    sets = {}
    for name in SETS:
        folder = options.data / name
        assistant = Assistant.from_folder(folder / "documents")
        cases = load_cases(folder)
        sets[name] = gather(assistant, cases, reader)
        if name in ALONE:
            sets[f"{name}, alone"] = gather_alone(folder / "documents", cases, reader)
    written = {}
    unseen = {name: [e for e in of_set if e.readings] for name, of_set in sets.items()}
    for with_reader in (False,) if options.no_reader else (False, True):
        key = "with_reader" if with_reader else "without_reader"
        used = unseen if with_reader else sets
        for held_out in used if options.cross_validate else ():
            rest = [examples for name, examples in used.items() if name != held_out]
            models = fit(rest, with_reader=with_reader)
            line = report(used[held_out], models, with_reader=with_reader)
            print(f"{key}, never seen {held_out}: {line}")
        models = fit(list(used.values()), with_reader=with_reader)
        written[key] = to_json(models, with_reader=with_reader)
        for name, examples in used.items():
            print(f"{key}, {name}: {report(examples, models, with_reader=with_reader)}")
    if options.out:
        options.out.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

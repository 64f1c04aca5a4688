"""The two linear models, as they are fitted: ``fit`` gives both. See ``fit.py`` for the method."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import torch

from assistant.quote.choose import choose
from assistant.quote.coefficients import Coefficients, Linear
from assistant.quote.features import answer_features
from eval.train.gather import STRANGE, Example
from index.types import Sentence

STRANGE_WEIGHT = 0.3
"""How much such a question counts beside the others: people ask them more seldom, and near misses
are what is hard (docs/decisions/refusing.md)."""
ANSWERABLE_SHARE = 2 / 3
"""How many of the questions of a set count as answerable: in use most are, and half made
``confidence`` too low."""
PENALTY = 1e-3
"""Of the squared standardised weights."""
MAX_SENTENCES = 2
Matrix = npt.NDArray[np.float64]


def fit(sets: Sequence[Sequence[Example]], *, with_reader: bool) -> Coefficients:
    """Both models."""
    sentence = fit_sentence(sets, with_reader=with_reader)
    answer = fit_answer(sets, sentence, with_reader=with_reader)
    return Coefficients(sentence, calibrated(answer, sets, sentence, with_reader=with_reader))


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

    return Linear(minimise(loss, len(scale)).numpy() / scale, 0.0)


def fit_answer(sets: Sequence[Sequence[Example]], sentence: Linear, *, with_reader: bool) -> Linear:
    """Weights and bias of the chance that the documents answer."""
    rows, labels, shares = [], [], []
    for examples in sets:
        for example in examples:
            rows.append(answer_row(example, sentence, with_reader=with_reader)[0])
            labels.append(example.case.answerable)
        shares += shares_of(examples, balanced=with_reader)
    matrix = np.array(rows)
    scale = matrix.std(axis=0) + 1e-9
    inputs = torch.from_numpy(np.hstack([matrix / scale, np.ones((len(matrix), 1))])).float()
    target, weight = torch.tensor(labels).float(), torch.tensor(shares)
    weight /= weight.sum()

    def loss(weights: torch.Tensor) -> torch.Tensor:
        cross = torch.nn.functional.binary_cross_entropy_with_logits
        return (cross(inputs @ weights, target, reduction="none") * weight).sum()

    fitted = minimise(loss, inputs.shape[1]).numpy()
    return Linear(fitted[:-1] / scale, float(fitted[-1]))


def calibrated(
    answer: Linear, sets: Sequence[Sequence[Example]], sentence: Linear, *, with_reader: bool
) -> Linear:
    """``answer`` scaled and shifted to the chance that the answer is right: its order stays."""
    scores, right, shares = [], [], []
    for examples in sets:
        for example in examples:
            features, chosen = answer_row(example, sentence, with_reader=with_reader)
            scores.append(float(answer.score(features)))
            right.append(float(is_right(example, chosen)))
        shares += shares_of(examples, balanced=with_reader)
    log_odds, target, weight = (torch.tensor(values) for values in (scores, right, shares))
    weight /= weight.sum()

    def loss(line: torch.Tensor) -> torch.Tensor:
        cross = torch.nn.functional.binary_cross_entropy_with_logits
        return (cross(log_odds * line[0] + line[1], target, reduction="none") * weight).sum()

    scale, shift = minimise(loss, 2).tolist()
    return Linear(answer.weights * scale, answer.bias * scale + shift)


def minimise(loss: Callable[[torch.Tensor], torch.Tensor], size: int) -> torch.Tensor:
    """The ``size`` weights with the least ``loss`` and ``PENALTY`` of their squares."""
    weights = torch.zeros(size, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=500, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        value = loss(weights) + PENALTY * (weights**2).sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    return weights.detach().double()


def shares_of(examples: Sequence[Example], *, balanced: bool) -> list[float]:
    """How much each example of a set counts, 1 together.

    If ``balanced``, ``ANSWERABLE_SHARE`` of it are the answerable: how many a set happens to have
    says nothing of what people ask, and would be taken for a property of its documents.
    """
    weights = np.array([STRANGE_WEIGHT if STRANGE in e.case.tags else 1.0 for e in examples])
    answerable = np.array([e.case.answerable for e in examples])
    if balanced and answerable.any() and not answerable.all():
        weights[answerable] *= ANSWERABLE_SHARE / weights[answerable].sum()
        weights[~answerable] *= (1 - ANSWERABLE_SHARE) / weights[~answerable].sum()
    return [float(weight) for weight in weights / weights.sum()]


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


def is_right(example: Example, chosen: Sequence[Sentence]) -> bool:
    """Whether an answer of ``chosen`` cites evidence; where none is named, a named document."""
    if not example.case.answerable:
        return False
    if not example.case.evidence:
        return any(s.hit.passage.document_id in example.case.documents for s in chosen)
    labelled = zip(example.found.sentences, example.labels, strict=True)
    return any(label for s, label in labelled if s in chosen)

"""The fitted coefficients: read once, checked against the names of the features."""

import json
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np

from assistant.features import (
    ANSWER_FEATURES,
    READ_ANSWER_FEATURES,
    READER_SENTENCE_FEATURES,
    SENTENCE_FEATURES,
    Matrix,
)
from index.errors import TroubleError

FILE = "coefficients.json"


class Linear(NamedTuple):
    """A linear model: ``features @ weights + bias`` is a log odds."""

    weights: Matrix
    bias: float

    def score(self, features: Matrix) -> Matrix:
        """Log odds of one row, or of each row."""
        result: Matrix = features @ self.weights + self.bias
        return result


class Coefficients(NamedTuple):
    """The two models."""

    sentence: Linear
    """Log odds that a sentence is evidence for the answer."""
    answer: Linear
    """Log odds that the documents answer the question and the chosen sentences show it."""


@cache
def load_coefficients(*, with_reader: bool) -> Coefficients:
    """Those in ``coefficients.json``, fitted with or without the reader's features.

    Raises:
        TroubleError: the file does not fit this version of the program.
    """
    values = json.loads(files("assistant").joinpath(FILE).read_text(encoding="utf-8"))
    chosen = values["with_reader" if with_reader else "without_reader"]
    sentence, answer = feature_names(with_reader=with_reader)
    return Coefficients(_linear(chosen["sentence"], sentence), _linear(chosen["answer"], answer))


def feature_names(*, with_reader: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of a sentence's and of an answer's features, in order."""
    if with_reader:
        return SENTENCE_FEATURES + READER_SENTENCE_FEATURES, READ_ANSWER_FEATURES
    return SENTENCE_FEATURES, ANSWER_FEATURES


def _linear(values: dict[str, float], names: tuple[str, ...]) -> Linear:
    if set(values) != {*names, "bias"}:
        raise TroubleError(
            f"{FILE} does not name the features of this version; reinstall grounded-assistant"
        )
    return Linear(np.array([values[name] for name in names]), values["bias"])

"""The fitted coefficients: read once, checked against the names of the features."""

import json
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np

from assistant.quote.features import (
    ANSWER_FEATURES,
    FOLLOW_UP_SENTENCE_FEATURES,
    READ_ANSWER_FEATURES,
    READER_SENTENCE_FEATURES,
    SENTENCE_FEATURES,
    Matrix,
    Readings,
)
from assistant.understand.question import Question
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


class Known(StrEnum):
    """What is known of a question, which decides by which models it is answered."""

    WITHOUT_READER = "without_reader"
    WITH_READER = "with_reader"
    FOLLOW_UP = "follow_up"
    """With the reader, and with the turn before."""


def known_of(question: Question, readings: Readings | None) -> Known:
    """Which models weigh what was found for ``question``."""
    if readings is None:
        return Known.WITHOUT_READER
    return Known.FOLLOW_UP if question.is_follow_up else Known.WITH_READER


@cache
def load_coefficients(known: Known) -> Coefficients:
    """Those in ``coefficients.json`` that were fitted with what is ``known``.

    Raises:
        TroubleError: the file does not fit this version of the program.
    """
    values = json.loads(files("assistant.quote").joinpath(FILE).read_text(encoding="utf-8"))
    chosen = values.get(known, {"sentence": {}, "answer": {}})
    sentence, answer = feature_names(known)
    return Coefficients(_linear(chosen["sentence"], sentence), _linear(chosen["answer"], answer))


def feature_names(known: Known) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of a sentence's and of an answer's features, in order."""
    read = SENTENCE_FEATURES + READER_SENTENCE_FEATURES
    return {
        Known.WITHOUT_READER: (SENTENCE_FEATURES, ANSWER_FEATURES),
        Known.WITH_READER: (read, READ_ANSWER_FEATURES),
        Known.FOLLOW_UP: (read + FOLLOW_UP_SENTENCE_FEATURES, READ_ANSWER_FEATURES),
    }[known]


def _linear(values: dict[str, float], names: tuple[str, ...]) -> Linear:
    if set(values) != {*names, "bias"}:
        raise TroubleError(
            f"{FILE} does not name the features of this version; reinstall grounded-assistant"
        )
    return Linear(np.array([values[name] for name in names]), values["bias"])

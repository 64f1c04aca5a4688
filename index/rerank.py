"""An optional cross-encoder that orders the passages found by reading each with the question."""

from collections.abc import Sequence
from typing import Protocol

from index.cross_encoder import PairModel
from index.errors import ModelError


class Reranker(Protocol):
    """Anything that says how well passages answer; tests pass a scripted one."""

    def scores(self, question: str, passages: Sequence[str]) -> list[float]:
        """How well each passage fits the question, on any scale; higher is better."""


def load_reranker(name: str) -> "CrossEncoderReranker | None":
    """The reranker of that name or path; None for an empty one.

    Raises:
        ModelError: it is missing, unsafe to load, or gives more than one score.
    """
    return CrossEncoderReranker(PairModel(name)) if name else None


class CrossEncoderReranker:
    """See ``Reranker``."""

    def __init__(self, model: PairModel) -> None:
        """Take a model with one output.

        Raises:
            ModelError: it has more.
        """
        if len(model.labels) != 1:
            raise ModelError(
                f"index.reranker {model.name} has {len(model.labels)} outputs "
                f"({', '.join(model.labels)}); expected one, the score of a passage"
            )
        self._model = model

    def scores(self, question: str, passages: Sequence[str]) -> list[float]:
        """See ``Reranker``."""
        scores = self._model.scores([(question, passage) for passage in passages])
        return [float(score) for score in scores[:, 0]]

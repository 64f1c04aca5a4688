"""A cross-encoder for entailment as a judge of written sentences. Off by default.

Any sentence-transformers cross-encoder of the kind that is trained on NLI: one of its labels is
“entailment”, or it has one output, the log odds of support.
"""

from collections.abc import Sequence

import numpy as np

from index.cross_encoder import PairModel
from index.errors import ModelError

ENTAILMENT = "entail"


def load_entailment(name: str) -> "EntailmentJudge | None":
    """The judge of that name or path; None for an empty one.

    Raises:
        ModelError: it is missing, unsafe to load, or none of its labels is entailment.
    """
    return EntailmentJudge(PairModel(name)) if name else None


class EntailmentJudge:
    """See ``SupportJudge``. Safe to use from any thread; the weights load at the first use."""

    def __init__(self, model: PairModel) -> None:
        """Find out which output says "entailment".

        Raises:
            ModelError: none of several says so.
        """
        self._model = model
        self._column = _entailment_column(model)

    def support(self, passages: Sequence[str], sentences: Sequence[str]) -> list[float]:
        """See ``SupportJudge``."""
        scores = self._model.scores(list(zip(passages, sentences, strict=True)))
        if scores.shape[1] == 1:
            chances = 1 / (1 + np.exp(-scores[:, 0]))
        else:
            weights = np.exp(scores - scores.max(axis=1, keepdims=True))
            chances = weights[:, self._column] / weights.sum(axis=1)
        return [float(chance) for chance in chances]


def _entailment_column(model: PairModel) -> int:
    if len(model.labels) == 1:
        return 0
    named = [i for i, label in enumerate(model.labels) if label.lower().startswith(ENTAILMENT)]
    if len(named) != 1:
        raise ModelError(
            f"check.entailment_model {model.name} has the labels {', '.join(model.labels)}; "
            "expected exactly one that is “entailment” (id2label in its config.json)"
        )
    return named[0]

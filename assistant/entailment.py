"""A cross-encoder for entailment as a judge of written sentences. Off by default.

Any sentence-transformers cross-encoder of the kind that is trained on NLI: its labels are
contradiction, entailment and neutral, or it has one output, the chance of support.
"""

from collections.abc import Sequence
from threading import Lock
from typing import Any

import numpy as np

from index.model import ModelFolder, local_model

ENTAILMENT = "entail"
LONGEST_TOKENS = 512


def load_entailment(name: str) -> "EntailmentJudge | None":
    """The judge of that name or path; None for an empty one.

    Raises:
        ModelError: it is missing or unsafe to load.
    """
    return EntailmentJudge(local_model(name)) if name else None


class EntailmentJudge:
    """See ``SupportJudge``. Safe to use from any thread; the weights load at the first use."""

    def __init__(self, folder: ModelFolder) -> None:
        self._folder = folder
        self._lock = Lock()
        self._network: Any = None

    def support(self, passages: Sequence[str], sentences: Sequence[str]) -> list[float]:
        """See ``SupportJudge``."""
        pairs = list(zip(passages, sentences, strict=True))
        if not pairs:
            return []
        with self._lock:
            network = self._loaded()
            logits = np.asarray(network.predict(pairs, show_progress_bar=False), np.float64)
        if logits.ndim == 1:
            return [float(chance) for chance in np.clip(logits, 0.0, 1.0)]
        column = _entailment_column(network.model.config.id2label)
        weights = np.exp(logits - logits.max(axis=1, keepdims=True))
        return [float(chance) for chance in weights[:, column] / weights.sum(axis=1)]

    def _loaded(self) -> Any:
        if self._network is None:
            from sentence_transformers import CrossEncoder

            self._network = CrossEncoder(
                str(self._folder.path),
                device="cpu",
                max_length=LONGEST_TOKENS,
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
        return self._network


def _entailment_column(labels: dict[int, str]) -> int:
    """Which output says "entailment"; the second one, as usual, where none is named so."""
    named = [i for i, label in labels.items() if label.lower().startswith(ENTAILMENT)]
    return int(named[0]) if named else 1

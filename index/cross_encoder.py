"""A sentence-transformers cross-encoder: two texts go in as one, and scores come out. Local only.

Both optional models are of this kind: the reranker of the search and the judge of written
sentences. Nothing is ever downloaded for them.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from index.errors import ModelError
from index.model import local_model

LONGEST_TOKENS = 512

Scores = npt.NDArray[np.float64]
"""(pairs, labels): the raw outputs."""


class PairModel:
    """Safe to use from any thread; the weights load at the first use."""

    def __init__(self, name: str) -> None:
        """Check the folder, load nothing.

        Args:
            name: path of the model's folder, or its name where a hub's cache holds it.

        Raises:
            ModelError: it is not there, unsafe to load, or no model that gives scores.
        """
        self.name = name
        self._folder = local_model(name, "cross-encoder", may_download=False).path
        self.labels = _labels(self._folder, name)
        """Of the outputs, in order; at least one."""
        self._lock = Lock()
        self._network: Any = None

    def scores(self, pairs: Sequence[tuple[str, str]]) -> Scores:
        """The outputs for each pair.

        Raises:
            ModelError: the files cannot be loaded.
        """
        if not pairs:
            return np.zeros((0, len(self.labels)))
        with self._lock:
            if self._network is None:
                self._network = _load(self._folder, self.name)
            import torch

            raw = self._network.predict(
                list(pairs), activation_fn=torch.nn.Identity(), show_progress_bar=False
            )
        return np.asarray(raw, np.float64).reshape(len(pairs), len(self.labels))


def _labels(folder: Path, name: str) -> tuple[str, ...]:
    try:
        labels = json.loads((folder / "config.json").read_text(encoding="utf-8"))["id2label"]
        return tuple(str(labels[key]) for key in sorted(labels, key=int))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(
            f"{name} is no cross-encoder: its config.json names no labels (id2label)"
        ) from error


def _load(folder: Path, name: str) -> Any:
    from safetensors import SafetensorError
    from sentence_transformers import CrossEncoder

    try:
        return CrossEncoder(
            str(folder),
            device="cpu",
            max_length=LONGEST_TOKENS,
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )
    except (OSError, ValueError, RuntimeError, KeyError, SafetensorError) as error:
        raise ModelError(
            f"the cross-encoder {name} cannot be loaded ({type(error).__name__}); is it whole?"
        ) from error

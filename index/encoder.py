"""The network of the packaged embedding model, all-MiniLM-L6-v2.

sentence-transformers, which loads any model, takes six seconds to import on two cores, and nobody
who asks one question wants to wait for them. This gives the same vectors (Devlin et al. 2019, BERT;
Reimers and Gurevych 2019, Sentence-BERT), which a test holds it to.
"""

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch.nn.functional import embedding, gelu, layer_norm, linear, scaled_dot_product_attention

LAYERS, HEADS, WIDTH = 6, 12, 384
MAX_TOKENS = 256
"""What the model reads of a text, special tokens included."""
NORM_EPSILON = 1e-12


class Encoder:
    """Token ids to a vector for each token, and to one for the whole: the mean over its tokens."""

    def __init__(self, folder: Path) -> None:
        """``folder``: of the model; its files are checked elsewhere."""
        self._weights = load_file(folder / "model.safetensors")

    def __call__(self, inputs: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        """As a model of sentence-transformers: from ``input_ids`` and ``attention_mask``, both
        (batch, length), to ``token_embeddings`` (batch, length, width) and ``sentence_embedding``
        (batch, width).
        """
        mask = inputs["attention_mask"]
        states = self._words(inputs["input_ids"])
        for number in range(LAYERS):
            states = self._layer(f"encoder.layer.{number}", states, mask[:, None, None] > 0)
        counted = mask[:, :, None].to(states.dtype)
        mean = (states * counted).sum(1) / counted.sum(1)
        return {"token_embeddings": states, "sentence_embedding": mean}

    def _words(self, ids: torch.Tensor) -> torch.Tensor:
        """(batch, length, width): of each word, its place, and that it is of the first text."""
        words, places, texts = (
            self._weights[f"embeddings.{name}_embeddings.weight"]
            for name in ("word", "position", "token_type")
        )
        return self._norm(embedding(ids, words) + places[: ids.shape[1]] + texts[0], "embeddings")

    def _layer(self, name: str, states: torch.Tensor, seen: torch.Tensor) -> torch.Tensor:
        """The states a layer on; ``seen`` (batch, 1, 1, length): what is no padding."""
        query, key, value = (
            self._map(states, f"{name}.attention.self.{part}")
            .view(*states.shape[:2], HEADS, -1)
            .transpose(1, 2)
            for part in ("query", "key", "value")
        )
        mixed = scaled_dot_product_attention(query, key, value, attn_mask=seen)
        mixed = self._map(mixed.transpose(1, 2).flatten(2), f"{name}.attention.output.dense")
        states = self._norm(states + mixed, f"{name}.attention.output")
        inner = gelu(self._map(states, f"{name}.intermediate.dense"))
        return self._norm(states + self._map(inner, f"{name}.output.dense"), f"{name}.output")

    def _map(self, states: torch.Tensor, name: str) -> torch.Tensor:
        return linear(states, self._weights[f"{name}.weight"], self._weights[f"{name}.bias"])

    def _norm(self, states: torch.Tensor, name: str) -> torch.Tensor:
        weight, bias = (self._weights[f"{name}.LayerNorm.{kind}"] for kind in ("weight", "bias"))
        return layer_norm(states, (WIDTH,), weight, bias, NORM_EPSILON)

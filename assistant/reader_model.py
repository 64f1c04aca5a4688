"""The network of the reader: MiniLM layers with heads for span, answerable, support. Needs torch.

Question (or claim) and passage go in as one input. The embeddings are those of the packaged
all-MiniLM-L6-v2, unchanged; only the six layers and the heads are our own, 22 MB in half precision.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors.torch import load_file
from tokenizers import Encoding, Tokenizer
from torch import nn

MAX_TOKENS = 256
HIDDEN = 384


class Outputs(NamedTuple):
    """Logits of a batch."""

    start: torch.Tensor
    """(batch, length): where the answer starts; at 0, the first token, that there is none.

    Minus infinity elsewhere outside the passage.
    """
    end: torch.Tensor
    """(batch, length): the like for its last token."""
    answerable: torch.Tensor
    """(batch,): that the passage answers the question."""
    supported: torch.Tensor
    """(batch,): that the passage supports the claim."""


class ReaderModel(nn.Module):
    """Start and end of the answer for each token, whether there is one, and whether it supports."""

    def __init__(self, base: Path) -> None:
        super().__init__()
        from transformers import BertConfig, BertModel

        config = BertConfig.from_pretrained(base, local_files_only=True)
        # Without dropout: each item is seen once or twice, and it doubled the time of a step.
        config.hidden_dropout_prob = config.attention_probs_dropout_prob = 0.0
        self.bert = BertModel(config, add_pooling_layer=False)
        packaged = load_file(base / "model.safetensors")
        self.bert.load_state_dict(
            {name: t for name, t in packaged.items() if not name.startswith("pooler.")},
            strict=False,
        )
        self.bert.embeddings.requires_grad_(False)
        self.span = nn.Linear(HIDDEN, 2)
        self.answerable = _head()
        self.support = _head()

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> Outputs:
        """See ``Outputs``; the inputs are those of ``to_inputs``."""
        states = self.bert(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        allowed = (token_type_ids == 1) & (attention_mask == 1)
        allowed[:, 0] = True
        span = self.span(states).float().masked_fill(~allowed[:, :, None], float("-inf"))
        first = states[:, 0]
        return Outputs(
            span[..., 0],
            span[..., 1],
            self.answerable(first).float()[:, 0],
            self.support(first).float()[:, 0],
        )

    def own_state(self) -> dict[str, torch.Tensor]:
        """The weights that are not the packaged model's."""
        return {k: v for k, v in self.state_dict().items() if not k.startswith("bert.embeddings.")}


def _head() -> nn.Sequential:
    return nn.Sequential(nn.Linear(HIDDEN, HIDDEN), nn.GELU(), nn.Linear(HIDDEN, 1))


def load_tokenizer(base: Path) -> Tokenizer:
    """The packaged tokenizer, set to pairs of question and passage, cutting only the passage."""
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_TOKENS, strategy="only_second")
    tokenizer.no_padding()
    return tokenizer


def to_inputs(encodings: Sequence[Encoding]) -> dict[str, Any]:
    """Padded tensors for ``ReaderModel`` from pair encodings."""
    length = max(len(e.ids) for e in encodings)

    def padded(rows: list[list[int]]) -> torch.Tensor:
        return torch.tensor([row + [0] * (length - len(row)) for row in rows])

    return {
        "input_ids": padded([e.ids for e in encodings]),
        "attention_mask": padded([e.attention_mask for e in encodings]),
        "token_type_ids": padded([e.type_ids for e in encodings]),
    }

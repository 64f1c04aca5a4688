"""The network of the reader: MiniLM layers with heads for span and answerable. Needs torch.

Question and passage go in as one input. The embeddings are those of the packaged all-MiniLM-L6-v2,
unchanged; only the six layers and the heads are our own, 21 MB in half precision.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from tokenizers import Encoding, Tokenizer
from torch import nn

MAX_TOKENS = 256
HIDDEN = 384


class ReaderModel(nn.Module):
    """Start and end of the answer for each token, and whether there is one, as logits."""

    def __init__(self, base: Path) -> None:
        super().__init__()
        from transformers import BertConfig, BertModel

        config = BertConfig.from_pretrained(base, local_files_only=True)
        self.bert = BertModel(config, add_pooling_layer=False)
        packaged = load_file(base / "model.safetensors")
        self.bert.load_state_dict(
            {name: t for name, t in packaged.items() if not name.startswith("pooler.")},
            strict=False,
        )
        self.bert.embeddings.requires_grad_(False)
        self.span = nn.Linear(HIDDEN, 2)
        self.answerable = nn.Sequential(nn.Linear(HIDDEN, HIDDEN), nn.GELU(), nn.Linear(HIDDEN, 1))

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Logits: start (batch, length), end (batch, length), answerable (batch,).

        Start and end are minus infinity outside the passage.
        """
        states = self.bert(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        span = self.span(states).float()
        passage = (token_type_ids == 1) & (attention_mask == 1)
        span = span.masked_fill(~passage[:, :, None], float("-inf"))
        return span[..., 0], span[..., 1], self.answerable(states[:, 0]).float()[:, 0]

    def own_state(self) -> dict[str, torch.Tensor]:
        """The weights that are not the packaged model's."""
        return {k: v for k, v in self.state_dict().items() if not k.startswith("bert.embeddings.")}


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

"""The network that teaches the reader: MPNet with the reader's heads. Needs torch.

Its words are those of the reader's tokenizer: MPNet's vocabulary (Song et al. 2020) is BERT's after
four of its own, and ``<mask>``. So both read the same tokens at the same places.
"""

from pathlib import Path

import torch

from assistant.read.reader_model import PairReader
from eval.train.training import Seen

SHIFT = 4
SPECIAL = {0: 1, 101: 0, 102: 2, 103: 30526}
"""BERT's ``[PAD]``, ``[CLS]``, ``[SEP]`` and ``[MASK]``, and MPNet's."""
FIRST_PLACE = 2
"""The row of MPNet's table of positions that is the first token's."""


class TeacherModel(PairReader):
    """An MPNet encoder; its embeddings stay as they are."""

    def __init__(self, base: Path) -> None:
        """``base``: folder of an MPNet model with BERT's words, such as all-mpnet-base-v2."""
        from transformers import MPNetModel

        encoder = MPNetModel.from_pretrained(
            base,
            add_pooling_layer=False,
            local_files_only=True,
            use_safetensors=True,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        super().__init__(encoder.config.hidden_size)
        self.encoder = encoder
        self.encoder.embeddings.requires_grad_(False)
        self.encoder.encoder.relative_attention_bias.requires_grad_(False)

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> Seen:
        """See ``Seen``; the inputs are the reader's."""
        out = self.encoder(
            input_ids=its_ids(input_ids), attention_mask=attention_mask, output_hidden_states=True
        )
        allowed = (token_type_ids == 1) & (attention_mask == 1)
        return Seen(self.outputs(out.last_hidden_state, allowed), out.hidden_states)


def its_ids(ids: torch.Tensor) -> torch.Tensor:
    """MPNet's ids of BERT's."""
    out = ids + SHIFT
    for bert, own in SPECIAL.items():
        out = out.masked_fill(ids == bert, own)
    return out

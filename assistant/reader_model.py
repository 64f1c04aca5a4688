"""The network of the reader: MiniLM layers with heads for span, answerable, support. Needs torch.

Question (or claim) and passage go in as one input. The embeddings are those of the packaged
all-MiniLM-L6-v2, unchanged; only the twelve layers and the heads are our own, 22 MB as int8.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors.torch import load_file
from tokenizers import Encoding, Tokenizer
from torch import nn
from torch.nn.functional import scaled_dot_product_attention
from torch.nn.utils.rnn import pad_sequence

MAX_TOKENS = 256
HIDDEN = 384
PACKAGED_LAYERS = 6
"""Layers of the packaged model."""
SCALE = ".scale"
"""Ends the name of the scales of a matrix of int8."""
LEAST_SCALE = 1e-8
GATE_AFTER = 8
"""Layers after which the gate tells what is beside the question."""
LEFT = -3.4
"""Logit of what is read no further: as low as the reader goes for what it reads to the end."""


class Outputs(NamedTuple):
    """Logits of a batch."""

    start: torch.Tensor
    """(batch, length): where the answer starts; at 0, the first token, that there is none.

    Minus infinity elsewhere outside the passage; everywhere for what ``read`` left.
    """
    end: torch.Tensor
    """(batch, length): the like for its last token."""
    answerable: torch.Tensor
    """(batch,): that the passage answers the question."""
    supported: torch.Tensor
    """(batch,): that the passage supports the claim."""


class PairReader(nn.Module):
    """Heads on an encoder that reads a text and a passage; a subclass has the encoder."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.span = nn.Linear(width, 2)
        self.answerable = _head(width)
        self.support = _head(width)

    def outputs(self, states: torch.Tensor, allowed: torch.Tensor) -> Outputs:
        """From the states (batch, length, width) and which tokens are the passage's."""
        allowed[:, 0] = True
        span = self.span(states).float().masked_fill(~allowed[:, :, None], float("-inf"))
        first = states[:, 0]
        return Outputs(
            span[..., 0],
            span[..., 1],
            self.answerable(first).float()[:, 0],
            self.support(first).float()[:, 0],
        )


class ReaderModel(PairReader):
    """Start and end of the answer for each token, whether there is one, and whether it supports."""

    def __init__(self, base: Path, layers: int = PACKAGED_LAYERS) -> None:
        """``base``: folder of the packaged model; the layers that it lacks are left at random."""
        super().__init__(HIDDEN)
        from transformers import BertConfig, BertModel

        config = BertConfig.from_pretrained(base, local_files_only=True)
        config.num_hidden_layers = layers
        # Without dropout: each item is seen once or twice, and it doubled the time of a step.
        config.hidden_dropout_prob = config.attention_probs_dropout_prob = 0.0
        self.bert = BertModel(config, add_pooling_layer=False)
        packaged = load_file(base / "model.safetensors")
        self.bert.load_state_dict(
            {name: t for name, t in packaged.items() if not name.startswith("pooler.")},
            strict=False,
        )
        self.bert.embeddings.requires_grad_(False)
        self.gate: nn.Linear | None = None
        """Tells from the first token after ``GATE_AFTER`` layers: below 0, leave it."""

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> Outputs:
        """See ``Outputs``; the inputs are those of ``to_inputs``."""
        states = self.bert(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        return self.outputs(states, (token_type_ids == 1) & (attention_mask == 1))

    def read(self, encodings: Sequence[Encoding], *, gated: bool = False) -> Outputs:
        """What ``forward`` gives, but nothing is computed for padding: a quarter less time.

        All inputs stand one after another, and only attention looks at each by itself.

        Args:
            encodings: at least one.
            gated: leave what the gate, if there is one, says is beside the question, as long as
                something else more likely answers than not. What is left has minus infinity for
                every word, the first token too, and ``LEFT`` for ``answerable`` and ``supported``.
        """
        lengths = [len(e.ids) for e in encodings]
        states = self.bert.embeddings(
            input_ids=_joined(e.ids for e in encodings),
            token_type_ids=_joined(e.type_ids for e in encodings),
            position_ids=_joined(range(length) for length in lengths),
        )
        layers: Any = self.bert.encoder.layer
        each = torch.split(_through(layers[:GATE_AFTER], states, lengths)[0], lengths)
        every = list(range(len(encodings)))
        if gated and self.gate:
            gates = self.gate(torch.stack([one[0] for one in each]))[:, 0].tolist()
            hopeful = [place for place in every if gates[place] >= 0]
            out = self._read_on(encodings, each, hopeful) if hopeful else None
            if out and float(out.answerable.max()) > 0:
                return out
        return self._read_on(encodings, each, every)

    def _read_on(
        self, encodings: Sequence[Encoding], each: Sequence[torch.Tensor], places: list[int]
    ) -> Outputs:
        """The outputs of all ``encodings``, of which those at ``places`` are read to their end.

        ``each``: their states (length, width) after ``GATE_AFTER`` layers.
        """
        layers: Any = self.bert.encoder.layer
        lengths = [len(each[place]) for place in places]
        states = torch.cat([each[place] for place in places])[None]
        states = _through(layers[GATE_AFTER:], states, lengths)
        types = [torch.tensor(encodings[place].type_ids) for place in places]
        padded = pad_sequence([*torch.split(states[0], lengths)], batch_first=True)
        out = self.outputs(padded, pad_sequence(types, batch_first=True) == 1)
        return _spread(out, places, len(encodings))

    def own_state(self) -> dict[str, torch.Tensor]:
        """The weights that are not the packaged model's."""
        return {k: v for k, v in self.state_dict().items() if not k.startswith("bert.embeddings.")}


def _joined(rows: Iterable[Iterable[int]]) -> torch.Tensor:
    return torch.tensor([list(chain.from_iterable(rows))])


def _through(layers: Any, states: torch.Tensor, lengths: Sequence[int]) -> torch.Tensor:
    """(1, tokens, width): the inputs of ``states`` after some layers."""
    for layer in layers:
        attended = _attend(layer.attention.self, states, lengths)
        states = layer.attention.output(attended, states)
        states = layer.output(layer.intermediate(states), states)
    return states


def _spread(out: Outputs, places: list[int], count: int) -> Outputs:
    """``out`` of (len(places), length) as (count, length): inputs not at ``places`` were left."""

    def rows(tensor: torch.Tensor, left: float) -> torch.Tensor:
        full = tensor.new_full((count, *tensor.shape[1:]), left)
        full[places] = tensor
        return full

    nowhere = float("-inf")
    return Outputs(
        rows(out.start, nowhere),
        rows(out.end, nowhere),
        rows(out.answerable, LEFT),
        rows(out.supported, LEFT),
    )


def _attend(attention: Any, states: torch.Tensor, lengths: Sequence[int]) -> torch.Tensor:
    """(1, tokens, width): each of the inputs of ``states`` attends to itself."""
    heads = attention.num_attention_heads
    projected = [
        project(states)[0].unflatten(-1, (heads, -1)).transpose(0, 1)[None].split(lengths, 2)
        for project in (attention.query, attention.key, attention.value)
    ]
    attended = [scaled_dot_product_attention(*qkv) for qkv in zip(*projected, strict=True)]
    return torch.cat(attended, 2)[0].transpose(0, 1).flatten(1)[None]


def _head(width: int) -> nn.Sequential:
    """Logit of one of two answers, from the state of the first token."""
    return nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, 1))


def layers_in(state: Mapping[str, torch.Tensor]) -> int:
    """How many layers there are weights for."""
    return len({name.split(".")[3] for name in state if name.startswith("bert.encoder.layer.")})


def quantized(state: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The weights to be stored: matrices as int8 with a scale for each row, the rest as float16."""
    stored = {}
    for name, tensor in state.items():
        if tensor.ndim == 2:
            scale = (tensor.float().abs().amax(1) / 127).clamp(min=LEAST_SCALE)
            stored[name] = (tensor.float() / scale[:, None]).round().to(torch.int8)
            stored[name + SCALE] = scale
        else:
            stored[name] = tensor.half()
    return stored


def restored(stored: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The weights as float32, of those that ``quantized`` gives or of float16."""
    return {
        name: tensor.float() * stored[name + SCALE][:, None]
        if name + SCALE in stored
        else tensor.float()
        for name, tensor in stored.items()
        if not name.endswith(SCALE)
    }


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

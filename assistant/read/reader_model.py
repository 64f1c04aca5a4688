"""The network of the reader: MPNet layers with heads for span, answerable, support. Needs torch.

Question (or claim) and passage go in as one input. Its words are made from those of the packaged
all-MiniLM-L6-v2, with a small table of its own; the eight layers have three bits a weight, so that
the whole is 25 MB.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors.torch import load_file
from tokenizers import Encoding, Tokenizer
from torch import nn
from torch.nn.functional import gelu, scaled_dot_product_attention
from torch.nn.utils.rnn import pad_sequence

from assistant.read.cores import on_all_cores
from assistant.read.few_bits import SCALE, Int8Linear, restored, unpacked

MAX_TOKENS = 256
PACKAGED_WORDS = "embeddings.word_embeddings.weight"
NORM_EPSILON = 1e-5
DISTANCES, NEAR, FURTHEST = 32, 8, 128
"""Distances between tokens that are told apart: half of them backwards; of these as many as
``NEAR`` one by one, the others in a geometric series up to ``FURTHEST`` (Raffel et al. 2020, T5;
Song et al. 2020, MPNet)."""
GATE_AFTER = 6
"""Layers after which the gate tells what is beside the question."""
LEFT = -3.1
"""Logit of what is read no further: as low as the reader goes for what it reads to the end."""
LAYER_BITS, OTHER_BITS = 3, 4
"""Bits of a weight of the layers; of the table of words, and of the first step of a head."""


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


@dataclass(frozen=True, slots=True)
class Sizes:
    """What a network's weights are made for."""

    layers: int = 8
    width: int = 768
    inner: int = 3072
    """Between the two maps that end a layer."""
    heads: int = 12
    own_words: int = 128
    """Columns of the table of words that is the reader's own."""

    @staticmethod
    def of(stored: Mapping[str, torch.Tensor]) -> "Sizes":
        """Of the weights in a file."""
        layers = len({name.split(".")[1] for name in stored if name.startswith("layers.")})
        inner, width = len(stored["layers.0.widen.bias"]), len(stored["norm.bias"])
        own_words = stored["words.up.weight"].shape[1]
        return Sizes(layers, width, inner, stored["distances.weight"].shape[1], own_words)


class PairReader(nn.Module):
    """Heads on an encoder that reads a text and a passage; a subclass has the encoder."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.span = nn.Linear(width, 2)
        self.answerable = _head(width)
        self.support = _head(width)

    def outputs(self, states: torch.Tensor, allowed: torch.Tensor) -> Outputs:
        """From the states (batch, length, width) and which tokens are the passage's."""
        at_first = torch.arange(states.shape[1], device=states.device) == 0
        outside = ~(allowed | at_first)[:, :, None]
        span = self.span(states).float().masked_fill(outside, float("-inf"))
        first = states[:, 0]
        return Outputs(
            span[..., 0],
            span[..., 1],
            self.answerable(first).float()[:, 0],
            self.support(first).float()[:, 0],
        )


def _table(rows: int, columns: int) -> nn.Embedding:
    """To be filled: numbers at random, with which ``nn.Embedding`` begins, take two seconds where a
    network is made without weights, for they import PyTorch's compiler.
    """
    return nn.Embedding(rows, columns, _weight=torch.empty(rows, columns))


class Words(nn.Module):
    """Vectors of words: the packaged ones made wider, and a table of few columns added."""

    packaged: torch.Tensor

    def __init__(self, packaged: torch.Tensor, sizes: Sizes) -> None:
        """``packaged``: (words, its width)."""
        super().__init__()
        self.register_buffer("packaged", packaged, persistent=False)
        self.project = nn.Linear(packaged.shape[1], sizes.width)
        self.own = _table(len(packaged), sizes.own_words)
        self.up = nn.Linear(sizes.own_words, sizes.width, bias=False)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """(…, width) of ids (…)."""
        wider: torch.Tensor = self.project(self.packaged[ids]) + self.up(self.own(ids))
        return wider


class Layer(nn.Module):
    """Attention, and two maps of each token's state; each added to what it is made of."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.heads = sizes.heads
        self.joined = nn.Linear(sizes.width, 3 * sizes.width)
        """Queries, keys and values."""
        self.output = nn.Linear(sizes.width, sizes.width)
        self.norm = nn.LayerNorm(sizes.width, NORM_EPSILON)
        self.widen = nn.Linear(sizes.width, sizes.inner)
        self.narrow = nn.Linear(sizes.inner, sizes.width)
        self.last_norm = nn.LayerNorm(sizes.width, NORM_EPSILON)

    def forward(self, states: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        """The states (length, width) of one input, a layer on.

        ``bias``: (heads, length, length), what attention adds for each distance.
        """
        joined = self.joined(states).unflatten(1, (3, 1, self.heads, -1)).permute(1, 2, 3, 0, 4)
        query, key, value = joined
        mixed = scaled_dot_product_attention(query, key, value, attn_mask=bias[None])
        return self.finished(states, mixed[0].transpose(0, 1).flatten(1))

    def finished(self, states: torch.Tensor, mixed: torch.Tensor) -> torch.Tensor:
        """What comes after attention has ``mixed`` the tokens (…, width)."""
        states = self.norm(states + self.output(mixed))
        out: torch.Tensor = self.last_norm(states + self.narrow(gelu(self.widen(states))))
        return out


class ReaderModel(PairReader):
    """Start and end of the answer for each token, whether there is one, and whether it supports."""

    def __init__(self, base: Path, sizes: Sizes | None = None) -> None:
        """Weights at random, but for the packaged words.

        Args:
            base: folder of the packaged model.
            sizes: None for the shipped ones.
        """
        self.sizes = sizes or Sizes()
        super().__init__(self.sizes.width)
        self.words = Words(load_file(base / "model.safetensors")[PACKAGED_WORDS], self.sizes)
        self.positions = _table(MAX_TOKENS, self.sizes.width)
        self.norm = nn.LayerNorm(self.sizes.width, NORM_EPSILON)
        self.distances = _table(DISTANCES, self.sizes.heads)
        self.layers = nn.ModuleList(Layer(self.sizes) for _ in range(self.sizes.layers))
        self.gate: nn.Linear | None = None
        """Tells from the first token after ``GATE_AFTER`` layers: below 0, leave it."""

    def embedded(self, ids: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
        """(…, width): the states before the first layer of ids (…) at ``places`` (…)."""
        states: torch.Tensor = self.norm(self.words(ids) + self.positions(places))
        return states

    def bias(self, length: int) -> torch.Tensor:
        """(heads, length, length): what attention adds for each distance."""
        at = torch.arange(length, device=self.distances.weight.device)
        added: torch.Tensor = self.distances(distance_classes(at[:, None] - at))
        return added.permute(2, 0, 1)

    @torch.inference_mode()
    def read(self, encodings: Sequence[Encoding], *, gated: bool = False) -> Outputs:
        """The outputs of pairs; nothing is computed for padding, and no gradients.

        Args:
            encodings: at least one.
            gated: leave what the gate, if there is one, says is beside the question, as long as
                something else more likely answers than not. What is left has minus infinity for
                every word, the first token too, and ``LEFT`` for ``answerable`` and ``supported``.
        """
        states = self._through(self.layers[:GATE_AFTER], [self._begin(e) for e in encodings])
        every = list(range(len(encodings)))
        if gated and self.gate:
            gates = self.gate(torch.stack([one[0] for one in states]))[:, 0].tolist()
            hopeful = [place for place in every if gates[place] >= 0]
            out = self._read_on(encodings, states, hopeful) if hopeful else None
            if out and float(out.answerable.max()) > 0:
                return out
        return self._read_on(encodings, states, every)

    def _begin(self, encoding: Encoding) -> torch.Tensor:
        return self.embedded(torch.tensor(encoding.ids), torch.arange(len(encoding.ids)))

    def _through(
        self, layers: Iterable[nn.Module], states: Sequence[torch.Tensor]
    ) -> list[torch.Tensor]:
        """The states (length, width) of some inputs, after ``layers``.

        Each input by itself: so what one step makes of it is still near when the next needs it;
        and all inputs before the next layer, for the same reason.
        """
        bias = self.bias(max(map(len, states)))
        steps = list(layers)

        def some(inputs: Sequence[torch.Tensor]) -> Sequence[torch.Tensor]:
            for layer in steps:
                inputs = [layer(one, bias[:, : len(one), : len(one)]) for one in inputs]
            return inputs

        return on_all_cores(some, states)

    def _read_on(
        self, encodings: Sequence[Encoding], states: Sequence[torch.Tensor], places: list[int]
    ) -> Outputs:
        """The outputs of all ``encodings``, of which those at ``places`` are read to their end.

        ``states``: of each, (length, width) after ``GATE_AFTER`` layers.
        """
        last = self._through(self.layers[GATE_AFTER:], [states[place] for place in places])
        types = [torch.tensor(encodings[place].type_ids) for place in places]
        passage = pad_sequence(types, batch_first=True) == 1
        out = self.outputs(pad_sequence(last, batch_first=True), passage)
        return _spread(out, places, len(encodings))


def distance_classes(steps: torch.Tensor) -> torch.Tensor:
    """Which of ``DISTANCES`` each number of steps to another token, before it or after, counts as.

    As in MPNet, whose name for it is relative position bucket.
    """
    half = DISTANCES // 2
    size = steps.abs()
    further = NEAR * torch.log(size.clamp(min=1) / NEAR) / math.log(FURTHEST / NEAR)
    far = (NEAR + further.long()).clamp(max=half - 1)
    return (steps < 0) * half + torch.where(size < NEAR, size, far)


def bits_of(name: str) -> int:
    """Of each weight of the matrix with that name, where a file has it as bytes."""
    return LAYER_BITS if name.startswith("layers.") else OTHER_BITS


def load_weights(base: Path, stored: Mapping[str, torch.Tensor]) -> ReaderModel:
    """The network with the weights of a file.

    Args:
        base: folder of the packaged model.
        stored: as in the file.
    """
    with torch.device("meta"):  # no time for weights at random
        model = ReaderModel(base, Sizes.of(stored))
    rest = dict(stored)
    for number, layer in enumerate(model.layers):
        for part, module in [*layer.named_children()]:
            if isinstance(module, nn.Linear):
                setattr(layer, part, _whole(rest, f"layers.{number}.{part}"))
    model.load_state_dict(restored(rest, bits_of), assign=True)
    return model.eval()


def _whole(stored: dict[str, torch.Tensor], name: str) -> Int8Linear:
    """The linear map of that name, whose weights are taken out of ``stored``."""
    weight, bias = (stored.pop(f"{name}.{part}") for part in ("weight", "bias"))
    scale = stored.pop(f"{name}.weight{SCALE}")
    return Int8Linear(unpacked(weight, LAYER_BITS), scale.float() / 2, bias.float())


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


def _head(width: int) -> nn.Sequential:
    """Logit of one of two answers, from the state of the first token."""
    return nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, 1))


def load_tokenizer(base: Path) -> Tokenizer:
    """The packaged tokenizer, set to pairs of question and passage, cutting only the passage."""
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_TOKENS, strategy="only_second")
    tokenizer.no_padding()
    return tokenizer


def to_inputs(encodings: Sequence[Encoding]) -> dict[str, Any]:
    """Padded tensors (batch, length) from pair encodings, for networks that are trained."""
    length = max(len(e.ids) for e in encodings)

    def padded(rows: list[list[int]]) -> torch.Tensor:
        return torch.tensor([row + [0] * (length - len(row)) for row in rows])

    return {
        "input_ids": padded([e.ids for e in encodings]),
        "attention_mask": padded([e.attention_mask for e in encodings]),
        "token_type_ids": padded([e.type_ids for e in encodings]),
    }

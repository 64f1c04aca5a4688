"""The reader as it learns: it reads padded batches, and begins as some of its teacher's layers.

What the teacher knows is in its weights, so the reader takes over some of its layers as they are
(Sanh et al. 2019, DistilBERT), and all that is around them. Only the table of words is made anew:
of the packaged model's, since the teacher's has as many weights as three layers.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, cast

import torch
from torch import nn
from torch.nn.functional import scaled_dot_product_attention

from assistant.read.reader_model import MAX_TOKENS, Layer, ReaderModel, Sizes, Words
from eval.train.teacher_model import FIRST_PLACE, TeacherModel, its_ids
from eval.train.training import Seen

if TYPE_CHECKING:
    from transformers.models.mpnet.modeling_mpnet import MPNetLayer


class Learner(ReaderModel):
    """A reader for batches with masks: the same as ``read``, and fast on a GPU."""

    def __init__(self, base: Path, sizes: Sizes | None = None) -> None:
        super().__init__(base, sizes)
        for table in (self.words.own, self.positions, self.distances):
            nn.init.normal_(table.weight)

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> Seen:
        """See ``Seen``; the inputs are those of ``to_inputs``."""
        length = input_ids.shape[1]
        is_padding = attention_mask[:, None, None] == 0
        bias = self.bias(length)[None].masked_fill(is_padding, float("-inf"))
        places = torch.arange(length, device=input_ids.device)
        states = [self.embedded(input_ids, places)]
        for layer in cast(Iterable[Layer], self.layers):
            states.append(after(layer, states[-1], bias))
        allowed = (token_type_ids == 1) & (attention_mask == 1)
        return Seen(self.outputs(states[-1], allowed), tuple(states))


def after(layer: Layer, states: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
    """(batch, length, width): a layer on.

    Args:
        layer: of the reader.
        states: (batch, length, width).
        bias: (batch, heads, length, length), of distances and padding.
    """
    joined = layer.joined(states).unflatten(2, (3, layer.heads, -1)).permute(2, 0, 3, 1, 4)
    queries, keys, values = joined
    mixed = scaled_dot_product_attention(queries, keys, values, attn_mask=bias)
    return layer.finished(states, mixed.transpose(1, 2).flatten(2))


def kept_of(depth: int, count: int) -> tuple[int, ...]:
    """``count`` layers of ``depth``, the first and the last among them, evenly spread.

    >>> kept_of(12, 8)
    (0, 1, 3, 4, 6, 7, 9, 11)
    """
    return tuple(place * (depth - 1) // (count - 1) for place in range(count))


@torch.no_grad()
def learner_of(teacher: TeacherModel, base: Path, counts: torch.Tensor, sizes: Sizes) -> Learner:
    """A reader that begins with what ``teacher`` knows; on the CPU.

    Args:
        teacher: of the same width, and at least as many layers.
        base: folder of the packaged model.
        counts: (words,) how often each word is read: the more, the nearer is it to the teacher's.
        sizes: of the reader; see ``sizes_below``.
    """
    learner = Learner(base, sizes)
    embeddings, encoder = teacher.encoder.embeddings, teacher.encoder.encoder
    _build_words(learner.words, _words_of(teacher, len(counts)), counts)
    places = embeddings.position_embeddings.weight[FIRST_PLACE : FIRST_PLACE + MAX_TOKENS]
    learner.positions.weight.copy_(places)
    learner.norm.load_state_dict(embeddings.LayerNorm.state_dict())
    learner.distances.load_state_dict(encoder.relative_attention_bias.state_dict())
    learner.distances.requires_grad_(False)
    kept = kept_of(len(encoder.layer), sizes.layers)
    for own, place in zip(cast(Iterable[Layer], learner.layers), kept, strict=True):
        _take_over(own, cast("MPNetLayer", encoder.layer[place]))
    for name in ("span", "answerable", "support"):
        getattr(learner, name).load_state_dict(getattr(teacher, name).state_dict())
    return learner


def sizes_below(teacher: TeacherModel) -> Sizes:
    """The shipped sizes, as far as ``teacher`` is large enough."""
    config, shipped = teacher.encoder.config, Sizes()
    return Sizes(
        layers=min(shipped.layers, config.num_hidden_layers),
        width=config.hidden_size,
        inner=config.intermediate_size,
        heads=config.num_attention_heads,
        own_words=min(shipped.own_words, config.hidden_size),
    )


def _words_of(teacher: TeacherModel, count: int) -> torch.Tensor:
    """(words, width): the teacher's vector of each of the reader's words."""
    table: torch.Tensor = teacher.encoder.embeddings.word_embeddings.weight.cpu()
    return table[its_ids(torch.arange(count))]


def _build_words(words: Words, wanted: torch.Tensor, counts: torch.Tensor) -> None:
    """The weights that come nearest to the vectors ``wanted`` (words, width).

    First the linear map of the packaged words with the least squared error, then of what it misses
    as many singular vectors as the table has columns.
    """
    worth = (counts + 1).sqrt()[:, None]
    known = torch.hstack([words.packaged, torch.ones(len(counts), 1)])
    best = torch.linalg.lstsq(known * worth, wanted * worth).solution
    words.project.weight.copy_(best[:-1].T)
    words.project.bias.copy_(best[-1])
    missed = (wanted - known @ best) * worth
    left, values, right = torch.linalg.svd(missed, full_matrices=False)
    columns = words.up.in_features
    share = values[:columns].sqrt()
    words.own.weight.copy_(left[:, :columns] * share / worth)
    words.up.weight.copy_((share[:, None] * right[:columns]).T)


def _take_over(own: Layer, theirs: "MPNetLayer") -> None:
    """The weights of a layer of the teacher."""
    attention = theirs.attention
    parts = (attention.attn.q, attention.attn.k, attention.attn.v)
    own.joined.weight.copy_(torch.cat([part.weight for part in parts]))
    own.joined.bias.copy_(torch.cat([part.bias for part in parts]))
    own.output.load_state_dict(attention.attn.o.state_dict())
    own.norm.load_state_dict(attention.LayerNorm.state_dict())
    own.widen.load_state_dict(theirs.intermediate.dense.state_dict())
    own.narrow.load_state_dict(theirs.output.dense.state_dict())
    own.last_norm.load_state_dict(theirs.output.LayerNorm.state_dict())

"""Rounding while learning: weights of few levels, and inputs as products of int8 see them.

A network that is rounded only afterwards loses much; one that is rounded in every step learns to do
with the levels that it has. Gradients pass through the rounding as if it were not there, and how
far apart the levels of a row are is learned too (Esser et al. 2020, Learned step size
quantization).
"""

from typing import Any, cast

import torch
from torch import nn
from torch.nn.utils.parametrize import ParametrizationList, register_parametrization

from assistant.read.few_bits import LEAST, MOST, SCALE, packed, quantized
from assistant.read.reader_model import ReaderModel, bits_of

OTHERS = frozenset({"words.own.weight", "answerable.0.weight", "support.0.weight"})
"""Matrices of few bits that are not in the layers."""
AS_IT_IS = "distances.weight"
"""A matrix that is too small to be worth the rounding."""
LEAST_OUTERMOST, TRIED = 0.15, 35
"""Share of the largest weight of a row that its outermost level is to begin with, at least; and how
many shares from there to 1 are tried."""
SCALES_FASTER = 3.0
"""How much higher the learning rate of the scales is."""


class FewLevels(nn.Module):
    """A weight (rows, columns) rounded to ``2 ** bits`` levels, times a scale for each row."""

    def __init__(self, bits: int, weight: torch.Tensor) -> None:
        """``weight``: at first; its scales are those of least squared error."""
        super().__init__()
        self.bits = bits
        self.log_scale = nn.Parameter(first_scale(weight, bits).log())
        """(rows, 1): logarithms, so that steps are in proportion and none goes below 0."""

    def forward(self, weight: torch.Tensor) -> torch.Tensor:
        """``weight`` rounded."""
        steps = self._steps(weight)
        levels = straight_through(steps, steps.floor() + 0.5)
        rounded: torch.Tensor = levels * self.log_scale.exp()
        return rounded

    def levels(self, weight: torch.Tensor) -> torch.Tensor:
        """(rows, columns) of whole numbers from 0: the level of each weight."""
        lowest: int = 2 ** (self.bits - 1)
        return self._steps(weight).floor().long() + lowest

    def _steps(self, weight: torch.Tensor) -> torch.Tensor:
        most = 2 ** (self.bits - 1)
        return (weight / self.log_scale.exp()).clamp(-most, most - 1e-4)


def straight_through(value: torch.Tensor, rounded: torch.Tensor) -> torch.Tensor:
    """``rounded``, with the gradients of ``value``."""
    return value + (rounded - value).detach()


@torch.no_grad()
def first_scale(weight: torch.Tensor, bits: int) -> torch.Tensor:
    """(rows, 1): what rounds each row of a ``weight`` with the least squared error."""
    half = 2 ** (bits - 1)
    largest = weight.abs().amax(1, keepdim=True).clamp(min=LEAST)
    shares = torch.linspace(LEAST_OUTERMOST, 1, TRIED).tolist()
    scales = [largest * share / (half - 0.5) for share in shares]
    errors = [
        (((weight / scale).floor().clamp(-half, half - 1) + 0.5) * scale - weight).square().sum(1)
        for scale in scales
    ]
    best = torch.stack(errors).argmin(0)
    scale: torch.Tensor = torch.hstack(scales).gather(1, best[:, None])
    return scale


def round_while_learning(model: ReaderModel) -> None:
    """From now on ``model`` computes with rounded weights, and its layers with rounded inputs."""
    for name, weight in [*model.named_parameters()]:
        if weight.ndim == 2 and (name in OTHERS or name.startswith("layers.")):
            module = model.get_submodule(name.removesuffix(".weight"))
            register_parametrization(module, "weight", FewLevels(bits_of(name), weight.detach()))
            if name.startswith("layers."):
                module.register_forward_pre_hook(_round_inputs)


def rounded_rows(inputs: torch.Tensor) -> torch.Tensor:
    """Each row of the last axis in 255 steps, as ``Int8Linear`` sees it; without gradients."""
    values = inputs.detach().float()
    most = values.abs().amax(-1, keepdim=True).clamp(min=LEAST)
    return ((values * (MOST / most)).round() * (most / MOST)).to(inputs.dtype)


def _round_inputs(_module: nn.Module, inputs: tuple[torch.Tensor]) -> torch.Tensor:
    return straight_through(inputs[0], rounded_rows(inputs[0]))


def groups(model: nn.Module, rate: float) -> list[dict[str, Any]]:
    """The parameters for ``adam``: scales learn faster, and nothing pulls them towards 1."""
    trained = {name: p for name, p in model.named_parameters() if p.requires_grad}
    scales = [p for name, p in trained.items() if name.endswith(".log_scale")]
    others = [p for name, p in trained.items() if not name.endswith(".log_scale")]
    faster = {"params": scales, "lr": rate * SCALES_FASTER, "weight_decay": 0.0}
    return [{"params": others, "lr": rate}, faster]


@torch.no_grad()
def stored(model: ReaderModel) -> dict[str, torch.Tensor]:
    """What the file of a rounded ``model`` holds, as ``load_weights`` takes it."""
    out: dict[str, torch.Tensor] = {}
    for name, module in model.named_modules():
        if isinstance(module, ParametrizationList):
            out |= _packed(name.replace("parametrizations.", ""), module)
    for name, weight in model.named_parameters():
        if ".parametrizations." not in name:
            out |= _whole(name, weight.cpu())
    return out


def _packed(name: str, rounded: ParametrizationList) -> dict[str, torch.Tensor]:
    few = cast(FewLevels, rounded[0])
    levels = few.levels(rounded.original).cpu()
    scale = few.log_scale.exp()[:, 0].half().cpu()
    return {name: packed(levels, few.bits), name + SCALE: scale}


def _whole(name: str, weight: torch.Tensor) -> dict[str, torch.Tensor]:
    if weight.ndim < 2 or name == AS_IT_IS:
        return {name: weight.half()}
    whole, scale = quantized(weight)
    return {name: whole, name + SCALE: scale}

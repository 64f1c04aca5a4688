"""Matrices of few bits: how they are stored, restored, and multiplied as int8. Needs torch.

A weight of ``bits`` bits is one of 2 ** bits levels at equal distances around 0 (none is 0 itself),
times the scale of its row. Twice a level is an odd whole number, so that a product can be made of
whole numbers, where oneDNN is fast at that.
"""

from collections.abc import Callable, Mapping

import torch
from torch import nn

SCALE = ".scale"
"""Ends the name of the scales (rows,) of a stored matrix."""
MOST = 127
"""The largest whole number that an input becomes: int8 has as many below 0."""
ZERO = 128
"""What a whole number of 0 is where they are counted from 0, as uint8."""
WIDEST = 64
"""The largest whole number of a weight: AVX2 adds two products of uint8 and int8 as int16."""
LEAST = 1e-6
"""In place of the largest of inputs that are all 0."""


def has_int8() -> bool:
    """Whether oneDNN makes products of int8 here: twice as fast as fp32 with AVX2, and faster with
    AVX512-VNNI or AMX.
    """
    fast = torch.backends.cpu.get_cpu_capability().startswith("AVX")
    return fast and hasattr(torch.ops.onednn, "qlinear_pointwise")


def packed(levels: torch.Tensor, bits: int) -> torch.Tensor:
    """Bytes (rows, columns * bits / 8), uint8, of levels that are counted from 0.

    Args:
        levels: (rows, columns) of 0 to 2 ** bits - 1; a multiple of 8 columns.
        bits: 1 to 4.
    """
    eights = levels.to(torch.int32).reshape(len(levels), -1, 8)
    words = (eights << _steps(bits, 8)).sum(2, dtype=torch.int32)
    parts = words[..., None] >> _steps(8, bits)
    return (parts & 0xFF).to(torch.uint8).flatten(1)


def unpacked(stored: torch.Tensor, bits: int) -> torch.Tensor:
    """The other way: twice the levels (rows, columns), odd whole numbers around 0, int8."""
    parts = stored.to(torch.int32).reshape(len(stored), -1, bits)
    # Eight weights make as many bytes as each has bits; at most 4, a whole number of 32 bits.
    words = (parts << _steps(8, bits)).sum(2, dtype=torch.int32)
    levels = (words[..., None] >> _steps(bits, 8)) & (2**bits - 1)
    odd: torch.Tensor = (2 * levels + 1 - 2**bits).to(torch.int8)
    return odd.flatten(1)


def _steps(size: int, count: int) -> torch.Tensor:
    return torch.arange(0, size * count, size, dtype=torch.int32)


def quantized(tensor: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """A matrix as int8 (rows, columns), and the scale (rows,) of each row, float32."""
    scale = (tensor.float().abs().amax(1) / MOST).clamp(min=LEAST / MOST)
    return (tensor.float() / scale[:, None]).round().to(torch.int8), scale


def restored(
    stored: Mapping[str, torch.Tensor], bits_of: Callable[[str], int]
) -> dict[str, torch.Tensor]:
    """The weights as float32, of a file.

    Args:
        stored: by name; matrices as bytes (uint8, of few bits) or int8, with their scales, and
            what is neither as it is.
        bits_of: of a matrix that is stored as bytes.
    """
    return {
        name: _restored(name, tensor, stored, bits_of)
        for name, tensor in stored.items()
        if not name.endswith(SCALE)
    }


def _restored(
    name: str,
    tensor: torch.Tensor,
    stored: Mapping[str, torch.Tensor],
    bits_of: Callable[[str], int],
) -> torch.Tensor:
    if name + SCALE not in stored:
        return tensor.float()
    scale = stored[name + SCALE].float()[:, None]
    if tensor.dtype == torch.uint8:
        return unpacked(tensor, bits_of(name)).float() * (scale / 2)
    return tensor.float() * scale


class Int8Linear(nn.Module):
    """A linear map whose inputs become whole numbers too, each row by its own scale.

    The same on every processor: where oneDNN has no products of int8 they are made of the same
    whole numbers as float32, which holds their sums exactly (with 3 bits, 7 * 127 * ``in`` < 2 **
    24). It stays on the CPU, and learns nothing.
    """

    def __init__(
        self,
        weight: torch.Tensor,
        scale: torch.Tensor,
        bias: torch.Tensor,
        *,
        as_int8: bool | None = None,
    ) -> None:
        """``weight``: (out, in) int8, from -``WIDEST`` to it; ``scale`` and ``bias``: (out,)
        float32; ``as_int8``: make products of int8; None where that can be done.
        """
        super().__init__()
        as_int8 = has_int8() if as_int8 is None else as_int8
        self._product = _Int8Product(weight) if as_int8 else _FloatProduct(weight)
        self.scale = scale
        self.bias = bias

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """(rows, out) of ``inputs`` (rows, in), float32."""
        most = inputs.abs().amax(1, keepdim=True).clamp(min=LEAST)
        whole = (inputs * (MOST / most)).round_()
        return torch.addcmul(self.bias, self._product(whole).mul_(most / MOST), self.scale)


class _FloatProduct:
    def __init__(self, weight: torch.Tensor) -> None:
        self._weight = weight.float().t()

    def __call__(self, whole: torch.Tensor) -> torch.Tensor:
        return whole @ self._weight


class _Int8Product:
    """By the operator that PyTorch's own int8 models use, on inputs that count from 0."""

    def __init__(self, weight: torch.Tensor) -> None:
        if int(weight.abs().max()) > WIDEST:
            raise ValueError(f"weights of more than {WIDEST} overflow with AVX2")
        outputs = len(weight)
        self._weight = torch.ops.onednn.qlinear_prepack(weight, None)
        self._scales = torch.ones(outputs)
        self._zeros = torch.zeros(outputs, dtype=torch.int64)

    def __call__(self, whole: torch.Tensor) -> torch.Tensor:
        counted = whole.add_(ZERO).to(torch.uint8)
        weight = self._weight, self._scales, self._zeros
        result = None, 1.0, 0, torch.float32  # No bias; scale and zero of what comes out.
        product: torch.Tensor = torch.ops.onednn.qlinear_pointwise(
            counted, 1.0, ZERO, *weight, *result, "none", [], ""
        )
        return product

"""Matrices of few bits: packed and unpacked, and products of whole numbers."""

import pytest
import torch

from assistant.read.few_bits import (
    SCALE,
    WIDEST,
    Int8Linear,
    has_int8,
    packed,
    quantized,
    restored,
    unpacked,
)


@pytest.mark.parametrize("bits", [1, 2, 3, 4])
def test_what_is_packed_takes_so_many_bits_and_comes_back(bits):
    levels = torch.randint(2**bits, (5, 24), generator=torch.Generator().manual_seed(bits))
    stored = packed(levels, bits)
    assert (stored.dtype, stored.shape) == (torch.uint8, (5, 24 * bits // 8))
    assert torch.equal(unpacked(stored, bits).long(), 2 * levels + 1 - 2**bits)


def test_levels_lie_evenly_around_0():
    assert unpacked(packed(torch.arange(8)[None], 3), 3).tolist() == [[-7, -5, -3, -1, 1, 3, 5, 7]]


def test_the_first_level_is_in_the_lowest_bits():
    assert packed(torch.tensor([[1, 2, 0, 0, 0, 0, 0, 7]]), 3).tolist() == [[17, 0, 224]]


def test_weights_are_restored_from_bytes_int8_and_halves():
    levels = torch.tensor([[0, 7, 3, 4, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1, 1, 1]])
    stored = {
        "few": packed(levels, 3),
        f"few{SCALE}": torch.tensor([2.0, 0.5]).half(),
        "whole": torch.tensor([[127, -64]], dtype=torch.int8),
        f"whole{SCALE}": torch.tensor([0.5]),
        "plain": torch.tensor([1.5, -2.0]).half(),
    }
    weights = restored(stored, lambda name: {"few": 3}[name])
    assert weights["few"].tolist() == [[-7, 7, -1, 1, -7, -7, -7, -7], [-1.25] * 8]
    assert weights["whole"].tolist() == [[63.5, -32.0]]
    assert weights["plain"].tolist() == [1.5, -2.0]
    assert {tensor.dtype for tensor in weights.values()} == {torch.float32}


def test_int8_weights_are_within_half_a_step_of_the_weights():
    tensor = torch.randn(6, 40, generator=torch.Generator().manual_seed(1))
    tensor[3] = 0
    whole, scale = quantized(tensor)
    assert whole.dtype == torch.int8
    assert ((whole * scale[:, None] - tensor).abs() <= scale[:, None] / 2 + 1e-6).all()
    assert whole.abs().amax(1).tolist() == [127, 127, 127, 0, 127, 127]


def test_a_product_of_whole_numbers_is_near_that_of_the_same_weights():
    dice = torch.Generator().manual_seed(2)
    weight = unpacked(packed(torch.randint(8, (32, 64), generator=dice), 3), 3)
    scale, bias = torch.rand(32, generator=dice), torch.randn(32, generator=dice)
    inputs = torch.randn(20, 64, generator=dice)
    inputs[4] = 0
    exact = inputs @ (weight * scale[:, None]).T + bias
    near = Int8Linear(weight, scale, bias)(inputs)
    # A 127th of the largest input, at most half of which is lost at each of 64.
    most = inputs.abs().amax(1)[:, None] / 254 * weight.abs().sum(1) * scale
    assert ((near - exact).abs() <= most + 1e-4).all()
    assert torch.allclose(near[4], bias)
    assert (near - exact).std() < 0.01 * exact.std()


@pytest.mark.skipif(not has_int8(), reason="needs an x86 processor with AVX2")
def test_a_product_is_the_same_as_int8_and_as_float32():
    dice = torch.Generator().manual_seed(3)
    weight = unpacked(packed(torch.randint(8, (32, 3072), generator=dice), 3), 3)
    scale, bias = torch.rand(32, generator=dice), torch.randn(32, generator=dice)
    inputs = torch.randn(20, 3072, generator=dice)
    one, other = (Int8Linear(weight, scale, bias, as_int8=fast)(inputs) for fast in (True, False))
    assert torch.equal(one, other)


def test_a_product_of_inputs_that_are_steps_is_exact():
    weight = torch.tensor([[7, -7, 1, 3] * 4] * 8, dtype=torch.int8)
    inputs = torch.tensor([[127.0, -3.0, 0.0, 12.0] * 4] * 3)
    product = Int8Linear(weight, torch.full((8,), 0.5), torch.ones(8))(inputs)
    assert torch.equal(product, torch.full((3, 8), 0.5 * 4 * (7 * 127 + 21 + 36) + 1))


@pytest.mark.skipif(not has_int8(), reason="needs an x86 processor with AVX2")
def test_a_product_of_the_largest_numbers_does_not_overflow():
    weight = torch.full((8, 3072), WIDEST, dtype=torch.int8)
    inputs = torch.full((3, 3072), 127.0)
    product = Int8Linear(weight, torch.ones(8), torch.zeros(8), as_int8=True)(inputs)
    assert torch.equal(product, torch.full((3, 8), 127.0 * WIDEST * 3072))
    with pytest.raises(ValueError, match="overflow"):
        Int8Linear(weight + 1, torch.ones(8), torch.zeros(8), as_int8=True)

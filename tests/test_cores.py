"""Work on all cores: everything once, in order, and each part on one core."""

import threading

import pytest
import torch

from assistant.read.cores import on_all_cores

pytestmark = pytest.mark.model


@pytest.fixture(autouse=True)
def three_cores():
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("lengths", [[4], [1, 2], [5, 1, 9, 3, 3, 8, 2]])
def test_each_input_is_worked_on_once_and_comes_back_in_its_place(lengths):
    inputs = [torch.full((length,), float(place)) for place, length in enumerate(lengths)]
    seen = []

    def doubled(some):
        seen.extend(some)
        return [2 * one for one in some]

    made = on_all_cores(doubled, inputs)
    assert len(seen) == len(inputs)
    assert all(torch.equal(one, 2 * was) for one, was in zip(made, inputs, strict=True))


def test_the_longest_are_shared_out_and_each_share_has_one_core():
    shares = []

    def noted(some):
        at = threading.current_thread().name, torch.get_num_threads()
        shares.append((*at, sorted(len(one) for one in some)))
        return some

    on_all_cores(noted, [torch.zeros(length) for length in (1, 9, 2, 8, 3, 7)])
    assert sorted(lengths for _, _, lengths in shares) == [[1, 7], [2, 8], [3, 9]]
    assert all(name.startswith("reader") and cores == 1 for name, cores, _ in shares)
    assert torch.get_num_threads() == 3


def test_no_gradients_are_kept():
    weight = torch.ones(3, requires_grad=True)
    [made] = on_all_cores(lambda some: [one * weight for one in some], [torch.ones(3)])
    assert not made.requires_grad


def test_what_goes_wrong_in_a_share_is_raised():
    def fails(some):
        raise ValueError(f"{len(some)} inputs")

    with pytest.raises(ValueError, match="1 inputs"):
        on_all_cores(fails, [torch.zeros(1)])

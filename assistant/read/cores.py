"""Work of torch that is done on all cores, each part of it on one. Needs torch.

torch by itself makes each step on all cores, and after each they wait for one another; where
something else keeps a core busy, most of the time is that waiting.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, lru_cache

import torch
from threadpoolctl import ThreadpoolController

Tensors = Sequence[torch.Tensor]


def on_all_cores(work: Callable[[Tensors], Tensors], inputs: Tensors) -> list[torch.Tensor]:
    """What ``work`` makes of each of ``inputs``, in their order; no gradients.

    Args:
        work: gives one tensor for each; it is called with some of them, in several threads.
        inputs: at least one; the longer, the more work.
    """
    cores = min(torch.get_num_threads(), len(inputs))
    order = sorted(range(len(inputs)), key=lambda place: -len(inputs[place]))
    shares = [order[first::cores] for first in range(cores)]
    tasks = [
        _workers(os.getpid()).submit(_on_one_core, work, [inputs[place] for place in share])
        for share in shares
    ]
    made: dict[int, torch.Tensor] = {}
    for share, task in zip(shares, tasks, strict=True):
        made |= zip(share, task.result(), strict=True)
    return [made[place] for place in range(len(inputs))]


def _on_one_core(work: Callable[[Tensors], Tensors], inputs: Tensors) -> Tensors:
    torch.get_num_threads()  # A new thread takes over torch's number of threads when first asked.
    with _libraries().limit(limits=1, user_api="openmp"), torch.inference_mode():
        return work(inputs)


@lru_cache(1)
def _workers(_process: int) -> ThreadPoolExecutor:
    """For all that is read: a single passage waits for a free core, not for another single one.

    Of each process its own: the threads of a pool do not go into a fork, which would wait for them.
    """
    return ThreadPoolExecutor(torch.get_num_threads(), "reader")


@cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()

"""Clocks of the benchmark: what something costs, and how long each question takes."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

Figures = dict[str, float | str]
"""What was measured, by a name with its unit."""


def latencies(search: Callable[[str], object], questions: Sequence[str]) -> list[float]:
    """Milliseconds of each question, after a tenth of them to warm up."""
    for question in questions[: len(questions) // 10]:
        search(question)
    return [seconds_of(lambda q=question: search(q)) * 1000 for question in questions]  # type: ignore[misc]


def spread(name: str, milliseconds: Sequence[float]) -> Figures:
    """The median and the 95th percentile, under ``name``."""
    return {
        f"{name}, median ms": statistics.median(milliseconds),
        f"{name}, p95 ms": float(np.percentile(milliseconds, 95)),
    }


@dataclass(frozen=True, slots=True)
class Cost:
    """Time on the wall and of the processor."""

    seconds: float
    processor_seconds: float
    """Of all threads of this process: the same whatever else the machine does."""


def cost_of(work: Callable[[], object]) -> Cost:
    """What ``work`` costs."""
    began, began_processor = time.perf_counter(), time.process_time()
    work()
    return Cost(time.perf_counter() - began, time.process_time() - began_processor)


def seconds_of(work: Callable[[], object]) -> float:
    """How long ``work`` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began

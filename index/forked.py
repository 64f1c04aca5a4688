"""What a fork of the process leaves behind, and how what is open is made fit for the child.

Only the thread that forks lives on in the child: a pool of threads is dead there, a lock that
another thread holds is never released, and a connection of SQLite may not be used in both.
"""

import os
import sys
from functools import cache
from typing import Protocol
from weakref import WeakSet


class Forked(Protocol):
    """What must know of a fork."""

    def before_fork(self) -> None:
        """Called by the thread that forks, in the parent."""

    def after_fork(self, *, is_child: bool) -> None:
        """Called in both."""


def prepare_for_forks(opened: Forked) -> None:
    """Have ``opened`` called at each fork, for as long as it is in use."""
    _opened().add(opened)


@cache
def _opened() -> "WeakSet[Forked]":
    opened: WeakSet[Forked] = WeakSet()

    def before() -> None:
        for each in list(opened):
            each.before_fork()

    def in_child() -> None:
        _use_one_thread()
        for each in list(opened):
            each.after_fork(is_child=True)

    def in_parent() -> None:
        for each in list(opened):
            each.after_fork(is_child=False)

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=before, after_in_child=in_child, after_in_parent=in_parent)
    return opened


def _use_one_thread() -> None:
    """The threads that torch and faiss share work with are not in the child: waiting for them
    would never end.
    """
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(1)
    if faiss := sys.modules.get("faiss"):
        faiss.omp_set_num_threads(1)

"""Work that is begun before its result is needed, in a thread of its own."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


def begin(make: Callable[[], T]) -> Future[T]:
    """What ``make`` gives, or raises, once it is asked for; it is being made from now on."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(make())
        except BaseException as error:  # noqa: BLE001 - raised again where the result is asked for
            future.set_exception(error)

    Thread(target=run, daemon=False, name="ahead").start()
    return future


def ready(value: T) -> Future[T]:
    """The same for what is there already."""
    future: Future[T] = Future()
    future.set_result(value)
    return future

"""Stop calling what keeps failing: after three failures in a row, one try each half minute."""

import time
from collections.abc import Callable
from threading import Lock

FAILURES = 3
OPEN_SECONDS = 30.0


class Breaker:
    """Whether the next call may be made. Safe to use from any thread.

    Closed, every call is let through. After ``FAILURES`` in a row it opens: none is let through
    but one each ``OPEN_SECONDS``, and the first that works closes it again.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._failures = 0
        self._closed_again = 0.0
        self.reason = ""
        """Why the last call that failed did so."""

    def admit(self) -> float:
        """0 when a call may be made, else the seconds until one may."""
        with self._lock:
            if self._failures < FAILURES:
                return 0.0
            wait = self._closed_again - self._clock()
            if wait > 0:
                return wait
            self._closed_again = self._clock() + OPEN_SECONDS  # this call is the one to try
            return 0.0

    def succeeded(self) -> None:
        """The call worked."""
        with self._lock:
            self._failures = 0

    def failed(self, reason: str = "") -> None:
        """The call did not work; ``reason`` as users may read it."""
        with self._lock:
            self.reason = reason
            self._failures += 1
            if self._failures >= FAILURES:
                self._closed_again = self._clock() + OPEN_SECONDS

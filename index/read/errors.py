"""The errors of reading. They stay inside ``index``: a sync turns them into ``skipped`` lines."""


class UnreadableError(Exception):
    """A file that cannot be read. The message is the reason: one line, no document text."""

    @property
    def reason(self) -> str:
        """The message: "not a PDF file", "took longer than 30 s"."""
        return str(self)


class PassingError(UnreadableError):
    """What may be otherwise the next time, with the file as it is: a sync tries it again."""


class LostError(Exception):
    """A child of the sandbox that must not be used again; the message says why, as a reason.

    Only the sandbox sees it.
    """

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.is_final = is_final
        """Whether another child would fare no better with the file."""

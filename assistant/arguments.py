"""What programs give to the assistant, checked before it is used: readable errors, in one place."""

from collections.abc import Collection, Sequence
from numbers import Integral
from os import PathLike
from pathlib import PurePath

from assistant.settings import Settings
from assistant.types import Turn
from index.errors import FolderError, QuestionError, UsageError
from index.types import DocumentInfo


def checked_folder(folder: object) -> None:
    """Raises FolderError for a path that is empty, or is none."""
    if not isinstance(folder, str | PathLike):
        raise FolderError(f"the folder is a {_kind(folder)}; expected its path")
    if not str(folder):
        raise FolderError("the path of the folder is empty; is a variable not set?")


def checked_settings(settings: Settings | None) -> Settings:
    """``settings``, or the defaults for None. Raises UsageError for something else."""
    if settings is None:
        return Settings()
    if not isinstance(settings, Settings):
        raise UsageError(
            f"settings is a {_kind(settings)}; expected Settings, such as "
            "Settings(answer=AnswerSettings(max_sentences=3))"
        )
    return settings


def checked_text(question: object) -> str:
    """``question``. Raises QuestionError unless it is text."""
    if not isinstance(question, str):
        raise QuestionError(f"the question is a {_kind(question)}; expected text (str)")
    return question


def checked_count(count: object, what: str) -> int:
    """``count``. Raises QuestionError unless it is a whole number from 1."""
    if not isinstance(count, Integral) or isinstance(count, bool):
        raise QuestionError(f"{count!r} {what} were asked for; expected a whole number")
    if count < 1:
        raise QuestionError(f"{count} {what} were asked for; ask for at least 1")
    return int(count)


def checked_history(history: object) -> Sequence[Turn]:
    """``history``. Raises QuestionError unless it is a sequence of ``Turn``."""
    if not isinstance(history, Sequence) or isinstance(history, str | bytes):
        raise QuestionError(f"the history is a {_kind(history)}; expected a list of Turn")
    for number, turn in enumerate(history, start=1):
        if not (isinstance(turn, Turn) and type(turn.question) is type(turn.answer) is str):
            raise QuestionError(
                f"turn {number} of the history is a {_kind(turn)}; "
                'expected Turn(question="…", answer="…") of two texts'
            )
    return history


def checked_id(document_id: object) -> str:
    """``document_id``. Raises UsageError unless it is text."""
    if isinstance(document_id, str):
        return document_id
    hint = ""
    if isinstance(document_id, DocumentInfo):
        hint = ": give its .id"
    elif isinstance(document_id, PurePath):
        hint = ": the path relative to the folder, with /, as text"
    raise UsageError(f"a document is given as a {_kind(document_id)}; expected its id{hint}")


def checked_ids(documents: object) -> frozenset[str] | None:
    """The ids in ``documents``, or the one that it is; None for all. Raises UsageError."""
    if documents is None:
        return None
    if isinstance(documents, str):
        return frozenset([documents])
    if not isinstance(documents, Collection):
        raise UsageError(f"documents is a {_kind(documents)}; expected a list of ids")
    return frozenset(checked_id(each) for each in documents)


def _kind(value: object) -> str:
    return type(value).__name__

"""What can be evaluated: anything with ``ask``, and how a command line names it."""

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast, runtime_checkable

from assistant.types import Answer, Turn
from eval.match import Texts
from index.errors import FolderError, UsageError

KEPT_TEXTS = 512
"""Document texts held at once while scoring."""

OF_ONE_INDEX = ("index_id", "generation")
"""Parts of a description that name the one index on this disk and not what it holds: kept out of
run files, which are the same wherever the index was made; the documents' digest stands in."""


class Answerer(Protocol):
    """The one method that an evaluation needs.

    With ``document(id)`` (something with ``text``) evidence can be located and exactness be
    checked; with ``documents()`` (things with ``id``) a case that names a missing document is
    found before any question is asked; with ``describe()`` a run file says what was asked.
    """

    def ask(self, question: str, *, history: Sequence[Turn]) -> Answer:
        """The answer to a question after the earlier turns."""
        ...


@runtime_checkable
class HasDocuments(Protocol):
    """Gives the documents that citations point into."""

    def document(self, document_id: str, /) -> Any:
        """The document, with its ``text``."""
        ...

    def documents(self) -> Sequence[Any]:
        """All documents, each with its ``id``."""
        ...


@runtime_checkable
class Describes(Protocol):
    """Says what it is: version, models, settings, state of the index."""

    def describe(self) -> Mapping[str, str]:
        """By name, in words or fingerprints; the same for the same answers."""
        ...


def texts_of(answerer: Answerer) -> Texts | None:
    """Looks up texts in the answerer's own documents; None when it does not show them."""
    if not isinstance(answerer, HasDocuments):
        return None
    library = answerer

    @lru_cache(maxsize=KEPT_TEXTS)
    def text(document_id: str) -> str:
        return str(library.document(document_id).text)

    return text


def ids_of(answerer: Answerer) -> frozenset[str] | None:
    """The ids of the answerer's documents; None when it does not show them."""
    if not isinstance(answerer, HasDocuments):
        return None
    return frozenset(str(each.id) for each in answerer.documents())


def description_of(answerer: Answerer) -> dict[str, str]:
    """What the answerer says of itself, else the name of its type; and what its documents are."""
    kind = type(answerer)
    told = {"answerer": f"{kind.__module__}.{kind.__qualname__}"}
    if isinstance(answerer, Describes):
        told |= {name: str(value) for name, value in answerer.describe().items()}
    if isinstance(answerer, HasDocuments):
        told["documents"] = _documents_digest(answerer)
    return {name: value for name, value in told.items() if name not in OF_ONE_INDEX}


def _documents_digest(library: HasDocuments) -> str:
    digest, ids = sha256(), sorted(str(each.id) for each in library.documents())
    for document_id in ids:
        text = str(library.document(document_id).text)
        digest.update(f"{document_id}\0{sha256(text.encode()).hexdigest()}\n".encode())
    return f"{len(ids)}, {digest.hexdigest()[:16]}"


Opener = Callable[[Path], Answerer]
"""From a folder of documents to what answers questions about them."""


def opener(
    name: str = "",
    index: Path | None = None,
    settings: Path | None = None,
    option: str = "--assistant",
) -> Opener:
    """The opener that ``module:function`` names; without a name, the assistant's own.

    ``option`` is what the name was given as, for the message of the error.

    Raises:
        UsageError: no such module or function.
    """
    if not name:
        return lambda folder: _assistant(folder, index, settings)
    expected = "a function that takes the documents' folder and returns something with `ask`"
    return cast(Opener, named_function(name, option, expected))


def named_function(name: str, option: str, expected: str) -> Callable[..., Any]:
    """The function that ``MODULE:FUNCTION`` names, of a user's own code or of ours.

    Args:
        name: as given for ``option``.
        option: for the message of the error.
        expected: what the function should be, for the same.

    Raises:
        UsageError: no such module or function.
    """
    module_name, separator, function_name = name.partition(":")
    if not (separator and module_name and function_name):
        raise UsageError(f"{option} {name!r}: expected MODULE:FUNCTION, as my_project.bot:make")
    try:
        function: Callable[..., Any] = getattr(_module(module_name), function_name)
    except (ImportError, AttributeError) as error:
        raise UsageError(f"{option} {name!r}: {error}; expected {expected}") from error
    return function


def documents_folder(cases: Path, folder: Path | None, option: str = "--folder") -> Path:
    """The documents that the cases are about: their own, else ``folder``, else ``seeds/``.

    ``seeds/`` of the current directory stands in only for cases called ``seeds``. ``option`` is
    what the folder can be given as, for the message of the error.

    Raises:
        FolderError: there are none.
    """
    home = cases.parent if cases.suffix == ".jsonl" else cases
    own = home / "documents"
    if own.is_dir():
        return own
    if folder is not None:
        return folder
    if home.resolve().name == "seeds" and Path("seeds").is_dir():
        return Path("seeds")
    raise FolderError(f"{cases}: has no documents/ folder; name the documents' with {option}")


def _assistant(folder: Path, index: Path | None, settings: Path | None) -> Answerer:
    from assistant.cli import open_assistant

    return open_assistant(folder, index, settings)


def _module(name: str) -> Any:
    # A console script does not see the user's own modules; last, so that none of them hides ours.
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.append(here)
    return import_module(name)

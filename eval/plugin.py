"""A pytest plugin: ``pytest --eval-cases my_cases`` gives one test for each case.

It is loaded in every pytest run of an environment that has the assistant installed, so it
imports nothing of it until the option is given.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eval.cases import Case
    from eval.run import Asking

FILE_NAME = "cases.jsonl"


class UnexpectedAnswerError(Exception):
    """The answer to a case is not as expected; the message is what pytest shows."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare ``--eval-cases``, ``--eval-folder`` and ``--eval-assistant``."""
    group = parser.getgroup("grounded assistant")
    group.addoption(
        "--eval-cases",
        action="append",
        default=[],
        metavar="DIR",
        help="one test for each case of this folder (may be repeated)",
    )
    group.addoption(
        "--eval-folder", metavar="DIR", help="documents of cases without documents/ of their own"
    )
    group.addoption(
        "--eval-assistant",
        default="",
        metavar="MODULE:FUNCTION",
        help="test another assistant: what this function returns for the documents' folder",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Collect the cases; alone, unless tests are named on the command line too."""
    paths = [str(_cases_file(folder)) for folder in config.getoption("--eval-cases")]
    if not paths:
        return
    for path in paths:
        if "[" in path:  # which pytest reads as the start of a test's parameters
            raise pytest.UsageError(f"--eval-cases: {path}: expected a path without [; rename it")
        if not Path(path).is_file():
            raise pytest.UsageError(f"--eval-cases: no file {path}")
        _documents(config, Path(path))
    named = config.args_source is config.ArgsSource.ARGS
    config.args[:] = list(dict.fromkeys([*(config.args if named else []), *paths]))


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take the files that ``--eval-cases`` names."""
    wanted = {_cases_file(folder) for folder in parent.config.getoption("--eval-cases")}
    return CasesFile.from_parent(parent, path=file_path) if file_path in wanted else None


class CasesFile(pytest.File):
    """A case folder, with the assistant on its documents."""

    def collect(self) -> Iterable[pytest.Item]:
        """One item for each case.

        Raises:
            CollectError: the file is not one of cases.
        """
        from eval.cases import load_cases
        from index.errors import GroundedError

        try:
            cases = load_cases(self.path)
        except GroundedError as error:
            raise self.CollectError(str(error)) from error
        for case in cases:
            yield CaseItem.from_parent(self, name=case.id, case=case)

    def setup(self) -> None:
        """Open the assistant, once for all cases of the folder."""
        from eval.answerer import opener, texts_of
        from eval.run import Asking
        from index.errors import GroundedError

        name = self.config.getoption("--eval-assistant")
        try:
            answerer = opener(name, option="--eval-assistant")(_documents(self.config, self.path))
        except GroundedError as error:  # ``repr_failure`` is not asked about a setup
            raise pytest.fail.Exception(str(error), pytrace=False) from None
        self.asking: Asking = Asking(answerer, self.path.parent.name, texts_of(answerer))


class CaseItem(pytest.Item):
    """One case: passes when ``eval.score.failures`` finds nothing."""

    def __init__(self, *, case: Case, **rest: Any) -> None:
        super().__init__(**rest)
        self.case = case
        self.extra_keyword_matches.update(case.tags)

    def runtest(self) -> None:
        """Ask the case and judge the answer.

        Raises:
            UnexpectedAnswerError: it is not as expected, or could not be asked.
        """
        from eval.score import failures

        asking = self.getparent(CasesFile).asking  # type: ignore[union-attr]
        record = asking.record(self.case)
        why = failures(self.case, record.scores)
        if why:
            answer = record.seen.text if record.seen else record.error
            raise UnexpectedAnswerError(_message(self.case, why, answer or ""))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *rest: Any) -> Any:
        """Why the case fails, without a traceback, which would show only this plugin."""
        if isinstance(excinfo.value, UnexpectedAnswerError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *rest)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the case stands, and what it is called in the output."""
        return self.path, None, f"case {self.name}"


def _message(case: Case, why: Iterable[str], answer: str) -> str:
    from eval.wording import one_line

    lines = [f"question: {one_line(case.question, 300)}"]
    lines += [f"expected: {one_line(item, 300)}" for item in case.evidence]
    lines += [] if case.answerable else ["expected: a refusal"]
    lines += [f"answer:   {one_line(answer, 300)}"]
    return "\n".join([*lines, *(f"fails:    {reason}" for reason in why)])


def _documents(config: pytest.Config, cases: Path) -> Path:
    """The folder of the documents that the cases are about; without one, pytest ends at once."""
    from eval.answerer import documents_folder
    from index.errors import FolderError

    folder = config.getoption("--eval-folder")
    try:
        found = documents_folder(cases, Path(folder) if folder else None, "--eval-folder")
    except FolderError as error:
        raise pytest.UsageError(str(error)) from error
    if not found.is_dir():
        raise pytest.UsageError(f"--eval-folder: no folder {found}; give the documents' folder")
    return found


def _cases_file(folder: str) -> Path:
    path = Path(os.path.abspath(folder))  # noqa: PTH100 - as pytest names files, links kept
    return path if path.suffix == ".jsonl" else path / FILE_NAME

"""Runs whole case folders, each with its own documents, as one run."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.answerer import Opener, documents_folder
from eval.cases import Case, load_cases
from eval.partial import Partial
from eval.run import Progress, merge_runs, run_cases
from eval.types import Run
from index.errors import TroubleError, UsageError


@dataclass(frozen=True, slots=True)
class CaseSet:
    """The cases of one folder and the folder of the documents that they are about."""

    name: str
    cases: tuple[Case, ...]
    documents: Path


def load_sets(folders: Sequence[Path], documents: Path | None = None) -> tuple[CaseSet, ...]:
    """The case sets of ``folders``; ``documents`` is for those without ``documents/``.

    Raises:
        UsageError: a case is wrong, two sets have the same name, or documents are missing.
    """
    sets = tuple(
        CaseSet(_name(folder), load_cases(folder), documents_folder(folder, documents))
        for folder in folders
    )
    names = [each.name for each in sets]
    if len(set(names)) < len(names):
        raise UsageError(f"two case folders of the same name in {', '.join(names)}; rename one")
    if documents is not None and all(each.documents != documents for each in sets):
        raise UsageError(
            f"--folder {documents}: not used, for every case folder has documents/ of its own; "
            "leave it out"
        )
    return sets


def run_sets(
    sets: Sequence[CaseSet],
    open_answerer: Opener,
    *,
    workers: int = 1,
    partial: Partial | None = None,
    progress: Progress | None = None,
) -> Run:
    """All sets, one after the other, each asked of an assistant on its own documents."""
    total = sum(len(each.cases) for each in sets)
    runs: list[Run] = []
    for each in sets:
        before = sum(len(run.records) for run in runs)

        def tell(finished: int, _: int, before: int = before) -> None:
            if progress:
                progress(before + finished, total)

        runs.append(
            run_cases(
                open_answerer(each.documents),
                each.cases,
                case_set=each.name,
                workers=workers,
                partial=partial,
                progress=tell,
            )
        )
    return merge_runs(runs)


def check_finished(run: Run, *, is_kept: bool) -> None:
    """Make sure that no case of the run failed to be asked.

    ``is_kept`` is whether the finished ones are in a partial file, for the message.

    Raises:
        TroubleError: naming how many did, and what the first of them met.
    """
    broken = [record for record in run.records if record.error is not None]
    if broken:
        retry = (
            "the others are kept; run the same command again to ask only these"
            if is_kept
            else "nothing is kept without --out; with it, only these are asked again"
        )
        raise TroubleError(
            f"{len(broken)} of {len(run.records)} cases could not be asked, first {broken[0].key}: "
            f"{broken[0].error}; {retry}"
        )


def _name(folder: Path) -> str:
    home = folder.parent if folder.suffix == ".jsonl" else folder
    return home.resolve().name

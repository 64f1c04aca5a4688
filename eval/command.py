"""``assistant eval``: run, compare, report, add and draft. Mounted by the assistant's command line.

Each command reads its options, calls the function that does the work, and prints. What does the
work is imported when a command runs, so that ``--help`` stays quick.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eval.command_cases import add, draft
from eval.command_options import (
    AssistantOption,
    EverythingOption,
    FolderOption,
    IndexOption,
    JsonOption,
    SettingsOption,
)
from index.errors import UsageError

if TYPE_CHECKING:
    from eval.compare import Comparison
    from eval.partial import Partial
    from eval.tolerance import Tolerances
    from eval.types import Run

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""
FELL = 1
"""Exit code of a comparison in which a metric fell, or whose run lacks cases, or that may have no
newly failing case and has one; and of a run of which too few cases pass."""

app = typer.Typer(
    help="Measure answers on your own questions, and compare a change with a baseline.",
    epilog="Example: assistant eval run eval/seeds --folder seeds",
    no_args_is_help=True,
    add_completion=False,
)

app.command(
    epilog='Example:  assistant eval add my_cases --question "How old is Draghi?" --answer 74 '
    '--evidence "At 74 years old, he is understandably tired" --folder seeds'
)(add)
app.command(epilog="Example:  assistant eval draft seeds --out my_cases --limit 30")(draft)


@app.command(
    epilog="Examples:  assistant eval run eval/seeds   |   "
    "assistant eval run my_cases --folder seeds --out run.json --report run.html"
)
def run(  # noqa: PLR0913, PLR0917 - options of the command line
    cases: Annotated[
        list[Path], typer.Argument(help="Folders with cases.jsonl and, mostly, documents/.")
    ],
    folder: FolderOption = None,
    index: IndexOption = None,
    settings: SettingsOption = None,
    assistant: AssistantOption = "",
    out: Annotated[
        Path | None, typer.Option(help="Write the run file; an interrupted run can go on.")
    ] = None,
    report: Annotated[Path | None, typer.Option(help="Write a page to read the run in.")] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Forget the finished cases of an interrupted run.")
    ] = False,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Questions asked at once.")] = 1,
    fail_under: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            metavar="RATE",
            help="Exit code 1 when a smaller share of the cases passes.",
        ),
    ] = None,
    show_all: EverythingOption = False,
    by_tag: Annotated[bool, typer.Option("--by-tag", help="A line for each tag too.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Ask every case, score the answers, print the table."""
    from eval.answerer import opener
    from eval.console import print_run
    from eval.sets import check_finished, load_sets, run_sets

    _check_outputs(out, report)
    sets = load_sets(cases, folder)
    if index is not None and len(sets) > 1:
        raise UsageError("--index: given for several case folders, expected one; leave it out")
    with _kept(out, fresh) as partial, _progress() as progress:
        done = run_sets(
            sets,
            opener(assistant, index, settings),
            workers=workers,
            partial=partial,
            progress=progress,
        )
    _write(done, out, report)
    print_run(done, everything=show_all, by_tag=by_tag, as_json=as_json)
    check_finished(done, is_kept=partial is not None)
    if partial:
        partial.remove()
    _check_share(done, fail_under)


@app.command(
    epilog="Examples:  assistant eval compare baseline.json run.json --update-baseline   |   "
    "assistant eval compare baseline.json run.json"
)
def compare(  # noqa: PLR0913, PLR0917 - options of the command line
    baseline: Annotated[Path, typer.Argument(help="Run file of before.")],
    run: Annotated[Path, typer.Argument(help="Run file of now.")],
    tolerances: Annotated[
        Path | None,
        typer.Option(help="TOML file; by default tolerances.toml beside the baseline, if there."),
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="Write a page with both side by side.")
    ] = None,
    update_baseline: Annotated[
        bool, typer.Option("--update-baseline", help="Make the run the baseline, whatever fell.")
    ] = False,
    allow_removed: Annotated[
        bool, typer.Option("--allow-removed", help="The run may lack cases of the baseline.")
    ] = False,
    no_new_failures: Annotated[
        bool,
        typer.Option(
            "--no-new-failures", help="Exit code 1 too when a case passed before and fails now."
        ),
    ] = False,
    show_all: EverythingOption = False,
    as_json: JsonOption = False,
) -> None:
    """Tell what got better and worse; exit code 1 when a metric fell beyond its tolerance, or
    the run lacks cases of the baseline.
    """
    from eval.compare import compare_runs
    from eval.console import print_comparison, print_made
    from eval.runfile import load_run, write_run

    _check_outputs(report)
    new = load_run(run)
    if update_baseline and not baseline.exists():
        write_run(baseline, new, timings=False)
        print_made(baseline, run, as_json=as_json)
        return
    old = load_run(baseline)
    comparison = compare_runs(old, new, _tolerances(tolerances, baseline))
    if report:
        _write_report(report, new, old, comparison)
    print_comparison(
        comparison,
        everything=show_all,
        as_json=as_json,
        may_lack=allow_removed,
        may_break=not no_new_failures,
    )
    if update_baseline:
        write_run(baseline, new, timings=False)
        typer.echo(f"{baseline}: now as {run}", err=True)
    elif not comparison.may_go_in(may_lack=allow_removed, may_break=not no_new_failures):
        raise typer.Exit(FELL)


@app.command(epilog="Example:  assistant eval report run.json --baseline baseline.json")
def report(
    run: Annotated[Path, typer.Argument(help="Run file.")],
    baseline: Annotated[Path | None, typer.Option(help="Run file to set beside it.")] = None,
    tolerances: Annotated[Path | None, typer.Option(help="TOML file, as for compare.")] = None,
    out: Annotated[Path, typer.Option(help="The page to write.")] = Path("report.html"),
) -> None:
    """Write one HTML file to read a run in; it needs no network."""
    from eval.compare import compare_runs
    from eval.runfile import load_run

    new = load_run(run)
    old = load_run(baseline) if baseline else None
    limits = _tolerances(tolerances, baseline) if baseline else None
    _write_report(out, new, old, compare_runs(old, new, limits) if old else None)
    typer.echo(str(out))


def _check_outputs(*paths: Path | None) -> None:
    """Tell before hours of asking that a result could not be written."""
    for path in paths:
        if path is not None and (path.is_dir() or not path.absolute().parent.is_dir()):
            raise UsageError(f"{path}: expected a file in a folder that is there; give another")


@contextmanager
def _kept(out: Path | None, fresh: bool) -> Iterator["Partial | None"]:
    """The partial file beside ``out``; after Ctrl-C says how to go on, and ends the command."""
    from eval.partial import Partial
    from eval.runfile import is_device

    if out is None or is_device(out):
        try:
            yield None
        except KeyboardInterrupt:
            typer.echo("stopped; nothing is kept without a file as --out", err=True)
            raise typer.Exit(INTERRUPTED) from None
        return
    with Partial(out.with_name(f"{out.name}.partial.jsonl"), fresh=fresh) as partial:
        try:
            yield partial
        except KeyboardInterrupt:
            told = f"stopped; {partial.finished} finished cases are kept in {partial.path}"
            typer.echo(f"{told}; run the same command again to go on", err=True)
            raise typer.Exit(INTERRUPTED) from None


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None] | None]:
    """A bar on standard error when that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("asking", total=None)

        def tell(finished: int, total: int) -> None:
            bar.update(task, completed=finished, total=total)

        yield tell


def _check_share(done: "Run", fail_under: float | None) -> None:
    """End the command with exit code 1 when a smaller share of the cases passes."""
    from eval.summary import passed

    count, total = passed(done.records), len(done.records)
    if fail_under is not None and count / total < fail_under:
        told = f"FAILED: {count} of {total} cases pass, expected a share of at least {fail_under:g}"
        typer.echo(told, err=True)
        raise typer.Exit(FELL)


def _write(done: "Run", out: Path | None, page: Path | None) -> None:
    from eval.runfile import write_run

    if out:
        write_run(out, done)
    if page:
        _write_report(page, done)


def _write_report(
    path: Path, run: "Run", baseline: "Run | None" = None, comparison: "Comparison | None" = None
) -> None:
    from eval.report import report_page
    from eval.runfile import write_text

    write_text(path, report_page(run, baseline, comparison))


def _tolerances(given: Path | None, baseline: Path) -> "Tolerances":
    from eval.tolerance import FILE_NAME, Tolerances, load_tolerances

    beside = baseline.with_name(FILE_NAME)
    path = given or (beside if beside.is_file() else None)
    return load_tolerances(path) if path else Tolerances()

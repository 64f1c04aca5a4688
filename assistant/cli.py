"""The command line: ``assistant ask | sync | documents``, and what other packages add to it.

The web page and the evals are above the assistant and register their commands as entry points, so
that nothing here imports them. Heavy libraries are imported by the commands that need them.
"""

import json
import logging
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import entry_points
from importlib.metadata import version as distribution_version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.console import counted, echo, echo_json, show_answer, show_report, write
from index.errors import DocumentNotFoundError, GroundedError, UsageError
from index.paths import at_home

if TYPE_CHECKING:
    from assistant.engine import Assistant
    from assistant.settings import Settings, Tables
    from index.types import SyncReport

COMMANDS = "grounded_assistant.commands"

app = typer.Typer(
    help="Ask questions of your documents. Every sentence of an answer shows where it stands.",
    epilog='Example: assistant ask "How old is Draghi?" --folder seeds',
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        echo(distribution_version("grounded-assistant"))
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """What every command has; ``--version`` is done before it is called."""


def _folder(text: str) -> Path:
    """The path that ``text`` names. Raises UsageError for none, which a Path takes for "."."""
    if not text:
        raise UsageError("--folder is empty (is a variable not set?); give a folder")
    return Path(text)


FolderOption = Annotated[
    Path | None,
    typer.Option(
        "--folder",
        parser=_folder,
        metavar="PATH",
        help="Folder of the documents; by default seeds/ here.",
    ),
]
IndexOption = Annotated[
    Path | None,
    typer.Option("--index", help="Where the index is kept; by default in your data directory."),
]
SettingsOption = Annotated[
    Path | None,
    typer.Option("--settings", help="TOML file with the tables index, answer, llm and check."),
]
LlmOption = Annotated[
    str | None,
    typer.Option("--llm", metavar="MODEL", help="Who writes: openai-like, or gguf:PATH."),
]
LlmUrlOption = Annotated[
    str | None, typer.Option("--llm-url", metavar="URL", help="Where openai-like is served.")
]
LlmModelOption = Annotated[
    str | None, typer.Option("--llm-model", metavar="NAME", help="The model's name there.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.command(epilog='Example: assistant ask "How old is Draghi?" --folder seeds')
def ask(  # noqa: PLR0913, PLR0917 - one parameter an option
    question: Annotated[str, typer.Argument(help="The question.")],
    folder: FolderOption = None,
    index: IndexOption = None,
    settings: SettingsOption = None,
    llm: LlmOption = None,
    llm_url: LlmUrlOption = None,
    llm_model: LlmModelOption = None,
    document: Annotated[
        list[str] | None, typer.Option(help="Answer only from this document (may be repeated).")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Answer one question, with its sources. A refusal is not an error."""
    from assistant.understand.question import checked_question

    _say_once()
    flags = llm_flags(llm, llm_url, llm_model)
    # Before the documents are read, which may take long.
    checked_question(question, _settings(settings, flags).answer.max_question_characters)
    _check_documents(folder_or_seeds(folder), document or ())
    assistant = open_assistant(folder, index, settings, flags)
    answer = assistant.ask(question, documents=document or None)
    if as_json:
        echo_json(answer)
    else:
        show_answer(answer)


@app.command(epilog="Example: assistant sync --folder ~/handbook --dry-run")
def sync(  # noqa: PLR0913, PLR0917 - one parameter an option
    folder: FolderOption = None,
    index: IndexOption = None,
    settings: SettingsOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Then follow the folder, one line a change, to Ctrl-C.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Bring the index in line with the folder: added, changed, moved and removed files."""
    from assistant.engine import Assistant

    if watch and dry_run:
        raise UsageError("--watch changes the index and --dry-run does not: give one of them")
    with _progress() as progress:
        where, chosen = folder_or_seeds(folder), _settings(settings)
        if dry_run:
            report = Assistant.preview(where, index_dir=index, settings=chosen)
        else:
            assistant = Assistant.open(where, index_dir=index, settings=chosen, allow_empty=False)
            report = assistant.sync(progress=progress)
    if as_json:
        echo_json(report)
    else:
        show_report(report, dry_run=dry_run)
    if watch:
        _follow(assistant, report, as_json)


@app.command(epilog="Example: assistant documents --folder seeds --json")
def documents(
    folder: FolderOption = None,
    index: IndexOption = None,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the documents in the index, and the files that are not read."""
    assistant = open_assistant(folder, index, settings, llm_flags("", None, None))
    found, unread = assistant.documents(), _unread(assistant)
    if as_json:
        skipped = [{"path": path, "reason": reason} for path, reason in unread]
        echo_json({"documents": [asdict(d) for d in found], "skipped": skipped})
        return
    for d in found:
        counts = [counted(d.characters, "character"), counted(d.passages, "passage")]
        if d.pages:
            counts.insert(1, counted(d.pages, "page"))
        echo(f"{d.id}  {d.title}  ({', '.join(counts)})")
    for path, reason in unread:
        echo(f"not read: {path}: {reason}", err=True)


@app.command(epilog="Example: assistant doctor --llm openai-like --llm-url URL --llm-model NAME")
def doctor(  # noqa: PLR0913, PLR0917 - one parameter an option
    folder: FolderOption = None,
    index: IndexOption = None,
    settings: SettingsOption = None,
    llm: LlmOption = None,
    llm_url: LlmUrlOption = None,
    llm_model: LlmModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what would be used, try it, and say what to fix."""
    from assistant.doctor import examine, line_of

    _say_once()
    findings = []
    for finding in examine(folder, index, settings, llm_flags(llm, llm_url, llm_model)):
        findings.append(finding)
        if not as_json:
            echo(line_of(finding))
    if as_json:
        echo_json({"findings": [asdict(finding) for finding in findings]})
    if exit_code := max((finding.exit_code for finding in findings), default=0):
        raise typer.Exit(exit_code)


def main() -> None:
    """Entry point of the ``assistant`` command: errors on one line, exit code of the error."""
    try:
        for entry in sorted(entry_points(group=COMMANDS), key=lambda e: e.name):
            app.add_typer(entry.load(), name=entry.name)
        app()
    except GroundedError as error:
        echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        echo("stopped; what was committed is kept, run the command again to go on", err=True)
        sys.exit(130)


def llm_flags(use: str | None, url: str | None, model: str | None) -> "Tables":
    """The options about the language model, as settings."""
    return {"llm": {"use": use, "url": url, "model": model}}


def open_assistant(
    folder: Path | None,
    index: Path | None,
    settings: Path | None = None,
    flags: "Tables | None" = None,
    *,
    allow_empty: bool = False,
) -> "Assistant":
    """An assistant for the options of a command, its index synced with a progress bar.

    Args:
        folder: of the documents.
        index: where the index is kept.
        settings: a TOML file.
        flags: further settings, which win.
        allow_empty: see ``Assistant.from_folder``.
    """
    from assistant.engine import Assistant

    with _progress() as progress:
        return Assistant.from_folder(
            folder_or_seeds(folder),
            index_dir=index,
            settings=_settings(settings, flags),
            progress=progress,
            allow_empty=allow_empty,
        )


def folder_or_seeds(folder: Path | None) -> Path:
    """``folder``, else ``seeds/`` of the current directory.

    Raises:
        UsageError: there is neither.
    """
    if folder is not None:
        return folder
    if Path("seeds").is_dir():
        return Path("seeds")
    raise UsageError("no folder given and no seeds/ here; add: --folder FOLDER_OF_YOUR_DOCUMENTS")


def _check_documents(folder: Path, documents: Sequence[str]) -> None:
    """Raises DocumentNotFoundError for one that is no file of the folder, if there is a folder."""
    root = at_home(folder)
    for document_id in documents:
        if root.is_dir() and not _is_file(root / document_id):
            raise DocumentNotFoundError(
                f"no document {document_id!r} in {folder}; `assistant documents` lists them"
            )


def _unread(assistant: "Assistant") -> list[tuple[str, str]]:
    """Every file that is not read and why: those that could not be, and those passed over."""
    passed_over = assistant.sync(dry_run=True, allow_empty=True).skipped
    return sorted({**dict(assistant.skipped()), **dict(passed_over)}.items())


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name longer than any file's
        return False


def _say_once() -> None:
    """Keep what an answer's notices say off the log, which would print it a second time."""
    logging.getLogger("assistant").addHandler(logging.NullHandler())


def _settings(path: Path | None, flags: "Tables | None" = None) -> "Settings":
    from assistant.configure import configure

    return configure(path, os.environ, flags).settings


def _progress() -> Any:
    """A progress bar on a terminal; nothing elsewhere."""
    from assistant.progress import sync_progress

    return sync_progress()


def _follow(assistant: "Assistant", report: "SyncReport", as_json: bool) -> None:
    """A line for each sync, an object with ``--json``, until Ctrl-C."""
    from assistant.watch import follow, line_of

    echo(f"watching {assistant.folder}; Ctrl-C ends", err=True)
    try:
        for outcome in follow(assistant, report):
            if not as_json:
                echo(f"{time.strftime('%H:%M:%S')} {line_of(outcome)}")
            elif isinstance(outcome, GroundedError):
                write(json.dumps({"error": str(outcome)}))
            else:
                write(json.dumps(asdict(outcome)))
    except KeyboardInterrupt:
        echo("stopped watching", err=True)
    finally:
        assistant.close()

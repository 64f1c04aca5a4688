"""``assistant chat``: the command that serves the page. Mounted by the assistant's command line.

Environment variables and the terminal are touched here and nowhere else in ``ui``.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from assistant.cli import (
    FolderOption,
    IndexOption,
    LlmModelOption,
    LlmOption,
    LlmUrlOption,
    SettingsOption,
    folder_or_seeds,
    llm_flags,
    open_assistant,
)
from assistant.console import echo
from assistant.place import user_data
from index.errors import FileRefusedError, GroundedError, UsageError
from index.paths import at_home
from ui.drafts import Drafts
from ui.files import FolderFiles, open_files
from ui.shelf import Shelf
from ui.terminal import command_line

PASSWORD_VARIABLE = "ASSISTANT_PASSWORD"  # noqa: S105 - the name, not the password

app = typer.Typer(
    help="Serve the chat page for the documents of a folder.",
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback(invoke_without_command=True, epilog="Example: assistant chat --folder ~/handbook")
def chat(  # noqa: PLR0913, PLR0917 - each is an option of the command line
    folder: FolderOption = None,
    index: IndexOption = None,
    settings: SettingsOption = None,
    llm: LlmOption = None,
    llm_url: LlmUrlOption = None,
    llm_model: LlmModelOption = None,
    host: Annotated[str, typer.Option(help="Address to serve on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free one.")] = 7860,
    auth: Annotated[
        str | None,
        typer.Option(metavar="USER", help=f"Ask for a login; its password in {PASSWORD_VARIABLE}."),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A further name that people open the page by."),
    ] = None,
    upload: Annotated[
        bool | None,
        typer.Option(
            "--upload/--no-upload",
            help="Whether visitors may add files to the folder and take them out; by default only "
            "where the page is for this computer alone.",
        ),
    ] = None,
    drafts: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Where Dislike and Wrong citation add draft cases for the evals: a .jsonl file "
            "outside the folder. Without it, a file for the folder under drafts/ in the user's "
            "data directory, whose path is printed at the first complaint.",
        ),
    ] = None,
) -> None:
    """Serve the chat page for the documents of a folder, until Ctrl+C."""
    from ui.binding import check_binding, check_names, is_loopback, opened_by
    from ui.server import build_server, open_port, prepare_environment, receive_files_in, serve

    extra_hosts = tuple(allow_host or ())
    credentials = _credentials(auth, os.environ)
    check_names(extra_hosts)
    check_binding(host, credentials is not None, extra_hosts)
    drafts_path = _drafts_path(drafts, at_home(folder_or_seeds(folder)).resolve())
    # Before the documents are read, so that a taken port is known at once.
    listening = open_port(host, port)
    prepare_environment(os.environ)
    flags = llm_flags(llm, llm_url, llm_model)
    engine = open_assistant(folder, index, settings, flags, allow_empty=True)
    is_local = is_loopback(host) and credentials is None and not extra_hosts
    max_file_bytes = engine.settings.index.max_file_bytes
    files, closed = _open_files(engine.folder, max_file_bytes, is_local, upload)
    shelf = Shelf(engine, files, closed, is_local=is_local)
    if files:
        receive_files_in(os.environ, files.incoming)
    try:
        complaints = Drafts(drafts_path, _show_drafts)
        application = build_server(engine, complaints, host, extra_hosts, credentials, shelf=shelf)
        engine.warm_up()
        shelf.keep_in_line()
        echo(_greeting(shelf, opened_by(host, extra_hosts), listening.getsockname()[1]))
        sys.stdout.flush()
        serve(application, listening)
    finally:
        shelf.stop()
        if files:
            files.close()


def main() -> None:
    """Run the command alone; an error for the user is one line and its exit code."""
    try:
        app()
    except GroundedError as error:
        echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)


def _credentials(user: str | None, environment: Mapping[str, str]) -> tuple[str, str] | None:
    """Name and password, or None without ``--auth``. Raises UsageError without a password."""
    if user is None:
        return None
    password = environment.get(PASSWORD_VARIABLE, "")
    if not user or not password:
        raise UsageError(
            f"--auth needs a name and a password; set the variable {PASSWORD_VARIABLE} "
            "to the password and start again"
        )
    return user, password


def _drafts_path(given: Path | None, folder: Path) -> Path:
    """The file for complaints. Raises UsageError for one that the evals or the index could not
    take.
    """
    if given is None:
        place = user_data("drafts", folder)
        return place.with_name(f"{place.name}.jsonl")
    path = at_home(given).resolve()
    if path.suffix != ".jsonl" or (path.exists() and not path.is_file()):
        raise UsageError(f"--drafts {given}: expected a file whose name ends in .jsonl")
    if path.is_relative_to(folder):
        raise UsageError(
            f"--drafts {given}: is inside {folder}, where it would become a document; "
            "choose a file outside"
        )
    return path


def _open_files(
    folder: Path, max_file_bytes: int, is_local: bool, upload: bool | None
) -> tuple[FolderFiles | None, str]:
    """The files that visitors may change, or None and why there are none.

    Raises FileRefusedError where they are wanted, and the folder cannot be written to.
    """
    if not (is_local if upload is None else upload):
        return None, "This page only reads the documents"
    try:
        return open_files(folder, user_data("removed", folder), max_file_bytes), ""
    except FileRefusedError:
        if upload:
            raise
        return None, "The folder cannot be written to"


def _show_drafts(path: Path) -> None:
    echo(f"A complaint was saved as a draft case in {path}")
    sys.stdout.flush()


def _greeting(shelf: Shelf, host: str, port: int) -> str:
    """What the terminal says: the address, and a question that can be asked without the page."""
    shown = f"[{host}]" if ":" in host else host
    address = f"Chat with the documents in {shelf.folder}:  http://{shown}:{port}\n"
    if not shelf.engine.documents():
        where = "on the page, or put them into the folder" if shelf.files else "to the folder"
        return f"{address}There are none yet: add them {where}.\nStop with Ctrl+C."
    # The first one asks what all is about; the next is of a kind that only these documents answer.
    example = (*shelf.suggestions[1:], *shelf.suggestions)[:1]
    if not example:
        return f"{address}Stop with Ctrl+C."
    command = command_line("ask", *example, folder=shelf.folder)
    return f"{address}Or ask one question here:  {command}\nStop with Ctrl+C."

import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from index.errors import FileRefusedError, UsageError
from tests.fakes_ui import FakeAssistant
from ui.command import PASSWORD_VARIABLE, _greeting, _open_files, app
from ui.shelf import Shelf
from ui.terminal import command_line


def failure(*arguments, **environment):
    """The error that the command ends with."""
    result = CliRunner().invoke(app, arguments, env=environment)
    assert isinstance(result.exception, UsageError), result.output
    return str(result.exception)


def test_a_network_address_without_login_and_name_is_refused():
    message = failure("--host", "0.0.0.0")
    assert "--auth" in message
    assert "--allow-host" in message


def test_a_name_with_a_port_is_refused_before_anything_else():
    message = failure("--host", "0.0.0.0", "--allow-host", "docs.example:7860")
    assert "--allow-host docs.example" in message


def test_a_login_needs_a_password_from_the_environment():
    message = failure("--auth", "ann", **{PASSWORD_VARIABLE: ""})
    assert PASSWORD_VARIABLE in message


def test_a_taken_port_is_known_before_any_document_is_read():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"Port {port}" in failure("--port", str(port), "--folder", "/no/such/folder")


def test_files_may_be_added_on_this_computer_and_elsewhere_only_on_request(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    folder = tmp_path / "folder"
    folder.mkdir()
    for is_local, upload, expected in (
        (True, None, True),
        (True, False, False),
        (False, None, False),
        (False, True, True),
    ):
        files, closed = _open_files(folder, 1000, is_local, upload)
        assert (files is not None) == expected
        assert bool(closed) != expected
        if files:
            files.close()
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_written_to_is_read_and_an_error_only_where_more_was_asked(
    tmp_path,
):
    gone = tmp_path / "gone"
    assert _open_files(gone, 1000, True, None) == (None, "The folder cannot be written to")
    with pytest.raises(FileRefusedError, match="cannot be written to"):
        _open_files(gone, 1000, True, True)


def greeting(suggestions):
    shelf = Shelf(FakeAssistant())
    shelf.suggestions = suggestions
    return _greeting(shelf, "127.0.0.1", 7860)


def test_the_greeting_shows_a_question_that_these_documents_answer_or_none(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda _: "/usr/bin/assistant")
    overview = "What is this about?"
    told = greeting((overview, "What does it say about Lumen?"))
    assert "assistant ask 'What does it say about Lumen?'" in told
    assert "assistant ask 'What is this about?'" in greeting((overview,))
    assert " ask " not in greeting(())


def test_the_command_is_shown_by_its_path_where_its_name_is_not_found(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("sys.executable", str(tmp_path / "my venv" / "python"))
    folder = Path("seeds").resolve()
    assert command_line("chat", folder=folder) == f"'{tmp_path}/my venv/python' -m assistant chat"
    (tmp_path / "my venv").mkdir()
    (tmp_path / "my venv" / "assistant").touch()
    assert command_line("chat", folder=folder) == "'my venv/assistant' chat"


@pytest.mark.parametrize(
    "option", ["--folder", "--index", "--host", "--port", "--auth", "--drafts", "--no-upload"]
)
def test_help_names_the_options(option):
    result = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "200", "NO_COLOR": "1"})
    assert option in result.output
    assert result.exit_code == 0

import socket

import pytest
from typer.testing import CliRunner

from index.errors import FileRefusedError, UsageError
from ui.command import PASSWORD_VARIABLE, _open_files, app


def failure(*arguments, **environment):
    """The error that the command ends with."""
    result = CliRunner().invoke(app, arguments, env=environment)
    assert isinstance(result.exception, UsageError), result.output
    return str(result.exception)


def test_a_network_address_without_login_and_name_is_refused():
    message = failure("--host", "0.0.0.0")
    assert "--auth" in message
    assert "--allow-host" in message


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


@pytest.mark.parametrize(
    "option", ["--folder", "--index", "--host", "--port", "--auth", "--drafts", "--no-upload"]
)
def test_help_names_the_options(option):
    result = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "200", "NO_COLOR": "1"})
    assert option in result.output
    assert result.exit_code == 0

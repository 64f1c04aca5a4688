import socket

import pytest
from typer.testing import CliRunner

from index.errors import UsageError
from ui.command import PASSWORD_VARIABLE, app


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


@pytest.mark.parametrize(
    "option", ["--folder", "--index", "--host", "--port", "--auth", "--drafts"]
)
def test_help_names_the_options(option):
    result = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "200", "NO_COLOR": "1"})
    assert option in result.output
    assert result.exit_code == 0

"""Files sent to the real application: where they arrive, how large they may be, and who may."""

import asyncio
import json
import os
from pathlib import Path

import pytest

from tests.fakes_ui import FakeAssistant
from tests.test_security import call
from ui.document_events import add_file
from ui.drafts import Drafts
from ui.files import open_files
from ui.security import UPLOAD_PATH
from ui.server import build_server, receive_files_in
from ui.shelf import Shelf

MAX_BYTES = 1000


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    folder = tmp_path / "folder"
    folder.mkdir()
    files = open_files(folder, tmp_path / "removed", MAX_BYTES)
    monkeypatch.setenv("GRADIO_TEMP_DIR", "")
    receive_files_in(os.environ, files.incoming)
    yield Shelf(FakeAssistant(delay_seconds=0), files)
    files.close()


def build(shelf, credentials=None):
    async def inside_a_loop():
        drafts = Drafts(Path("never-written.jsonl"))
        names = ("docs.example",) if credentials else ()
        return build_server(shelf.engine, drafts, "127.0.0.1", names, credentials, shelf=shelf)

    return asyncio.run(inside_a_loop())


def send(application, content: bytes, name: str = "file"):
    """Status and body of the answer to a file that is sent as the page sends it."""
    body = (
        f'--x\r\ncontent-disposition: form-data; name="files"; filename="{name}"\r\n'
        "content-type: text/plain\r\n\r\n"
    ).encode() + content
    headers = {
        "content-type": "multipart/form-data; boundary=x",
        "origin": "http://127.0.0.1:7860",
    }
    chunks = [body, b"\r\n--x--\r\n"]
    status, _, answer = call(application, UPLOAD_PATH, "POST", headers, chunks)
    return status, answer


def arrived(shelf) -> list[Path]:
    return [path for path in shelf.files.incoming.rglob("*") if path.is_file()]


def test_a_file_arrives_where_it_can_be_added_and_is_gone_from_there_then(shelf):
    status, answer = send(build(shelf), b"Some text.")
    assert status == 200
    (path,) = json.loads(answer)
    assert [str(found) for found in arrived(shelf)] == [path]
    assert add_file(shelf, path, "a.txt")["done"]
    assert (shelf.files.folder / "a.txt").read_bytes() == b"Some text."
    assert arrived(shelf) == []


@pytest.mark.parametrize("name", ["../../x.txt", "/etc/x.txt", "..", "x\\..\\y.txt"])
def test_whatever_it_is_called_it_arrives_there_or_nowhere(shelf, name):
    status, answer = send(build(shelf), b"Some text.", name)
    paths = json.loads(answer) if status == 200 else []
    # Gradio leaves what it refuses; it is deleted with everything else that nobody waits for.
    assert set(paths) <= set(map(str, arrived(shelf)))
    assert [path.name for path in shelf.files.folder.iterdir()] == [shelf.files.incoming.name]


def test_a_file_that_is_too_large_leaves_nothing(shelf):
    assert send(build(shelf), b"x" * (MAX_BYTES + 1))[0] == 413
    assert send(build(shelf), b"x" * 200_000)[0] == 413
    assert arrived(shelf) == []


def test_nobody_sends_a_file_before_a_login(shelf):
    assert send(build(shelf, ("ann", "secret")), b"Some text.")[0] == 401
    assert arrived(shelf) == []


def test_a_page_that_only_reads_takes_none(shelf):
    assert send(build(Shelf(shelf.engine)), b"Some text.")[0] == 404
    assert arrived(shelf) == []

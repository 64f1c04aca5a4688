"""The command line, as a process."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from assistant import Assistant

ROOT = Path(__file__).resolve().parent.parent


def run(*arguments: str, cwd: Path = ROOT, home: Path | None = None) -> subprocess.CompletedProcess:
    environment = {**os.environ, "COLUMNS": "100"}
    if home:
        environment["XDG_DATA_HOME"] = str(home)
    return subprocess.run(
        [sys.executable, "-m", "assistant", *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )


def test_help_names_every_command():
    result = run("--help")
    assert result.returncode == 0
    for command in ("ask", "sync", "documents", "chat", "eval"):
        assert command in result.stdout


def test_help_loads_nothing_heavy():
    code = (
        "import sys, assistant.cli\n"
        "from importlib.metadata import entry_points\n"
        "[e.load() for e in entry_points(group=assistant.cli.COMMANDS)]\n"
        "heavy = {'torch', 'gradio', 'faiss', 'llama_index', 'sentence_transformers', 'tantivy',"
        " 'numpy', 'pathspec'}\n"
        "sys.exit(f'loaded {heavy & sys.modules.keys()}' if heavy & sys.modules.keys() else 0)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


@pytest.mark.model
def test_a_question_is_answered_without_the_libraries_that_take_seconds_to_import(folder, tmp_path):
    Assistant.from_folder(folder, index_dir=tmp_path / "index").close()
    code = (
        "import sys\n"
        "from assistant import Assistant\n"
        f"opened = Assistant.from_folder({str(folder)!r}, index_dir={str(tmp_path / 'index')!r})\n"
        "assert opened.ask('Who built the harbour of Lumen in 1887?').citations\n"
        "slow = {'sentence_transformers', 'transformers', 'torch._dynamo', 'sympy', 'scipy',"
        " 'llama_index', 'gradio'}\n"
        "sys.exit(f'loaded {slow & sys.modules.keys()}' if slow & sys.modules.keys() else 0)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ask", "Who?", "--folder", "/nowhere/at/all"], "/nowhere/at/all is not a folder"),
        (["ask", "Who?"], "--folder"),
        (["sync"], "--folder"),
        (["sync", "--folder", ""], "--folder is empty"),
        (["documents", "--folder="], "--folder is empty"),
        (["chat", "--folder", ""], "--folder is empty"),
        (
            ["ask", "Who?", "--folder", ".", "--llm-url", "http://x/v1", "--llm-model", "m"],
            "--llm-url and --llm-model without a language model to use; add: --llm openai-like",
        ),
    ],
)
def test_wrong_use_is_one_line_and_exit_code_2(tmp_path, arguments, message):
    result = run(*arguments, cwd=tmp_path, home=tmp_path / "home")
    assert result.returncode == 2
    assert message in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert "Traceback" not in result.stderr


def test_an_empty_folder_is_wrong_use(tmp_path):
    (tmp_path / "empty").mkdir()
    result = run("ask", "Who?", "--folder", str(tmp_path / "empty"), home=tmp_path / "home")
    assert result.returncode == 2
    assert "empty" in result.stderr


def test_a_foreign_index_is_trouble_and_stays_as_it_was(tmp_path):
    index = tmp_path / "index"
    index.mkdir()
    (index / "index.sqlite").write_bytes(b"something else entirely" * 100)
    result = run("ask", "Who?", "--folder", str(ROOT / "seeds"), "--index", str(index))
    assert result.returncode == 3
    assert "index.sqlite" in result.stderr
    assert "Traceback" not in result.stderr
    assert (index / "index.sqlite").read_bytes() == b"something else entirely" * 100


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["a" * 20_000], "20000 characters"),
        (["Who?", "--document", "nope.txt"], "'nope.txt'"),
        (["Who?", "--document", "n" * 300], "nnn'"),
    ],
)
def test_a_wrong_question_is_known_before_any_document_is_read(tmp_path, arguments, message):
    result = run("ask", *arguments, "--folder", str(ROOT / "seeds"), home=tmp_path / "home")
    assert result.returncode == 2
    assert message in result.stderr
    assert not (tmp_path / "home").exists()


def as_child(*arguments: str | Path) -> subprocess.CompletedProcess:
    """The command line with hash embeddings."""
    command = [sys.executable, "-m", "tests.watch_child", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_documents_lists_every_file_that_sync_skips(folder, tmp_path):
    (folder / "tool.exe").write_bytes(b"MZ")
    (folder / "empty.txt").touch()
    (folder / "link.txt").symlink_to(folder / "harbour.txt")
    (folder / "bad.pdf").write_bytes(b"%PDF-1.4 no more")
    Path(os.fsdecode(os.fsencode(folder) + b"/bad\xff.txt")).write_text("Llamas.")
    where = ("--folder", folder, "--index", tmp_path / "index", "--json")
    skipped = json.loads(as_child("sync", *where).stdout)["skipped"]
    assert len(skipped) == 5
    listed = json.loads(as_child("documents", *where).stdout)["skipped"]
    assert [[each["path"], each["reason"]] for each in listed] == skipped


def test_ctrl_c_ends_in_order_while_commands_are_still_being_loaded():
    code = """
import os, signal, sys
class Interrupted:
    def find_spec(self, name, *_):
        if name == sys.argv.pop():
            os.kill(os.getpid(), signal.SIGINT)
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Interrupted())
from assistant.__main__ import main
main()
"""
    for name in ("typer", "ui.command"):
        watching = code.replace("sys.argv.pop()", repr(name))
        result = subprocess.run(
            [sys.executable, "-c", watching], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert (result.returncode, "Traceback" in result.stderr) == (130, False), result.stderr


@pytest.mark.model
@pytest.mark.parametrize("is_there", [True, False])
def test_the_doctor_tells_wrong_use_from_trouble(tmp_path, is_there):
    if is_there:
        (tmp_path / "folder").mkdir()
    result = run("doctor", "--folder", str(tmp_path / "folder"), home=tmp_path / "home")
    assert (result.returncode, "NOT documents" in result.stdout) == (2, True), result.stdout


def test_it_tells_its_version():
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", run("--version").stdout)


@pytest.mark.parametrize("command", [[], ["eval"]])
def test_help_of_a_group_of_commands_has_an_example(command):
    assert "Example: assistant " in run(*command, "--help").stdout


def test_unknown_settings_are_named(tmp_path):
    (tmp_path / "s.toml").write_text("[answer]\nmax_sentence = 3\n")
    result = run("ask", "Who?", "--settings", str(tmp_path / "s.toml"))
    assert result.returncode == 2
    assert "answer.max_sentence" in result.stderr


@pytest.mark.model
def test_ask_prints_one_json_object_with_exact_offsets(tmp_path):
    result = run("ask", "Did Salvini travel to Moscow?", "--json", home=tmp_path)
    assert result.returncode == 0, result.stderr
    answer = json.loads(result.stdout)
    assert {"question", "text", "refused", "confidence", "citations", "hits", "notices"} <= set(
        answer
    )
    [text] = [path.read_text(encoding="utf-8") for path in (ROOT / "seeds").iterdir()]
    quotes = [c["quote"] for c in answer["citations"]]
    for c in answer["citations"]:
        assert text[c["start"] : c["end"]] == c["quote"]
    assert any("did not ultimately travel" in q or "stayed at home" in q for q in quotes)


@pytest.mark.model
def test_a_refusal_is_exit_code_0(tmp_path):
    result = run("ask", "What is the boiling point of xenon?", home=tmp_path)
    assert result.returncode == 0
    assert "do not answer" in result.stdout


@pytest.mark.model
def test_documents_and_sync_speak_json(tmp_path):
    listed = json.loads(run("documents", "--json", home=tmp_path).stdout)
    assert [d["id"] for d in listed["documents"]] == ["000_3b5f654a8f661caa.txt"]
    assert json.loads(run("sync", "--json", home=tmp_path).stdout)["unchanged"]


@pytest.mark.model
def test_bytes_that_are_no_text_are_wrong_use():
    result = run("ask", os.fsdecode(b"Who is Draghi\xff?"), "--folder", "seeds")
    assert result.returncode == 2
    assert "not valid Unicode" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_output_that_cannot_be_written_is_trouble_on_one_line():
    code = "import assistant.cli as c; c.app.command('say')(lambda: c.echo('x' * 9)); c.main()"
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            [sys.executable, "-c", code, "say"],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert result.returncode == 3
    assert "No space left on device" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_refusal_that_found_nothing_heads_no_list(capsys):
    from assistant.console import show_answer
    from assistant.types import Answer

    show_answer(Answer("Who?", "The documents do not answer this question.", refused=True))
    assert capsys.readouterr().out == "The documents do not answer this question.\n"


def test_control_characters_never_reach_the_terminal(capsys):
    from assistant.console import echo

    echo("a\x1b]52;c;aGk=\x07b\rc\x9bd\u202ee")
    assert not set(capsys.readouterr().out) & set("\x1b\x07\r\x9b\u202e")

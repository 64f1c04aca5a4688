"""The README says what is true: its snippets run, its commands exist, its limits hold.

The evaluation that it names is run by test_baseline.py.
"""

import json
import re
import subprocess
import sys
import tomllib
from dataclasses import asdict
from pathlib import Path

import pytest

from assistant.settings import Settings
from eval.cases import parse_case

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_it_is_short():
    assert len(README.splitlines()) < 150


def test_every_linked_file_is_there():
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_every_make_target_it_names_is_there():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^make (\w+)", "\n".join(blocks("sh")), re.MULTILINE)
    assert set(targets) >= {"chat", "test"}
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_it_says_how_to_call_the_bare_command_before_it_does():
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    first = next(n for n, line in enumerate(lines) if line.startswith("assistant "))
    assert ". .venv/bin/activate" in lines[:first]


def test_it_says_how_to_install_into_another_project_with_files_that_are_there():
    assert "`pip install PATH_OF_THIS_CLONE -c PATH_OF_THIS_CLONE/constraints.txt`" in README
    assert (ROOT / "constraints.txt").is_file()


@pytest.mark.model
def test_its_python_runs(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    for code in blocks("python"):
        subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=ROOT, check=True)


@pytest.mark.model
def test_its_commands_run_and_print_what_it_shows(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    commands = [line for block in blocks("sh") for line in block.splitlines()]
    runnable = [c for c in commands if re.match(r"(\.venv/bin/)?assistant (ask|sync|documents)", c)]
    assert len(runnable) >= 4
    for command in runnable:
        words = command.removeprefix(".venv/bin/").removeprefix("assistant ")
        result = subprocess.run(
            f"{sys.executable} -m assistant {words}",
            shell=True,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, (command, result.stderr)
        if "How old is Draghi?" in command:
            assert result.stdout.strip() == blocks("text")[0].strip()


def test_the_settings_it_links_to_are_all_there_with_their_defaults():
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    [shown] = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert tomllib.loads(shown) == asdict(Settings())


def test_the_case_it_links_to_is_one():
    text = (ROOT / "docs" / "evals.md").read_text(encoding="utf-8")
    [shown] = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    case = parse_case(json.loads(shown), "docs/evals.md")
    [document] = (ROOT / "seeds" / name for name in case.documents)
    assert all(part in document.read_text(encoding="utf-8") for part in case.evidence)

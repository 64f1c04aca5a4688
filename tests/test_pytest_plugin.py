import os
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from eval.cases import append_case
from tests.fakes_eval import CASES, WHEELS, WHEN, ScriptedAssistant, answer, good_script

ROOT = Path(__file__).resolve().parent.parent
PLUGIN = (
    [] if any(each.value == "eval.plugin" for each in entry_points(group="pytest11"))
    else ["-p", "eval.plugin"]
)  # fmt: skip
GOOD = "--eval-assistant=tests.fakes_eval:good_assistant"


def worse_assistant(_folder: object) -> ScriptedAssistant:
    changed = {WHEN.question: answer(WHEELS), CASES[1].question: ValueError("no")}
    return ScriptedAssistant(good_script() | changed)


@pytest.fixture
def mill(tmp_path: Path) -> Path:
    folder = tmp_path / "mill"
    (folder / "documents").mkdir(parents=True)
    for case in CASES:
        append_case(folder, case)
    return folder


def run_pytest(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", *PLUGIN, "-p", "no:cacheprovider"]
    return subprocess.run(
        [*command, "-v", *map(str, arguments)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_each_case_is_one_test(mill: Path) -> None:
    result = run_pytest(mill.parent, "--eval-cases", mill, GOOD)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "6 passed" in result.stdout
    assert "mill/cases.jsonl::when PASSED" in result.stdout


def test_a_failed_case_tells_question_expectation_answer_and_reason(mill: Path) -> None:
    worse = "--eval-assistant=tests.test_pytest_plugin:worse_assistant"
    result = run_pytest(mill.parent, "--eval-cases", mill, worse)
    assert result.returncode == 1
    assert "2 failed, 4 passed" in result.stdout
    assert "question: When was the mill built?" in result.stdout
    assert "expected: It was built in 1820 by Ada Stone." in result.stdout
    assert "answer:   Two wheels drive it. [1]" in result.stdout
    assert "fails:    no citation overlaps the evidence" in result.stdout
    assert "fails:    not finished: ValueError: no" in result.stdout
    assert "Traceback" not in result.stdout


def test_cases_are_chosen_by_id_and_by_tag(mill: Path) -> None:
    result = run_pytest(mill.parent, "--eval-cases", mill, GOOD, "-k", "fact and not who")
    assert "2 passed, 4 deselected" in result.stdout


def test_other_tests_run_too_when_they_are_named(mill: Path) -> None:
    (mill.parent / "test_other.py").write_text("def test_other(): pass\n")
    assert "6 passed" in run_pytest(mill.parent, "--eval-cases", mill, GOOD).stdout
    both = run_pytest(mill.parent, "test_other.py", "--eval-cases", mill, GOOD)
    assert "7 passed" in both.stdout


def test_a_bad_case_file_is_an_error_that_names_the_line(mill: Path) -> None:
    (mill / "cases.jsonl").write_text('{"id": 1}\n')
    result = run_pytest(mill.parent, "--eval-cases", mill, GOOD)
    assert result.returncode == 2
    assert "line 1, field 'id': found a number" in result.stdout


def test_a_missing_case_folder_is_wrong_use(tmp_path: Path) -> None:
    result = run_pytest(tmp_path, "--eval-cases", "nowhere")
    assert result.returncode == 4
    assert "--eval-cases: no file" in result.stderr


def test_a_case_folder_may_be_named_from_a_folder_beside_it(mill: Path) -> None:
    (mill.parent / "elsewhere").mkdir()
    result = run_pytest(mill.parent / "elsewhere", "--eval-cases", "../mill", GOOD)
    assert "6 passed" in result.stdout, result.stdout + result.stderr


def test_a_case_folder_with_a_bracket_in_its_name_is_told(mill: Path) -> None:
    result = run_pytest(mill.parent, "--eval-cases", mill.rename(mill.parent / "mill [2]"), GOOD)
    assert result.returncode == 4
    assert "expected a path without [; rename it" in result.stderr


def test_a_case_whose_evidence_stands_in_no_document_fails_and_says_so(mill: Path) -> None:
    lost = replace(WHEN, id="lost", evidence=("It was built in 1821.",))
    append_case(mill, lost)
    result = run_pytest(mill.parent, "--eval-cases", mill, GOOD)
    assert "1 failed, 6 passed" in result.stdout
    assert "fails:    evidence not in the documents: 0 of 1 stand in mill.txt" in result.stdout


def test_without_the_option_the_plugin_does_nothing_and_loads_nothing(tmp_path: Path) -> None:
    (tmp_path / "cases.jsonl").write_text("not json")
    (tmp_path / "test_loaded.py").write_text(
        "import sys\n"
        "def test_loaded():\n"
        "    ours = {'assistant', 'index', 'ui', 'numpy', 'typer', 'eval.cases', 'eval.run'}\n"
        "    assert 'eval.plugin' in sys.modules\n"
        "    assert not ours & set(sys.modules)\n"
    )
    result = run_pytest(tmp_path)
    assert "1 passed" in result.stdout, result.stdout


@pytest.mark.parametrize("options", [[], ["--eval-folder", "nowhere"]])
def test_documents_that_are_missing_are_one_line_before_any_test(
    mill: Path, options: list[str]
) -> None:
    (mill / "documents").rmdir()
    result = run_pytest(mill.parent, "--eval-cases", mill, *options)
    assert result.returncode == 4
    told = [line for line in result.stderr.splitlines() if line.strip()]
    assert len(told) == 1, result.stderr
    assert "--eval-folder" in told[0]


def test_an_assistant_that_cannot_be_opened_is_one_line_for_each_case(mill: Path) -> None:
    result = run_pytest(mill.parent, "--eval-cases", mill, "--eval-assistant=nowhere:nothing")
    assert result.returncode == 1
    assert "--eval-assistant 'nowhere:nothing'" in result.stdout
    assert "Traceback" not in result.stdout
    assert result.stdout.count("\n") < 60

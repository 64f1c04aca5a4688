import json
import os
import re
import signal
import subprocess
import sys
import time
import types
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from assistant.types import Answer, Turn
from eval.cases import append_case, load_cases
from eval.command import app
from eval.runfile import load_run
from index.errors import GroundedError, TroubleError, UsageError
from tests.fakes_eval import (
    BUILT,
    CASES,
    TEXT,
    WHEELS,
    WHEN,
    ScriptedAssistant,
    answer,
    good_script,
)

ROOT = Path(__file__).resolve().parent.parent
GOOD = "tests.fakes_eval:good_assistant"
WORSE = "tests.test_eval_command:worse_assistant"


def worse_assistant(_folder: object) -> ScriptedAssistant:
    return ScriptedAssistant(good_script() | {WHEN.question: answer(WHEELS)})


def crashing_assistant(_folder: object) -> ScriptedAssistant:
    return ScriptedAssistant(good_script() | {WHEN.question: ValueError("no")})


class Slow:
    """Stays with its fourth question where ``HELD`` is set, so that a test can interrupt it."""

    asked = 0

    def ask(self, question: str, *, history: Sequence[Turn]) -> Answer:
        self.asked += 1
        if self.asked == 4 and "HELD" in os.environ:
            time.sleep(600)
        reply = good_script()[question]
        assert isinstance(reply, Answer)
        return reply


def slow_assistant(_folder: object) -> Slow:
    return Slow()


@pytest.fixture
def mill(tmp_path: Path) -> Path:
    """The six cases in a folder with a place for documents."""
    folder = tmp_path / "mill"
    (folder / "documents").mkdir(parents=True)
    for case in CASES:
        append_case(folder, case)
    return folder


def call(*arguments: object, error: type[GroundedError] | None = None, text: str = "") -> Result:
    """Run the command; an error on purpose must be of the given kind."""
    result = CliRunner().invoke(app, [str(each) for each in arguments], input=text)
    if error is not None:
        assert isinstance(result.exception, error), result.output
    elif result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def made(mill: Path, name: str, out: str) -> Path:
    path = mill.parent / out
    call("run", mill, "--assistant", name, "--out", path)
    return path


def test_run_prints_the_table_with_intervals_and_the_cases_that_fail(mill: Path) -> None:
    result = call("run", mill, "--assistant", "tests.test_eval_command:worse_assistant")
    assert result.exit_code == 0
    assert "mill: 6 cases" in result.output
    assert re.search(r"evidence cited +│ 0\.750 \[[\d.]+, 1\.000\] +│ +4 │ +2 │", result.output)
    assert "✗ mill/when: When was the mill built? – no citation overlaps" in result.output
    assert "hit@1" not in result.output
    assert "hit@1 " in call("run", mill, "--assistant", GOOD, "--all").output


def test_a_folder_with_brackets_in_its_name_is_shown_as_it_is_called(mill: Path) -> None:
    result = call("run", mill.rename(mill.parent / "my [v2] cases"), "--assistant", GOOD)
    assert "my [v2] cases: 6 cases" in result.output


def test_run_by_tag_has_a_line_for_each(mill: Path) -> None:
    result = call("run", mill, "--assistant", GOOD, "--by-tag")
    assert "tag:near miss (1)" in result.output
    assert "tag:fact (3)" in result.output


def test_run_as_json_is_one_object(mill: Path) -> None:
    result = call("run", mill, "--assistant", "tests.test_eval_command:worse_assistant", "--json")
    value = json.loads(result.output)
    assert value["cases"] == 6
    assert value["failed"] == {"mill/when": ["no citation overlaps the evidence"]}
    assert value["summary"]["all"]["evidence_cited"]["value"] == 0.75


def test_run_writes_a_run_file_and_a_report_and_no_partial_file(mill: Path) -> None:
    out, page = mill.parent / "run.json", mill.parent / "run.html"
    call("run", mill, "--assistant", GOOD, "--out", out, "--report", page)
    assert len(load_run(out).records) == 6
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert sorted(path.name for path in mill.parent.iterdir()) == ["mill", "run.html", "run.json"]


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="devices of Unix")
def test_run_writes_to_a_device_and_keeps_nothing_beside_it(mill: Path) -> None:
    (mill.parent / "nowhere").symlink_to("/dev/null")
    call("run", mill, "--assistant", GOOD, "--out", mill.parent / "nowhere")
    assert (mill.parent / "nowhere").is_char_device()
    assert sorted(path.name for path in mill.parent.iterdir()) == ["mill", "nowhere"]


def test_run_with_a_crashed_case_writes_the_rest_and_asks_only_that_one_again(mill: Path) -> None:
    out = mill.parent / "run.json"
    crashing = "tests.test_eval_command:crashing_assistant"
    result = call("run", mill, "--assistant", crashing, "--out", out, error=TroubleError)
    assert "1 of 6 cases could not be asked, first mill/when: ValueError: no" in str(
        result.exception
    )
    assert "cases finished" in result.output
    assert len(load_run(out).records) == 6
    call("run", mill, "--assistant", GOOD, "--out", out)
    assert all(record.error is None for record in load_run(out).records)
    assert not (mill.parent / "run.json.partial.jsonl").exists()


def test_run_names_a_bad_case_before_anything_is_opened(mill: Path) -> None:
    with (mill / "cases.jsonl").open("a") as file:
        file.write('{"id": 3}\n')
    result = call("run", mill, "--assistant", "no:thing", error=UsageError)
    assert "line 7, field 'id': found a number" in str(result.exception)


def test_run_names_a_folder_that_the_results_cannot_go_to(mill: Path) -> None:
    result = call("run", mill, "--out", mill / "no/run.json", error=UsageError)
    assert "expected a file in a folder that is there" in str(result.exception)


def test_one_index_cannot_serve_several_case_folders(mill: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    (other / "documents").mkdir(parents=True)
    append_case(other, CASES[-1])
    call("run", mill, other, "--index", tmp_path / "index", error=UsageError)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")
def test_ctrl_c_half_way_keeps_the_finished_cases_and_says_how_to_go_on(mill: Path) -> None:
    out = mill.parent / "run.json"
    arguments = ["run", str(mill), "--assistant", "tests.test_eval_command:slow_assistant"]
    program = f"from eval.command import app; app({[*arguments, '--out', str(out)]!r})"
    partial = mill.parent / "run.json.partial.jsonl"
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT), "HELD": ""},
    )
    deadline = time.monotonic() + 240
    lines = 4  # What the set is run with, and three cases.
    while not (partial.exists() and partial.read_text().count("\n") >= lines):
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=240)
    assert process.returncode == 130
    assert re.search(r"stopped; 3 finished cases are kept in .*partial\.jsonl", errors)
    assert "Traceback" not in errors
    assert not out.exists()
    call("run", mill, "--assistant", "tests.test_eval_command:slow_assistant", "--out", out)
    assert len(load_run(out).records) == 6


def test_compare_is_silent_about_equal_runs_and_ends_well(mill: Path) -> None:
    first, second = made(mill, GOOD, "a.json"), made(mill, GOOD, "b.json")
    result = call("compare", first, second)
    assert result.exit_code == 0
    assert "OK: no metric fell beyond its tolerance" in result.output


def test_compare_names_what_fell_and_the_cases_and_ends_with_one(mill: Path) -> None:
    baseline = made(mill, GOOD, "a.json")
    worse = made(mill, "tests.test_eval_command:worse_assistant", "b.json")
    page = mill.parent / "both.html"
    result = call("compare", baseline, worse, "--report", page)
    assert result.exit_code == 1
    assert "evidence cited (evidence_cited) 1.000 → 0.750, tolerance 0.01" in result.output
    assert "newly failing: mill/when" in result.output
    assert "This run" in page.read_text(encoding="utf-8")


def test_compare_as_json_lists_the_fallen_metrics(mill: Path) -> None:
    baseline = made(mill, GOOD, "a.json")
    worse = made(mill, "tests.test_eval_command:worse_assistant", "b.json")
    result = call("compare", baseline, worse, "--json")
    assert result.exit_code == 1
    value = json.loads(result.output)
    assert "evidence_cited" in value["fallen"]
    assert not value["ok"]
    assert value["broken"][0]["key"] == "mill/when"


def test_compare_takes_the_tolerances_beside_the_baseline(mill: Path) -> None:
    baseline = made(mill, GOOD, "a.json")
    worse = made(mill, "tests.test_eval_command:worse_assistant", "b.json")
    (mill.parent / "tolerances.toml").write_text("default = 1.0\n")
    assert call("compare", baseline, worse).exit_code == 0
    strict = mill.parent / "strict.toml"
    strict.write_text("default = 0.0\n")
    assert call("compare", baseline, worse, "--tolerances", strict).exit_code == 1


def test_a_run_that_lacks_cases_of_the_baseline_fails_unless_it_may(mill: Path) -> None:
    baseline = made(mill, GOOD, "a.json")
    cases = mill / "cases.jsonl"
    cases.write_text("".join(cases.read_text().splitlines(keepends=True)[:2]))
    few = made(mill, GOOD, "b.json")
    result = call("compare", baseline, few)
    assert result.exit_code == 1
    assert "LACKING: 4 cases of the baseline were not asked" in result.output
    page = mill.parent / "lacking.html"
    told = json.loads(call("compare", baseline, few, "--json", "--report", page).output)
    assert (told["fallen"], told["ok"]) == ([], False)
    shown = page.read_text(encoding="utf-8")
    assert '<p class="verdict bad">' in shown
    assert "The run lacks cases of the baseline: 4." in shown
    may = call("compare", baseline, few, "--allow-removed", "--json")
    assert json.loads(may.output)["ok"]
    allowed = call("compare", baseline, few, "--allow-removed")
    assert (allowed.exit_code, "OK: no metric fell" in allowed.output) == (0, True)
    assert call("compare", baseline, few, "--update-baseline").exit_code == 0
    assert call("compare", baseline, few).exit_code == 0


def test_a_baseline_is_made_and_updated_without_timings(mill: Path) -> None:
    baseline = mill.parent / "baseline.json"
    first, worse = (
        made(mill, GOOD, "a.json"),
        made(mill, "tests.test_eval_command:worse_assistant", "b.json"),
    )
    assert call("compare", baseline, first, "--update-baseline").exit_code == 0
    assert "timings" not in json.loads(baseline.read_text(encoding="utf-8"))
    assert call("compare", baseline, worse, "--update-baseline").exit_code == 0
    assert call("compare", baseline, worse).exit_code == 0
    assert call("compare", baseline, first).exit_code == 0


def test_compare_with_a_file_that_is_no_run_says_so(mill: Path) -> None:
    run = made(mill, GOOD, "a.json")
    result = call("compare", mill / "cases.jsonl", run, error=UsageError)
    assert "not a run file" in str(result.exception)


def test_report_writes_a_page_for_one_run_or_two(mill: Path) -> None:
    run, page = made(mill, GOOD, "a.json"), mill.parent / "page.html"
    assert call("report", run, "--out", page).output.strip() == str(page)
    alone = page.read_text(encoding="utf-8")
    call("report", run, "--baseline", run, "--out", page)
    assert "This run" in page.read_text(encoding="utf-8")
    assert "This run" not in alone


def test_add_writes_a_case_that_is_read_back(tmp_path: Path) -> None:
    result = call(
        "add", tmp_path / "new", "--question", "How far is the moon?", "--unanswerable",
        "--tag", "off topic", "--id", "moon",
    )  # fmt: skip
    assert "added moon" in result.output
    assert load_cases(tmp_path / "new") == (CASES[-1],)


def test_add_refuses_a_case_without_a_question(tmp_path: Path) -> None:
    call("add", tmp_path, "--unanswerable", error=UsageError)
    assert list(tmp_path.iterdir()) == []


def scripted_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in for the engine, which these commands only need for its documents."""
    monkeypatch.setattr("eval.answerer._assistant", lambda *_: worse_assistant(None))


def test_add_finds_the_document_of_its_evidence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted_library(monkeypatch)
    call(
        "add", tmp_path, "--question", "When?", "--answer", "1820", "--evidence", BUILT,
        "--folder", tmp_path,
    )  # fmt: skip
    assert load_cases(tmp_path)[0].documents == ("mill.txt",)


def test_draft_with_yes_keeps_all_and_offers_nothing_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted_library(monkeypatch)
    out = tmp_path / "drafts.jsonl"
    options = "draft", tmp_path, "--yes", "--out", out
    result = call(*options)
    assert f"{len(load_cases(out))} drafts added" in result.output
    assert "nothing new" in str(call(*options, error=UsageError).exception)


def test_draft_goes_on_where_the_last_drafts_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "The dam was built by the state in 1936. Ada Stone is a builder of many dams."
    library = ScriptedAssistant({}, texts={"a": text})
    monkeypatch.setattr("eval.answerer._assistant", lambda *_: library)
    out = tmp_path / "drafts.jsonl"
    for count in (1, 2):
        call("draft", tmp_path, "--yes", "--out", out, "--limit", 1)
        assert len(load_cases(out)) == count


def test_draft_asks_about_each_and_keeps_what_is_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eval.command_cases._is_interactive", lambda: True)
    out = tmp_path / "drafts.jsonl"
    text = "The dam was built by the state in 1936. Ada Stone is a builder of many dams. " * 2
    library = ScriptedAssistant({}, texts={"a": text, "b": text, "c": text})
    monkeypatch.setattr("eval.answerer._assistant", lambda *_: library)
    result = call("draft", tmp_path, "--out", out, text="n\ny\ne\nIn which year?\nq\n")
    assert "evidence: Ada Stone is a builder of many dams." in result.output
    assert "2 drafts added" in result.output
    assert [case.question for case in load_cases(out)] == ["Who is Ada Stone?", "In which year?"]


@pytest.mark.parametrize("command", ["run", "compare", "report", "add", "draft"])
def test_help_shows_an_example(command: str) -> None:
    result = call(command, "--help")
    assert result.exit_code == 0
    assert "Example" in result.output
    assert f"assistant eval {command}" in " ".join(result.output.split())


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys; import eval.command; heavy = {'numpy', 'torch', 'llama_index', 'gradio', "
        "'faiss', 'tantivy', 'sentencex', 'pandas'}; print(sorted(heavy & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"


class ScriptedModel:
    """Like a LlamaIndex LLM: one draft whose evidence stands in the text, one that is made up."""

    def complete(self, _prompt: str) -> str:
        good = {"question": "What was built?", "answer": "the mill", "evidence": BUILT}
        made_up = {"question": "Who paid?", "answer": "Ann", "evidence": "Ann paid for all of it."}
        return f"{json.dumps(good)}\n{json.dumps(made_up)}"


def test_draft_with_a_model_keeps_only_what_stands_in_the_documents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted_library(monkeypatch)
    models = types.ModuleType("my_models")
    models.__dict__["make"] = ScriptedModel
    monkeypatch.setitem(sys.modules, "my_models", models)
    out = tmp_path / "drafts.jsonl"
    call("draft", tmp_path, "--yes", "--out", out, "--llm", "my_models:make")
    assert [case.question for case in load_cases(out)] == ["What was built?"]


class FailingModel(ScriptedModel):
    """Answers once and then fails as a server that is gone."""

    def __init__(self) -> None:
        self.answers = 1

    def complete(self, prompt: str) -> str:
        self.answers -= 1
        if self.answers < 0:
            raise ConnectionError(f"no answer to {prompt}")
        return super().complete(prompt)


def test_a_model_that_fails_costs_none_of_the_drafts_before_and_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = ScriptedAssistant({}, texts={"a": f"{TEXT}\n\n{TEXT}"})
    monkeypatch.setattr("eval.answerer._assistant", lambda *_: library)
    models = types.ModuleType("my_models")
    models.__dict__["make"] = FailingModel
    monkeypatch.setitem(sys.modules, "my_models", models)
    out = tmp_path / "drafts.jsonl"
    options = "--yes", "--out", out, "--llm", "my_models:make"
    result = call("draft", tmp_path, *options, error=TroubleError)
    assert "--llm my_models:make: the model failed (ConnectionError)" in str(result.exception)
    assert "The mill" not in str(result.exception)
    assert "1 drafts added" in result.output
    assert [case.question for case in load_cases(out)] == ["What was built?"]


def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    result = call("draft", tmp_path, "--yes", "--llm", "nowhere:nothing", error=UsageError)
    assert "--llm 'nowhere:nothing'" in str(result.exception)


def test_draft_without_a_terminal_asks_for_yes_and_keeps_none(tmp_path: Path) -> None:
    out = tmp_path / "drafts.jsonl"
    result = call("draft", tmp_path, "--out", out, error=UsageError)
    assert "--yes" in str(result.exception)
    assert not out.exists()


def test_a_newly_failing_case_is_hinted_at_and_may_be_made_to_fail(mill: Path) -> None:
    baseline, worse = made(mill, GOOD, "good.json"), made(mill, WORSE, "worse.json")
    loose = mill / "loose.toml"
    loose.write_text("default = 1.0\n", encoding="utf-8")
    options = "compare", baseline, worse, "--tolerances", loose
    told = call(*options)
    assert told.exit_code == 0, told.output
    assert "--no-new-failures" in told.output
    strict = call(*options, "--no-new-failures")
    assert strict.exit_code == 1
    assert "NEWLY FAILING" in strict.output
    assert not json.loads(call(*options, "--no-new-failures", "--json").output)["ok"]


def test_a_baseline_that_is_made_is_told_as_json_too(mill: Path) -> None:
    run, baseline = made(mill, GOOD, "good.json"), mill / "new.json"
    told = call("compare", baseline, run, "--update-baseline", "--json")
    assert json.loads(told.output)["baseline"] == str(baseline)


@pytest.mark.parametrize(("rate", "exit_code"), [("1", 1), ("0.5", 0)])
def test_a_run_may_have_to_pass_a_share_of_its_cases(mill: Path, rate: str, exit_code: int) -> None:
    result = call("run", mill, "--assistant", WORSE, "--fail-under", rate)
    assert result.exit_code == exit_code
    assert ("FAILED: " in result.output) == (exit_code == 1)


def test_a_file_of_cases_that_cannot_be_written_is_told(mill: Path) -> None:
    (mill / "plain").write_text("", encoding="utf-8")
    question = "--question", "Who?", "--unanswerable", "--folder", mill / "documents"
    result = call("add", mill / "plain", *question, error=TroubleError)
    assert "plain" in str(result.exception)

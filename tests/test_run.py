import json
import math
import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.types import Answer, Turn
from eval.partial import Partial
from eval.run import merge_runs, run_cases
from eval.runfile import load_run, run_to_text, write_run, write_text
from eval.summary import summarise
from eval.types import Run
from index.errors import TroubleError, UsageError
from tests.fakes_eval import (
    BUILT,
    CASES,
    FLOUR,
    HOW_MANY,
    MILL,
    SALE,
    TEXT,
    WHEN,
    WHO,
    ScriptedAssistant,
    answer,
    good_assistant,
    good_script,
    refusal,
)


class OnlyAsks:
    """The least that can be evaluated."""

    def ask(self, question: str, *, history: object) -> Answer:
        return good_script()[question]


def scrambled(script: dict[str, Answer | BaseException], **changes: object) -> ScriptedAssistant:
    return ScriptedAssistant({**script, **changes})


def test_every_case_is_asked_once_in_order_with_its_history() -> None:
    assistant = good_assistant()
    follow_up = replace(WHO, history=(Turn("When was it built?", "In 1820."),))
    run = run_cases(assistant, [WHEN, follow_up], case_set="mill")
    assert assistant.asked == [WHEN.question, WHO.question]
    assert assistant.histories == [(), follow_up.history]
    assert [record.key for record in run.records] == ["mill/when", "mill/who"]


def test_a_record_holds_what_was_answered_with_text_around_citations() -> None:
    seen = run_cases(good_assistant(), [WHEN]).records[0].seen
    assert seen is not None
    assert (seen.text, seen.refused, seen.confidence) == (f"{BUILT} [1]", False, 0.9)
    cited = seen.citations[0]
    assert cited.context == TEXT
    assert cited.context[cited.start - cited.context_start : cited.end] == BUILT
    assert [(hit.rank, hit.evidence) for hit in seen.hits] == [(1, (1,)), (2, ())]


def test_the_text_around_a_citation_is_as_short_where_no_spaces_are() -> None:
    text = "句" * 5000 + BUILT
    cited = replace(answer(BUILT).citations[0], start=5000, end=5000 + len(BUILT))
    script = {WHEN.question: replace(answer(BUILT), citations=(cited,))}
    seen = run_cases(ScriptedAssistant(script, texts={MILL: text}), [WHEN]).records[0].seen
    assert seen is not None
    assert (seen.citations[0].context_start, seen.citations[0].context) == (4700, text[4700:])


def test_figures_of_a_run_worked_out_by_hand() -> None:
    figures = summarise(run_cases(good_assistant(), CASES).records)
    # Ranks of the evidence: 1, 2, 1, 1.
    assert figures["mrr"].value == pytest.approx((1 + 1 / 2 + 1 + 1) / 4)
    assert (figures["hit_at_1"].value, figures["hit_at_5"].value) == (0.75, 1)
    assert (figures["refusal_precision"].value, figures["refusal_recall"].value) == (1, 1)
    assert figures["refusal_auroc"].value == 1
    # .9 and .95 share a bin and are .1 and .05 short; .8 and .7 are .2 and .3 short; the refused
    # are .3 and .05 over.
    expected = (0.1 + 0.05 + 0.2 + 0.3 + 0.3 + 0.05) / 6
    assert figures["calibration_error"].value == pytest.approx(expected, abs=1e-6)
    assert (figures["evidence_cited"].scored, figures["evidence_cited"].unscored) == (4, 2)


def test_a_figure_says_how_many_cases_decide_it() -> None:
    script = good_script()
    script[WHO.question] = refusal()
    figures = summarise(run_cases(ScriptedAssistant(script), CASES).records)
    assert (figures["refusal_precision"].scored, figures["refusal_recall"].scored) == (3, 2)
    assert (figures["refusal_auroc"].scored, figures["refusal_auroc"].unscored) == (6, 0)


def test_a_crash_of_one_case_is_its_error_and_the_others_go_on() -> None:
    assistant = scrambled(good_script())
    assistant.script[WHO.question] = ZeroDivisionError("by nought\nsecond line")
    run = run_cases(assistant, CASES)
    broken = {record.case.id: record.error for record in run.records if record.error}
    assert broken == {"who": "ZeroDivisionError: by nought"}
    figures = summarise(run.records)
    assert figures["completed"].value == pytest.approx(5 / 6)
    assert (figures["evidence_cited"].value, figures["evidence_cited"].scored) == (1, 3)


@pytest.mark.parametrize("confidence", [math.nan, -0.1, 1.1])
def test_a_confidence_out_of_range_is_an_error_of_its_case(confidence: float) -> None:
    assistant = scrambled(good_script())
    assistant.script[WHO.question] = replace(answer(BUILT), confidence=confidence)
    record = run_cases(assistant, [WHO]).records[0]
    assert record.error is not None
    assert "expected 0 to 1" in record.error


def test_a_missing_document_is_told_before_anything_is_asked() -> None:
    assistant = good_assistant()
    with pytest.raises(UsageError, match=r"case 'when': names document 'gone\.txt'.*among the 1"):
        run_cases(assistant, [replace(WHEN, documents=(MILL, "gone.txt"))])
    assert assistant.asked == []


def test_anything_with_ask_can_be_run_and_says_what_could_not_be_scored() -> None:
    run = run_cases(OnlyAsks(), CASES)
    assert run.made_with[""]["answerer"].endswith("OnlyAsks")
    scores = run.records[0].scores
    assert scores["answer_found"].value == 1
    assert scores["evidence_cited"].why == "the evidence was not found in the documents"


def test_texts_may_be_given_for_an_answerer_that_has_none() -> None:
    run = run_cases(OnlyAsks(), [WHEN], texts={MILL: TEXT}.__getitem__)
    assert run.records[0].scores["evidence_cited"].value == 1


def test_the_same_answers_make_the_same_file_but_for_its_timings() -> None:
    first, second = (run_cases(good_assistant(), CASES) for _ in range(2))
    assert run_to_text(first, timings=False) == run_to_text(second, timings=False)
    values = [json.loads(run_to_text(run)) for run in (first, second)]
    assert all(value.pop("timings")["ask_seconds"] for value in values)
    assert values[0] == values[1]


def test_several_workers_give_the_same_records_in_the_same_order() -> None:
    one, four = (run_cases(good_assistant(), CASES, workers=count) for count in (1, 4))
    assert run_to_text(one, timings=False) == run_to_text(four, timings=False)


def test_several_workers_ask_at_the_same_time() -> None:
    meeting = threading.Barrier(2, timeout=60)

    class Meets(OnlyAsks):
        def ask(self, question: str, *, history: object) -> Answer:
            meeting.wait()
            return super().ask(question, history=history)

    run = run_cases(Meets(), [WHEN, WHO], workers=2)
    assert [record.error for record in run.records] == [None, None]


def test_progress_is_told_case_by_case() -> None:
    told: list[tuple[int, int]] = []
    run_cases(good_assistant(), CASES[:3], progress=lambda *step: told.append(step))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_an_interrupted_run_keeps_finished_cases_and_goes_on_from_there(tmp_path: Path) -> None:
    path = tmp_path / "run.partial"
    stopping = scrambled(good_script())
    stopping.script[HOW_MANY.question] = KeyboardInterrupt()
    with Partial(path) as partial, pytest.raises(KeyboardInterrupt):
        run_cases(stopping, CASES, partial=partial)
    resumed = good_assistant()
    with Partial(path) as partial:
        assert partial.finished == 2
        run = run_cases(resumed, CASES, partial=partial)
        partial.remove()
    assert resumed.asked == [case.question for case in CASES[2:]]
    whole = run_cases(good_assistant(), CASES)
    assert run_to_text(run, timings=False) == run_to_text(whole, timings=False)
    assert not path.exists()


def test_a_case_that_failed_is_asked_again_when_a_run_goes_on(tmp_path: Path) -> None:
    failing = scrambled(good_script())
    failing.script[SALE.question] = OSError("disk")
    with Partial(tmp_path / "p") as partial:
        run_cases(failing, CASES, partial=partial)
    resumed = good_assistant()
    with Partial(tmp_path / "p") as partial:
        run = run_cases(resumed, CASES, partial=partial)
    assert resumed.asked == [SALE.question]
    assert all(record.error is None for record in run.records)


def test_a_case_that_was_reworded_is_asked_again(tmp_path: Path) -> None:
    with Partial(tmp_path / "p") as partial:
        run_cases(good_assistant(), [WHEN, WHO], partial=partial)
    resumed = good_assistant()
    with Partial(tmp_path / "p") as partial:
        run_cases(resumed, [WHEN, replace(WHO, answers=("Ada",))], partial=partial)
    assert resumed.asked == [WHO.question]


def test_a_kill_in_the_middle_of_a_line_loses_that_case_only(tmp_path: Path) -> None:
    path = tmp_path / "p"
    with Partial(path) as partial:
        run_cases(good_assistant(), [WHEN, WHO], partial=partial)
    path.write_bytes(path.read_bytes()[:-20])
    resumed = good_assistant()
    with Partial(path) as partial:
        run_cases(resumed, [WHEN, WHO], partial=partial)
    assert resumed.asked == [WHO.question]
    with Partial(path) as partial:
        assert partial.finished == 2


def test_finished_cases_of_another_assistant_are_refused_unless_fresh(tmp_path: Path) -> None:
    path = tmp_path / "p"
    with Partial(path) as partial:
        run_cases(good_assistant(), [WHEN], partial=partial)
    other = good_assistant()
    other.told = {"version": "2", "settings": "plain"}
    with Partial(path) as partial, pytest.raises(UsageError, match="another version; start again"):
        run_cases(other, [WHEN], partial=partial)
    with Partial(path, fresh=True) as partial:
        run_cases(other, [WHEN], partial=partial)
    assert other.asked == [WHEN.question]


@pytest.mark.parametrize("line", ["my notes\n", "[" * 200_000 + "\n", "3\n"])
def test_a_partial_file_that_is_something_else_is_refused_and_left_alone(
    tmp_path: Path, line: str
) -> None:
    path = tmp_path / "p"
    path.write_text(line)
    with pytest.raises(UsageError, match="line 1: not a line of an unfinished run"):
        Partial(path)
    assert path.read_text() == line


def test_a_partial_file_in_no_folder_is_trouble(tmp_path: Path) -> None:
    with pytest.raises(TroubleError, match="cannot be written"):
        Partial(tmp_path / "no" / "p")


def merged() -> Run:
    first = run_cases(good_assistant(), CASES[:2], case_set="a")
    return merge_runs([first, run_cases(good_assistant(), CASES, case_set="b")])


def test_runs_of_several_sets_are_put_together() -> None:
    run = merged()
    assert len({record.key for record in run.records}) == 8
    assert list(run.made_with) == ["a", "b"]


def test_a_run_file_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    run = merged()
    write_run(tmp_path / "run.json", run)
    back = load_run(tmp_path / "run.json")
    assert back.records == run.records
    assert back.made_with == run.made_with
    assert run_to_text(back) == (tmp_path / "run.json").read_text(encoding="utf-8")


def test_a_run_file_summarises_all_cases_each_set_and_each_tag(tmp_path: Path) -> None:
    write_run(tmp_path / "run.json", merged())
    summary = json.loads((tmp_path / "run.json").read_text())["summary"]
    assert list(summary) == [
        "all", "set:a", "set:b", "tag:fact", "tag:near miss", "tag:number", "tag:off topic",
    ]  # fmt: skip
    assert summary["set:a"]["mrr"]["value"] == 0.75
    assert summary["tag:fact"]["evidence_cited"]["scored"] == 5
    assert "latency_p50" not in summary["all"]


def test_a_run_file_without_timings_has_no_times(tmp_path: Path) -> None:
    write_run(tmp_path / "run.json", merged(), timings=False)
    back = load_run(tmp_path / "run.json")
    assert {record.seconds for record in back.records} == {None}
    assert "timings" not in (tmp_path / "run.json").read_text()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "not a run file"),
        ("[]", "not a run file"),
        ('{"format": "other"}', "not a run file"),
        ('{"format": "grounded-assistant eval run", "format_version": 99}', "version 99, expected"),
        ('{"format": "grounded-assistant eval run", "format_version": 1}', "damaged run file"),
        (
            '{"format": "grounded-assistant eval run", "format_version": 1, "made_with": {}, '
            '"cases": [{"id": "a"}]}',
            "damaged run file",
        ),
    ],
)
def test_a_file_that_is_no_run_is_refused(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "run.json").write_text(content)
    with pytest.raises(UsageError, match=message) as caught:
        load_run(tmp_path / "run.json")
    assert str(tmp_path) in str(caught.value)


def test_a_run_file_that_is_nested_too_deeply_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("[" * 100_000)
    with pytest.raises(UsageError, match="not a run file"):
        load_run(tmp_path / "run.json")


def test_a_run_file_without_a_score_or_a_confidence_is_refused(tmp_path: Path) -> None:
    text = run_to_text(merged())
    (tmp_path / "old.json").write_text(text.replace('"document_cited": [', '"other": [', 2))
    with pytest.raises(UsageError, match="lacks the score 'document_cited'; make the run again"):
        load_run(tmp_path / "old.json")
    (tmp_path / "null.json").write_text(text.replace('"confidence": 0.9,', '"confidence": null,'))
    with pytest.raises(UsageError, match="a damaged run file"):
        load_run(tmp_path / "null.json")


def test_a_missing_run_file_and_one_that_cannot_be_written_are_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        load_run(tmp_path / "none.json")
    with pytest.raises(TroubleError, match="cannot be written"):
        write_run(tmp_path / "no" / "run.json", merged())


def test_a_link_stays_and_what_it_points_to_is_written(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text("old")
    (tmp_path / "link.json").symlink_to("real.json")
    write_run(tmp_path / "link.json", merged())
    assert (tmp_path / "link.json").is_symlink()
    assert len(load_run(tmp_path / "real.json").records) == 8


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of Unix")
def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_text(pipe, "a page")
    assert os.read(reading, 100) == b"a page"
    os.close(reading)
    assert pipe.is_fifo()


def test_an_answer_that_cites_another_sentence_is_not_right() -> None:
    assistant = scrambled(good_script())
    assistant.script[WHEN.question] = answer(FLOUR)
    assert run_cases(assistant, [WHEN]).records[0].scores["right"].value == 0

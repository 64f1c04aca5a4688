"""Comparing runs. Regressions are scripted here; ``test_planted_regressions.py`` plants them in the
real engine.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.types import Answer
from eval.cases import Case
from eval.compare import Comparison, Row, Verdict, compare_runs
from eval.run import run_cases
from eval.runfile import load_run, write_run
from eval.tolerance import JUDGED, Tolerances, load_tolerances
from eval.types import Run
from index.errors import SettingsError, UsageError
from tests.fakes_eval import (
    BUILT,
    CASES,
    FLOUR,
    HOW_MANY,
    MOON,
    SALE,
    SPOUSE,
    WHEELS,
    WHEN,
    WHO,
    ScriptedAssistant,
    answer,
    citation,
    good_script,
    refusal,
)

Script = dict[str, Answer | BaseException]


def run_of(changes: Mapping[Case, Answer | BaseException] | None = None, **told: str) -> Run:
    """The six cases, all answered rightly but for the changes."""
    changed = {case.question: reply for case, reply in (changes or {}).items()}
    script: Script = good_script() | changed
    return run_cases(ScriptedAssistant(script, told={"version": "1"} | told), CASES)


def compared(
    changes: Mapping[Case, Answer | BaseException], tolerances: Tolerances | None = None
) -> Comparison:
    return compare_runs(run_of(), run_of(changes), tolerances)


def fallen(comparison: Comparison) -> set[str]:
    return {row.metric.name for row in comparison.fallen}


def row(comparison: Comparison, name: str) -> Row:
    return next(each for each in comparison.rows if each.metric.name == name)


def test_the_same_answers_never_differ_in_twenty_runs() -> None:
    baseline = run_of()
    for _ in range(20):
        comparison = compare_runs(baseline, run_of())
        assert comparison.fallen == ()
        judged = [each for each in comparison.rows if each.tolerance is not None]
        assert {each.difference for each in judged} == {0.0}
        assert (comparison.broken, comparison.mended) == ((), ())


def test_lexical_search_switched_off_is_seen_in_retrieval_only() -> None:
    # The same answers, but the passages that share the question's words are found later.
    worse = {
        WHEN: answer(BUILT, hits=[WHEELS, FLOUR, BUILT]),
        SALE: answer(FLOUR, hits=[BUILT, WHEELS, FLOUR], confidence=0.7),
    }
    assert fallen(compared(worse)) == {"hit_at_1", "mrr", "ndcg_at_10"}


def test_a_threshold_moved_up_is_seen_as_wrong_refusals() -> None:
    worse = {
        SALE: refusal(0.7, hits=[FLOUR]),
        WHO: refusal(0.8, hits=[WHEELS, BUILT]),
    }
    comparison = compared(worse)
    assert "refusal_precision" in fallen(comparison)
    assert not {"refusal_recall", "refusal_auroc", "mrr", "citation_exact"} & fallen(comparison)
    # 2 of 4 refusals are right.
    assert row(comparison, "refusal_precision").after == 0.5


def test_a_threshold_moved_down_is_seen_as_missed_refusals() -> None:
    comparison = compared({SPOUSE: answer(BUILT, confidence=0.3)})
    assert fallen(comparison) == {"refusal_recall", "refusal_f1", "refusal_right"}
    assert row(comparison, "refusal_recall").after == 0.5


def test_one_offset_shifted_by_one_is_seen_as_an_inexact_citation_and_as_nothing_else() -> None:
    shifted = replace(answer(BUILT, hits=[BUILT, WHEELS]), citations=(citation(1, BUILT, shift=1),))
    comparison = compared({WHEN: shifted})
    assert fallen(comparison) == {"citation_exact"}
    assert [flip.key for flip in comparison.broken] == ["when"]
    assert "does not quote what stands at" in comparison.broken[0].why[0]


def test_a_crash_is_seen_although_the_other_metrics_cannot_score_it() -> None:
    comparison = compared({MOON: ValueError("no")})
    assert "completed" in fallen(comparison)
    assert comparison.broken[0].why == ("not finished: ValueError: no",)


def test_evidence_that_is_no_longer_found_is_seen_although_it_cannot_be_scored() -> None:
    lost = ScriptedAssistant(good_script(), texts={"mill.txt": "another text"})
    comparison = compare_runs(run_of(), run_cases(lost, CASES))
    assert {"evidence_located", "citation_exact"} <= fallen(comparison)


def test_flips_both_ways_are_listed_with_their_reasons() -> None:
    before = run_of({WHEN: refusal(), WHO: answer(BUILT)})
    after = run_of({HOW_MANY: answer(FLOUR)})
    comparison = compare_runs(before, after)
    assert [(flip.key, flip.why) for flip in comparison.broken] == [
        ("wheels", ("no citation overlaps the evidence",))
    ]
    assert [(flip.key, flip.question) for flip in comparison.mended] == [("when", WHEN.question)]


def test_a_row_counts_pairs_wins_and_losses_and_tests_them() -> None:
    both = {WHEN: answer(WHEELS), WHO: answer(WHEELS), SALE: refusal()}
    changed = row(compared(both), "evidence_cited")
    assert (changed.before, changed.after, changed.difference) == (1, 0.25, -0.75)
    assert (changed.better, changed.worse, changed.cases) == (0, 3, 4)
    assert changed.p_value == 2 / 2**3
    assert changed.low is not None
    assert changed.high is not None
    assert changed.low <= -0.75 <= changed.high


def test_a_metric_that_rose_is_told_and_does_not_fail() -> None:
    comparison = compare_runs(run_of({WHEN: answer(WHEELS)}), run_of())
    assert row(comparison, "evidence_cited").verdict is Verdict.ROSE
    assert comparison.fallen == ()


def test_a_lower_calibration_error_is_a_rise_and_a_higher_one_a_fall() -> None:
    surer = {WHO: answer(BUILT, confidence=1.0, hits=[WHEELS, BUILT])}
    assert row(compared(surer), "calibration_error").verdict is Verdict.ROSE
    unsure = {WHO: answer(BUILT, confidence=0.45, hits=[WHEELS, BUILT])}
    assert "calibration_error" in fallen(compared(unsure))


def test_longer_answers_and_slower_ones_are_told_and_never_judged() -> None:
    comparison = compared({WHEN: answer(BUILT, WHEELS, FLOUR, hits=[BUILT])})
    assert row(comparison, "sentences").verdict is Verdict.NOT_JUDGED
    assert row(comparison, "latency_p95").verdict is Verdict.NOT_JUDGED
    assert row(comparison, "sentences").difference == pytest.approx(2 / 4)


def test_a_fall_within_the_tolerance_holds() -> None:
    worse = {WHEN: answer(BUILT, hits=[WHEELS, BUILT])}  # hit@1 .75 -> .5
    assert "hit_at_1" in fallen(compared(worse, Tolerances(default=0.24)))
    assert fallen(compared(worse, Tolerances(default=0.25))) == set()
    assert fallen(compared(worse, Tolerances(ignore=frozenset(JUDGED)))) == set()


def test_citations_may_not_become_inexact_whatever_the_default() -> None:
    shifted = replace(answer(BUILT), citations=(citation(1, BUILT, shift=1),))
    assert "citation_exact" in fallen(compared({WHEN: shifted}, Tolerances(default=1.0)))


def test_only_cases_of_the_same_wording_are_compared() -> None:
    reworded = replace(WHO, answers=("Ada",))
    assistant = ScriptedAssistant(good_script())
    before = run_cases(assistant, [WHEN, WHO, SALE])
    after = run_cases(assistant, [WHEN, reworded, MOON])
    comparison = compare_runs(before, after)
    assert comparison.compared == 1
    assert (comparison.added, comparison.removed, comparison.reworded) == (
        ("moon",), ("sale",), ("who",),
    )  # fmt: skip


def test_cases_that_differ_in_their_tags_only_are_compared() -> None:
    assistant = ScriptedAssistant(good_script())
    before, after = (
        run_cases(assistant, [case]) for case in (WHEN, replace(WHEN, tags=("other",)))
    )
    assert (compare_runs(before, after).compared, compare_runs(before, after).reworded) == (1, ())


def test_runs_without_a_common_case_are_refused() -> None:
    assistant = ScriptedAssistant(good_script())
    with pytest.raises(UsageError, match="none of the 1 cases of the baseline"):
        compare_runs(run_cases(assistant, [WHEN]), run_cases(assistant, [WHO]))


def test_what_was_set_differently_is_told() -> None:
    comparison = compare_runs(run_of(), run_of(None, version="2", settings="refuse_below=0.9"))
    assert comparison.setting_changes == (
        "version was 1, is 2",
        "settings was not given, is refuse_below=0.9",
    )


def test_a_baseline_file_without_timings_compares_as_well(tmp_path: Path) -> None:
    write_run(tmp_path / "baseline.json", run_of(), timings=False)
    comparison = compare_runs(load_run(tmp_path / "baseline.json"), run_of())
    assert comparison.fallen == ()
    assert row(comparison, "latency_p50").difference is None


def test_tolerances_are_read_over_the_usual_ones(tmp_path: Path) -> None:
    path = tmp_path / "tolerances.toml"
    path.write_text('default = 0.02\nignore = ["mrr"]\n[metrics]\nrefusal_recall = 0.05\n')
    limits = load_tolerances(path)
    assert limits.of("hit_at_5") == 0.02
    assert limits.of("refusal_recall") == 0.05
    assert limits.of("citation_exact") == 0
    assert limits.of("mrr") is None
    assert limits.of("latency_p50") is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("default = 2", "'default' is 2, expected a number from 0 to 1"),
        ("default = true", "'default' is True"),
        ('[metrics]\nmrr = "0.1"', "'mrr' is '0.1'"),
        ("[metrics]\nmrrr = 0.1", "'mrrr' is no metric; expected one of completed"),
        ("[metrics]\nlatency_p50 = 0.1", "'latency_p50' is shown and never judged"),
        ("metrics = 1", "'metrics' is 1, expected a table"),
        ('ignore = "mrr"', "'ignore' is 'mrr', expected a list"),
        ("defualt = 0.1", "unknown key 'defualt'"),
        ("=", "not TOML"),
    ],
)
def test_a_wrong_tolerance_names_the_key_and_what_was_expected(
    tmp_path: Path, content: str, message: str
) -> None:
    path = tmp_path / "tolerances.toml"
    path.write_text(content)
    with pytest.raises(SettingsError, match=r"tolerances\.toml") as caught:
        load_tolerances(path)
    assert message in str(caught.value)


def test_a_missing_tolerance_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load_tolerances(tmp_path / "none.toml")


def test_a_run_of_a_version_that_did_not_know_a_metric_compares_in_the_others() -> None:
    before = run_of()
    records = tuple(
        replace(r, scores={name: s for name, s in r.scores.items() if name != "span_f1"})
        for r in before.records
    )
    comparison = compare_runs(replace(before, records=records), run_of())
    assert row(comparison, "span_f1").difference is None
    assert row(comparison, "evidence_cited").difference == 0


def test_a_case_that_was_reworded_and_fails_now_is_newly_failing() -> None:
    reworded = replace(WHEN, question="In which year was the mill built?")
    script = {reworded.question: refusal()}
    cases = [reworded if case is WHEN else case for case in CASES]
    run = run_cases(ScriptedAssistant(good_script() | script, told={"version": "1"}), cases)
    comparison = compare_runs(run_of(), run)
    assert (comparison.broken, len(comparison.newly_failing)) == ((), 1)
    assert comparison.may_go_in()
    assert not comparison.may_go_in(may_break=False)

"""Tables of a run and of a comparison for the terminal. What documents hold is made harmless."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from eval.catalogue import BY_NAME, METRICS, Good, Metric
from eval.compare import Comparison, Flip, Row, Verdict
from eval.score import failures
from eval.summary import EVERYTHING, Figures, groups, summarise
from eval.types import Record, Run
from eval.wording import in_words, interval_in_words, one_line, with_interval

SHOWN_CASES = 10
LOG_WIDTH = 120
"""Columns where there is no terminal to ask: a log, a pipe."""
BY_GROUP = ("hit_at_5", "evidence_cited", "answer_found", "citation_exact", "refusal_right")


def print_run(run: Run, *, everything: bool, by_tag: bool, as_json: bool) -> None:
    """The table of a run, of its sets and tags, and the cases that fail."""
    figures = {
        name: summarise(records)
        for name, records in groups(run.records).items()
        if by_tag or as_json or not name.startswith("tag:")
    }
    if as_json:
        _show_json(_run_value(run, figures))
        return
    title = f"{', '.join(run.made_with)}: {len(run.records)} cases in {run.seconds:.1f} s"
    show(summary_table(title, figures[EVERYTHING], everything=everything))
    if len(figures) > 1:
        show(group_table(figures))
    show(*failed_lines(run))


def print_comparison(
    comparison: Comparison, *, everything: bool, as_json: bool, may_lack: bool, may_break: bool
) -> None:
    """The table of a comparison, what else changed, and the verdict."""
    if as_json:
        fallen = [row.metric.name for row in comparison.fallen]
        ok = comparison.may_go_in(may_lack=may_lack, may_break=may_break)
        _show_json(asdict(comparison) | {"fallen": fallen, "ok": ok})
        return
    show(comparison_table(comparison, everything=everything))
    verdict = verdict_line(comparison, may_lack=may_lack, may_break=may_break)
    show(*comparison_lines(comparison), verdict)


def print_made(baseline: Path, run: Path, *, as_json: bool) -> None:
    """That there was no baseline yet, and the run is it now."""
    if as_json:
        _show_json({"ok": True, "baseline": str(baseline), "made_from": str(run)})
    else:
        typer.echo(f"{baseline}: made from {run}")


def summary_table(title: str, figures: Figures, *, everything: bool) -> Table:
    """The metrics of a run with interval and number of cases; all of them, or the headlines."""
    table = Table(
        title=Text(title, "table.title"), title_justify="left", caption="in brackets: 95 % interval"
    )
    table.add_column("metric")
    for name in ("value", "cases", "not scored"):
        table.add_column(name, justify="right")
    for metric in METRICS:
        figure = figures[metric.name]
        if everything or (metric.headline and figure.scored) or _is_alarming(metric, figures):
            table.add_row(
                metric.label, with_interval(figure), str(figure.scored), str(figure.unscored)
            )
    return table


def group_table(figures: Mapping[str, Figures]) -> Table:
    """The metrics that tell most, for each set and tag."""
    table = Table(title="By set and tag", title_justify="left")
    table.add_column("cases")
    for name in BY_GROUP:
        table.add_column(BY_NAME[name].label, justify="right")
    for group, each in figures.items():
        cells = [in_words(each[name].value) for name in BY_GROUP]
        table.add_row(f"{one_line(group)} ({each['completed'].scored})", *cells)
    return table


def comparison_table(comparison: Comparison, *, everything: bool) -> Table:
    """Every metric that changed or is a headline, in both runs, with what became of it."""
    table = Table(
        title=f"{comparison.compared} cases in both runs",
        title_justify="left",
        caption="difference with 95 % interval of the paired bootstrap; p by McNemar's test",
    )
    table.add_column("metric")
    for name in ("baseline", "run", "difference", "better/worse", "p"):
        table.add_column(name, justify="right")
    table.add_column("verdict")
    for row in comparison.rows:
        changed = row.metric.good is not Good.NEITHER and bool(row.difference)
        if everything or changed or (row.metric.headline and row.difference is not None):
            table.add_row(*_cells(row), style="red" if row.verdict is Verdict.FELL else "")
    return table


def failed_lines(run: Run) -> list[str]:
    """The first cases that fail, a line each, and how many more there are."""
    failed = [record for record in run.records if failures(record.case, record.scores)]
    lines = [_failed_line(record) for record in failed[:SHOWN_CASES]]
    more = len(failed) - len(lines)
    return [*lines, f"… and {more} more"] if more else lines


def comparison_lines(comparison: Comparison) -> list[str]:
    """What changed around the metrics: flips, settings, cases that are not in both."""
    lines = [*(f"changed: {one_line(each, 600)}" for each in comparison.setting_changes)]
    lines += _flip_lines("newly failing", comparison.broken)
    lines += _flip_lines("newly failing, and reworded", comparison.broken_reworded)
    lines += _flip_lines("newly passing", comparison.mended)
    for word, keys in (
        ("only in the run", comparison.added),
        ("only in the baseline", comparison.removed),
        ("reworded, so in none of the metrics", comparison.reworded),
    ):
        if keys:
            shown = ", ".join(one_line(key) for key in keys[:SHOWN_CASES])
            lines.append(f"{len(keys)} cases {word}: {shown}{' …' * (len(keys) > SHOWN_CASES)}")
    return lines


def verdict_line(comparison: Comparison, *, may_lack: bool, may_break: bool) -> str:
    """Pass or fail, with what it fails by: metrics, else lacking cases, else newly failing ones."""
    newly_failing = len(comparison.newly_failing)
    if comparison.may_go_in(may_lack=may_lack, may_break=may_break):
        hint = f"; newly failing: {newly_failing} (--no-new-failures makes that exit code 1)"
        return f"OK: no metric fell beyond its tolerance{hint if newly_failing else ''}"
    if comparison.fallen:
        return _fell_line(comparison)
    if comparison.removed and not may_lack:
        return (
            f"LACKING: {len(comparison.removed)} cases of the baseline were not asked; run them "
            "too, or accept it with --allow-removed or, for good, with --update-baseline"
        )
    return (
        f"NEWLY FAILING: {newly_failing} cases that passed in the baseline; mend them, or accept "
        "it without --no-new-failures or, for good, with --update-baseline"
    )


def _fell_line(comparison: Comparison) -> str:
    told = (
        f"{row.metric.label} ({row.metric.name}) {in_words(row.before)} → {in_words(row.after)}, "
        f"tolerance {row.tolerance:g}"
        for row in comparison.fallen
    )
    return f"FELL: {'; '.join(told)}"


def show(*parts: Table | str) -> None:
    """Print tables and lines; lines as they are, without rich's markup."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = LOG_WIDTH
    for part in parts:
        console.print(part, markup=False, soft_wrap=isinstance(part, str))


def _show_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1))


def _run_value(run: Run, figures: Mapping[str, Figures]) -> dict[str, object]:
    why = {record.key: failures(record.case, record.scores) for record in run.records}
    return {
        "cases": len(run.records),
        "failed": {key: list(reasons) for key, reasons in why.items() if reasons},
        "summary": {
            group: {name: asdict(figure) for name, figure in each.items()}
            for group, each in figures.items()
        },
    }


def _is_alarming(metric: Metric, figures: Figures) -> bool:
    value = figures[metric.name].value
    return metric.name in ("completed", "evidence_located") and value is not None and value < 1


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.metric.label,
        in_words(row.before),
        in_words(row.after),
        interval_in_words(row.difference, row.low, row.high, signed=True),
        f"{row.better}/{row.worse}",
        in_words(row.p_value),
        row.verdict,
    )


def _failed_line(record: Record) -> str:
    why = "; ".join(failures(record.case, record.scores))
    return f"✗ {one_line(record.key, 40)}: {one_line(record.case.question)} – {one_line(why)}"


def _flip_lines(word: str, flips: Sequence[Flip]) -> list[str]:
    lines = [
        f"{word}: {one_line(flip.key, 40)}: {one_line(flip.question)} – "
        f"{one_line('; '.join(flip.why))}"
        for flip in flips[:SHOWN_CASES]
    ]
    more = len(flips) - len(lines)
    return [*lines, f"… and {more} more {word}"] if more else lines

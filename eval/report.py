"""A run, alone or beside its baseline, as one HTML file that needs no network.

Pure: the page is a string. Style and script are inline and named by their hash in the page's
Content-Security-Policy, so that nothing that a document or an answer holds can run or load.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from html import escape
from importlib.resources import files

from eval.compare import Comparison, same_wording
from eval.report_case import case_card
from eval.report_plots import calibration_plot, risk_coverage_plot
from eval.report_tables import comparison_table, group_table, summary_table
from eval.score import failures
from eval.summary import EVERYTHING, groups, summarise
from eval.types import Record, Run
from eval.wording import in_words


def report_page(run: Run, baseline: Run | None = None, comparison: Comparison | None = None) -> str:
    """The whole page; with a baseline and its comparison both runs stand side by side."""
    grouped = groups(run.records)
    figures = {name: summarise(records) for name, records in grouped.items()}
    old = _same_cases(run, baseline) if baseline else {}
    table = comparison_table(comparison) if comparison else summary_table(figures[EVERYTHING])
    plots = _plots(run.records, tuple(old.values()))
    body = "".join(
        [
            _head(run, comparison),
            f'<div class="overview"><section>{table}{group_table(figures)}</section>{plots}</div>',
            _filters(run.records, comparison is not None),
            _cards(run.records, old),
        ]
    )
    return _page(_title(run), body)


def _same_cases(run: Run, baseline: Run) -> dict[str, Record]:
    new = {record.key: record.case for record in run.records}
    return {
        each.key: each
        for each in baseline.records
        if each.key in new and same_wording(each.case, new[each.key])
    }


def _page(title: str, body: str) -> str:
    style = files("eval").joinpath("report.css").read_text(encoding="utf-8")
    script = files("eval").joinpath("report.js").read_text(encoding="utf-8")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{style}</style></head>"
        f"<body><main>{body}</main><script>{script}</script></body></html>\n"
    )


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _title(run: Run) -> str:
    names = ", ".join(name for name in run.made_with if name) or "cases"
    return f"Evaluation of {names}"


def _head(run: Run, comparison: Comparison | None) -> str:
    failed = sum(1 for record in run.records if failures(record.case, record.scores))
    line = f"{len(run.records)} cases, {len(run.records) - failed} passed, {failed} failed."
    started = f" Asked {escape(run.started)}." if run.started else ""
    return (
        f'<h1>{escape(_title(run))}</h1><p class="quiet">{line}{started}</p>'
        f"{_verdict(comparison) if comparison else ''}{_made_with(run.made_with)}"
    )


def _verdict(comparison: Comparison) -> str:
    fallen = [
        f"{row.metric.label} {in_words(row.before)} → {in_words(row.after)}"
        for row in comparison.fallen
    ]
    verdict = f"Fell: {'; '.join(fallen)}." if fallen else "Nothing fell."
    if comparison.removed:
        verdict += f" The run lacks cases of the baseline: {len(comparison.removed)}."
    flips = (
        f"{len(comparison.newly_failing)} newly failing, {len(comparison.mended)} newly passing."
    )
    changes = "".join(f"<li>{escape(line)}</li>" for line in comparison.setting_changes)
    return (
        f'<p class="verdict {_look(comparison)}"><strong>{escape(verdict)}</strong> {flips} '
        f"{comparison.compared} cases compared, {len(comparison.added)} new, "
        f"{len(comparison.removed)} removed, {len(comparison.reworded)} reworded.</p>"
        + (f"<ul>{changes}</ul>" if changes else "")
    )


def _look(comparison: Comparison) -> str:
    """Good only where ``--no-new-failures`` would let it pass too, which the page does not know."""
    if not comparison.may_go_in():
        return "bad"
    return "good" if comparison.may_go_in(may_break=False) else "quiet"


def _made_with(made_with: Mapping[str, Mapping[str, str]]) -> str:
    rows = "".join(
        f"<tr><td>{escape(case_set)}</td><td>{escape(name)}</td>"
        f'<td class="text">{escape(value)}</td></tr>'
        for case_set, values in made_with.items()
        for name, value in values.items()
    )
    return (
        '<details><summary>What was asked</summary><div class="scroll" tabindex="0"><table><tbody>'
        f"{rows}</tbody></table></div></details>"
    )


def _plots(records: Sequence[Record], baseline: Sequence[Record]) -> str:
    told = " Dashed: the baseline." if baseline else ""
    return (
        '<section class="plots"><h2>Can the confidence be trusted?</h2><figure>'
        f"{risk_coverage_plot(records, baseline)}<figcaption>Risk over coverage: what would be "
        f"wrong if only the most confident part were answered. Lower is better.{told}"
        f"</figcaption></figure><figure>{calibration_plot(records, baseline)}<figcaption>"
        "Calibration: on the dotted line, a confidence of 0.8 is right 8 times in 10. Larger "
        f"points are more cases.{told}</figcaption></figure></section>"
    )


def _filters(records: Sequence[Record], compared: bool) -> str:
    names = {"all": "all", "failed": "failed", "unscored": "not scored"}
    if compared:
        names["flipped"] = "flipped"
    choices = "".join(
        f'<label><input type="radio" name="choice" value="{value}"'
        f"{' checked' if value == 'all' else ''}>{label}</label>"
        for value, label in names.items()
    )
    tags = sorted({tag for record in records for tag in record.case.tags})
    options = "".join(f'<option value="{escape(tag)}">{escape(tag)}</option>' for tag in tags)
    return (
        f'<h2>Cases</h2><p class="quiet">In the passages, <mark>what was cited</mark> and <span '
        f'class="evidence">the expected evidence</span>.</p>'
        f'<form id="filters" class="filters">{choices}<label>tag <select name="tag">'
        f'<option value="">any</option>{options}</select></label><label>words '
        '<input type="search" name="words"></label>'
        '<output id="shown" class="quiet" aria-live="polite"></output></form>'
    )


def _cards(records: Sequence[Record], baseline: Mapping[str, Record]) -> str:
    return "".join(
        case_card(number, record, baseline.get(record.key))
        for number, record in enumerate(records, start=1)
    )

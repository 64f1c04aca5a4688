"""The tables of the report as HTML. Pure functions."""

from collections.abc import Mapping, Sequence
from html import escape

from eval.catalogue import METRICS, Metric
from eval.compare import Comparison, Row, Verdict
from eval.summary import Figures
from eval.types import Figure
from eval.wording import in_words, interval_in_words, with_interval


def summary_table(figures: Figures) -> str:
    """The metrics of one run with intervals and how many cases they rest on; all on request."""
    heads = ("value", "cases scored", "not scored")
    rows = {metric: _summary_row(metric, figures[metric.name]) for metric in METRICS}
    shown = [row for metric, row in rows.items() if metric.headline]
    caption = "In brackets the 95 % bootstrap interval."
    return _two_tables("Summary", caption, heads, shown, list(rows.values()))


def comparison_table(comparison: Comparison) -> str:
    """The metrics of both runs, and what became of each; all on request."""
    heads = ("baseline", "this run", "difference", "better / worse", "p", "cases", "verdict")
    rows = {row: _comparison_row(row) for row in comparison.rows}
    telling = (Verdict.FELL, Verdict.ROSE)
    shown = [text for row, text in rows.items() if row.metric.headline or row.verdict in telling]
    caption = "Difference with the 95 % interval of the paired bootstrap; p by McNemar’s test."
    return _two_tables("Summary", caption, heads, shown, list(rows.values()))


def _two_tables(
    title: str, caption: str, heads: Sequence[str], shown: Sequence[str], every: Sequence[str]
) -> str:
    return (
        f"<h2>{title}</h2>{_table(caption, heads, shown)}"
        f"<details><summary>All metrics</summary>{_table(caption, heads, every)}</details>"
    )


def _table(caption: str, heads: Sequence[str], rows: Sequence[str]) -> str:
    columns = "".join(f'<th class="number">{name}</th>' for name in heads)
    return (
        f'<div class="scroll" tabindex="0"><table><caption>{caption}</caption><thead><tr>'
        f"<th>metric</th>{columns}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _summary_row(metric: Metric, figure: Figure) -> str:
    cells = (with_interval(figure), str(figure.scored), str(figure.unscored))
    numbers = "".join(f'<td class="number">{cell}</td>' for cell in cells)
    return f"<tr><td>{escape(metric.label)}</td>{numbers}</tr>"


def _comparison_row(row: Row) -> str:
    look = {Verdict.FELL: "bad", Verdict.ROSE: "good"}.get(row.verdict, "quiet")
    cells = (
        in_words(row.before),
        in_words(row.after),
        interval_in_words(row.difference, row.low, row.high, signed=True),
        f"{row.better} / {row.worse}",
        in_words(row.p_value),
        str(row.cases),
    )
    numbers = "".join(f'<td class="number">{cell}</td>' for cell in cells)
    label = escape(row.metric.label)
    return f'<tr><td>{label}</td>{numbers}<td class="number {look}">{row.verdict}</td></tr>'


def group_table(figures: Mapping[str, Figures]) -> str:
    """The headline metrics of each tag and set; nothing when there are none."""
    if len(figures) == 1:
        return ""
    shown = [metric for metric in METRICS if metric.headline]
    heads = "".join(f'<th class="number">{escape(metric.label)}</th>' for metric in shown)
    rows = "".join(
        f"<tr><td>{escape(name)}</td>"
        + "".join(f'<td class="number">{with_interval(each[metric.name])}</td>' for metric in shown)
        + "</tr>"
        for name, each in figures.items()
    )
    return (
        '<details><summary>By tag and set</summary><div class="scroll" tabindex="0"><table>'
        f"<thead><tr><th>cases</th>{heads}</tr></thead><tbody>{rows}</tbody></table></div></details>"
    )

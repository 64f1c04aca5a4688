"""The two plots of the report as inline SVG: risk over coverage, and calibration. Pure functions.

Colours come from the page's style sheet, so that the plots follow its light and dark scheme.
"""

from collections.abc import Sequence
from math import sqrt

from eval import catalogue
from eval.aggregate import CalibrationBin, CurvePoint, calibration_bins, risk_coverage_curve
from eval.types import Record

WIDTH, HEIGHT = 360, 270
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 12, 10, 40


def risk_coverage_plot(records: Sequence[Record], baseline: Sequence[Record] = ()) -> str:
    """The share of wrong answers among the most confident part of the cases."""
    runs = {"run": _curve(records), "baseline": _curve(baseline)}
    lines = "".join(
        f'<polyline class="{name}" points="{_points(curve)}"/>'
        for name, curve in runs.items()
        if curve
    )
    return _frame(
        f"{_axes('share of cases answered (coverage)', 'share of them wrong (risk)')}{lines}",
        "Risk over coverage",
        _risk_in_words(runs["run"]),
    )


def calibration_plot(records: Sequence[Record], baseline: Sequence[Record] = ()) -> str:
    """Confidence against the share that was right; larger points stand for more cases."""
    runs = {"baseline": _bins(baseline), "run": _bins(records)}
    ideal = f'<path class="ideal" d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}"/>'
    drawn = "".join(_bin_points(name, bins) for name, bins in runs.items() if bins)
    return _frame(
        f"{_axes('confidence', 'share right')}{ideal}{drawn}",
        "Calibration",
        _bins_in_words(runs["run"]),
    )


def _curve(records: Sequence[Record]) -> tuple[CurvePoint, ...]:
    judged = _judged(records)
    return risk_coverage_curve(catalogue.confidence(judged), catalogue.right(judged))


def _bins(records: Sequence[Record]) -> tuple[CalibrationBin, ...]:
    judged = _judged(records)
    return calibration_bins(catalogue.confidence(judged), catalogue.right(judged))


def _judged(records: Sequence[Record]) -> list[Record]:
    scored = catalogue.is_scored("calibration_error", records)
    return [record for record, keep in zip(records, scored, strict=True) if keep]


def _points(curve: Sequence[CurvePoint]) -> str:
    first = CurvePoint(0.0, curve[0].risk, 1.0)
    return " ".join(f"{_x(point.coverage)},{_y(point.risk)}" for point in [first, *curve])


def _bin_points(name: str, bins: Sequence[CalibrationBin]) -> str:
    line = " ".join(f"{_x(each.confidence)},{_y(each.right)}" for each in bins)
    most = max(each.cases for each in bins)
    circles = "".join(
        f'<circle class="{name}-point" cx="{_x(each.confidence)}" cy="{_y(each.right)}" '
        f'r="{2 + 5 * sqrt(each.cases / most):.1f}"><title>confidence {each.confidence:.2f}, '
        f"right {each.right:.2f}, {each.cases} cases</title></circle>"
        for each in bins
    )
    return f'<polyline class="{name}" points="{line}"/>{circles}'


def _axes(x_label: str, y_label: str) -> str:
    box = f'<path class="axis" d="M{_x(0)} {_y(1)}V{_y(0)}H{_x(1)}"/>'
    ticks = "".join(
        f'<text x="{_x(at)}" y="{_y(0) + 14}" text-anchor="middle">{at:g}</text>'
        f'<text x="{_x(0) - 6}" y="{_y(at) + 4}" text-anchor="end">{at:g}</text>'
        for at in (0, 0.25, 0.5, 0.75, 1)
    )
    middle = (_y(0) + _y(1)) / 2
    return (
        f'{box}{ticks}<text x="{(_x(0) + _x(1)) / 2}" y="{HEIGHT - 6}" text-anchor="middle">'
        f'{x_label}</text><text transform="translate(11 {middle}) rotate(-90)" '
        f'text-anchor="middle">{y_label}</text>'
    )


def _frame(content: str, title: str, description: str) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}. {description}">'
        f"{content}</svg>"
    )


def _risk_in_words(curve: Sequence[CurvePoint]) -> str:
    told = []
    for wanted in (0.25, 0.5, 0.75, 1.0):
        point = next((each for each in curve if each.coverage >= wanted), None)
        if point:
            told.append(f"at coverage {point.coverage:.2f} the risk is {point.risk:.2f}")
    return "; ".join(told) or "No case could be scored."


def _bins_in_words(bins: Sequence[CalibrationBin]) -> str:
    told = (f"{each.cases} at {each.confidence:.2f}, {each.right:.2f} right" for each in bins)
    return "; ".join(told) or "No case could be scored."


def _x(share: float) -> float:
    return round(_LEFT + share * (WIDTH - _LEFT - _RIGHT), 1)


def _y(share: float) -> float:
    return round(HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM), 1)

import pytest

from eval.types import Figure
from eval.wording import in_words, interval_in_words, one_line, with_interval


@pytest.mark.parametrize(
    ("value", "plain", "signed"),
    [(0.98765, "0.988", "+0.988"), (-0.25, "-0.250", "-0.250"), (-0.0001, "0.000", "0.000")],
)
def test_values_have_three_decimals_and_no_negative_zero(
    value: float, plain: str, signed: str
) -> None:
    assert in_words(value) == plain
    assert in_words(value, signed=True) == signed


def test_no_value_is_a_dash() -> None:
    assert in_words(None) == "–"
    assert with_interval(Figure(None, None, None, 0, 5)) == "–"


def test_an_interval_stands_in_brackets() -> None:
    assert with_interval(Figure(0.9, 0.85, 0.95, 60, 0)) == "0.900 [0.850, 0.950]"
    assert interval_in_words(0.05, 0, 0.1, signed=True) == "+0.050 [0.000, +0.100]"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("two\nlines\tand  spaces", "two lines and spaces"),
        ("\x1b[31mred\x1b[0m\x07", "[31mred[0m"),
        ("abc\u202ecba\u200b", "abccba"),
        ("é “quoted” 日本", "é “quoted” 日本"),
        ("x" * 50, "x" * 19 + "…"),
    ],
)
def test_untrusted_text_becomes_one_harmless_line(text: str, line: str) -> None:
    assert one_line(text, 20) == line

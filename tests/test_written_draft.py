"""What is kept of a reply that grows, and how it is marked."""

import pytest

from assistant.check import Finding
from assistant.draft import mark_of
from assistant.types import Verdict


@pytest.mark.parametrize(
    ("verdict", "missing", "mark"),
    [
        (Verdict.SUPPORTED, "", ""),
        (Verdict.UNSUPPORTED, "parrots", "(not supported by the documents)"),
        (Verdict.PARTLY, "", "(could not be confirmed in full)"),
        (Verdict.PARTLY, "a b c", "(not found in the documents: “a”, “b”, “c”)"),
        (Verdict.PARTLY, "a b c d e", "(not found in the documents: “a”, “b”, “c” and 2 more)"),
    ],
)
def test_the_mark_fits_the_verdict_and_says_how_much_is_missing(verdict, missing, mark):
    assert mark_of(Finding(verdict, tuple(missing.split()), (), 0.5)) == mark

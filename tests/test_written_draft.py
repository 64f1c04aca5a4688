"""What is kept of a reply that grows, and how it is marked."""

import pytest

from assistant.support.check import Finding
from assistant.types import Verdict
from assistant.write.draft import mark_of


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


def test_a_word_of_the_documents_that_is_left_out_is_said_to_be_theirs():
    finding = Finding(Verdict.PARTLY, ("14",), (), 0.5, left_out=("not",))
    assert mark_of(finding) == "(not found in the documents: “14”; the documents say “not”)"
    finding = Finding(Verdict.PARTLY, (), (), 0.5, left_out=("planned",))
    assert mark_of(finding) == "(the documents say “planned”)"

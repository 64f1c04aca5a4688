import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from assistant.types import Turn
from eval.compare import compare_runs
from eval.report import report_page
from eval.report_case import marked
from eval.report_plots import calibration_plot, risk_coverage_plot
from eval.run import run_cases
from eval.types import Run
from tests.fakes_eval import (
    BUILT,
    CASES,
    MILL,
    TEXT,
    WHEELS,
    WHEN,
    WHO,
    ScriptedAssistant,
    answer,
    good_assistant,
    good_script,
)

VOID = {"meta", "input"}


class Balanced(HTMLParser):
    """Fails on an element that is closed without being open, or the other way round."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def parsed(page: str) -> Balanced:
    parser = Balanced()
    parser.feed(page)
    parser.close()
    assert parser.open == []
    return parser


def good_run() -> Run:
    return run_cases(good_assistant(), CASES, case_set="mill")


def worse_run() -> Run:
    script = good_script() | {WHEN.question: answer(WHEELS)}
    return run_cases(ScriptedAssistant(script), CASES, case_set="mill")


def card(page: str, question: str) -> str:
    cards = re.findall(
        r'<details class="case".*?</div></details>(?=<details class="case"|</main>)', page, re.S
    )
    return next(each for each in cards if question in each)


def test_the_page_is_well_formed_and_holds_every_case() -> None:
    page = report_page(good_run())
    cases = [
        attributes for tag, attributes in parsed(page).seen if attributes.get("class") == "case"
    ]
    assert [each["data-tags"] for each in cases] == [case.tags[0] for case in CASES]
    assert all(case.question.replace("'", "&#x27;") in page for case in CASES)


def test_the_page_needs_no_network_and_runs_only_its_own_script() -> None:
    page = report_page(good_run(), worse_run(), compare_runs(worse_run(), good_run()))
    assert not re.search(r"(?:src|href)=[\"'](?!#)", page)
    assert "url(" not in page
    assert "@import" not in page
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    assert "default-src 'none'" in policy[1]
    for element in ("style", "script"):
        content = re.search(rf"<{element}>(.*?)</{element}>", page, re.S)
        assert content is not None
        digest = b64encode(sha256(content[1].encode()).digest()).decode()
        assert f"{element}-src 'sha256-{digest}'" in policy[1]
    assert not re.search(r"\s(?:style|on\w+)=", page)


def test_what_documents_questions_and_answers_hold_is_only_text() -> None:
    evil = "<script>alert(1)</script> & \"quoted\" 'x' <img src=x onerror=y>"
    case = replace(
        WHEN, id=evil, question=evil, evidence=(evil,), answers=(evil,), tags=(evil,),
        history=(Turn(evil, evil),), documents=(evil,),
    )  # fmt: skip
    reply = answer(BUILT)
    quoting = replace(
        reply,
        text=f"{evil} [1]",
        notices=(evil,),
        citations=(
            replace(reply.citations[0], document_id=evil, quote=evil, start=0, end=len(evil)),
        ),
    )
    assistant = ScriptedAssistant({evil: quoting}, texts={evil: evil}, told={evil: evil})
    page = report_page(run_cases(assistant, [case], case_set=evil))
    tags = [tag for tag, _ in parsed(page).seen]
    assert tags.count("script") == 1
    assert "img" not in tags
    assert page.count("&lt;script&gt;alert(1)") > 8


def test_the_answer_links_to_its_citation_which_is_marked_in_its_passage() -> None:
    shown = card(report_page(good_run()), WHEN.question)
    assert '<a href="#1-run-1">[1]</a>' in shown
    assert '<div id="1-run-1">' in shown
    before, after = TEXT.split(BUILT)
    expected = f'…{before}<span class="evidence"><mark>{BUILT}</mark></span>{after}…'
    assert expected in shown


def test_a_failed_case_says_why_and_is_found_by_the_filter() -> None:
    shown = card(report_page(worse_run()), WHEN.question)
    assert 'data-failed="yes"' in shown
    assert '<li class="bad">no citation overlaps the evidence</li>' in shown


def test_both_runs_stand_side_by_side_when_comparing() -> None:
    page = report_page(worse_run(), good_run(), compare_runs(good_run(), worse_run()))
    shown = card(page, WHEN.question)
    assert 'data-flip="newly failing"' in shown
    assert shown.index("<h3>Baseline</h3>") < shown.index("<h3>This run</h3>")
    assert "Fell: " in page
    assert 'value="flipped"' in page
    assert 'data-flip=""' in card(page, WHO.question)


def test_a_reworded_case_is_not_set_beside_its_old_self() -> None:
    old = run_cases(good_assistant(), [replace(WHEN, answers=("1821",)), WHO])
    new = run_cases(good_assistant(), [WHEN, WHO])
    page = report_page(new, old, compare_runs(old, new))
    assert "<h3>Baseline</h3>" not in card(page, WHEN.question)
    assert "<h3>Baseline</h3>" in card(page, WHO.question)


def test_a_case_that_could_not_be_asked_is_shown_with_its_error() -> None:
    script = good_script() | {WHEN.question: ValueError("<no>")}
    page = report_page(run_cases(ScriptedAssistant(script), CASES))
    assert "not finished: ValueError: &lt;no&gt;" in card(page, WHEN.question)
    parsed(page)


def test_the_same_run_makes_the_same_page_but_for_its_times() -> None:
    first, second = (replace(good_run(), started="", seconds=0) for _ in range(2))
    timeless = [
        replace(run, records=tuple(replace(each, seconds=None) for each in run.records))
        for run in (first, second)
    ]
    assert report_page(timeless[0]) == report_page(timeless[1])


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], "a&lt;b c"),
        ([(0, 2, "quote")], "<mark>a&lt;</mark>b c"),
        ([(-5, 99, "quote")], "<mark>a&lt;b c</mark>"),
        ([(3, 1, "quote")], "a&lt;b c"),
        (
            [(0, 3, "quote"), (2, 5, "evidence")],
            '<mark>a&lt;</mark><span class="evidence"><mark>b</mark></span>'
            '<span class="evidence"> c</span>',
        ),
    ],
)
def test_marks_may_overlap_and_reach_beyond_the_text(
    spans: list[tuple[int, int, str]], expected: str
) -> None:
    assert marked("a<b c", spans) == expected


def test_the_plots_say_in_words_what_they_draw() -> None:
    records = good_run().records
    # Right with .95, .9, .8, .7; then the two refusals.
    assert "at coverage 0.50 the risk is 0.00" in risk_coverage_plot(records)
    assert "at coverage 1.00 the risk is 0.33" in risk_coverage_plot(records)
    assert "2 at 0.93, 1.00 right" in calibration_plot(records)


def test_plots_of_nothing_are_drawn_without_a_line() -> None:
    assert "polyline" not in risk_coverage_plot(())
    assert "No case could be scored." in calibration_plot(())


def test_the_curve_of_the_worked_example_is_drawn_to_scale() -> None:
    # Left edge 46, width 302; bottom 230, height 220: coverage 1 and risk 1/3.
    assert re.search(r"348(?:\.0)?,156\.7", risk_coverage_plot(good_run().records))


def test_documents_are_named_where_they_are_cited() -> None:
    assert f"{MILL}, 31 to 65" not in report_page(good_run())
    assert f"{MILL}, 30 to 64" in report_page(good_run())

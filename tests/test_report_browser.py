"""The report in a real browser: filters work, nothing is fetched, it is accessible and fits."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from eval.compare import compare_runs
from eval.report import report_page
from eval.run import run_cases
from tests.fakes_eval import CASES, WHEELS, WHEN, ScriptedAssistant, answer, good_script
from tests.visits import CHROMIUM

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        try:
            opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        except sync_api.Error as error:
            pytest.skip(f"no Chromium to drive: {error.message.splitlines()[0]}")
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    good = run_cases(ScriptedAssistant(good_script()), CASES)
    worse = run_cases(ScriptedAssistant(good_script() | {WHEN.question: answer(WHEELS)}), CASES)
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(report_page(worse, good, compare_runs(good, worse)), encoding="utf-8")
    return path


@pytest.fixture(params=["light", "dark"])
def page(request: pytest.FixtureRequest, browser: Any, page_file: Path) -> Iterator[Any]:
    opened = browser.new_page(color_scheme=request.param, viewport={"width": 1000, "height": 800})
    opened.fetched, opened.complaints = [], []
    opened.on("request", lambda request: opened.fetched.append(request.url))
    opened.on("console", lambda message: opened.complaints.append(message.text))
    opened.goto(page_file.as_uri())
    yield opened
    opened.close()


def test_the_page_opens_without_fetching_anything_or_complaining(page: Any) -> None:
    assert page.fetched == [page.url]
    assert page.complaints == []


def test_filters_show_the_cases_that_they_name(page: Any) -> None:
    shown = page.locator("details.case:visible")
    assert shown.count() == len(CASES)
    page.check("input[value=flipped]")
    assert shown.count() == 1
    assert page.inner_text("#shown") == "1 of 6 cases"
    page.check("input[value=all]")
    page.select_option("select", "near miss")
    assert shown.count() == 1
    page.select_option("select", "")
    page.fill("input[type=search]", "built mill")
    assert shown.count() == 2


def test_a_case_opens_with_both_runs_and_its_citation_marked(page: Any) -> None:
    page.locator("details.case > summary").first.click()
    assert page.locator(".side:visible").count() == 2
    assert page.locator(".side mark:visible").all_inner_texts() == [WHEN.evidence[0], WHEELS]


def test_no_rule_of_accessibility_is_broken(page: Any) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    for summary in page.locator("summary:visible").all():
        summary.click()
    violations = axe.Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:120]) for each in violations] == []


def test_the_page_fits_a_narrow_window(page: Any) -> None:
    page.set_viewport_size({"width": 400, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 400

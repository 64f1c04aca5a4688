"""What stands under an answer, and that all of it is reached without a mouse."""

from collections.abc import Iterator

import pytest

from tests.fakes_ui import EXAMPLES, LARGE_AT
from tests.served_ui import SCRIPTED, Server, running

pytestmark = pytest.mark.browser
sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

AGE, PLAN, MOSCOW = EXAMPLES


@pytest.fixture(scope="module")
def served() -> Iterator[Server]:
    with running(*SCRIPTED) as server:
        yield server


def offered(visit, *questions) -> None:
    """These and no others are offered to go on with."""
    buttons = visit.page.locator("#conversation .options button")
    sync_api.expect(buttons).to_have_text(questions)


def test_under_an_answer_stand_questions_to_go_on_with_and_a_click_asks_one(visit):
    visit.ask(AGE)
    offered(visit, PLAN, MOSCOW)
    visit.page.get_by_role("button", name=PLAN).click()
    visit.finished(2)
    assert visit.page.locator("[data-testid=user]").all_inner_texts() == [AGE, PLAN]
    offered(visit, MOSCOW)
    visit.reload()
    visit.answers.nth(1).wait_for()
    offered(visit, MOSCOW)


def test_everything_is_reached_with_the_tab_key(visit):
    visit.ask(AGE)
    visit.open_chip()
    visit.page.evaluate("document.activeElement.blur()")
    reached = set()
    for _ in range(60):
        visit.page.keyboard.press("Tab")
        reached.add(
            visit.page.evaluate(
                "(() => { const e = document.activeElement; return e.getAttribute('aria-label')"
                " || e.title || e.placeholder || e.textContent.trim() || e.id; })()"
            )
        )
    wanted = {
        *("Export this conversation", "Light or dark", "Help and shortcuts", "New chat", AGE),
        *(f"Delete conversation: {AGE}", "Ask only A large document", "A large document"),
        *("Copy message", "Edit", "Retry", "Undo", "Like", "Dislike", "Wrong citation", PLAN),
        *("Ask about your documents", "Send", "Copy quote", "Find in the document", "Text of"),
    }
    missing = {one for one in wanted if not any(one in name for name in reached)}
    assert not missing, (missing, reached)


def test_all_shortcuts_that_work_are_listed_under_the_question_mark(visit):
    visit.page.get_by_role("button", name="Help and shortcuts").click()
    listed = visit.page.locator("#help dt").all_inner_texts()
    assert {"Enter", "Shift Enter", "Tab then Enter", "← →", "Esc", "/", "?"} == set(listed)


def test_words_are_found_in_all_of_a_long_document_and_enter_leads_from_part_to_part(visit):
    visit.page.locator(".library a", has_text="A large document").click()
    visit.page.get_by_text("Part 1 of").wait_for()
    field = visit.page.get_by_label("Find in the document")
    field.fill(LARGE_AT)
    visit.page.get_by_text("1 found").wait_for()
    field.press("Enter")
    visit.page.get_by_text("1 of 1", exact=True).wait_for()  # not “Part 1 of 18”
    assert LARGE_AT in visit.page.locator("#source-text").inner_text()
    assert visit.page.get_by_label("Find in the document").input_value() == LARGE_AT
    visit.page.get_by_label("Find in the document").press("Enter")
    visit.page.get_by_text("1 of 1").wait_for()
    visit.page.get_by_label("Find in the document").fill("no such words")
    visit.page.get_by_text("0 found").wait_for()

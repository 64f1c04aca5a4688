"""The source panel in a real Chromium: pages of a PDF as they look, and finding one's way in it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes_pdf import FOUNDER, HEIGHT, NAME, SHIPS, TOWER
from tests.served_ui import Server, running
from tests.visits import PHONE, TOO_SMALL, TOO_WIDE, Visit, inside, violations

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("documents")


@pytest.fixture(scope="module")
def served(folder) -> Iterator[Server]:
    with running("-m", "tests.fakes_pdf", "PORT", str(folder)) as server:
        yield server


def page_shown(visit, number: int) -> None:
    """Wait until that page is drawn."""
    visit.page.locator(f"#sheet[data-drawn='{number}'] img").wait_for()
    visit.page.wait_for_function("document.querySelector('.paper img').naturalWidth > 0")
    visit.page.get_by_text(f"Page {number} of 3", exact=True).wait_for()


def open_page(visit, index: int, number: int) -> None:
    visit.chips.nth(index).click()
    page_shown(visit, number)


def test_a_chip_opens_the_page_with_the_passage_marked_on_it(visit):
    visit.ask(HEIGHT)
    open_page(visit, 0, 3)
    paper = visit.page.locator(".paper").bounding_box()
    place = visit.page.locator(".place.hit").first.bounding_box()
    sheet = visit.page.locator("#sheet").bounding_box()
    # Its first line stands 72 points from the left edge and 386 above the lower one.
    assert (place["x"] - paper["x"]) / paper["width"] == pytest.approx(72 / 595, abs=0.02)
    bottom = (place["y"] + place["height"] - paper["y"]) / paper["height"]
    assert bottom == pytest.approx((842 - 386) / 842, abs=0.02)
    assert inside(place, sheet)
    image = visit.page.locator(".paper img")
    assert image.get_attribute("alt") == "Page 3 of The harbour"
    assert image.evaluate("image => image.naturalWidth") == 1240
    assert visit.page.evaluate("document.activeElement.id") == "source-title"


def test_the_marks_keep_their_place_when_the_window_changes(visit):
    visit.ask(HEIGHT)
    open_page(visit, 0, 3)

    share = (
        "(() => { const [paper, place] = ['.paper', '.place.hit'].map((each) =>"
        " document.querySelector(each).getBoundingClientRect());"
        " return (place.y + place.height / 2 - paper.y) / paper.height; })()"
    )
    before = visit.page.evaluate(share)
    visit.page.set_viewport_size({"width": 900, "height": 700})
    visit.page.wait_for_function("window.innerWidth === 900")
    assert visit.page.evaluate(share) == pytest.approx(before, abs=0.005)


def test_pages_are_turned_by_button_and_by_key(visit):
    visit.ask(HEIGHT)
    open_page(visit, 0, 3)
    assert visit.page.get_by_role("button", name="Next page").is_disabled()
    visit.page.get_by_role("button", name="Previous page").click()
    page_shown(visit, 2)
    assert visit.page.locator(".place").count() == 0
    visit.page.locator("#sheet").focus()
    visit.page.keyboard.press("ArrowLeft")
    page_shown(visit, 1)
    visit.page.keyboard.press("ArrowLeft")
    visit.page.keyboard.press("ArrowRight")
    page_shown(visit, 2)


def test_a_page_can_be_enlarged_and_still_shows_the_passage(visit):
    visit.ask(HEIGHT)
    open_page(visit, 0, 3)
    before = visit.page.locator(".paper").bounding_box()["width"]
    visit.page.get_by_role("button", name="Enlarge").click()
    assert visit.page.locator(".paper").bounding_box()["width"] > 1.5 * before
    place = visit.page.locator(".place.hit").first.bounding_box()
    assert inside(place, visit.page.locator("#sheet").bounding_box())


def test_keys_move_over_an_enlarged_page_and_do_not_turn_it(visit):
    visit.ask(HEIGHT)
    open_page(visit, 0, 3)
    visit.page.get_by_role("button", name="Enlarge").click()
    visit.page.locator("#sheet").evaluate("sheet => { sheet.scrollLeft = 0; sheet.focus(); }")
    visit.page.keyboard.press("ArrowRight")
    visit.page.wait_for_function("document.getElementById('sheet').scrollLeft > 0")
    visit.page.keyboard.press("ArrowLeft")
    visit.page.wait_for_function("document.getElementById('sheet').scrollLeft === 0")
    page_shown(visit, 3)


def test_next_leads_to_the_page_of_the_next_citation_and_both_are_marked(visit):
    visit.ask(SHIPS)
    open_page(visit, 0, 1)
    assert visit.page.locator(".place.hit").count() == 2  # The passage takes two lines.
    visit.page.get_by_role("button", name="Next", exact=True).click()
    page_shown(visit, 3)
    assert visit.page.locator(".place.hit").count() == 2
    visit.page.get_by_role("button", name="Previous", exact=True).click()
    page_shown(visit, 1)


def test_the_text_is_behind_a_switch_that_is_remembered(visit):
    visit.ask(SHIPS)
    open_page(visit, 1, 3)
    assert not visit.page.locator("#source-text").is_visible()
    visit.page.get_by_role("button", name="Text", exact=True).click()
    assert inside(visit.hit.bounding_box(), visit.page.locator("#source-text").bounding_box())
    assert visit.hit.text_content().startswith(TOWER)
    visit.reload()
    visit.chips.first.wait_for()
    assert visit.open_chip(0).startswith(FOUNDER)
    assert not visit.page.locator("#sheet").is_visible()
    visit.page.get_by_role("button", name="Page", exact=True).click()
    page_shown(visit, 1)


def test_a_pdf_opens_from_the_list_at_its_first_page(visit):
    visit.page.locator(".library a", has_text="The harbour").click()
    page_shown(visit, 1)
    assert visit.page.locator(".place").count() == 0
    visit.page.get_by_role("button", name="Next page").click()
    page_shown(visit, 2)


def test_other_documents_have_no_pages_to_show(visit):
    visit.open_article()
    assert visit.page.locator("#sheet, .modes").count() == 0


def test_a_file_that_has_changed_is_shown_as_the_text_that_was_indexed(visit, folder):
    visit.ask(HEIGHT)
    whole = (folder / NAME).read_bytes()
    (folder / NAME).write_bytes(whole + b"\n%")
    try:
        visit.chips.first.click()
        visit.page.get_by_text(re.compile("Shown as text: .*has changed since")).wait_for()
        assert inside(visit.hit.bounding_box(), visit.page.locator("#source-text").bounding_box())
        assert visit.hit.text_content().startswith(TOWER)
    finally:
        (folder / NAME).write_bytes(whole)
    visit.page.get_by_role("button", name="Page", exact=True).click()
    page_shown(visit, 3)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_has_no_serious_accessibility_fault(chromium, served, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is missing")
    visitor = Visit(chromium, served, color_scheme=scheme)
    visitor.ask(HEIGHT)
    open_page(visitor, 0, 3)
    assert violations(axe, visitor.page) == []
    visitor.close()


@pytest.mark.parametrize("width", [390, 320])
def test_on_a_phone_the_page_fits_and_shows_the_passage(chromium, served, width):
    visitor = Visit(chromium, served, **{**PHONE, "viewport": {"width": width, "height": 700}})
    visitor.ask(HEIGHT)
    visitor.chips.first.tap()
    page_shown(visitor, 3)
    place = visitor.page.locator(".place.hit").first.bounding_box()
    assert inside(place, visitor.page.locator("#sheet").bounding_box())
    assert visitor.page.evaluate(TOO_SMALL) == []
    assert not visitor.page.evaluate(TOO_WIDE)
    visitor.page.get_by_role("button", name="Back to answer").tap()
    visitor.field.wait_for()
    visitor.close()

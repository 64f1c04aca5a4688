"""Documents that are added, removed and followed on the page, with the real assistant."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes_read import lines, pdf_of
from tests.served_ui import Server, running
from tests.visits import PHONE, TOO_SMALL, TOO_WIDE, Visit, violations

pytestmark = [pytest.mark.browser, pytest.mark.model]
sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

HARBOUR = "The harbour of Brindel was built in 1642 by Ada Holm. It has three quays."
FERRY = "# Ferry notes\n\nThe ferry to Osk leaves at 7:40 every weekday.\n"
LIGHTHOUSE = "The lighthouse on Cape Tarn is 41 metres tall and was lit in 1788."


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("documents")
    (folder / "harbour.txt").write_text(HARBOUR)
    (folder / "ferry.md").write_text(FERRY)
    return folder


@pytest.fixture(scope="module")
def served(folder, tmp_path_factory) -> Iterator[Server]:
    with serving(folder, tmp_path_factory.mktemp("data")) as served:
        yield served


def serving(folder: Path, data: Path, *options: str):
    """The program on this folder, with everything that it keeps in ``data``."""
    command = ("-m", "ui", "--folder", str(folder), "--port", "PORT", *options)
    return running(*command, environment={"XDG_DATA_HOME": str(data)})


def listed(visitor: Visit, document_id: str):
    return visitor.page.locator(f'.library li[data-name][data-id="{document_id}"]')


def add(visitor: Visit, *files) -> None:
    """Choose files with the button, as a visitor does: paths, or a dict of name and content."""
    with visitor.page.expect_file_chooser() as chooser:
        visitor.page.get_by_role("button", name="Add documents").click()
    chooser.value.set_files(list(files))


def text_file(name: str, text: str) -> dict:
    return {"name": name, "mimeType": "text/plain", "buffer": text.encode()}


def drop(visitor: Visit, name: str, text: str) -> None:
    """Drop a file on the middle of the page."""
    transfer = visitor.page.evaluate_handle(
        "([name, text]) => { const t = new DataTransfer();"
        " t.items.add(new File([text], name)); return t; }",
        [name, text],
    )
    for event in ("dragenter", "dragover", "drop"):
        visitor.page.dispatch_event("#conversation", event, {"dataTransfer": transfer})


def remove(visitor: Visit, title: str) -> None:
    visitor.page.get_by_role("button", name=f"Remove document: {title}").click()
    visitor.page.get_by_role("dialog").get_by_role("button", name="Remove").click()


def said(visitor: Visit, words) -> None:
    visitor.page.locator("#adding p", has_text=words).wait_for()


def test_from_an_empty_folder_to_cited_answers_and_back(chromium, tmp_path):
    folder, data = tmp_path / "papers", tmp_path / "data"
    folder.mkdir()
    (tmp_path / "harbour.txt").write_text(HARBOUR)
    (tmp_path / "ferry.md").write_text(FERRY)
    (tmp_path / "cape.pdf").write_bytes(pdf_of([lines(LIGHTHOUSE)]))
    with serving(folder, data) as served:
        visitor = Visit(chromium, served)
        page = visitor.page
        page.get_by_role("heading", name="No documents yet").wait_for()
        assert str(folder) in page.locator(".adder").inner_text()
        visitor.send("When was the harbour built?")
        page.get_by_text("There are no documents yet: add some").wait_for()
        with page.expect_file_chooser() as chooser:
            page.get_by_role("link", name="Add documents").click()
        chooser.value.set_files([tmp_path / n for n in ("harbour.txt", "ferry.md", "cape.pdf")])
        for name in ("harbour.txt", "ferry.md", "cape.pdf"):
            listed(visitor, name).wait_for()
            assert (folder / name).read_bytes() == (tmp_path / name).read_bytes()
        page.get_by_text("There are no documents yet: add some").wait_for(state="detached")
        page.get_by_role("heading", name="What would you like to know?").wait_for()
        page.locator("#conversation .example", has_text="Ada Holm").wait_for()
        for question, quote in (
            ("When was the harbour built?", "built in 1642"),
            ("When does the ferry to Osk leave?", "leaves at 7:40"),
            ("How tall is the lighthouse on Cape Tarn?", "41 metres tall"),
        ):
            visitor.ask(question)
            assert quote in visitor.answers.last.inner_text()
        chips = visitor.page.locator("[data-testid=bot]").last.locator("a[href^='#cite=']")
        chips.first.click()
        page.locator("#source .place.hit").first.wait_for()  # the page of the PDF, marked
        remove(visitor, "harbour.txt")
        told = page.locator("#adding p", has_text="harbour.txt is now").inner_text()  # goes soon
        listed(visitor, "harbour.txt").wait_for(state="detached")
        visitor.ask("When was the harbour built?")
        assert "1642" not in visitor.answers.last.inner_text()
        assert "harbour.txt" not in visitor.answers.last.inner_text()
        kept = next((data / "grounded-assistant" / "removed").rglob("harbour.txt"))
        assert kept.read_text() == HARBOUR
        assert str(kept) in told
        visitor.page.locator("#conversation a[href^='#cite=']").first.click()
        page.get_by_text("This source is no longer available").wait_for()
        for title in ("Ferry notes", "cape.pdf"):
            remove(visitor, title)
            page.get_by_role("button", name=f"Remove document: {title}").wait_for(state="detached")
        page.get_by_role("button", name="New chat").click()
        page.get_by_role("heading", name="No documents yet").wait_for()
        visitor.close()
        served.stop()
    assert list(folder.iterdir()) == []


def test_a_file_dropped_anywhere_is_added_and_shown_in_every_open_page(chromium, visit, folder):
    other = Visit(chromium, visit.server)
    name = "R&D plan (v2), <b>draft.txt"
    drop(visit, name, "The plan asks for twelve boats.")
    said(visit, f"{name} can be asked now")
    assert (folder / name).read_text() == "The plan asks for twelve boats."
    other.page.locator(".library li", has_text="R&D plan").wait_for()
    assert other.page.locator("#adding p").count() == 0
    assert visit.page.locator("#side b").count() == 0
    visit.page.locator("#adding p").wait_for(state="detached")
    (folder / name).unlink()
    other.page.locator(".library li", has_text="R&D plan").wait_for(state="detached")
    other.close()


def test_a_file_put_into_the_folder_appears_and_ticks_filter_and_focus_stay(visit, folder):
    for number in range(8):
        (folder / f"many{number}.txt").write_text(f"Boat {number} has {number + 3} masts.")
    listed(visit, "many7.txt").wait_for()
    visit.page.get_by_label("Ask only many3.txt").check()
    visit.page.get_by_label("Find a document").fill("many")
    visit.page.get_by_text("Asking 1 of 10").wait_for()
    (folder / "late.txt").write_text("A late boat has nine masts.")
    listed(visit, "late.txt").wait_for(state="attached")
    assert visit.page.get_by_label("Ask only many3.txt").is_checked()
    assert visit.page.get_by_label("Find a document").input_value() == "many"
    assert not listed(visit, "late.txt").is_visible()
    assert visit.page.evaluate("document.activeElement.className") == "filter"
    visit.page.get_by_text("Asking 1 of 11").wait_for()
    visit.page.get_by_label("Find a document").fill("no such name")
    visit.page.get_by_text("No document has this name").wait_for()
    visit.page.get_by_label("Find a document").fill("many")
    visit.page.get_by_text("No document has this name").wait_for(state="hidden")
    visit.ask("How many masts does boat 5 have?")
    assert "Boat 5" not in visit.answers.last.inner_text()
    visit.page.get_by_role("button", name="All", exact=True).click()
    visit.page.get_by_text("Asking 8 of 11").wait_for()
    visit.page.get_by_role("button", name="None", exact=True).click()
    visit.page.get_by_text("Asking all 11").wait_for()
    for path in (*folder.glob("many*.txt"), folder / "late.txt"):
        path.unlink()
    listed(visit, "many0.txt").wait_for(state="detached")


def test_what_cannot_be_added_is_told_with_the_reason(visit, folder):
    before = sorted(path.name for path in folder.iterdir())
    add(visit, text_file("photo.png", "x"), text_file("empty.txt", ""))
    said(visit, re.compile(r"photo\.png: \.png files are not read\. These are: PDF, Word"))
    said(visit, "empty.txt: it is empty")
    add(visit, text_file("broken.pdf", "%PDF-1.4 nothing"))
    said(visit, "broken.pdf cannot be read: not a PDF file, or a damaged one")
    visit.page.get_by_text("1 not read").click()
    remove(visit, "broken.pdf")
    said(visit, "broken.pdf is now")
    dismiss = visit.page.get_by_role("button", name="Dismiss")
    while dismiss.count():
        dismiss.first.click()
    assert sorted(path.name for path in folder.iterdir()) == before


def test_the_server_looks_again_whatever_the_browser_let_through(visit, folder):
    visit.page.evaluate(
        "const data = document.querySelector('.adder').dataset;"
        " data.types += ' .png .exe'; data.max = 1e9"
    )
    add(visit, text_file("photo.png", "x"), text_file(".hidden.txt", "x"))
    said(visit, "photo.png: format .png is not supported")
    said(visit, ".hidden.txt: is hidden, as its name starts with a dot")
    assert not list(folder.glob("*.png"))
    assert not (folder / ".hidden.txt").exists()


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(visit):
    visit.page.evaluate("document.querySelector('.adder').dataset.max = 1000")
    add(visit, text_file("large.txt", "x" * 1_000_001))
    said(visit, "large.txt: it has 2 MB, at most 1 MB are read. Split it.")


def test_two_files_of_one_name_are_both_kept(visit, folder):
    add(visit, text_file("harbour.txt", "The harbour has another harbour."))
    listed(visit, "harbour (2).txt").wait_for()
    said(visit, "harbour.txt is called harbour (2).txt here")
    assert (folder / "harbour.txt").read_text() == HARBOUR
    remove(visit, "harbour (2).txt")
    listed(visit, "harbour (2).txt").wait_for(state="detached")


def test_removing_is_asked_first(visit, folder):
    visit.page.get_by_role("button", name="Remove document: harbour.txt").click()
    dialog = visit.page.get_by_role("dialog")
    assert "is moved out of the folder, to /" in dialog.inner_text()
    dialog.get_by_role("button", name="Cancel").click()
    dialog.wait_for(state="hidden")
    assert (folder / "harbour.txt").exists()


def test_what_was_sent_stays_nowhere_else(visit, folder):
    add(visit, text_file("canary.txt", "A canary sings here."))
    listed(visit, "canary.txt").wait_for()
    incoming = next(folder.glob(".assistant-incoming-*"))
    assert not [path for path in incoming.rglob("*") if path.is_file()]
    (folder / "canary.txt").unlink()
    listed(visit, "canary.txt").wait_for(state="detached")


def test_a_page_that_only_reads_has_no_buttons_and_follows_the_folder(chromium, tmp_path):
    (tmp_path / "docs").mkdir()
    with serving(tmp_path / "docs", tmp_path / "data", "--no-upload") as served:
        visitor = Visit(chromium, served)
        visitor.page.get_by_text("Put files into the folder").wait_for()
        assert visitor.page.get_by_role("button", name="Add documents").count() == 0
        drop(visitor, "a.txt", "text")
        (tmp_path / "docs" / "harbour.txt").write_text(HARBOUR)
        listed(visitor, "harbour.txt").wait_for()
        assert visitor.page.get_by_role("button", name="Remove document").count() == 0
        assert [path.name for path in (tmp_path / "docs").iterdir()] == ["harbour.txt"]
        visitor.close()


def test_the_program_ends_cleanly_in_the_middle_of_reading(tmp_path):
    folder = tmp_path / "docs"
    folder.mkdir()
    with serving(folder, tmp_path / "data") as served:
        lines_ = [f"Boat {n} sailed {3 * n} miles to Osk and back with salt." for n in range(4000)]
        (folder / "log.txt").write_text("\n\n".join(lines_))
        time.sleep(5)
        assert "Traceback" not in served.stop()
        assert served.process.returncode == 0
    assert [path.name for path in folder.iterdir()] == ["log.txt"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_there_is_no_serious_accessibility_fault_around_documents(chromium, served, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is missing")
    visitor = Visit(chromium, served, color_scheme=scheme)
    add(visitor, text_file("photo.png", "x"), text_file("harbour.txt", HARBOUR))
    said(visitor, "harbour.txt is there already")
    found = violations(axe, visitor.page)
    visitor.page.get_by_role("button", name="Remove document: harbour.txt").click()
    found += violations(axe, visitor.page)
    assert found == []
    visitor.close()


@pytest.mark.parametrize("size", [(390, 844), (320, 700)])
def test_on_a_phone_documents_are_added_and_removed_without_scrolling_sideways(
    chromium, served, size
):
    width, height = size
    options = {**PHONE, "viewport": {"width": width, "height": height}}
    visitor = Visit(chromium, served, **options)
    visitor.page.get_by_role("button", name="Conversations and documents").tap()
    visitor.page.locator(".side-open #side").wait_for()
    add(visitor, text_file("photo.png", "x"), text_file("phone.txt", "A phone rings."))
    listed(visitor, "phone.txt").wait_for()
    assert not visitor.page.evaluate(TOO_WIDE)
    assert visitor.page.evaluate(TOO_SMALL) == []
    visitor.page.get_by_role("button", name="Remove document: phone.txt").tap()
    visitor.page.get_by_role("dialog").wait_for()
    assert not visitor.page.evaluate(TOO_WIDE)
    assert visitor.page.evaluate(TOO_SMALL) == []
    visitor.page.get_by_role("dialog").get_by_role("button", name="Remove").tap()
    listed(visitor, "phone.txt").wait_for(state="detached")
    visitor.close()

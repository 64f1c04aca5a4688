"""Words taken out of a document, and words looked for in it, in a real Chromium."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.types import Block, BlockKind, Document
from tests.fakes_ui import FakeAssistant, make_document, serve_fake
from tests.served_ui import Server, running
from tests.visits import Visit

pytestmark = pytest.mark.browser

ROWS = ("Name | City | Age", "Anna | Kiel | 34")
ASKED = "Where does Anna live?"
QUOTE = f"“{chr(10).join(ROWS)}”\nPeople (people.csv)"


class TableAssistant(FakeAssistant):
    """Answers with the whole of a table."""

    def _find(self, piece: str) -> tuple[Document, int, int]:
        table = self.by_id["people.csv"]
        return table, 0, len(table.text)


def main() -> None:
    """Serve the page over three small documents."""
    text = "\n".join(ROWS)
    starts = (0, len(ROWS[0]) + 1)
    blocks = tuple(
        Block(BlockKind.TABLE_ROW, start, start + len(row))
        for start, row in zip(starts, ROWS, strict=True)
    )
    documents = [
        Document("people.csv", "People", "/people.csv", text, blocks, None, "0" * 64),
        make_document("city.txt", "City", "İstanbul is a city. The ferry leaves.\n\nThe ferry."),
        make_document("fox.txt", "Fox", "The quick brown\nfox jumps over."),
    ]
    engine = TableAssistant(documents, 0.0, {ASKED: ("",)})
    serve_fake(engine, int(sys.argv[1]), Path(tempfile.mkdtemp()) / "drafts.jsonl")


@pytest.fixture(scope="module")
def served() -> Iterator[Server]:
    with running("-m", "tests.test_browser_words", "PORT") as server:
        yield server


@pytest.fixture
def far(chromium, served) -> Iterator[Visit]:
    """A visitor whose browser has no clipboard for the page."""
    visitor = Visit(chromium, served, permissions=["clipboard-read", "clipboard-write"])
    visitor.page.add_init_script(
        "Object.defineProperty(Navigator.prototype, 'clipboard', { get: () => undefined,"
        " configurable: true })"
    )
    visitor.reload()
    yield visitor
    visitor.close()


def pasted(visit) -> str:
    visit.field.fill("")
    visit.field.press("Control+v")
    return visit.field.input_value()


def test_a_quote_is_copied_as_it_stands_in_the_document(visit):
    visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit.ask(ASKED)
    visit.chips.first.click()
    visit.page.get_by_role("button", name="Copy quote").click()
    visit.page.get_by_role("button", name="Copied").wait_for()
    assert pasted(visit) == QUOTE


def test_without_a_clipboard_quote_and_answer_are_copied_nevertheless(far):
    far.ask(ASKED)
    far.chips.first.click()
    far.page.get_by_role("button", name="Copy quote").click()
    far.page.get_by_role("button", name="Copied").wait_for()
    assert far.page.evaluate("document.activeElement.dataset.action") == "copy-quote"
    assert pasted(far) == QUOTE
    far.page.get_by_role("button", name="Copy message").last.click()
    assert pasted(far).endswith("“Name | City | Age Anna | Kiel | 34”")


def test_what_could_not_be_copied_is_not_called_copied(far):
    far.page.evaluate("document.execCommand = () => false")
    far.ask(ASKED)
    far.chips.first.click()
    far.page.get_by_role("button", name="Copy quote").click()
    far.page.get_by_role("button", name="Not copied").wait_for()
    assert "did not copy" in far.page.get_by_role("alert").inner_text()


@pytest.mark.parametrize(
    ("document", "words", "expected"),
    [
        ("City", "ferry", "1 of 2"),
        ("City", "istanbul", "1 of 1"),
        ("Fox", "brown fox", "1 of 1"),
        ("Fox", "over.", "1 of 1"),
        ("People", "anna kiel", "1 of 1"),
        ("People", "namecity", "0 found"),
        ("People", "(", "0 found"),
    ],
)
def test_words_are_found_as_they_are_shown(visit, document, words, expected):
    visit.page.locator(".library a", has_text=document).click()
    visit.page.locator("#source-title", has_text=document).wait_for()
    visit.page.locator(".find").fill(words)
    visit.page.locator(".find-count", has_text=expected).wait_for()


if __name__ == "__main__":
    main()

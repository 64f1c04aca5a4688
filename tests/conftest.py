"""Fixtures: a small folder with hash embeddings, and the seeds with the real model."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import Assistant
from tests.fakes import UNREAD, HashEmbedder
from tests.served_ui import Server
from tests.visits import CHROMIUM, FLAGS, PATIENCE_MS, Visit

ROOT = Path(__file__).resolve().parent.parent
LONGEST = (
    "test_load test_planted_regressions test_gguf test_bench test_baseline test_browser_chat "
    "test_browser test_browser_words test_browser_source test_browser_documents "
    "test_browser_settings test_browser_guards"
).split()
"""Files that take minutes: they begin, so that no worker is left with one while the other waits."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those of ``LONGEST`` before all others; the sort keeps the order within a file."""
    ranks = {name: rank for rank, name in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(item.path.stem, len(ranks)))


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Started in the background of a script: the processes that tests start would not hear Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)

TEXTS = {
    "harbour.txt": (
        "The harbour of Lumen was built in 1887 by Clara Voss.\n\n"
        "It has 14 cranes. Ships carry salt, timber and copper to the islands.\n\n"
        "The lighthouse burned down in 1921 because a lamp fell over."
    ),
    "notes/market.txt": (
        "The market of Lumen opens on Tuesday. Farmers sell apples and honey there.\n\n"
        "A stall costs 30 crowns a day."
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two documents."""
    folder = tmp_path / "documents"
    for name, text in TEXTS.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def embedder() -> HashEmbedder:
    """An embedder without a model."""
    return HashEmbedder()


@pytest.fixture
def assistant(folder: Path, tmp_path: Path, embedder: HashEmbedder) -> Iterator[Assistant]:
    """An assistant on ``folder`` without a model."""
    made = Assistant.from_folder(
        folder, index_dir=tmp_path / "index", embed_model=embedder, settings=UNREAD
    )
    yield made
    made.close()


@pytest.fixture(scope="session")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """The assistant on ``seeds/`` with the packaged model, as a user has it."""
    directory = tmp_path_factory.mktemp("seeds-index")
    made = Assistant.from_folder(ROOT / "seeds", index_dir=directory / "index")
    yield made
    made.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    """A headless Chromium."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine: install the package chromium")
    sync_api.expect.set_options(timeout=PATIENCE_MS)
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=FLAGS, timeout=PATIENCE_MS
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def visitors() -> list[Visit]:
    """The visitor that the tests of a module share; none at first and after one that failed."""
    return []


@pytest.fixture
def visit(
    request: pytest.FixtureRequest, chromium: object, served: Server, visitors: list[Visit]
) -> Iterator[Visit]:
    """A visitor, on a new page, of what the fixture ``served`` of a test's module serves."""
    if visitors:
        visitor = visitors.pop()
        visitor.open()
    else:
        visitor = Visit(chromium, served)
    failed = request.session.testsfailed
    yield visitor
    if request.session.testsfailed > failed:
        visitor.close()
        return
    visitor.forget()
    assert not visitor.faults, visitor.faults
    visitors.append(visitor)

"""How fast the chat page is, in a real Chromium: ``python -m eval.bench_page``.

The page is started as a user starts it, in a process of its own. Nothing here judges a time:
``docs/benchmarks.md`` says what is good enough. Not for CI, where a machine is never alone.
"""

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

import httpx
import typer

from eval.bench_clock import Figures, seconds_of
from eval.bench_data import real_files, real_text, write_folder

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PASSAGES = 10_000
PEOPLE = 20
SEEDS = Path("seeds")
"""Where the questions are answered."""
LARGE = "large.txt"
LARGE_CHARACTERS = 5_000_000
PATIENCE_SECONDS = 1800
"""For the server to start: it may have a folder to index first."""
BROWSERS = ("chromium", "chromium-browser", "chromium-headless-shell")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")

_QUESTIONS = ("How old is Draghi?", "Who presented a peace plan?", "Did Salvini travel to Moscow?")

_WATCH = """([event, selector, length]) => {
  window.benchBegun = window.benchEnded = 0;
  document.addEventListener(event, () => (window.benchBegun = performance.now()),
    { capture: true, once: true });
  const watch = new MutationObserver(() => {
    const found = [...document.querySelectorAll(selector)].at(-1);
    const size = found ? found.textContent.trim().length : 0;
    if (!window.benchBegun || (length ? size !== length : size < 2)) return;
    watch.disconnect();
    requestAnimationFrame(() => (window.benchEnded = performance.now()));
  });
  watch.observe(document.body, { childList: true, subtree: true, characterData: true });
}"""
"""Notes when an event happens, and when an element has text of some length and can be painted."""

_FORGE = """(href) => {
  const link = document.createElement("a");
  link.href = href;
  link.id = "bench-link";
  link.textContent = "x";
  document.getElementById("bench-link")?.remove();
  document.querySelector("[data-testid=bot] p").append(link);
}"""
"""A link to a passage under the last answer, as the renderer would have made it."""


def main(
    folder: Annotated[Path | None, typer.Option(help="Of documents; else one is made.")] = None,
    index: Annotated[Path | None, typer.Option(help="Where its index is or will be.")] = None,
    repeats: Annotated[int, typer.Option(min=1, help="Of each measurement.")] = 7,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Measure the page on ``folder``; the figures are medians."""
    with TemporaryDirectory() as scratch:
        place = folder or _made_folder(Path(scratch) / "documents")
        with _served(place, index or Path(scratch) / "index") as url:
            figures = {**_alone(url, place, repeats), **_together(url, repeats)}
    if as_json:
        print(json.dumps(figures))
        return
    for name, figure in figures.items():
        print(f"{name:<52} {figure:>8.0f}")


def _made_folder(folder: Path) -> Path:
    """About ``PASSAGES`` passages, some in a document of five megabytes; what is asked about."""
    write_folder(folder, PASSAGES // 3)
    shutil.copytree(SEEDS, folder, dirs_exist_ok=True)
    text = "\n\n".join(real_text(path).text for path in real_files()) + "\n\n"
    copies = LARGE_CHARACTERS // len(text) + 1
    (folder / LARGE).write_text((text * copies)[:LARGE_CHARACTERS], encoding="utf-8")
    return folder


@contextmanager
def _served(folder: Path, index: Path) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = ["--folder", str(folder), "--index", str(index), "--port", str(port)]
    server = subprocess.Popen(  # noqa: S603 - our own module, no shell
        [sys.executable, "-m", "ui", *options],
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url, server)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait_for(url: str, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            httpx.get(url, timeout=10)
            return
        except httpx.TransportError:
            time.sleep(0.2)
    raise SystemExit("error: the page did not start; try: python -m ui")


def _alone(url: str, folder: Path, repeats: int) -> Figures:
    """What one visitor waits for."""
    from playwright.sync_api import sync_playwright

    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*FLAGS])
        figures: Figures = {"page usable, nothing cached, ms": _cold(browser, url, repeats)}
        page = browser.new_page()
        _open(page, url)
        figures["page usable, seen before, ms"] = _median(lambda: _open(page, url), repeats)
        figures |= _asking(page, repeats)
        figures |= _reading(page, folder, repeats)
        browser.close()
    return figures


def _cold(browser: "Browser", url: str, repeats: int) -> float:
    def opened() -> None:
        context = browser.new_context()
        contexts.append(context)
        _open(context.new_page(), url)

    contexts: list[Any] = []
    milliseconds = _median(opened, repeats)
    for context in contexts:
        context.close()
    return milliseconds


def _open(page: "Page", url: str) -> None:
    """Until a question can be typed and the documents are listed."""
    page.goto(url, wait_until="commit")
    page.get_by_label("Your question").wait_for()
    page.locator(".library li").first.wait_for()


def _median(work: Callable[[], object], repeats: int) -> float:
    return statistics.median(seconds_of(work) * 1000 for _ in range(repeats))


def _asking(page: "Page", repeats: int) -> Figures:
    """From Enter to the first words of an answer, and to its end."""
    first, whole = [], []
    for number in range(repeats + 1):
        page.get_by_role("button", name="New chat").click()
        page.locator("#conversation .example").first.wait_for()
        page.get_by_label("Your question").fill(_QUESTIONS[number % len(_QUESTIONS)])
        page.evaluate(_WATCH, ["keydown", "[data-testid=bot]", 0])
        page.get_by_label("Your question").press("Enter")
        first.append(_watched(page))
        begun = page.evaluate("window.benchBegun")
        page.locator("#question .submit-button").wait_for()
        page.wait_for_function("!document.querySelector('#conversation').textContent.includes('▍')")
        whole.append(page.evaluate("performance.now()") - begun)
    return {
        "first words after Enter, ms": statistics.median(first[1:]),
        "answer finished after Enter, ms": statistics.median(whole[1:]),
    }


def _reading(page: "Page", folder: Path, repeats: int) -> Figures:
    """From a click to the highlighted passage: of the answer, and in the large document."""
    chip = page.locator("#conversation a[href^='#cite=']").first.get_attribute("href") or ""
    start, end, rest = chip.removeprefix("#cite=").split("-", 2)
    # Each time another passage: one that is shown already is not shown anew.
    hrefs = [f"#cite={start}-{int(end) - n}-{rest}" for n in range(2 * repeats)]
    clicks = [_clicked(page, href) for href in hrefs]
    figures: Figures = {"click to highlight, ms": statistics.median(clicks)}
    if (folder / LARGE).exists():
        starts = [LARGE_CHARACTERS // 3 + 70_000 * number for number in range(repeats)]
        clicks = [_clicked(page, f"#cite={at}-{at + 200}--{quote(LARGE)}") for at in starts]
        figures["click to highlight in 5 MB, ms"] = statistics.median(clicks)
    return figures


def _clicked(page: "Page", href: str) -> float:
    start, end = href.split("=")[1].split("-")[:2]
    page.evaluate(_FORGE, href)
    page.evaluate(_WATCH, ["click", "#source mark.hit", 0])
    page.evaluate("document.getElementById('bench-link').click()")
    milliseconds = _watched(page)
    shown = page.locator("#source mark.hit").all_text_contents()
    if sum(map(len, shown)) > int(end) - int(start):
        raise SystemExit(f"error: {href} shows another passage")
    page.evaluate("document.querySelectorAll('#source mark').forEach(mark => mark.remove())")
    return milliseconds


def _watched(page: "Page") -> float:
    page.wait_for_function("window.benchEnded > 0")
    return float(page.evaluate("window.benchEnded - window.benchBegun"))


def _together(url: str, repeats: int) -> Figures:
    """Until each of twenty people who ask at the same moment has a whole answer."""

    def ask(number: int) -> None:
        with httpx.Client(base_url=url, timeout=60) as client:
            question = _QUESTIONS[number % len(_QUESTIONS)]
            reply = client.post("/gradio_api/call/ask", json={"data": [question]})
            reply.raise_for_status()
            answer = client.get(f"/gradio_api/call/ask/{reply.json()['event_id']}").text
            if "event: complete" not in answer:
                raise SystemExit(f"error: no answer: {answer[:200]}")

    def rush() -> None:
        with ThreadPoolExecutor(PEOPLE) as people:
            list(people.map(ask, range(PEOPLE)))

    return {f"{PEOPLE} people at once, the last answered, ms": _median(rush, min(repeats, 5))}


if __name__ == "__main__":
    typer.run(main)

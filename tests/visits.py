"""A visitor of the page in a real Chromium, for the browser tests.

The fixture ``chromium`` in ``conftest`` starts the browser.
"""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from tests.served_ui import PATIENCE_SECONDS, Server

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
"""The shell, which has no windows of its own to draw, takes half the time for a new visitor."""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# What a closed stream leaves in the log when the page goes away or Stop is pressed.
# So does asking for news of the documents, which the page does every two seconds.
OWN_STREAMS = re.compile(r"/gradio_api/(queue/data|heartbeat/|run/predict)")

PATIENCE_MS = 1000 * PATIENCE_SECONDS
"""For one state of the page, as for one reply."""

DESKTOP = {"width": 1400, "height": 900}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
QUIET = """() => new Promise((done) => {
    const conversation = document.querySelector("#conversation");
    const settled = () => {
        watch.disconnect();
        conversation.removeEventListener("scroll", again, true);
        done();
    };
    const again = () => {
        clearTimeout(timer);
        timer = setTimeout(settled, 400);
    };
    let timer = setTimeout(settled, 400);
    const watch = new MutationObserver(again);
    watch.observe(conversation, { childList: true, subtree: true });
    conversation.addEventListener("scroll", again, true);
    setTimeout(settled, 20000);
})"""
"""Ends when the conversation has neither changed nor moved for a while: Gradio scrolls to its end
300 ms after a change, and a click that begins before that ends on something else.
"""
CHIPS = "#conversation a[href^='#cite=']"


class Visit:
    """One visitor: a browser profile of its own, and what went wrong in it."""

    def __init__(self, browser, server: Server, **options) -> None:
        self.viewport = options.setdefault("viewport", DESKTOP)
        self.server = server
        self.context = browser.new_context(**options)
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.faults: list[str] = []
        self.page.on("request", self._on_request)
        self.page.on("requestfailed", self._on_failed)
        self.page.on("response", self._on_response)
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        self.open()

    def open(self) -> None:
        self.page.goto(self.server.url)
        self._arrive()

    def reload(self) -> None:
        self.page.reload()
        self._arrive()

    def _arrive(self) -> None:
        """Wait until the server has filled the page: that would replace a source opened before."""
        self.field.wait_for()
        self.page.wait_for_function("document.querySelector('#source-title') !== null")

    def open_article(self) -> None:
        """Open the article on Italy from the list of documents."""
        self.page.locator(".library a", has_text="Italy and the war").click()
        self.page.wait_for_function(
            "!document.getElementById('hit')"  # which a citation of the same article has
            " && document.getElementById('source-text')"
            "?.textContent.includes('Italian Prime Minister')"
        )

    def forget(self) -> None:
        """Go away, so that ``open`` shows what a new visitor finds; loading it again is cheap."""
        self.page.goto(f"{self.server.url}/theme.css")  # where no script keeps a thing any more
        self.page.evaluate("localStorage.clear(); sessionStorage.clear()")
        self.page.set_viewport_size(self.viewport)
        self.context.clear_permissions()

    def leave(self) -> None:
        """Bring the page back to what a new visitor finds, without loading it."""
        new_chat = self.page.get_by_role("button", name="New chat")
        new_chat.click()
        self.page.locator("#conversation .example").first.wait_for()
        self.page.evaluate(
            "localStorage.clear(); sessionStorage.clear();"
            "document.querySelectorAll('.library input').forEach(box => box.checked = false);"
            "document.body.classList.remove('dark')"
        )
        new_chat.click()  # Draws the list of conversations anew.
        self.field.fill("")

    def close(self) -> None:
        self.context.close()
        assert not self.faults, self.faults

    @property
    def field(self):
        return self.page.get_by_label("Your question")

    @property
    def chips(self):
        return self.page.locator(CHIPS)

    @property
    def hit(self):
        return self.page.locator("#source mark#hit")

    @property
    def answers(self):
        return self.page.locator("[data-testid=bot]")

    def send(self, question: str) -> None:
        self.field.fill(question)
        self.field.press("Enter")

    def ask(self, question: str) -> None:
        """Ask, and wait for the end of the answer."""
        before = self.answers.count()
        self.send(question)
        self.finished(before + 1)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """What is done in here asks a question; ends once that one, and no other, is shown."""
        with self.page.expect_request("**/gradio_api/queue/join*"):
            yield

    def finished(self, answers: int) -> None:
        """Wait until the last of ``answers`` answers is complete, saved and drawn: a click in the
        middle of a change is lost.
        """
        self.page.wait_for_function(
            "count => document.querySelectorAll('[data-testid=bot]').length === count"
            " && document.querySelector('#question .submit-button')"
            " && !document.querySelector('#question .stop-button')"
            " && !document.querySelector('#conversation').textContent.includes('▍')",
            arg=answers,
        )
        self.page.evaluate(QUIET)

    def open_chip(self, index: int = 0) -> str:
        """Follow a chip; gives the text that is highlighted then."""
        href = self.chips.nth(index).get_attribute("href")
        self.chips.nth(index).click()
        self.page.wait_for_function(
            "href => { const [start, end] = href.slice(6).split('-').map(Number);"
            " const hit = document.getElementById('hit');"
            " return hit && hit.textContent.length === end - start; }",
            arg=href,
        )
        return self.hit.text_content()

    def forge(self, href: str) -> None:
        """Put a link into the last answer, as a hostile document might try to, and follow it."""
        self.page.evaluate(
            "href => { const a = document.createElement('a'); a.href = href; a.textContent = 'x';"
            " a.id = 'forged'; document.getElementById('forged')?.remove();"
            " document.querySelector('[data-testid=bot] p').append(a); a.click(); }",
            href,
        )

    def _on_request(self, request) -> None:
        if not request.url.startswith((self.server.url, "data:", "blob:")):
            self.faults.append(f"left this machine: {request.url}")

    def _on_failed(self, request) -> None:
        if not OWN_STREAMS.search(request.url):
            self.faults.append(f"failed: {request.url} {request.failure}")

    def _on_response(self, response) -> None:
        if response.status >= 400:
            self.faults.append(f"HTTP {response.status}: {response.url}")

    def _on_console(self, message) -> None:
        if message.type == "error":
            self.faults.append(f"console: {message.text}")


def inside(inner: dict, outer: dict) -> bool:
    """True when the rectangle ``inner`` is vertically within ``outer``, give or take 2 pixels."""
    top, bottom = inner["y"], inner["y"] + inner["height"]
    return top >= outer["y"] - 2 and bottom <= outer["y"] + outer["height"] + 2


def violations(axe, page) -> list[tuple[str, str]]:
    """Rule and element of each serious or critical violation."""
    results = axe.Axe().run(page).response["violations"]
    return [
        (result["id"], node["html"][:200])
        for result in results
        if result["impact"] in {"serious", "critical"}
        for node in result["nodes"]
    ]


TOO_SMALL = (
    "() => [...document.querySelectorAll('button, #conversation a')].filter(e =>"
    " e.checkVisibility({visibilityProperty: true})).map(e => [e.outerHTML.slice(0, 90),"
    " e.getBoundingClientRect()]).filter(([_, r]) => r.width < 24 || r.height < 24)"
    ".map(([html, r]) => `${r.width}x${r.height} ${html}`)"
)
"""Every target that is too small for a finger."""
TOO_WIDE = "document.documentElement.scrollWidth > window.innerWidth"

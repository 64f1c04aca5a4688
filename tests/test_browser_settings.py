"""Settings in the page: each visitor's own, and the language model of who runs it."""

import json
from collections.abc import Iterator

import pytest

from tests.served_llm import Endpoint, good, serving
from tests.served_ui import SCRIPTED, Server, running
from tests.visits import PHONE, TOO_SMALL, TOO_WIDE, Visit, violations

pytestmark = pytest.mark.browser
sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

QUESTION = "How old is Draghi?"
REPLY = "The author writes that Draghi is 74 years old [1]."


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    with serving(*[good(REPLY)] * 100) as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Server]:
    """The program on the seeds, for who sits at this computer."""
    options = ("--index", str(tmp_path_factory.mktemp("index")), "--port", "PORT", "--no-upload")
    with running("-m", "ui", "--folder", "seeds", *options) as server:
        yield server


@pytest.fixture(scope="module")
def scripted() -> Iterator[Server]:
    """A page whose visitors do not sit at the computer that serves it."""
    with running(*SCRIPTED) as server:
        yield server


def open_settings(visitor: Visit):
    visitor.page.get_by_role("button", name="Settings").click()
    dialog = visitor.page.get_by_role("dialog")
    dialog.wait_for()
    return dialog


def close_settings(visitor: Visit) -> None:
    visitor.page.get_by_role("dialog").get_by_role("button", name="Close").click()
    visitor.page.get_by_role("dialog").wait_for(state="hidden")


def use(visitor: Visit, kind: str, **fields: str) -> str:
    """Choose a language model; gives what the page says of it."""
    dialog = open_settings(visitor)
    dialog.get_by_label("Language model", exact=True).select_option(kind)
    for label, text in fields.items():
        dialog.get_by_label(label, exact=True).fill(text)
    dialog.get_by_role("button", name="Use").click()
    dialog.locator("#model-outcome .done, #model-outcome .bad").wait_for()
    text = dialog.locator("#model-outcome").inner_text()
    close_settings(visitor)
    return text


@pytest.mark.model
def test_a_model_is_tried_used_seen_by_all_and_turned_off(chromium, server, endpoint):
    visitor, other = Visit(chromium, server), Visit(chromium, server)
    visitor.ask(QUESTION)
    assert "According to" in visitor.answers.last.inner_text()
    said = use(visitor, "openai-like", Address=endpoint.url, Model="tiny")
    assert "In use. tiny at http://127.0.0.1" in said
    assert f"--llm-url {endpoint.url} --llm-model tiny" in said
    visitor.ask(QUESTION)
    assert "The author writes that Draghi is 74 years old." in visitor.answers.last.inner_text()
    dialog = open_settings(other)
    other.page.get_by_text("Written by tiny at").wait_for()
    assert dialog.get_by_label("Address").input_value() == endpoint.url
    dialog.get_by_label("Word for word").check()
    close_settings(other)
    other.ask(QUESTION)
    assert "According to" in other.answers.last.inner_text()
    visitor.ask(QUESTION)
    assert "The author writes" in visitor.answers.last.inner_text()
    assert "In use. none" in use(visitor, "")
    visitor.ask(QUESTION)
    assert "According to" in visitor.answers.last.inner_text()
    visitor.close()
    other.close()


@pytest.mark.model
def test_a_model_that_does_not_work_is_told_and_not_used(chromium, server):
    visitor = Visit(chromium, server)
    assert "http:// or https://" in use(visitor, "openai-like", Address="localhost", Model="x")
    assert "/nowhere.gguf" in use(visitor, "gguf", File="/nowhere.gguf")
    visitor.ask(QUESTION)
    assert "According to" in visitor.answers.last.inner_text()
    visitor.close()


@pytest.mark.model
def test_the_number_of_sentences_is_each_visitors_own_and_kept(chromium, server):
    visitor = Visit(chromium, server)
    question = "What do Italians think about sanctions?"
    usual = len(server.ask(question)["citations"])
    open_settings(visitor).get_by_label("At most").select_option("6")
    close_settings(visitor)
    visitor.reload()
    visitor.ask(question)
    body = visitor.page.locator("[data-testid=bot]").last.inner_text().split("Sources")[0]
    assert body.count("“") > usual
    assert len(server.ask(question)["citations"]) == usual
    dialog = open_settings(visitor)
    assert dialog.get_by_label("At most").input_value() == "6"
    visitor.close()


def test_who_is_not_at_the_computer_can_choose_how_but_not_the_model(chromium, scripted):
    visitor = Visit(chromium, scripted)
    dialog = open_settings(visitor)
    dialog.get_by_text("Set by whoever runs this page, for everyone.").wait_for()
    assert dialog.get_by_role("button", name="Use").count() == 0
    dialog.get_by_label("At most").select_option("1")
    close_settings(visitor)
    with visitor.page.expect_request(
        lambda request: "queue/join" in request.url and "sentences" in (request.post_data or "")
    ) as asked:
        visitor.ask(QUESTION)
    assert json.loads(asked.value.post_data)["data"][2] == {"sentences": 1, "written": None}
    visitor.close()


@pytest.mark.model
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_there_is_no_serious_accessibility_fault_in_the_settings(chromium, server, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is missing")
    visitor = Visit(chromium, server, color_scheme=scheme)
    dialog = open_settings(visitor)
    found = violations(axe, visitor.page)
    for kind in ("openai-like", "gguf"):
        dialog.get_by_label("Language model", exact=True).select_option(kind)
        dialog.get_by_role("button", name="Test").click()
        dialog.locator("#model-outcome .bad").wait_for()
        found += violations(axe, visitor.page)
    assert found == []
    visitor.close()


@pytest.mark.model
@pytest.mark.parametrize("size", [(390, 844), (320, 700)])
def test_the_settings_fit_on_a_phone(chromium, server, size):
    viewport = {"width": size[0], "height": size[1]}
    visitor = Visit(chromium, server, **{**PHONE, "viewport": viewport})
    dialog = open_settings(visitor)
    dialog.get_by_label("Language model", exact=True).select_option("openai-like")
    assert not visitor.page.evaluate(TOO_WIDE)
    assert visitor.page.evaluate(TOO_SMALL) == []
    wide = "document.getElementById('settings').scrollWidth > 0.96 * window.innerWidth"
    assert not visitor.page.evaluate(wide)
    close_settings(visitor)
    visitor.close()

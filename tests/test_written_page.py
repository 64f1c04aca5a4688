"""The command line and the chat page with a language model behind them, as a user has them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.llm.endpoint_key import KEY_VARIABLE
from tests.served_llm import closed_port, good, serving, stalls
from tests.served_ui import running

ROOT = Path(__file__).resolve().parent.parent
QUESTION = "How old is Draghi?"
REPLY = (
    "The author writes that Draghi is 74 years old [1]. He has 28 children [2]. "
    "He is understandably tired of the fractious Italian political landscape [1]."
)
KEY = "sk-canary-0815"

pytestmark = pytest.mark.model


def options(url):
    return ("--llm", "openai-like", "--llm-url", url, "--llm-model", "tiny")


def ask(home, *arguments):
    environment = {**os.environ, "XDG_DATA_HOME": str(home), KEY_VARIABLE: KEY}
    return subprocess.run(
        [sys.executable, "-m", "assistant", "ask", QUESTION, "--json", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )


def test_the_command_line_answers_in_the_models_words(tmp_path):
    with serving(good(REPLY)) as endpoint:
        result = ask(tmp_path, *options(endpoint.url))
        assert endpoint.keys == [f"Bearer {KEY}"]
    assert result.returncode == 0, result.stderr
    answer = json.loads(result.stdout)
    assert answer["text"].startswith("The author writes that Draghi is 74 years old. [1]")
    assert "28 children. (not" not in answer["text"].replace("28 children. [", "x")
    [first, *_] = answer["sentences"]
    assert first["verdict"] == "supported"
    for c in answer["citations"]:
        text = (ROOT / "seeds" / c["document_id"]).read_text(encoding="utf-8")
        assert text[c["start"] : c["end"]] == c["quote"]
    assert KEY not in result.stdout + result.stderr


def test_the_command_line_answers_word_for_word_where_the_model_is_not_running(tmp_path):
    result = ask(tmp_path, *options(f"http://127.0.0.1:{closed_port()}/v1"))
    assert result.returncode == 0, result.stderr
    answer = json.loads(result.stdout)
    assert answer["text"].startswith("According to")
    assert "no connection: is it running? This is" in answer["notices"][0]
    assert result.stderr == ""
    assert KEY not in result.stdout + result.stderr


def test_a_missing_model_file_is_one_line(tmp_path):
    result = ask(tmp_path, "--llm", "gguf:/nowhere/model.gguf")
    assert result.returncode == 3
    assert result.stderr.strip().startswith("error: the model /nowhere/model.gguf cannot be read")


@pytest.fixture
def page(tmp_path):
    """The chat page in a browser over an endpoint that writes a sentence and then stalls."""
    sync_api = pytest.importorskip("playwright.sync_api")
    from tests.visits import CHROMIUM, FLAGS

    if CHROMIUM is None:
        pytest.skip("no chromium on this machine: install the package chromium")
    with serving(stalls(f"{REPLY} And then", 60.0), good(REPLY)) as endpoint:
        arguments = ("--folder", "seeds", "--index", str(tmp_path / "index"), "--port", "PORT")
        environment = {KEY_VARIABLE: KEY, "ASSISTANT_LLM_URL": endpoint.url}
        command = ("-m", "ui", *arguments, "--llm", "openai-like", "--llm-model", "tiny")
        with running(*command, environment=environment) as server:
            with sync_api.sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
                page = browser.new_page()
                page.set_default_timeout(60_000)
                page.goto(server.url)
                yield page, endpoint
                browser.close()
            assert KEY not in server.output()


@pytest.mark.browser
def test_stop_in_the_page_stops_the_model_and_keeps_what_was_checked(page):
    page, endpoint = page
    field = page.get_by_label("Your question")
    field.fill(QUESTION)
    field.press("Enter")
    answers = page.locator("[data-testid=bot]")
    page.wait_for_function("() => document.querySelector('[data-testid=bot] a') !== null")
    page.locator("#question .stop-button").click()
    assert endpoint.gone.wait(60)
    page.get_by_text("this answer is incomplete").wait_for()
    page.locator("#question .stop-button").wait_for(state="detached")
    text = answers.first.inner_text()
    assert "The author writes that Draghi is 74 years old." in text
    field.fill(QUESTION)
    field.press("Enter")
    page.get_by_text("Sources").last.wait_for()
    page.wait_for_function("() => document.querySelectorAll('[data-testid=bot]').length === 2")
    page.wait_for_function(
        "() => document.body.innerText.includes('of the language model left out')"
    )

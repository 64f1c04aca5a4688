"""What a visitor may choose, and what only who sits at the computer may."""

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.llm.endpoint_key import KEY_VARIABLE
from assistant.llm_settings import LlmSettings
from index.errors import SettingsError
from tests.fakes_ui import FakeAssistant
from tests.served_llm import closed_port, good, serving
from ui.choice import AnswerChoice, answer_choice
from ui.document_events import state_record
from ui.setting_events import model_outcome, start_command, wanted_model
from ui.settings import settings_html
from ui.shelf import Shelf

USUAL = LlmSettings(max_tokens=123)


@pytest.mark.parametrize(
    ("sent", "choice"),
    [
        ({"sentences": 5, "written": False}, AnswerChoice(5, False)),
        ({"sentences": None, "written": None}, AnswerChoice()),
        ({"sentences": 1}, AnswerChoice(1)),
        ({"sentences": 0, "written": "yes"}, AnswerChoice()),
        ({"sentences": 11, "written": 1}, AnswerChoice()),
        ({"sentences": "5"}, AnswerChoice()),
        ({"sentences": True}, AnswerChoice()),
        ({"sentences": 1e308}, AnswerChoice()),
        (None, AnswerChoice()),
        ([], AnswerChoice()),
        ("x", AnswerChoice()),
    ],
)
def test_a_choice_that_makes_no_sense_counts_as_none(sent, choice):
    assert answer_choice(sent) == choice


def test_a_model_is_named_by_its_server_or_its_file():
    server = {"kind": "openai-like", "url": " http://localhost:1/v1 ", "name": "tiny"}
    assert wanted_model(server, USUAL) == replace(
        USUAL, use="openai-like", url="http://localhost:1/v1", model="tiny"
    )
    file = {"kind": "gguf", "file": "~/m.gguf", "url": "http://left.over"}
    assert wanted_model(file, USUAL) == replace(USUAL, use="gguf:~/m.gguf")
    assert wanted_model({"kind": ""}, replace(USUAL, use="gguf:x")) == USUAL


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"kind": "openai-like", "url": "localhost:1", "name": "x"}, "http:// or https://"),
        ({"kind": "openai-like", "url": "file:///etc/passwd", "name": "x"}, "http:// or https://"),
        ({"kind": "openai-like", "url": "http://x"}, "the name that the model has"),
        ({"kind": "gguf"}, "path of a GGUF file"),
        ({"kind": "nonsense"}, "path of a GGUF file"),
        ({"kind": "gguf", "file": "x" * 3000}, "over 2000 characters"),
    ],
)
def test_what_is_missing_is_said(fields, reason):
    with pytest.raises(SettingsError, match=reason):
        wanted_model(fields, USUAL)


def test_the_command_that_starts_with_a_model_can_be_pasted(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda _: "/bin/assistant")
    seeds, other = Path("seeds").resolve(), Path("/my documents")
    endpoint = LlmSettings(use="openai-like", url="http://x/v1", model="a b")
    assert start_command(endpoint, seeds) == (
        "assistant chat --llm openai-like --llm-url http://x/v1 --llm-model 'a b'"
    )
    assert start_command(LlmSettings(use="gguf:/a b.gguf"), other) == (
        "assistant chat --llm 'gguf:/a b.gguf' --folder '/my documents'"
    )
    assert start_command(LlmSettings(), other) == ""


def test_a_model_is_used_only_when_it_works_and_only_when_asked_to(monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, "canary-key")
    shelf = Shelf(FakeAssistant(), is_local=True)
    with serving(good("yes"), good("yes")) as endpoint:
        fields = {"kind": "openai-like", "url": endpoint.url, "name": "tiny"}
        tried = model_outcome(shelf, fields, use=False)
        assert tried["done"]
        assert tried["command"] == ""
        assert shelf.engine.model_name == ""
        used = model_outcome(shelf, fields, use=True)
        assert " chat --llm openai-like" in used["command"]
        assert state_record(shelf)["model"] == "tiny"
        assert state_record(shelf)["llm"]["url"] == endpoint.url
        assert "canary-key" not in str([tried, used, state_record(shelf)])
    gone = {**fields, "url": f"http://127.0.0.1:{closed_port()}/v1"}
    failed = model_outcome(shelf, gone, use=True)
    assert not failed["done"]
    assert "canary-key" not in failed["text"]
    assert shelf.engine.settings.llm.url == endpoint.url
    assert model_outcome(shelf, {"kind": ""}, use=True)["done"]
    assert shelf.engine.settings.llm.use == ""


def test_a_file_that_is_no_model_is_told():
    shelf = Shelf(FakeAssistant(), is_local=True)
    outcome = model_outcome(shelf, {"kind": "gguf", "file": "/nowhere/model.gguf"}, use=True)
    assert not outcome["done"]
    assert "/nowhere/model.gguf" in outcome["text"]


def test_others_can_neither_set_the_model_nor_see_how_it_is_set():
    shelf = Shelf(FakeAssistant(), is_local=False)
    shelf.engine.use_model(LlmSettings(use="openai-like", url="http://inside/v1", model="tiny"))
    assert state_record(shelf)["llm"] is None
    shown = settings_html(shelf)
    assert "Set by whoever runs this page" in shown
    assert "use-model" not in shown
    assert "http://inside" not in shown
    assert "use-model" in settings_html(Shelf(FakeAssistant(), is_local=True))


def test_a_path_that_no_file_can_have_is_refused_in_words():
    for path in ("/tmp/\0.gguf", "/tmp/\ud800.gguf"):
        outcome = model_outcome(Shelf(FakeAssistant()), {"kind": "gguf", "file": path}, use=True)
        assert (outcome["done"], "type it anew" in str(outcome["text"])) == (False, True)

"""Settings from a file, the environment and flags; and the doctor who looks at them."""

import json
import sys
from dataclasses import replace

import pytest

from assistant.configure import configure, load_settings
from assistant.doctor import examine, line_of, try_model
from assistant.llm.load import load_generator
from assistant.llm_settings import CheckSettings, LlmSettings
from assistant.read.reader import _load_once
from assistant.settings import AnswerSettings, Settings
from index.errors import ModelError, SettingsError
from index.settings import IndexSettings
from tests.fakes import HashEmbedder, ScriptedGenerator
from tests.served_llm import good, serving, status, thinks


def test_flags_win_over_the_environment_and_that_over_the_file(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text('[llm]\nuse = "a"\nurl = "file"\nmodel = "file"\n[answer]\npassages = 7\n')
    environment = {"ASSISTANT_LLM_URL": "env", "ASSISTANT_LLM_MODEL": "env", "HOME": "/x"}
    configured = configure(path, environment, {"llm": {"model": "flag", "use": None}})
    llm = configured.settings.llm
    assert (llm.use, llm.url, llm.model) == ("a", "env", "flag")
    assert configured.settings.answer.passages == 7
    assert configured.file == path
    assert configured.variables == ("ASSISTANT_LLM_MODEL", "ASSISTANT_LLM_URL")


def test_the_environment_can_name_the_file_and_every_kind_of_value(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text("[llm]\nturns = 1\n")
    environment = {
        "ASSISTANT_SETTINGS": str(path),
        "ASSISTANT_LLM": "gguf:x.gguf",
        "ASSISTANT_LLM_MAX_TOKENS": "99",
        "ASSISTANT_ANSWER_REFUSE_BELOW": "0.5",
        "ASSISTANT_ANSWER_READER": "false",
        "ASSISTANT_LLM_KEY": "sk-secret",
        "ASSISTANT_PASSWORD": "secret",
        "ASSISTANT_SERVICE_HOST": "10.0.0.1",
        "ASSISTANT_PORT_8080_TCP": "tcp://10.0.0.1:8080",
    }
    configured = configure(None, environment)
    assert configured.settings.llm == LlmSettings(use="gguf:x.gguf", max_tokens=99, turns=1)
    assert configured.settings.answer.refuse_below == 0.5
    assert "secret" not in repr(configured)


@pytest.mark.parametrize(
    ("text", "environment", "flags", "message"),
    [
        ("[llm]\nmodle = 'x'\n", {}, {}, "unknown key llm.modle"),
        ("[modle]\nx = 1\n", {}, {}, "unknown table"),
        ("llm = 3\n", {}, {}, r"llm is 3; expected a table \[llm\]"),
        ("[llm]\nturns = 'x'\n", {}, {}, "expected int"),
        ("[llm]\nturns = 99\n", {}, {}, "s.toml: llm.turns is 99"),
        (
            "[llm]\nmax_tokens = 300\n",
            {"ASSISTANT_LLM_CONTEXT_TOKENS": "512"},
            {},
            "s.toml, ASSISTANT_LLM_CONTEXT_TOKENS: llm.max_tokens is 300; expected at most half",
        ),
        ("[check]\nunsupported = 'hide'\n", {}, {}, "drop or mark"),
        ("[llm]\ncontext_tokens = 600\nmax_tokens = 400\n", {}, {}, "at most half"),
        ("", {"ASSISTANT_CHEK_UNSUPPORTED": "mark"}, {}, "ASSISTANT_CHEK_UNSUPPORTED: unknown"),
        ("", {"ASSISTANT_LLMURL": "x"}, {}, "ASSISTANT_LLMURL: unknown variable"),
        ("", {"ASSISTANT_CHECK": "mark"}, {}, "ASSISTANT_CHECK: unknown variable"),
        ("", {"ASSISTANT_LLM_MODLE": "x"}, {}, "ASSISTANT_LLM_MODLE: unknown key"),
        ("", {"ASSISTANT_LLM_TURNS": "x"}, {}, "ASSISTANT_LLM_TURNS is 'x'; expected int"),
        ("", {}, {"llm": {"modle": "x"}}, "the command line: unknown key"),
    ],
)
def test_what_is_unknown_or_wrong_is_named_with_where_it_stands(
    tmp_path, text, environment, flags, message
):
    path = tmp_path / "s.toml"
    path.write_text(text)
    with pytest.raises(SettingsError, match=message):
        configure(path, environment, flags)


def test_settings_that_depend_on_each_other_may_come_from_different_places(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text("[llm]\nmax_tokens = 3000\n")
    wide = configure(path, {"ASSISTANT_LLM_CONTEXT_TOKENS": "8192"}).settings.llm
    assert (wide.context_tokens, wide.max_tokens) == (8192, 3000)
    small = {"ASSISTANT_LLM_CONTEXT_TOKENS": "512", "ASSISTANT_LLM_MAX_TOKENS": "100"}
    assert configure(None, small).settings.llm.max_tokens == 100
    assert configure(path, small, {"llm": {"max_tokens": 50}}).settings.llm.max_tokens == 50


def test_a_model_on_the_command_line_that_nothing_would_use_is_an_error(tmp_path):
    flags = {"llm": {"use": None, "url": "http://x/v1", "model": None}}
    with pytest.raises(SettingsError, match=r"--llm-url without a language model.*--llm openai"):
        configure(None, {}, flags)
    assert configure(None, {"ASSISTANT_LLM": "openai-like"}, flags).settings.llm.url


def test_a_program_loads_settings_as_the_command_line_does(tmp_path, monkeypatch):
    path = tmp_path / "s.toml"
    path.write_text("[answer]\npassages = 7\n")
    monkeypatch.setenv("ASSISTANT_ANSWER_MAX_SENTENCES", "3")
    assert load_settings(str(path)).answer == AnswerSettings(passages=7, max_sentences=3)
    assert load_settings(environment={}) == Settings()


def test_a_generator_and_a_llama_index_model_are_taken_as_they_are():
    scripted = ScriptedGenerator()
    assert load_generator(scripted, LlmSettings()) is scripted
    assert load_generator(None, LlmSettings()) is None
    with pytest.raises(SettingsError, match="llm is a int"):
        load_generator(7, LlmSettings())


@pytest.mark.parametrize(
    ("use", "error", "message"),
    [
        ("openai-like", SettingsError, "llm.url is empty"),
        ("gguf:/nowhere.gguf", ModelError, "cannot be read"),
        ("gpt", SettingsError, "llm.use is 'gpt'"),
    ],
)
def test_a_model_that_cannot_be_is_an_error_that_says_what_to_give(use, error, message):
    with pytest.raises(error, match=message):
        load_generator(None, LlmSettings(use=use))


def test_a_file_that_is_no_gguf_file_is_refused(tmp_path):
    path = tmp_path / "model.gguf"
    path.write_bytes(b"PK\x03\x04 not a model")
    with pytest.raises(ModelError, match="is not a GGUF file"):
        load_generator(f"gguf:{path}", LlmSettings())


@pytest.mark.parametrize(
    ("use", "package", "extra"),
    [("openai-like", "llama_index.llms.openai_like", "openai"), ("gguf:x", "xllamacpp", "gguf")],
)
def test_a_missing_extra_is_named(monkeypatch, use, package, extra):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ModelError, match=rf"grounded-assistant\[{extra}\]"):
        load_generator(None, LlmSettings(use=use, url="http://127.0.0.1:1/v1", model="m"))


def test_a_llama_index_llm_writes(assistant):
    from llama_index.core.llms import MockLLM

    class Parrot(MockLLM):
        def stream_chat(self, messages, **_):
            raise NotImplementedError

        def chat(self, messages, **_):
            from llama_index.core.llms import ChatMessage, ChatResponse

            return ChatResponse(message=ChatMessage(role="assistant", content="It has 14 cranes."))

    generator = load_generator(Parrot(), LlmSettings())
    assistant.write_with(generator)
    assert assistant.ask("How many cranes has the harbour?").text == "It has 14 cranes. [1]"


def findings(folder, tmp_path, **llm):
    return list(examine(folder, tmp_path / "index", None, {"llm": llm}))


@pytest.mark.model
def test_the_doctor_tries_everything_and_shows_no_key(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("ASSISTANT_LLM_KEY", "sk-canary")
    with serving(good("yes")) as endpoint:
        found = findings(folder, tmp_path, use="openai-like", url=endpoint.url, model="tiny")
    assert all(f.is_good for f in found), found
    shown = "\n".join(line_of(f) for f in found)
    assert "tiny at http://127.0.0.1" in shown
    assert "key from ASSISTANT_LLM_KEY" in shown
    assert "sk-canary" not in shown + json.dumps([f.detail for f in found])


@pytest.mark.parametrize("is_on", [True, False])
def test_the_doctor_loads_the_reader_if_it_is_on(folder, tmp_path, monkeypatch, is_on):
    (tmp_path / "reader.safetensors").write_bytes(b"altered")
    monkeypatch.setattr("assistant.doctor.load_embedder", lambda _: HashEmbedder())
    monkeypatch.setattr("assistant.read.reader.files", lambda _: tmp_path)
    _load_once.cache_clear()
    flags = {"answer": {"reader": is_on}}
    found = {f.what: f for f in examine(folder, tmp_path / "index", None, flags)}
    _load_once.cache_clear()
    assert ("reader" in found) is is_on
    if is_on:
        assert not found["reader"].is_good
        assert (
            "restore it: git checkout assistant/read/reader.safetensors" in found["reader"].detail
        )


@pytest.mark.model
def test_the_doctor_says_what_to_fix(folder, tmp_path):
    with serving(status(401)) as endpoint:
        found = findings(folder, tmp_path, use="openai-like", url=endpoint.url, model="tiny")
    [bad] = [f for f in found if not f.is_good]
    assert line_of(bad).startswith(
        f"NOT language model: tiny at {endpoint.url}: it refused the key (401): set ASSISTANT"
    )
    assert found[0].detail == "defaults, llm.use, llm.url, llm.model of the command line"


def test_a_model_that_thinks_first_is_tried_until_it_writes():
    llm = LlmSettings(use="openai-like", model="tiny")
    with serving(thinks("The user wants a yes. " * 20, "yes")) as endpoint:
        assert try_model(Settings(llm=replace(llm, url=endpoint.url))).is_good
        assert endpoint.requests[0]["max_tokens"] == llm.max_tokens
    with serving(thinks("The user wants a yes. " * 20, "", "length")) as endpoint:
        found = try_model(Settings(llm=replace(llm, url=endpoint.url)))
    assert line_of(found).endswith("it spent its tokens thinking: set llm.max_tokens higher")


@pytest.mark.parametrize(
    "url", ["http://localhost:99999/v1", "http://[::1/v1", "http://localhost:abc/v1", "ftp://x"]
)
def test_an_address_that_is_none_is_named_as_the_setting_that_is_wrong(url):
    found = try_model(Settings(llm=LlmSettings(use="openai-like", url=url, model="tiny")))
    assert line_of(found).startswith("NOT language model: llm.url is not an http address; expected")


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        (AnswerSettings, "max_sentences", 2.5),
        (AnswerSettings, "max_sentences", "3"),
        (AnswerSettings, "max_sentences", True),
        (AnswerSettings, "reader", "no"),
        (AnswerSettings, "refuse_below", None),
        (IndexSettings, "model", None),
        (LlmSettings, "turns", "3"),
        (CheckSettings, "entailment_model", 7),
    ],
)
def test_a_setting_of_the_wrong_type_is_an_error_in_python_too(kind, name, value):
    with pytest.raises(SettingsError, match=rf"{name} is .*; expected"):
        kind(**{name: value})
    assert AnswerSettings(refuse_below=1).refuse_below == 1


def test_settings_of_the_check_and_the_model_have_their_defaults():
    assert CheckSettings().unsupported == "drop"
    assert LlmSettings().use == ""

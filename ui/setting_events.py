"""What the settings of the language model do: try one, use one. For who sits at the computer."""

import re
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.doctor import try_model
from assistant.llm.load import GGUF, OPENAI_LIKE
from assistant.llm_settings import LlmSettings
from index.errors import GroundedError, SettingsError
from ui.shelf import Shelf
from ui.terminal import command_line

if TYPE_CHECKING:
    import gradio as gr

MAX_CHARACTERS = 2000
"""Of an address, a name or a path."""

_UNUSABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
"""Control characters and halves of a character, which no address, name or path has."""


def connect_settings(
    shelf: Shelf, top: "gr.HTML", outcome: "gr.JSON", at_once: dict[str, Any]
) -> None:
    """Give the dialog its behaviour; nothing where the page is also for others."""
    import gradio as gr

    if not shelf.is_local:
        return
    one_at_a_time = threading.Lock()

    def look(event: gr.EventData) -> dict[str, object]:
        with one_at_a_time:
            return model_outcome(shelf, _fields(event), use=False)

    def use(event: gr.EventData) -> dict[str, object]:
        with one_at_a_time:
            return model_outcome(shelf, _fields(event), use=True)

    for event, function in ((top.try_model, look), (top.use_model, use)):
        event(function, None, outcome, **at_once).then(
            None, outcome, js="(outcome) => window.assistantPage.changed(outcome)", **at_once
        )


def model_outcome(shelf: Shelf, fields: dict[str, str], *, use: bool) -> dict[str, object]:
    """Try the model that the fields name and, with ``use``, answer with it if it works.

    Gives ``done`` (it works), a ``text`` to show and, where it is used now, the ``command`` that
    starts the program with it.
    """
    try:
        llm = wanted_model(fields, shelf.engine.settings.llm)
        finding = try_model(replace(shelf.engine.settings, llm=llm))
        if finding.is_good and use:
            shelf.engine.use_model(llm)
    except GroundedError as error:
        return {"done": False, "text": str(error), "command": ""}
    command = start_command(llm, shelf.folder) if use and finding.is_good else ""
    return {"done": finding.is_good, "text": finding.detail, "command": command}


def wanted_model(fields: dict[str, str], current: LlmSettings) -> LlmSettings:
    """The settings for what was typed in; the rest stays as it is.

    Raises:
        SettingsError: something is missing or is no address; says what to type.
    """
    kind, url, name, file = (fields.get(key, "").strip() for key in _FIELDS)
    if max(map(len, (url, name, file))) > MAX_CHARACTERS:
        raise SettingsError(f"a field has over {MAX_CHARACTERS} characters: give a shorter one")
    if _UNUSABLE.search(url + name + file):
        raise SettingsError("a field has characters that are no text: type it anew")
    if not kind:
        return replace(current, use="", url="", model="")
    if kind == OPENAI_LIKE:
        if not url.startswith(("http://", "https://")):
            raise SettingsError("the address has to start with http:// or https://")
        if not name:
            raise SettingsError("give the name that the model has on the server")
        return replace(current, use=kind, url=url, model=name)
    if kind != "gguf" or not file:
        raise SettingsError("give the path of a GGUF file on this computer")
    return replace(current, use=f"{GGUF}{file}", url="", model="")


def start_command(llm: LlmSettings, folder: Path) -> str:
    """What starts the page for ``folder`` with that model; empty for none."""
    if not llm.use:
        return ""
    options = ["--llm", llm.use]
    if llm.url:
        options += ["--llm-url", llm.url, "--llm-model", llm.model]
    return command_line("chat", *options, folder=folder)


# Not "path": Gradio (6.31) takes a record with one for a file that has to be in its cache.
_FIELDS = ("kind", "url", "name", "file")


def _fields(event: object) -> dict[str, str]:
    values = {key: getattr(event, key, "") for key in _FIELDS}
    return {key: value if isinstance(value, str) else "" for key, value in values.items()}

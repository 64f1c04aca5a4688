"""Settings at the entry point: defaults, then one TOML file, then the environment, then flags."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from assistant.llm.endpoint_key import KEY_VARIABLE
from assistant.settings import Settings, Tables, read_tables, settings_of
from index.errors import SettingsError
from index.paths import at_home

PREFIX = "ASSISTANT_"
FILE_VARIABLE = "ASSISTANT_SETTINGS"
"""Path of the settings file, for when no ``--settings`` is given."""
SHORT = {"ASSISTANT_LLM": ("llm", "use")}
"""Variables that are not ``ASSISTANT_TABLE_KEY``."""
OTHERS = frozenset(
    {
        KEY_VARIABLE,
        FILE_VARIABLE,
        "ASSISTANT_PASSWORD",
        "ASSISTANT_FULL_CRASH",
        "ASSISTANT_SOAK_SECONDS",
    }
)
"""Variables that are no settings: of the key, this file, the page's login, and the tests."""
SERVICE_PREFIXES = ("ASSISTANT_SERVICE_", "ASSISTANT_PORT")
"""Of variables that Kubernetes sets for a service named "assistant": no settings either."""
COMMAND_LINE = "the command line"
_WORDS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


@dataclass(frozen=True, slots=True)
class Configured:
    """The settings, and where they come from."""

    settings: Settings
    file: Path | None
    """The TOML file that was read, if any."""
    variables: tuple[str, ...]
    """The names of the environment variables that say something."""


def configure(
    file: Path | None, environment: Mapping[str, str], flags: Tables | None = None
) -> Configured:
    """All settings, from the weakest source to the strongest.

    Args:
        file: given with ``--settings``; None for the one that the environment names, if any.
        environment: as ``os.environ``.
        flags: what the command line says, by table and key; None values say nothing.

    Raises:
        SettingsError: a table or key is unknown, or a value is wrong; says where it stands.
    """
    if file is None and environment.get(FILE_VARIABLE):
        file = at_home(environment[FILE_VARIABLE])
    variables = _variables(environment)
    sources = [(str(file), read_tables(file))] if file else []
    for name, (table, key) in variables.items():
        sources.append((name, {table: {key: _parsed(name, environment[name], table, key)}}))
    sources.append((COMMAND_LINE, given(flags or {})))
    settings = settings_of(sources)
    _check_llm_flags(settings, given(flags or {}))
    return Configured(settings, file, tuple(variables))


def load_settings(
    file: str | Path | None = None, environment: Mapping[str, str] | None = None
) -> Settings:
    """The settings as the command line has them: defaults, a TOML file, then the environment.

    >>> load_settings(environment={"ASSISTANT_ANSWER_MAX_SENTENCES": "3"}).answer.max_sentences
    3

    Args:
        file: None for the one that the environment names in ``ASSISTANT_SETTINGS``, if any.
        environment: None for that of the process.

    Raises:
        SettingsError: the file cannot be read, a table or key is unknown, or a value is wrong.
    """
    place = None if file is None else at_home(file)
    return configure(place, os.environ if environment is None else environment).settings


def _check_llm_flags(settings: Settings, said: Tables) -> None:
    """Raises SettingsError where the command line says which model, but nothing that it writes."""
    flags = [f"--llm-{key}" for key in ("url", "model") if said.get("llm", {}).get(key)]
    if flags and not settings.llm.use:
        raise SettingsError(
            f"{' and '.join(flags)} without a language model to use; add: --llm openai-like"
        )


def given(flags: Tables) -> Tables:
    """What was said: the values that are not None."""
    return {
        table: {key: value for key, value in values.items() if value is not None}
        for table, values in flags.items()
    }


def _variables(environment: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Table and key of each variable that names a setting, by its name, sorted.

    Raises:
        SettingsError: one is of no table.
    """
    found: dict[str, tuple[str, str]] = {}
    tables = [f.name for f in fields(Settings)]
    for name in sorted(environment):
        if name in SHORT:
            found[name] = SHORT[name]
        elif name.startswith(PREFIX) and not _is_other(name):
            table, _, key = name.removeprefix(PREFIX).lower().partition("_")
            if table not in tables or not key:
                expected = ", ".join(f"{PREFIX}{each.upper()}_…" for each in tables)
                raise SettingsError(f"{name}: unknown variable; expected one of {expected}")
            found[name] = (table, key)
    return found


def _is_other(name: str) -> bool:
    return name in OTHERS or name.startswith(SERVICE_PREFIXES)


def _parsed(name: str, text: str, table: str, key: str) -> object:
    """The value that a variable's text stands for, by the type of the setting."""
    current = getattr(getattr(Settings(), table), key, "")
    kind = type(current)
    try:
        if kind is bool:
            return _WORDS[text.strip().lower()]
        return kind(text)
    except (KeyError, ValueError) as error:
        raise SettingsError(f"{name} is {text!r}; expected {kind.__name__}") from error

"""All settings in one frozen value, and how a file changes them; ``configure`` adds the rest."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from assistant.llm_settings import CheckSettings, LlmSettings
from index.errors import SettingsError
from index.settings import IndexSettings, check_range, check_type, check_types


@dataclass(frozen=True, slots=True)
class AnswerSettings:
    """How an answer is chosen and composed."""

    max_sentences: int = 2
    """The most sentences in an answer to a question of fact, 1 to 10."""
    passages: int = 10
    """How many passages are read for an answer, 1 to 50."""
    reader: bool = True
    """Let the reader look at the best passages: better answers, some 0.15 s slower a question."""
    refuse_below: float = 0.24
    """Refuse when the calibrated chance of an answer is below this, 0 (never) to 1 (always)."""
    max_question_characters: int = 4000
    """Longer questions are an error, 1 to 1,000,000."""

    def __post_init__(self) -> None:
        """Check types and ranges."""
        check_types("answer", self)
        check_range("answer.max_sentences", self.max_sentences, 1, 10)
        check_range("answer.passages", self.passages, 1, 50)
        check_range("answer.refuse_below", self.refuse_below, 0, 1)
        check_range("answer.max_question_characters", self.max_question_characters, 1, 1_000_000)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set, grouped by the package that uses it."""

    index: IndexSettings = field(default_factory=IndexSettings)
    answer: AnswerSettings = field(default_factory=AnswerSettings)
    llm: LlmSettings = field(default_factory=LlmSettings)
    check: CheckSettings = field(default_factory=CheckSettings)

    def __post_init__(self) -> None:
        """Check that each group is one."""
        for group in fields(self):
            value, kind = getattr(self, group.name), group.default_factory
            if not isinstance(value, kind):  # type: ignore[arg-type]
                raise SettingsError(
                    f"{group.name} is a {type(value).__name__}; expected {kind.__name__}"  # type: ignore[union-attr]
                )


Tables = Mapping[str, Mapping[str, object]]
"""Some settings by table and key, as a TOML file has them."""
_SETTING = re.compile(r"\b[a-z_]+\.[a-z_]+\b")


def read_tables(path: Path) -> Tables:
    """What a TOML file says, not yet looked at.

    Raises:
        SettingsError: the file is missing or not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"settings file {path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"settings file {path} is not TOML: {error}") from error


def settings_of(sources: Iterable[tuple[str, Tables]]) -> Settings:
    """The defaults, changed by ``sources``: each one's name and what it says, the weakest first.

    Names and types are checked in each source, ranges in what comes of all of them.

    Raises:
        SettingsError: a table or key is unknown, or a value is wrong; names the source.
    """
    settings = Settings()
    values: dict[str, dict[str, object]] = {}
    origins: dict[str, str] = {}
    for source, tables in sources:
        for name, table in tables.items():
            _check_table(settings, name, table, source)
            values.setdefault(name, {}).update(table)
            origins |= {f"{name}.{key}": source for key in table}
    try:
        groups = {name: replace(getattr(settings, name), **given) for name, given in values.items()}
    except SettingsError as error:
        raise SettingsError(f"{_blamed(str(error), origins)}{error}") from error
    return replace(settings, **groups)


def _check_table(settings: Settings, name: str, table: object, source: str) -> None:
    known = {f.name for f in fields(settings)}
    if name not in known:
        expected = ", ".join(f"[{f.name}]" for f in fields(settings))
        raise SettingsError(f"{source}: unknown table [{name}]; expected one of {expected}")
    if not isinstance(table, Mapping):
        raise SettingsError(f"{source}: {name} is {table!r}; expected a table [{name}] of settings")
    _check_keys(getattr(settings, name), name, table, source)


def _check_keys(group: Any, name: str, table: Mapping[str, object], source: str) -> None:
    known = {f.name: type(getattr(group, f.name)) for f in fields(group)}
    for key, value in table.items():
        if key not in known:
            raise SettingsError(f"{source}: unknown key {name}.{key}; known: {', '.join(known)}")
        check_type(f"{source}: {name}.{key}", value, known[key])


def _blamed(message: str, origins: Mapping[str, str]) -> str:
    """The sources of the settings that ``message`` names, to stand before it."""
    names = dict.fromkeys(origins[name] for name in _SETTING.findall(message) if name in origins)
    return f"{', '.join(names)}: " if names else ""

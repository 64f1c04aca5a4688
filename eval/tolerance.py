"""How far a metric may fall before a comparison fails: a small TOML file.

default = 0.01
ignore = ["answer_exact"]

[metrics]
citation_exact = 0.0
refusal_recall = 0.03
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from eval.catalogue import BY_NAME, METRICS, Good
from index.errors import SettingsError

FILE_NAME = "tolerances.toml"
JUDGED = tuple(metric.name for metric in METRICS if metric.good is not Good.NEITHER)


@dataclass(frozen=True, slots=True)
class Tolerances:
    """By how much each metric may be worse than in the baseline, in its own unit, 0 to 1."""

    default: float = 0.01
    """For metrics that are not named."""
    metrics: Mapping[str, float] = field(
        default_factory=lambda: {"completed": 0.0, "evidence_located": 0.0, "citation_exact": 0.0}
    )
    """What is promised always and not on the average may not fall at all."""
    ignore: frozenset[str] = frozenset()
    """Metrics that are shown and never judged."""

    def of(self, name: str) -> float | None:
        """The tolerance of a metric; None when it is not judged."""
        if name in self.ignore or name not in JUDGED:
            return None
        return self.metrics.get(name, self.default)


def load_tolerances(path: Path) -> Tolerances:
    """The tolerances of a file; what it does not name is as in :class:`Tolerances`.

    Raises:
        SettingsError: the file cannot be read, or holds an unknown key or a value out of range.
    """
    try:
        value = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise SettingsError(f"{path}: not TOML ({error})") from error
    unknown = sorted(set(value) - {"default", "metrics", "ignore"})
    if unknown:
        raise SettingsError(f"{path}: unknown key {unknown[0]!r}; known: default, metrics, ignore")
    usual = Tolerances()
    return Tolerances(
        default=_share(path, "default", value.get("default", usual.default)),
        metrics={**usual.metrics, **_metrics(path, value.get("metrics", {}))},
        ignore=frozenset(_names(path, value.get("ignore", []))),
    )


def _metrics(path: Path, value: object) -> dict[str, float]:
    if not isinstance(value, dict):
        raise SettingsError(f"{path}: 'metrics' is {value!r}, expected a table of numbers")
    _names(path, list(value))
    return {name: _share(path, name, share) for name, share in value.items()}


def _names(path: Path, names: object) -> list[str]:
    if not isinstance(names, list):
        raise SettingsError(f"{path}: 'ignore' is {names!r}, expected a list of metrics")
    for name in names:
        if name not in JUDGED:
            told = "is shown and never judged" if name in BY_NAME else "is no metric"
            raise SettingsError(f"{path}: {name!r} {told}; expected one of {', '.join(JUDGED)}")
    return names


def _share(path: Path, name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise SettingsError(f"{path}: {name!r} is {value!r}, expected a number from 0 to 1")
    return float(value)

"""Countries named in a text, by the names that CLDR gives them, and some more. Pure, English."""

import re
from collections.abc import Iterator, Mapping
from functools import cache

_OTHER_NAMES = {
    "US": "United States",
    "U.S.": "United States",
    "USA": "United States",
    "America": "United States",
    "UK": "United Kingdom",
    "U.K.": "United Kingdom",
    "Britain": "United Kingdom",
    "Great Britain": "United Kingdom",
    "Turkey": "Türkiye",
    "Czech Republic": "Czechia",
    "Ivory Coast": "Côte d’Ivoire",
    "Burma": "Myanmar (Burma)",
    "Holland": "Netherlands",
}


def countries_in(text: str) -> Iterator[tuple[str, int]]:
    """Each country named in ``text``, by its usual name, and where it stands.

    >>> list(countries_in("Rome asked the UK, and the Peruvians."))
    [('United Kingdom', 15)]
    """
    names, pattern = _country_names()
    return ((names[m.group()], m.start()) for m in pattern.finditer(text))


def has_country(text: str) -> bool:
    """Whether ``text`` names a country."""
    return bool(_country_names()[1].search(text))


@cache
def _country_names() -> tuple[Mapping[str, str], re.Pattern[str]]:
    from babel import Locale

    regions = Locale("en").territories
    named = {name: name for code, name in regions.items() if _is_country(code)} | _OTHER_NAMES
    longest_first = sorted(named, key=lambda name: -len(name))
    alternatives = "|".join(re.escape(name) for name in longest_first)
    return named, re.compile(rf"(?<![\w-])(?:{alternatives})(?!\w)")


def _is_country(code: str) -> bool:
    """Not a continent (three digits), nor a union or one of CLDR's own codes."""
    return len(code) == 2 and code not in {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}

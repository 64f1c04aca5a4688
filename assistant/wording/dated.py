"""Names of times, and the month in that of a document: minutes_2024-03-14.txt. Pure, English."""

import re

YEAR = r"(?:1[4-9]|20)\d\d"
"""Matches a year."""
DAY = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
"""Matches a day of the week."""
MONTHS = (
    "January February March April May June July August September October November December"
).split()
MONTH = "|".join(MONTHS)
"""Matches a month by its name."""
SHORT = "|".join(month[:3] for month in MONTHS if month != "May")
"""Matches a month by the first letters of its name."""
_DATE = re.compile(
    r"(?<!\d)20\d\d[-_.]?(0[1-9]|1[0-2])(?:[-_.]?[0-3]\d)?(?!\d)"
    rf"|(?<![a-z])({MONTH}|{SHORT})(?![a-z])",
    re.IGNORECASE,
)


def issue_of(name: str) -> tuple[str, str] | None:
    """What a name is without its date, and the month of that; None without one, or with several.

    >>> issue_of("board/minutes_2024-03-14.txt"), issue_of("news-May-2024.md")
    (('board minutes txt', 'March'), ('news md', 'May'))
    """
    dates = list(_DATE.finditer(name))
    if len(dates) != 1:
        return None
    number, month = dates[0].groups()
    series = re.sub(r"[\W\d_]+", " ", _DATE.sub(" ", name)).strip().casefold()
    return series, MONTHS[int(number) - 1] if number else whole_month(month)


def whole_month(name: str) -> str:
    """The month that begins with these letters.

    >>> whole_month("Sep")
    'September'
    """
    return next(month for month in MONTHS if month.startswith(name.title()))

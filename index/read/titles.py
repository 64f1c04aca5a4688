"""Which titles that files state for themselves can be shown as such."""

import re

_PROGRAM = re.compile(r"^(?:Microsoft (?:Office )?(?:Word|PowerPoint|Excel)\s*-\s*)", re.IGNORECASE)
_FILE_NAME = re.compile(
    r"\.(?:docx?|rtf|odt|pptx?|xlsx?|pdf|indd|tex|dvi|html?|txt|md|qxd|ps)$", re.I
)
_ADDRESS = re.compile(r"^(?:[a-z][a-z+.-]+://|about:|data:|file:)", re.IGNORECASE)
"""What a browser writes that prints a page without a title."""
# fmt: off
_PLACEHOLDERS = frozenset((
    "untitled", "word document", "document", "document1", "powerpoint presentation", "presentation",
    "title", "slide 1", "no title", "unknown", "none", "default", "blank",
))
# fmt: on


def stated_title(title: str | None) -> str | None:
    """``title`` when a person may have written it; None for file names, addresses, ids and
    placeholders."""
    line = _PROGRAM.sub("", " ".join((title or "").split()))
    letters = sum(character.isalpha() for character in line)
    if letters < 3 or letters * 3 < len(line):
        return None
    if _FILE_NAME.search(line) or _ADDRESS.search(line) or line.lower() in _PLACEHOLDERS:
        return None
    return line

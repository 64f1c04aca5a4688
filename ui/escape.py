"""Untrusted text made inert: for Markdown, for HTML, and for one-line labels. Pure.

Everything that comes from documents, file names, questions and answers passes through here
before the page shows it.
"""

import html
import re

# Characters that Markdown, its table, strikethrough, maths and autolink extensions, or HTML
# could act on. As a character reference none of them can open or close anything.
_ACTIVE = re.compile(r"[\\`*_{}\[\]<>#+|~@:/&$=^\"]")
# Not \s, which would go on over blank lines, and from each of them anew.
_LINE_START = re.compile(r"^([^\S\n]*)(-)", re.MULTILINE)
_NUMBERED = re.compile(r"^([^\S\n]*\d{1,9})([.)])", re.MULTILINE)
_BARE_HOST = re.compile(r"\b(www)\.", re.IGNORECASE)
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
# C0 and C1 controls but tab and newline, and the marks that reorder text for the eye.
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def visible(text: str) -> str:
    """``text`` without control characters and without bidirectional overrides."""
    return _HIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str, max_characters: int = 300) -> str:
    """``text`` on one line, for labels and tooltips; cut with an ellipsis at a word."""
    line = " ".join(visible(text).split())
    if len(line) <= max_characters:
        return line
    return line[: max_characters - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def escape_markdown(text: str) -> str:
    """Markdown that shows exactly ``text``: no link, image, markup or block in it is alive.

    Line breaks stay; indentation is dropped, since four spaces would open a code block.
    ``unescape_markdown`` gives the text back.
    """
    inert = _ACTIVE.sub(_reference, _INDENT.sub("", visible(text)))
    inert = _LINE_START.sub(lambda match: match.group(1) + _reference(match, 2), inert)
    inert = _NUMBERED.sub(lambda match: match.group(1) + _reference(match, 2), inert)
    return _BARE_HOST.sub(r"\1&#46;", inert)


def unescape_markdown(markdown: str) -> str:
    """The text that ``escape_markdown`` was given."""
    return html.unescape(markdown)


def escape_html(text: str) -> str:
    """``text`` as HTML content or as a quoted attribute value."""
    return html.escape(visible(text), quote=True)


def _reference(match: re.Match[str], group: int = 0) -> str:
    return f"&#{ord(match.group(group))};"

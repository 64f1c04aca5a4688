"""The list of documents, and what a visitor reads before the first question. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime

from index.types import DocumentInfo
from ui.escape import escape_html, escape_markdown, one_line
from ui.links import document_href

_FILTER_FROM = 8
"""From this many documents on, the list has a field to filter it."""


def library_html(documents: Sequence[DocumentInfo], skipped: Sequence[tuple[str, str]] = ()) -> str:
    """The documents with size, date and pages; each opens, and can be ticked to ask only it.

    ``skipped`` are the files that could not be read, each with the reason.
    """
    if not documents:
        return (
            '<section class="library"><h2>Documents</h2><p class="hint">No document yet: put '
            f"files into the folder and start again.</p>{_skipped_html(skipped)}</section>"
        )
    items = "".join(_item(info, has_box=len(documents) > 1) for info in documents)
    return (
        f'<section class="library"><h2>Documents <span class="count">{len(documents)}</span></h2>'
        f"{_filter_field(len(documents))}<ul>{items}</ul>{_scope_hint(len(documents))}"
        f"{_skipped_html(skipped)}</section>"
    )


def welcome_markdown(documents: Sequence[DocumentInfo], folder_name: str) -> str:
    """What stands in the empty conversation: what is here, and what to expect of an answer."""
    if not documents:
        return (
            "## No documents yet\n\nPut text or Markdown files into the folder "
            f"{escape_markdown(one_line(folder_name))} and start the page again."
        )
    return (
        "## What would you like to know?\n\n"
        f"Answers come only from {_what(documents, folder_name)}. Each statement has a number: "
        "open it to read the passage it comes from."
    )


def _what(documents: Sequence[DocumentInfo], folder_name: str) -> str:
    if len(documents) == 1:
        return f"**{escape_markdown(one_line(documents[0].title, 120))}**"
    return f"the {len(documents)} documents in **{escape_markdown(one_line(folder_name))}**"


def _item(info: DocumentInfo, *, has_box: bool) -> str:
    title = escape_html(one_line(info.title, 120))
    identity = escape_html(info.id)
    notices = escape_html(one_line("; ".join(info.notices)))
    box = f'<input type="checkbox" value="{identity}" aria-label="Ask only {title}">'
    warning = f'<span class="notice">{notices}</span>' if notices else ""
    return (
        f'<li data-name="{title.lower()} {identity.lower()}">'
        f"{box if has_box else ''}"
        f'<a href="{escape_html(document_href(info.id))}" title="{identity}">{title}</a>'
        f'<span class="facts">{_facts(info)}</span>{warning}</li>'
    )


def _facts(info: DocumentInfo) -> str:
    day = datetime.fromtimestamp(info.modified, tz=UTC).strftime("%-d %b %Y")
    pages = [f"{info.pages} page{'s' if info.pages != 1 else ''}"] if info.pages else []
    return " · ".join([*pages, _size(info.size_bytes), day])


def _size(size_bytes: int) -> str:
    if size_bytes < 1000:
        return f"{size_bytes} bytes"
    if size_bytes < 1_000_000:
        return f"{size_bytes / 1000:.0f} kB"
    return f"{size_bytes / 1_000_000:.1f} MB"


def _filter_field(count: int) -> str:
    if count < _FILTER_FROM:
        return ""
    return '<input type="search" class="filter" aria-label="Find a document" placeholder="Find">'


def _scope_hint(count: int) -> str:
    if count < 2:
        return ""
    return '<p class="hint">Tick documents to ask only those.</p>'


def _skipped_html(skipped: Sequence[tuple[str, str]]) -> str:
    if not skipped:
        return ""
    items = "".join(
        f"<li><span>{escape_html(one_line(path))}</span>"
        f'<span class="facts">{escape_html(one_line(reason))}</span></li>'
        for path, reason in skipped
    )
    return (
        f'<details class="skipped"><summary>{len(skipped)} not read</summary>'
        f"<ul>{items}</ul></details>"
    )

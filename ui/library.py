"""The list of documents, how to add some, and what is read before the first question. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime

from index.read import SUFFIXES
from index.types import DocumentInfo
from ui.escape import escape_html, escape_markdown, one_line
from ui.files import KINDS
from ui.links import document_href
from ui.shelf import Shelf

_FILTER_FROM = 8
"""From this many documents on, the list has a field to filter it, and is ticked as a whole."""


def library_html(
    documents: Sequence[DocumentInfo],
    skipped: Sequence[tuple[str, str]] = (),
    version: int = 0,
    *,
    may_remove: bool = False,
) -> str:
    """The documents with size, date and pages; each opens, and can be ticked to ask only it.

    Args:
        documents: in the order to be shown.
        skipped: the files that could not be read, each with the reason.
        version: what the browser gives back, to be told when there is another one.
        may_remove: each has a button that takes it out of the folder.
    """
    count = len(documents)
    items = "".join(_item(info, has_box=count > 1, may_remove=may_remove) for info in documents)
    listed = f"{_scope(count)}{_filter_field(count)}<ul>{items}</ul>" if documents else ""
    return (
        f'<section class="library" data-version="{version}">{listed}'
        f"{_skipped_html(skipped, may_remove=may_remove)}</section>"
    )


def adder_html(shelf: Shelf) -> str:
    """The heading of the documents, where they are kept, and how to add one."""
    place = f'<span class="folder-place">{escape_html(shelf.place)}</span>'
    if shelf.files is None:
        reason = escape_html(one_line(shelf.closed or "This page only reads the documents"))
        how = f'<p class="hint">{reason}. New files in {place} are read as soon as they are there.'
    else:
        how = (
            '<button type="button" data-action="add-documents">Add documents</button>'
            f'<p class="hint">Or drop files on this page. They are saved in {place}'
        )
    return (
        f'<section class="adder"{_limits(shelf)}><h2>Documents</h2>{how}</p>'
        '<div id="adding" role="status"></div><div id="reading" hidden>'
        '<progress max="1" aria-label="Reading documents"></progress><p class="facts"></p></div>'
        '<p id="fault" class="notice" hidden></p></section>'
    )


def welcome_markdown(
    documents: Sequence[DocumentInfo], folder_name: str, *, may_add: bool = False
) -> str:
    """What stands in the empty conversation: what is here, and what to expect of an answer."""
    name = escape_markdown(one_line(folder_name))
    if not documents and may_add:
        return (
            "## No documents yet\n\n[Add documents](#add), or drop them on this page. They are "
            f"saved in the folder **{name}**, and can be asked as soon as they are read. What can "
            f"be read: {KINDS}."
        )
    if not documents:
        return (
            f"## No documents yet\n\nPut files into the folder **{name}**: they can be asked as "
            "soon as they are read."
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


def _limits(shelf: Shelf) -> str:
    """What the browser checks before it sends a file; the server checks again."""
    if shelf.files is None:
        return ""
    return (
        f' data-types="{" ".join(sorted(SUFFIXES))}" data-max="{shelf.files.max_file_bytes}"'
        f' data-removed="{escape_html(shelf.removed_place)}" data-kinds="{KINDS}"'
    )


def _item(info: DocumentInfo, *, has_box: bool, may_remove: bool) -> str:
    title = escape_html(one_line(info.title, 120))
    identity = escape_html(info.id)
    notices = escape_html(one_line("; ".join(info.notices)))
    box = f'<input type="checkbox" value="{identity}" aria-label="Ask only {title}">'
    warning = f'<span class="notice">{notices}</span>' if notices else ""
    return (
        f'<li data-id="{identity}" data-name="{title.lower()} {identity.lower()}">'
        f"{box if has_box else ''}"
        f'<a href="{escape_html(document_href(info.id))}" title="{identity}">{title}</a>'
        f'<span class="facts">{_facts(info)}</span>{warning}'
        f"{_remove_button(title) if may_remove else ''}</li>"
    )


def _remove_button(title: str) -> str:
    return (
        '<button type="button" data-action="remove-document" '
        f'aria-label="Remove document: {title}">×</button>'
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
    return (
        '<input type="search" class="filter" aria-label="Find a document" placeholder="Find">'
        '<p class="hint" id="no-match" role="status" hidden>No document has this name.</p>'
    )


def _scope(count: int) -> str:
    """How many are asked; the browser keeps the number right."""
    if count < 2:
        return ""
    buttons = (
        '<button type="button" data-action="tick-all">All</button>'
        '<button type="button" data-action="tick-none">None</button>'
    )
    return (
        f'<div class="scope"><p class="hint" id="scope" data-count="{count}"></p>'
        f"{buttons if count >= _FILTER_FROM else ''}</div>"
    )


def _skipped_html(skipped: Sequence[tuple[str, str]], *, may_remove: bool) -> str:
    if not skipped:
        return ""
    items = "".join(_skipped_item(path, reason, may_remove=may_remove) for path, reason in skipped)
    return (
        f'<details class="skipped"><summary>{len(skipped)} not read</summary>'
        f"<ul>{items}</ul></details>"
    )


def _skipped_item(path: str, reason: str, *, may_remove: bool) -> str:
    name = escape_html(one_line(path))
    return (
        f'<li data-id="{escape_html(path)}"><span>{name}</span>'
        f'<span class="facts">{escape_html(one_line(reason))}</span>'
        f"{_remove_button(name) if may_remove else ''}</li>"
    )

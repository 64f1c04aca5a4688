"""The part of the source panel that shows pages of a PDF as they look, as HTML. Pure.

What is drawn here is an empty sheet with its controls: ``sheet.js`` asks for the page and lays it
in, so that a click does not wait for a picture.
"""

from index.types import Document
from ui.escape import escape_html, one_line

_MODES = (("page", "Page"), ("text", "Text"))


def mode_bar_html(pages: int) -> str:
    """The switch between page and text, and the way from page to page."""
    modes = "".join(
        f'<button type="button" data-action="source-mode" data-mode="{mode}"'
        f' aria-pressed="false">{label}</button>'
        for mode, label in _MODES
    )
    return (
        f'<div class="mode-bar"><div class="modes" role="group" aria-label="Show as">{modes}</div>'
        '<nav class="page-bar" aria-label="Pages">'
        f"{_turn_button(-1, 'Previous page', '‹')}"
        f'<span class="page-now" role="status">Page – of {pages}</span>'
        f"{_turn_button(1, 'Next page', '›')}"
        '<button type="button" data-action="zoom-page" aria-pressed="false" aria-label="Enlarge">'
        "+</button></nav></div>"
        '<p class="page-note" role="status" hidden></p>'
    )


def sheet_html(document: Document, href: str, page: int) -> str:
    """An empty sheet for ``page`` (from 1), on which the passages of ``href`` are to be marked."""
    title = escape_html(one_line(document.title, 120))
    return (
        f'<div class="sheet" id="sheet" tabindex="0" role="region" aria-label="Pages of {title}" '
        f'data-link="{escape_html(href)}" data-page="{page}" data-pages="{document.pages}">'
        '<div class="paper"><img alt="" hidden></div></div>'
    )


def _turn_button(step: int, label: str, sign: str) -> str:
    return (
        f'<button type="button" data-action="turn-page" data-step="{step}" disabled'
        f' aria-label="{label}">{sign}</button>'
    )

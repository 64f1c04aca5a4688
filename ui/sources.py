"""From a link that the browser sent to the source panel's HTML.

The browser is not trusted: a link may be forged, or older than the document it names. Either
way the panel says so in words; nothing outside the index can be reached through here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from index.errors import DocumentNotFoundError
from index.types import Document
from ui.engine import Engine
from ui.links import (
    VERSION_CHARACTERS,
    PassageLink,
    document_href,
    parse_document_href,
    parse_passage_href,
)
from ui.viewer import View, message_html, view_html

MAX_LINKS = 60
"""How many passages of one answer are marked; the rest of a longer list is ignored."""

_GONE = "This source is no longer available"


@dataclass(frozen=True, slots=True)
class Gone:
    """Why a link shows nothing, in words, and a link that goes on from there."""

    text: str
    href: str | None = None
    label: str = ""


def panel_html(
    engine: Engine, href: str, answer_hrefs: Sequence[str] = (), part: int | None = None
) -> str:
    """The panel for the link ``href``, with the other links of the same answer marked faintly.

    ``part`` opens that part of a long document instead of the one with the passage. A link that
    does not resolve gives a message.
    """
    view = view_of(engine, href, answer_hrefs, part)
    if isinstance(view, Gone):
        return message_html(_GONE, view.text, view.href, view.label)
    return view_html(view)


def view_of(
    engine: Engine, href: str, answer_hrefs: Sequence[str] = (), part: int | None = None
) -> View | Gone:
    """What ``panel_html`` shows for the same arguments, not yet drawn."""
    document_id = parse_document_href(href)
    link = parse_passage_href(href)
    if link is None and document_id is None:
        return Gone("The link names no passage of the documents.")
    document = _find(engine, link.document_id if link else document_id or "")
    if document is None:
        return Gone("There is no document of this name in the index any more.")
    if link is None:
        return View(document, part=part)
    if not _is_current(link, document):
        text = "The document has changed since this answer was given. Ask again to cite it anew."
        return Gone(text, document_href(document.id), "Open it as it is now")
    if not 0 <= link.start < link.end <= len(document.text):
        return Gone("The link points outside of the document.")
    links = [parse_passage_href(other) for other in answer_hrefs[:MAX_LINKS]]
    others = tuple(dict.fromkeys(other for other in links if other is not None))
    return View(document, link, others, part)


def start_html(engine: Engine) -> str:
    """The panel before anything was chosen: the document, if there is only one."""
    documents = engine.documents()
    if len(documents) == 1:
        return panel_html(engine, document_href(documents[0].id))
    text = "Choose a number in an answer to read the passage behind it, or a document in the list."
    return message_html("Sources open here", text)


def _find(engine: Engine, document_id: str) -> Document | None:
    try:
        return engine.document(document_id)
    except DocumentNotFoundError:
        return None


def _is_current(link: PassageLink, document: Document) -> bool:
    return document.sha256[:VERSION_CHARACTERS] == link.version or not link.version

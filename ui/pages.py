"""A page of a document for the browser: its picture and the places to mark on it.

The browser names the passage by the same link as for the text, and is trusted as little.
"""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from index.errors import GroundedError
from index.types import Box, PageView
from ui.engine import Engine
from ui.sources import Gone, view_of
from ui.untrusted import as_text, as_texts
from ui.viewer import Mark, View, marks_of

Wanted = dict[str, Any]


def page_function(engine: Engine) -> Callable[[Wanted], Awaitable[dict[str, Any]]]:
    """What the source panel calls: ``link``, ``links`` and ``page`` in, a page out, or a reason."""

    async def page_shown(wanted: Wanted) -> dict[str, Any]:
        # Not in Gradio's threads: answers must not wait for drawing.
        return await asyncio.to_thread(page_record, engine, wanted)

    return page_shown


def page_record(engine: Engine, wanted: object) -> dict[str, Any]:
    """The page as plain values: picture as ``data:``, marks in shares of the page; or a reason."""
    asked = wanted if isinstance(wanted, dict) else {}
    number = asked.get("page")
    if not isinstance(number, int):
        return {"reason": "The request names no page."}
    view = view_of(engine, as_text(asked.get("link")), as_texts(asked.get("links")))
    if isinstance(view, Gone):
        return {"reason": view.text}
    return _record(engine, view, number)


def _record(engine: Engine, view: View, number: int) -> dict[str, Any]:
    marks = marks_of(view)
    spans = [(mark.start, mark.end) for mark in marks]
    try:
        page = engine.page(view.document.id, number, spans)
    except GroundedError as error:
        return {"reason": str(error)}
    return {
        "page": number,
        "image": "data:image/jpeg;base64," + base64.b64encode(page.picture.jpeg).decode(),
        "width": page.picture.width,
        "height": page.picture.height,
        "marks": [_mark_record(mark, box) for mark, box in _marked(page, marks)],
    }


def _marked(page: PageView, marks: list[Mark]) -> Iterator[tuple[Mark, Box]]:
    for mark, boxes in zip(marks, page.places, strict=True):
        for box in boxes:
            yield mark, box


def _mark_record(mark: Mark, box: Box) -> dict[str, Any]:
    place = [round(share * 100, 3) for share in (box.left, box.top, box.width, box.height)]
    return {"is_active": mark.is_active, "place": place}

"""Words counted in a whole document, of which the browser has only a part."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from ui.engine import Engine
from ui.sources import Gone, view_of
from ui.untrusted import as_text
from ui.viewer import document_parts

MAX_WORDS_CHARACTERS = 200


def find_function(engine: Engine) -> Callable[[dict[str, Any]], Awaitable[list[int]]]:
    """What the source panel calls: ``link`` and ``words`` in, how often in each part out."""

    async def words_found(wanted: dict[str, Any]) -> list[int]:
        return await asyncio.to_thread(count_words, engine, wanted)

    return words_found


def count_words(engine: Engine, wanted: object) -> list[int]:
    """How often the words stand in each part of the document, whatever their case; nothing for a
    document that is not there.
    """
    asked = wanted if isinstance(wanted, dict) else {}
    words = as_text(asked.get("words")).strip().lower()
    view = view_of(engine, as_text(asked.get("link")))
    if isinstance(view, Gone) or not 0 < len(words) <= MAX_WORDS_CHARACTERS:
        return []
    text = view.document.text
    return [
        sum(text[block.start : block.end].lower().count(words) for block in part)
        for part in document_parts(view.document)
    ]

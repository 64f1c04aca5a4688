"""Words counted in a whole document, of which the browser has only a part."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from index.types import Block, BlockKind
from ui.engine import Engine
from ui.escape import visible
from ui.sources import Gone, view_of
from ui.untrusted import as_text
from ui.viewer import CELL_BORDER, document_parts

MAX_WORDS_CHARACTERS = 200

_SPACE = r"[\s\ufeff]+"
"""What ``\\s`` is in the browser."""


def find_function(engine: Engine) -> Callable[[dict[str, Any]], Awaitable[list[int]]]:
    """What the source panel calls: ``link`` and ``words`` in, how often in each part out."""

    async def words_found(wanted: dict[str, Any]) -> list[int]:
        return await asyncio.to_thread(count_words, engine, wanted)

    return words_found


def count_words(engine: Engine, wanted: object) -> list[int]:
    """How often the words stand in each part of the document, whatever their case and however they
    are spaced, as the browser counts them; nothing for a document that is not there.
    """
    asked = wanted if isinstance(wanted, dict) else {}
    words = _low(as_text(asked.get("words"))).strip()
    view = view_of(engine, as_text(asked.get("link")))
    if isinstance(view, Gone) or not 0 < len(words) <= MAX_WORDS_CHARACTERS:
        return []
    pattern = re.compile(_SPACE.join(re.escape(word) for word in re.split(_SPACE, words)))
    parts = document_parts(view.document)
    return [len(pattern.findall(_low(_shown(view.document.text, part)))) for part in parts]


def _shown(text: str, part: Sequence[Block]) -> str:
    """The text of a part as it is shown: cells and blocks apart, without what is between them."""
    return " ".join(
        CELL_BORDER.sub(" ", text[block.start : block.end])
        if block.kind is BlockKind.TABLE_ROW
        else text[block.start : block.end]
        for block in part
    )


def _low(text: str) -> str:
    """In lower case; the one letter that would become two stays one, as in the browser."""
    return visible(text).replace("İ", "i").lower()

"""What parent and child of the sandbox say to each other: a length, then JSON. Never pickle.

The child may have been taken over by a hostile file, so the parent checks all that it says.
"""

import json
import struct
from typing import Any

from index.read.errors import LostError, UnreadableError
from index.types import Block, BlockKind, Extracted

HEADER = struct.Struct(">Q")
MAX_ANSWER_BYTES = 150_000_000
"""Room for 20 million characters, a million blocks, and JSON's escapes."""
OUT_OF_MEMORY = 77
"""The exit code of a child that got no more memory."""

_MAX_REASON_CHARACTERS = 300


def pack(message: dict[str, Any]) -> bytes:
    """The message with its length in front. Lone surrogates (in paths) survive as escapes."""
    try:
        body = json.dumps(message, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        body = json.dumps(message).encode()
    return HEADER.pack(len(body)) + body


def answer(extracted: Extracted) -> dict[str, Any]:
    """The message that says what was extracted."""
    return {
        "text": extracted.text,
        "blocks": [[b.kind.value, b.start, b.end, b.level, b.page] for b in extracted.blocks],
        "title": extracted.title,
        "pages": extracted.pages,
        "notices": extracted.notices,
    }


def understand(body: bytes) -> Extracted:
    """What the child extracted.

    Raises ``UnreadableError`` with the reason that the child gives, and ``LostError`` when it says
    what an honest child would not.
    """
    try:
        message = json.loads(body)
        if "reason" in message:
            reason = " ".join(str(message["reason"]).split())[:_MAX_REASON_CHARACTERS]
            raise UnreadableError(reason)
        text = message["text"]
        text.encode()
        return Extracted(
            text,
            _blocks(message["blocks"], len(text)),
            None if message["title"] is None else str(message["title"]),
            None if message["pages"] is None else int(message["pages"]),
            tuple(map(str, message["notices"])),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise LostError("the parser gave a garbled answer") from error


def _blocks(rows: list[list[Any]], length: int) -> tuple[Block, ...]:
    """Raises ``ValueError`` unless the blocks are in order and within the text."""
    kinds = {kind.value: kind for kind in BlockKind}
    blocks = []
    before = 0
    for kind, start, end, level, page in rows:
        if not before <= start < end <= length:
            raise ValueError("blocks out of order")
        before = end
        blocks.append(Block(kinds[kind], int(start), int(end), int(level), page and int(page)))
    return tuple(blocks)

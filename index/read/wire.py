"""What parent and child of the sandbox say to each other: a length, then JSON. Never pickle.

The child may have been taken over by a hostile file, so the parent checks all that it says.
"""

import base64
import json
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from index.read.errors import LostError, UnreadableError
from index.types import Block, BlockKind, Box, Extracted, Picture

HEADER = struct.Struct(">Q")
MAX_ANSWER_BYTES = 150_000_000
"""Room for 20 million characters, a million blocks, and JSON's escapes."""
OUT_OF_MEMORY = 77
"""The exit code of a child that got no more memory."""

MAX_PICTURE_BYTES = 8_000_000

_MAX_REASON_CHARACTERS = 300
_JPEG = b"\xff\xd8\xff"


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
    with _honest():
        message = _message(body)
        text = message["text"]
        text.encode()
        return Extracted(
            text,
            _blocks(message["blocks"], len(text)),
            None if message["title"] is None else str(message["title"]),
            None if message["pages"] is None else int(message["pages"]),
            tuple(map(str, message["notices"])),
        )


def picture_answer(picture: Picture) -> dict[str, Any]:
    """The message that carries the picture of a page."""
    jpeg = base64.b64encode(picture.jpeg).decode()
    return {"jpeg": jpeg, "width": picture.width, "height": picture.height}


def understand_picture(body: bytes) -> Picture:
    """The picture that the child made; errors as for ``understand``.

    That it starts like a JPEG is checked; to decode it is left to the browser's own sandbox.
    """
    with _honest():
        message = _message(body)
        jpeg = base64.b64decode(message["jpeg"], validate=True)
        if not jpeg.startswith(_JPEG) or len(jpeg) > MAX_PICTURE_BYTES:
            raise ValueError("no picture")
        return Picture(jpeg, int(message["width"]), int(message["height"]))


def places_answer(places: Sequence[Sequence[Box]]) -> dict[str, Any]:
    """The message that says where texts stand on a page."""
    return {"places": [[[b.left, b.top, b.width, b.height] for b in boxes] for boxes in places]}


def understand_places(body: bytes) -> tuple[tuple[Box, ...], ...]:
    """Where the child found each text; errors as for ``understand``."""
    with _honest():
        places = _message(body)["places"]
        return tuple(tuple(Box(*map(_share, box)) for box in boxes) for boxes in places)


def _share(value: Any) -> float:
    share = float(value)
    if not 0 <= share <= 1:
        raise ValueError("outside of the page")
    return share


@contextmanager
def _honest() -> Iterator[None]:
    """What an honest child would not say raises ``LostError``."""
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise LostError("the parser gave a garbled answer") from error


def _message(body: bytes) -> dict[str, Any]:
    """Raises ``UnreadableError`` when the child gives a reason instead of an answer."""
    message: dict[str, Any] = json.loads(body)
    if "reason" in message:
        reason = " ".join(str(message["reason"]).split())[:_MAX_REASON_CHARACTERS]
        raise UnreadableError(reason)
    return message


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

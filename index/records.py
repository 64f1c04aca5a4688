"""How values stand in the database: packing, unpacking, checksums. Pure."""

import hashlib
import json
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.chunk import SentenceSpan
from index.types import Block, BlockKind, Passage
from index.vectors import FloatMatrix, FloatVector, unit

_KINDS = tuple(BlockKind)
UNSOUND = (ValueError, TypeError, LookupError, AttributeError, OverflowError, struct.error)
"""What unpacking raises when it is given something else than what was packed."""
_SPAN = struct.Struct("<iiih")  # start, end, page (0: none), kind


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What is remembered of a file, to tell whether it changed."""

    size_bytes: int
    modified_ns: int
    sha256: str = ""
    """Of the file's bytes; empty for a file that was skipped."""
    made_with: str = ""
    """Names the readers and the chunking of the passages made from it."""


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with what choosing among its sentences needs."""

    passage: Passage
    sentences: tuple[SentenceSpan, ...]
    vector: FloatVector
    """Of the passage as a whole."""
    vectors: FloatMatrix
    """(n sentences, dimension)."""
    vector_key: bytes
    """The same for passages with the same text, heading and sentences."""


def text_digest(text: str) -> str:
    """Hexadecimal sha256 of ``text`` in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def checksum(*parts: object) -> bytes:
    """Sixteen bytes that change when any part does; what is cited is checked against them."""
    digest = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode()
        digest.update(b"%d:" % len(data) + data)
    return digest.digest()[:16]


def seal(key: bytes, data: bytes) -> bytes:
    """``data`` with four bytes that tell whether it, or whose it is, was altered."""
    return data + zlib.crc32(key + data).to_bytes(4)


def unseal(key: bytes, sealed: bytes) -> bytes:
    """The inverse of ``seal``.

    Raises:
        ValueError: it is not what was sealed under ``key``.
    """
    data = sealed[:-4]
    if seal(key, data) != sealed:
        raise ValueError("altered")
    return data


def pack_spans(sentences: Sequence[SentenceSpan], origin: int) -> bytes:
    """Sentences relative to ``origin``, the start of their passage."""
    return b"".join(
        _SPAN.pack(s.start - origin, s.end - origin, s.page or 0, _KINDS.index(s.kind))
        for s in sentences
    )


def unpack_spans(packed: bytes, origin: int) -> tuple[SentenceSpan, ...]:
    """The inverse of ``pack_spans``."""
    return tuple(
        SentenceSpan(origin + start, origin + end, page or None, _KINDS[kind])
        for start, end, page, kind in _SPAN.iter_unpack(packed)
    )


def pack_blocks(blocks: Sequence[Block]) -> str:
    """Blocks as JSON."""
    return json.dumps([[b.kind, b.start, b.end, b.level, b.page] for b in blocks])


def unpack_blocks(packed: str) -> tuple[Block, ...]:
    """The inverse of ``pack_blocks``."""
    return tuple(Block(BlockKind(kind), *rest) for kind, *rest in json.loads(packed))


def pack_int8(vectors: FloatMatrix) -> bytes:
    """Each row scaled to its largest component: a quarter of the space, cosine within 0.001."""
    largest = np.maximum(np.abs(vectors).max(axis=1, keepdims=True, initial=0.0), 1e-12)
    packed: bytes = np.round(vectors / largest * 127).astype(np.int8).tobytes()
    return packed


def unpack_int8(packed: bytes, rows: int) -> FloatMatrix:
    """The inverse of ``pack_int8`` but for its rounding, rows of unit length."""
    if not rows:
        return np.zeros((0, 0), np.float32)
    return unit(np.frombuffer(packed, np.int8).reshape(rows, -1).astype(np.float32))


def unpack_halves(packed: bytes) -> FloatVector:
    """A vector that was stored as 16 bit numbers, of unit length again."""
    return unit(np.frombuffer(packed, np.float16).astype(np.float32))


def unpack_passage(  # noqa: PLR0913, PLR0917 - the columns of one row
    id_: int,
    document: int,
    document_id: str,
    title: str,
    pages: int | None,
    sha256: str,
    document_check: bytes,
    start: int,
    end: int,
    text: str,
    page: int | None,
    heading: str,
    generation: int,
    vector_key: bytes,
    check: bytes,
    spans: bytes,
    vector: bytes,
    vectors: bytes,
) -> StoredPassage:
    """A passage from its row and those of its document and vectors.

    Raises:
        ValueError: or what decoding raises, when any of it is not what was stored.
    """
    place = (document, start, end, page, heading)
    if (
        checksum(document, document_id, title, pages, sha256) != document_check
        or checksum(*place, generation, vector_key, spans, text) != check
    ):
        raise ValueError("altered")
    passage = Passage(id_, document_id, title, start, end, text, page, heading)
    sentences = unpack_spans(spans, start)
    rows = unpack_int8(unseal(vector_key, vectors), len(sentences))
    whole = unpack_halves(unseal(vector_key, vector))
    return StoredPassage(passage, sentences, whole, rows, vector_key)

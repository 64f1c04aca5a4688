"""The nouns of the index: Document, Block, Passage, Hit, SyncReport.

Everything that leaves this package is one of these frozen values. Offsets are Python string
indices (code points) into ``Document.text``; ends are exclusive. Nothing here imports a library.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class BlockKind(StrEnum):
    """What a stretch of a document is, so that a page can draw it as people know it."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE_ROW = "table_row"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, list item or table row: ``text[start:end]`` of its document."""

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    """Heading level 1 to 6, or nesting depth of a list item (0 is outermost); otherwise 0."""
    page: int | None = None
    """1-based page on which the block starts, or None where the format has no pages."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """What a reader got out of one file: the text that citations point into, and its structure."""

    text: str
    blocks: tuple[Block, ...]
    """In document order, not overlapping; together they cover all text but white space."""
    title: str | None = None
    """The title that the file itself states, or None."""
    pages: int | None = None
    """Number of pages, or None where the format has none."""
    notices: tuple[str, ...] = ()
    """What the user should know: a guessed encoding, characters that were removed."""


@dataclass(frozen=True, slots=True)
class Document:
    """One file of the folder, as text. Citations point into ``text``."""

    id: str
    """Path relative to the folder, with ``/``."""
    title: str
    path: str
    """Absolute path of the file when it was read."""
    text: str
    blocks: tuple[Block, ...] = ()
    pages: int | None = None
    sha256: str = ""
    """Of ``text`` in UTF-8, hexadecimal: names the version that a citation was made from."""
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page: shares of its width and height, 0 to 1, from the upper left corner."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as it looks."""

    jpeg: bytes
    width: int
    """In pixels."""
    height: int


@dataclass(frozen=True, slots=True)
class PageView:
    """A page of a document as it looks, and where on it some stretches of the text stand."""

    number: int
    """1-based."""
    picture: Picture
    places: tuple[tuple[Box, ...], ...]
    """For each stretch its lines; empty for one that is not on this page, or was not found."""


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """A document without its text: a line of the library."""

    id: str
    title: str
    path: str
    characters: int
    pages: int | None
    passages: int
    size_bytes: int
    modified: float
    """Seconds since the epoch, from the file system."""
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A slice of a document that is embedded and searched as one."""

    id: int
    """Never used twice in the life of an index."""
    document_id: str
    title: str
    start: int
    end: int
    text: str
    """Equal to ``document.text[start:end]``."""
    page: int | None = None
    """1-based page on which the passage starts."""
    heading: str = ""
    """The headings above it, outermost first, joined by `` › ``; empty where there are none."""
    also_in: tuple[str, ...] = ()
    """Other documents that hold exactly this text."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that matched a search."""

    passage: Passage
    score: float
    """How well it matches, by meaning and words; higher is better."""
    rank: int
    """1 is the best."""
    similarity: float = 0.0
    """Cosine of question and passage embedding, -1 to 1."""
    bm25: float = 0.0
    """BM25 score of the passage, 0 or more; 0 when it shares no word with the question."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, heading, list item or table row of a hit: what an answer is made of."""

    hit: Hit
    start: int
    """Into the document's text."""
    end: int
    text: str
    """Equal to ``document.text[start:end]``."""
    similarity: float
    """Cosine of the question and the sentence read in its context, -1 to 1."""
    terms: frozenset[str]
    """The terms (stems) in it."""
    page: int | None = None
    kind: BlockKind = BlockKind.PARAGRAPH


@dataclass(frozen=True, slots=True)
class Found:
    """All that a search learned, for choosing an answer or deciding that there is none."""

    hits: tuple[Hit, ...]
    """Best first."""
    sentences: tuple[Sentence, ...]
    """Every sentence of the hits, in order of hit and then of place."""
    weights: Mapping[str, float]
    """Inverse document frequency of each distinct term of the question, in order of first use."""
    missing: frozenset[str]
    """The terms of the question that no passage has."""
    passage_terms: Mapping[int, frozenset[str]]
    """All terms of each hit, by passage id."""


@dataclass(frozen=True, slots=True)
class SyncProgress:
    """How far a sync is."""

    files_done: int
    files_total: int
    share: float
    """Of the work, 0 to 1, by size of the files."""
    passages: int
    """Embedded or taken over so far."""
    current: str
    """The document being read or embedded."""


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did, or with ``dry_run`` would do. Document ids, each list sorted."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    """``(path, reason)`` for every file that could not be read, or is not read on purpose."""
    moved: tuple[tuple[str, str], ...] = ()
    """``(old id, new id)`` of files that only changed their name."""
    notices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For each document with something to know about (a guessed encoding): what."""

    @property
    def is_empty(self) -> bool:
        """True when the index already was, or would be left, as the folder is."""
        return not (self.added or self.changed or self.removed or self.moved)

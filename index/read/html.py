"""HTML to pieces: what a reader of the page would see, in order, without navigation."""

import re
from dataclasses import dataclass

from index.read.assemble import Piece, assemble
from index.read.decode import decode
from index.read.html_walk import Found, Walker
from index.types import BlockKind, Extracted

_DECLARED = re.compile(rb"""<(?:meta|\?xml)[^>]*(?:charset|encoding)\s*=\s*["']?([\w.:-]+)""", re.I)
_LEAST_MAIN_SHARE = 0.2  # a page with less text than this outside its navigation is all navigation


@dataclass(frozen=True, slots=True)
class Page:
    """The visible text of a page in order, its title, and what there is to know about it."""

    pieces: tuple[Piece, ...]
    title: str | None
    notices: tuple[str, ...]


def read(data: bytes) -> Extracted:
    """The visible text of a page; its ``<title>`` is the title."""
    declared = _DECLARED.search(data[:4096])
    source, notices = decode(data, declared[1].decode() if declared else None)
    page = parse(source)
    return assemble(page.pieces, title=page.title, notices=(*notices, *page.notices))


def parse(source: str, *, keep_navigation: bool = False) -> Page:
    """The visible text of the HTML in ``source``. Never fails: every text is some HTML.

    lxml feeds tags and text to the walker as they come and builds no tree: a tree of libxml2 drops
    what is nested deeper than 2,048.
    """
    from lxml import etree

    walker = Walker()
    parser = etree.HTMLParser(target=walker, encoding="utf-8", remove_comments=True)
    # libxml2 stops at a zero byte; an empty document is an error to it.
    etree.fromstring(source.replace("\0", "").encode(errors="ignore") or b" ", parser)
    hidden = walker.hidden_characters
    return Page(
        tuple(found.piece for found in _wanted(walker.found, keep_navigation)),
        walker.title,
        (f"hidden text left out: {hidden:,} characters",) if hidden else (),
    )


def _wanted(found: list[Found], keep_navigation: bool) -> list[Found]:
    if keep_navigation:
        return found
    headings = {one.piece.text for one in found if one.piece.kind is BlockKind.HEADING}
    main = [one for one in found if not one.is_navigation and not _is_entry(one.piece, headings)]
    size, whole = (sum(len(one.piece.text) for one in ones) for ones in (main, found))
    return main if size >= whole * _LEAST_MAIN_SHARE else found


def _is_entry(piece: Piece, headings: set[str]) -> bool:
    """A list item that repeats a heading of the page is a line of its table of contents."""
    return piece.kind is BlockKind.LIST_ITEM and piece.text in headings

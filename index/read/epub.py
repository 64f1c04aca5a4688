"""E-books: the chapters in reading order, each an HTML page."""

import posixpath
from typing import Any
from urllib.parse import unquote

from index.read.archive import Archive, parse_xml
from index.read.assemble import Piece, assemble
from index.read.decode import decode
from index.read.errors import UnreadableError
from index.read.html import parse
from index.read.ooxml import child, children
from index.read.titles import stated_title
from index.types import Extracted

_PAGES = frozenset(("application/xhtml+xml", "text/html"))


def read(data: bytes) -> Extracted:
    """The text of an EPUB book. It has no pages: they depend on the screen."""
    with Archive(data, "EPUB") as archive:
        folder, package = _package(archive)
        notices: list[str] = []
        pieces: list[Piece] = []
        for name in _chapters(package):
            content = archive.read(posixpath.normpath(posixpath.join(folder, name)))
            if content is None:
                notices.append("a chapter that the book lists is missing from it")
                continue
            source, guesses = decode(content)
            page = parse(_closed(source), keep_navigation=True)
            notices += guesses + page.notices
            pieces += page.pieces
        return assemble(pieces, title=_title(package), notices=tuple(dict.fromkeys(notices)))


def _package(archive: Archive) -> tuple[str, Any]:
    """The folder in the archive that names are relative to, and the root of the package file."""
    container = archive.xml("META-INF/container.xml")
    file = None if container is None else child(container, "rootfiles", "rootfile")
    path = "" if file is None else file.get("full-path", "")
    content = archive.read(path)
    if content is None:
        raise UnreadableError("not a valid EPUB file: it holds no book")
    return posixpath.dirname(path), parse_xml(content)


def _chapters(package: Any) -> list[str]:
    """The entries of the chapters in reading order."""
    manifest, spine = child(package, "manifest"), child(package, "spine")
    if manifest is None or spine is None:
        raise UnreadableError("damaged: the book does not list its chapters")
    files = {
        item.get("id"): unquote(item.get("href", ""))
        for item in children(manifest, "item")
        if item.get("media-type") in _PAGES and item.get("properties") != "nav"
    }
    references = (reference.get("idref") for reference in children(spine, "itemref"))
    return [files[reference] for reference in references if reference in files]


def _title(package: Any) -> str | None:
    title = child(package, "metadata", "title")
    return None if title is None else stated_title(title.text)


def _closed(source: str) -> str:
    """XHTML as HTML: there ``<title/>`` would open a title and swallow the chapter."""
    from lxml import etree

    start = max(source.find("<html"), 0)  # after the document type, which stays unread
    try:
        root = parse_xml(source[start:].encode(errors="ignore"))
    except UnreadableError:  # not well-formed: then it is read as any HTML is
        return source
    return str(etree.tostring(root, encoding="unicode", method="html"))

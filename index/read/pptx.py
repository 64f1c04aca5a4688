"""Slides: a page for each, its title as heading, then its text, tables and speaker's notes."""

from collections.abc import Iterator
from typing import Any

from index.read.archive import Archive
from index.read.assemble import Piece, assemble, row_text
from index.read.errors import UnreadableError
from index.read.ooxml import attribute, child, children, core_title, local, relations
from index.types import BlockKind, Extracted

_MAIN = "ppt/presentation.xml"
_TITLES = frozenset(("title", "ctrTitle"))
_MOST_SHAPES = 10_000  # of a slide that are told apart; two series of groups for each slide
_FURNITURE = frozenset(("dt", "ftr", "sldNum", "hdr", "sldImg"))


def read(data: bytes) -> Extracted:
    """The text of all slides that are not hidden; ``page`` is the number of the slide."""
    with Archive(data, "PPTX") as archive:
        root = archive.xml(_MAIN)
        if root is None:
            raise UnreadableError("not a valid PPTX file: it holds no presentation")
        slides = _slides(archive, root)
        pieces: list[Piece] = []
        hidden = 0
        for number, name in enumerate(slides, start=1):
            slide = archive.xml(name)
            if slide is not None and attribute(slide, "show") == "0":
                hidden += 1
            elif slide is not None:
                pieces += _slide(slide, number, first_group=2 * number * _MOST_SHAPES)
                pieces += _speaker_notes(archive, name, number)
        notices = (f"hidden slides left out: {hidden}",) * bool(hidden)
        return assemble(pieces, title=core_title(archive), pages=len(slides), notices=notices)


def _slides(archive: Archive, root: Any) -> list[str]:
    """The entries of the slides in the order in which they are shown."""
    targets = relations(archive, _MAIN)
    listed = child(root, "sldIdLst")
    entries = children(listed, "sldId") if listed is not None else ()
    # "id" without its namespace is there twice; the relation is the one that starts with a letter
    ids = (key for entry in entries for key in entry.attrib.values() if not key.isdecimal())
    return [targets[key] for key in ids if key in targets]


def _slide(slide: Any, page: int, first_group: int) -> Iterator[Piece]:
    tree = child(slide, "cSld", "spTree")
    for group, shape in enumerate(_shapes(tree) if tree is not None else (), first_group):
        if local(shape) == "graphicFrame":
            yield from _table(shape, page, group)
            continue
        kind = _placeholder(shape)
        body = child(shape, "txBody")
        if body is None or kind in _FURNITURE:
            continue
        if kind in _TITLES:
            text = " ".join(_text(paragraph) for paragraph in children(body, "p"))
            yield Piece(BlockKind.HEADING, " ".join(text.split()), 1, page)
        else:
            yield from _body(body, page, group)


def _shapes(tree: Any) -> Iterator[Any]:
    """Shapes and tables in the order of drawing, those in groups included."""
    for element in tree:
        if local(element) == "grpSp":
            yield from _shapes(element)
        elif local(element) in {"sp", "graphicFrame"}:
            yield element


def _placeholder(shape: Any) -> str:
    found = child(shape, "nvSpPr", "nvPr", "ph")
    return "" if found is None else attribute(found, "type") or "body"


def _body(body: Any, page: int, group: int) -> Iterator[Piece]:
    """Paragraphs of one shape: a list when there are several, as slides mostly are."""
    paragraphs = [one for one in children(body, "p") if _text(one).strip()]
    is_list = len(paragraphs) > 1
    for paragraph in paragraphs:
        properties = child(paragraph, "pPr")
        depth = None if properties is None else attribute(properties, "lvl")
        level = int(depth) if depth and depth.isdecimal() and len(depth) < 3 else 0
        if is_list:
            yield Piece(BlockKind.LIST_ITEM, _text(paragraph), level, page, group)
        else:
            yield Piece(BlockKind.PARAGRAPH, _text(paragraph), page=page)


def _table(frame: Any, page: int, group: int) -> Iterator[Piece]:
    table = child(frame, "graphic", "graphicData", "tbl")
    for row in children(table, "tr") if table is not None else ():
        cells = [child(cell, "txBody") for cell in children(row, "tc")]
        texts = (
            "" if cell is None else " ".join(map(_text, children(cell, "p"))) for cell in cells
        )
        yield Piece(BlockKind.TABLE_ROW, row_text(texts), page=page, group=group)


def _speaker_notes(archive: Archive, slide: str, page: int) -> Iterator[Piece]:
    for target in relations(archive, slide).values():
        if target.startswith("ppt/notesSlides/") and (root := archive.xml(target)) is not None:
            yield from _slide(root, page, first_group=(2 * page + 1) * _MOST_SHAPES)


def _text(paragraph: Any) -> str:
    parts = []
    for element in paragraph.iter():
        name = local(element)
        if name == "t":
            parts.append(element.text or "")
        elif name in {"br", "tab"}:
            parts.append("\n" if name == "br" else " ")
    return "".join(parts)

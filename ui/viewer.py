"""The source panel: a Document with the cited passages marked, as HTML. Pure.

Every character of a document goes through ``escape_html``; only the tags written here are alive.
A long document is shown in parts, so that a click stays fast whatever its size.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from index.pages import has_pages
from index.types import Block, BlockKind, Document
from ui.escape import escape_html, one_line
from ui.links import LinkKind, PassageLink, document_href, passage_href
from ui.sheet import mode_bar_html, sheet_html

PART_CHARACTERS = 60_000
"""A part ends with the block that reaches this length; a longer block is cut."""
CELL_BORDER = re.compile(r"\t| \| ")
"""Between the cells of a table row; not shown."""

_BLANK_LINES = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked stretch of the document."""

    start: int
    end: int
    is_active: bool
    """True for the passage that was asked for, of which there is at most one."""


@dataclass(frozen=True, slots=True)
class View:
    """What the panel is to show of one document."""

    document: Document
    active: PassageLink | None = None
    """The passage to mark and scroll to, already known to exist; None shows the document."""
    others: tuple[PassageLink, ...] = ()
    """All passages that the same answer cites, in its order, whatever their document."""
    part: int | None = None
    """0-based part of the document; None shows the part of the active passage, or the first."""


def view_html(view: View) -> str:
    """The panel for ``view``. At most one element has the id ``hit``; its text is the quote."""
    document = view.document
    parts = document_parts(document)
    index = _part_shown(parts, view)
    text = _blocks_html(document, parts[index], marks_of(view))
    is_near = view.active is not None and view.active.kind is LinkKind.NEAR
    return (
        f'<article class="source{" is-near" if is_near else ""}">'
        f"{_header(view, index, len(parts))}{_pages_html(view)}"
        '<div class="source-text" id="source-text" '
        f'tabindex="0" role="region" '
        f'aria-label="Text of {escape_html(one_line(document.title))}">'
        f"{_part_bar(document, index, len(parts))}{text}</div></article>"
    )


def message_html(heading: str, text: str, href: str | None = None, label: str = "") -> str:
    """The panel with nothing but a message, and a link where there is a way on."""
    link = f'<p><a href="{escape_html(href)}">{escape_html(label)}</a></p>' if href else ""
    return (
        f'<div class="source-message" role="status">{_back_button()}'
        f'<h2 id="source-title" tabindex="-1">{escape_html(heading)}</h2>'
        f"<p>{escape_html(text)}</p>{link}</div>"
    )


def document_parts(document: Document) -> list[list[Block]]:
    """The document's blocks in parts of about ``PART_CHARACTERS``; at least one, maybe empty."""
    parts: list[list[Block]] = [[]]
    size = 0
    for block in _short_blocks(document.blocks or _paragraphs(document.text)):
        if size >= PART_CHARACTERS:
            parts.append([])
            size = 0
        parts[-1].append(block)
        size += block.end - block.start
    return parts


def _short_blocks(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        for start in range(block.start, block.end, PART_CHARACTERS):
            yield replace(block, start=start, end=min(start + PART_CHARACTERS, block.end))


def _paragraphs(text: str) -> Iterator[Block]:
    """The text cut at blank lines, for a document that came without blocks."""
    start = 0
    for border in _BLANK_LINES.finditer(text):
        yield Block(BlockKind.PARAGRAPH, start, border.start())
        start = border.end()
    yield Block(BlockKind.PARAGRAPH, start, len(text))


def _part_shown(parts: list[list[Block]], view: View) -> int:
    if view.part is not None:
        return max(0, min(view.part, len(parts) - 1))
    if view.active is None:
        return 0
    ends = [part[-1].end if part else 0 for part in parts]
    return next((i for i, end in enumerate(ends) if view.active.start < end), len(parts) - 1)


def marks_of(view: View) -> list[Mark]:
    """Marks of this document without overlaps, by offset; where two meet the active one wins."""
    here = [link for link in view.others if link.document_id == view.document.id]
    faint = [Mark(link.start, link.end, is_active=False) for link in here]
    if view.active is None:
        return _without_overlaps(faint)
    active = Mark(view.active.start, view.active.end, is_active=True)
    clear = [m for m in faint if m.end <= active.start or m.start >= active.end]
    return sorted([active, *_without_overlaps(clear)], key=lambda mark: mark.start)


def _without_overlaps(marks: list[Mark]) -> list[Mark]:
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda mark: (mark.start, -mark.end)):
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
    return kept


def _blocks_html(document: Document, blocks: Sequence[Block], marks: list[Mark]) -> str:
    writer = _Writer(document.text, marks)
    pages = groupby(blocks, key=lambda block: block.page)
    return "".join(_page_html(writer, page, list(group)) for page, group in pages)


def _page_html(writer: "_Writer", page: int | None, blocks: list[Block]) -> str:
    label = f'<p class="page">Page {page}</p>' if page is not None else ""
    kinds = groupby(blocks, key=lambda block: block.kind)
    return label + "".join(_kind_html(writer, kind, list(group)) for kind, group in kinds)


def _kind_html(writer: "_Writer", kind: BlockKind, blocks: list[Block]) -> str:
    if kind is BlockKind.TABLE_ROW:
        rows = "".join(_row_html(writer, block) for block in blocks)
        return f'<div class="table" tabindex="0"><table><tbody>{rows}</tbody></table></div>'
    if kind is BlockKind.LIST_ITEM:
        items = "".join(
            f'<li class="depth-{min(b.level, 5)}">{writer.html(b.start, b.end)}</li>'
            for b in blocks
        )
        return f"<ul>{items}</ul>"
    return "".join(_plain_block_html(writer, block) for block in blocks)


def _plain_block_html(writer: "_Writer", block: Block) -> str:
    inner = writer.html(block.start, block.end)
    if block.kind is BlockKind.HEADING:
        # The panel's own title is an h2, so headings of the document start below it.
        level = min(max(block.level, 1) + 2, 6)
        return f"<h{level}>{inner}</h{level}>"
    return f"<pre>{inner}</pre>" if block.kind is BlockKind.CODE else f"<p>{inner}</p>"


def _row_html(writer: "_Writer", row: Block) -> str:
    cells, start = [], row.start
    for border in CELL_BORDER.finditer(writer.text, row.start, row.end):
        cells.append(writer.html(start, border.start()))
        start = border.end()
    cells.append(writer.html(start, row.end))
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


class _Writer:
    """Writes stretches of one text in order; remembers whether the id ``hit`` was given out."""

    def __init__(self, text: str, marks: list[Mark]) -> None:
        self.text = text
        self._marks = marks
        self._hit_given = False

    def html(self, start: int, end: int) -> str:
        """``text[start:end]`` escaped, with the marks that fall into it."""
        pieces, done = [], start
        for mark in self._marks:
            low, high = max(mark.start, start), min(mark.end, end)
            if low < high:
                pieces += [escape_html(self.text[done:low]), self._mark(mark, low, high)]
                done = high
        return "".join(pieces) + escape_html(self.text[done:end])

    def _mark(self, mark: Mark, low: int, high: int) -> str:
        inner = escape_html(self.text[low:high])
        if not mark.is_active:
            return f'<mark class="other">{inner}</mark>'
        identity = "" if self._hit_given else ' id="hit"'
        self._hit_given = True
        return f'<mark{identity} class="hit">{inner}</mark>'


def _header(view: View, part: int, parts: int) -> str:
    document = view.document
    passage = " with-passage" if view.active else ""
    return (
        f'<header class="source-head{passage}">{_back_button()}'
        f'<h2 id="source-title" tabindex="-1">{escape_html(one_line(document.title, 120))}</h2>'
        f'<p class="source-meta">{escape_html(one_line(_where(view)))}</p>'
        f'<div class="source-tools">{_passage_bar(view)}'
        f"{_find_bar(document, part, parts)}</div></header>"
    )


def _pages_html(view: View) -> str:
    """The sheet for the pages of a PDF, with its controls; empty for other documents."""
    document = view.document
    if not (has_pages(document) and document.pages):
        return ""
    href = passage_href(view.active) if view.active else document_href(document.id)
    page = min(_page_of(view) or 1, document.pages)
    return mode_bar_html(document.pages) + sheet_html(document, href, page)


def _where(view: View) -> str:
    page = _page_of(view)
    document = view.document
    parts = [document.id] if document.id != document.title else []
    if page is not None:
        total = f" of {document.pages}" if document.pages else ""
        parts.append(f"page {page}{total}")
    if view.active is not None and view.active.kind is LinkKind.NEAR:
        parts.append("close to your question, but no answer to it")
    return " · ".join(parts) or _length(document)


def _length(document: Document) -> str:
    if document.pages:
        return f"{document.pages} page{'s' if document.pages != 1 else ''}"
    return f"{len(document.text):,} characters"


def _page_of(view: View) -> int | None:
    return page_of(view.document, view.active.start) if view.active else None


def page_of(document: Document, place: int) -> int | None:
    """The page that the offset ``place`` is on; None for a document without pages."""
    first = next((block for block in document.blocks if block.end > place), None)
    return first.page if first is not None else None


def _passage_bar(view: View) -> str:
    """Previous and next citation of the answer, and the copy button; empty without a passage."""
    if view.active is None:
        return ""
    links = view.others or (view.active,)
    here = next((i for i, link in enumerate(links) if link == view.active), 0)
    text = escape_html(view.document.text[view.active.start : view.active.end])
    copy = f'<button type="button" data-action="copy-quote" data-quote="{text}">Copy quote</button>'
    if len(links) == 1:
        return f'<nav class="source-bar" aria-label="Passage">{copy}</nav>'
    before = _step_button("Previous", links[here - 1] if here > 0 else None)
    after = _step_button("Next", links[here + 1] if here + 1 < len(links) else None)
    count = f"<span>Passage {here + 1} of {len(links)}</span>"
    return f'<nav class="source-bar" aria-label="Passages">{before}{count}{after}{copy}</nav>'


def _step_button(label: str, link: PassageLink | None) -> str:
    if link is None:
        return f'<button type="button" disabled>{label}</button>'
    href = escape_html(passage_href(link))
    return f'<button type="button" data-action="passage" data-link="{href}">{label}</button>'


def _part_bar(document: Document, index: int, count: int) -> str:
    """Where a long document continues; empty for one that is shown whole."""
    if count == 1:
        return ""
    buttons = "".join(
        f'<button type="button" data-action="part" data-part="{part}"'
        f' data-link="{escape_html(document_href(document.id))}"'
        f"{'' if 0 <= part < count else ' disabled'}>{label}</button>"
        for label, part in (("Earlier", index - 1), ("Later", index + 1))
    )
    return (
        '<nav class="part-bar" aria-label="Parts of this document">'
        f"<span>Part {index + 1} of {count}</span>{buttons}</nav>"
    )


def _find_bar(document: Document, part: int, parts: int) -> str:
    """The field to find words by; which part is shown, since the others are not in the browser."""
    return (
        '<div class="find-bar"><input type="search" class="find" '
        'placeholder="Find in the document" aria-label="Find in the document" '
        f'data-link="{escape_html(document_href(document.id))}" data-part="{part}" '
        f'data-parts="{parts}"><span class="find-count" role="status"></span></div>'
    )


def _back_button() -> str:
    return '<button type="button" class="back" data-action="back">← Back to answer</button>'

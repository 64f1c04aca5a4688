"""Markdown to text without its markup, by way of the HTML that it stands for.

So HTML inside Markdown, hidden elements included, is treated as in any page.
"""

import re

from index.read.assemble import assemble
from index.read.decode import decode
from index.read.html import parse
from index.types import BlockKind, Extracted

_FRONT_MATTER = re.compile(r"\A---[^\S\n]*\n(.*?)\n(?:---|\.\.\.)[^\S\n]*(?:\n|\Z)", re.DOTALL)
_TITLE_FIELD = re.compile(r"^title:[^\S\n]*(.+)$", re.MULTILINE)


def read(data: bytes) -> Extracted:
    """The text of a Markdown file; its title is that of the front matter or the first heading 1.

    Front matter (YAML between ``---`` lines) is not part of the text.
    """
    from markdown_it import MarkdownIt

    source, notices = decode(data)
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    front = _FRONT_MATTER.match(source)
    title = _TITLE_FIELD.search(front[1]) if front else None
    # What is nested more deeply than "maxNesting" the parser would leave out without a word.
    renderer = MarkdownIt("commonmark", {"maxNesting": 100_000})
    renderer.enable(["table", "strikethrough"])
    page = parse(renderer.render(source[front.end() :] if front else source), keep_navigation=True)
    first = (p.text for p in page.pieces if p.kind is BlockKind.HEADING and p.level == 1)
    return assemble(
        page.pieces,
        title=title[1].strip("\"' ") if title else next(first, None),
        notices=(*notices, *page.notices),
    )

"""The address of a passage inside the page: ``#cite=START-END-VERSION-DOCUMENT``.

The renderer writes these links, the browser only hands them back, and the source panel reads
them. A link carries offsets and a version, never text, so a forged one can at worst name a
place that does not resolve. Pure; knows nothing about documents beyond their ids.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, unquote

MAX_LINK_CHARACTERS = 16_384
"""A path has up to 4096 bytes, each of which may be three characters here."""
VERSION_CHARACTERS = 12

_PLACE = re.compile(r"#(cite|near)=(\d{1,12})-(\d{1,12})-([0-9a-f]{0,12})-([^\s#]+)")
_DOCUMENT = re.compile(r"#open=([^\s#]+)")


class LinkKind(StrEnum):
    """Why a passage is shown."""

    CITE = "cite"
    """It supports a statement of the answer."""
    NEAR = "near"
    """It is one of the closest passages of a refusal, and answers nothing."""


@dataclass(frozen=True, slots=True)
class PassageLink:
    """A stretch of one version of a document, as named by a link. Not yet known to exist."""

    kind: LinkKind
    document_id: str
    start: int
    end: int
    version: str
    """The first 12 characters of the document's sha256, or empty where it was not known."""


def passage_href(link: PassageLink) -> str:
    """The link as it stands in the page, safe inside a Markdown link and an attribute."""
    version = link.version[:VERSION_CHARACTERS]
    place = f"{link.start}-{link.end}-{version}"
    return f"#{link.kind}={place}-{quote(link.document_id, safe='')}"


def parse_passage_href(href: str) -> PassageLink | None:
    """The passage that ``href`` names, or None when it is not a link of ours."""
    match = _PLACE.fullmatch(href) if len(href) <= MAX_LINK_CHARACTERS else None
    if match is None:
        return None
    kind, start, end, version, document_id = match.groups()
    return PassageLink(LinkKind(kind), unquote(document_id), int(start), int(end), version)


def document_href(document_id: str) -> str:
    """The link that opens a whole document."""
    return f"#open={quote(document_id, safe='')}"


def parse_document_href(href: str) -> str | None:
    """The document id that ``href`` names, or None when it is not a link of ours."""
    match = _DOCUMENT.fullmatch(href) if len(href) <= MAX_LINK_CHARACTERS else None
    return None if match is None else unquote(match.group(1))

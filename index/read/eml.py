"""E-mail: subject, sender and date, then the message, what it quotes without the ">" before each
line. Attachments are named, not read.
"""

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage

from index.read.assemble import Piece, assemble
from index.read.clean import Cleaner
from index.read.decode import decode
from index.read.errors import UnreadableError
from index.read.html import parse
from index.read.text import paragraphs
from index.types import BlockKind, Extracted

_SHOWN = ("From", "To", "Cc", "Date")
_SIGNS = re.compile(r"^(?:>[ \t]?)+")


def read(data: bytes) -> Extracted:
    """The text of one message; its title is the subject."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    if not isinstance(message, EmailMessage) or not any(
        name in message for name in ("From", "Date")
    ):
        raise UnreadableError("not an e-mail message: it has neither sender nor date")
    subject = str(message.get("Subject", ""))
    cleaner = Cleaner()
    body, notices = _body(message, cleaner)
    head = "\n".join(f"{name}: {message[name]}" for name in _SHOWN if message[name])
    pieces = [Piece(BlockKind.HEADING, subject, 1), Piece(BlockKind.PARAGRAPH, head), *body]
    notices = (*notices, *_attachments(message))
    return assemble(pieces, title=subject, notices=notices, cleaner=cleaner)


def _body(message: EmailMessage, cleaner: Cleaner) -> tuple[list[Piece], tuple[str, ...]]:
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None:
        return [], ()
    content = part.get_payload(decode=True)
    raw = content if isinstance(content, bytes) else b""
    text, notices = decode(raw, part.get_content_charset())
    if part.get_content_type() == "text/html":
        page = parse(text, keep_navigation=True)
        return list(page.pieces), (*notices, *page.notices)
    return list(_paragraphs(_unquoted(cleaner.clean(text)))), notices


def _unquoted(text: str) -> str:
    """``text`` without signs of quotation; who speaks next begins a paragraph."""
    lines, before = list[str](), 0
    for line in text.split("\n"):
        words = _SIGNS.sub("", line)
        depth = line[: len(line) - len(words)].count(">")
        lines += ["", words] if depth != before else [words]
        before = depth
    return "\n".join(lines)


def _paragraphs(text: str) -> Iterator[Piece]:
    for block in paragraphs(text):
        yield Piece(BlockKind.PARAGRAPH, text[block.start : block.end])


def _attachments(message: EmailMessage) -> tuple[str, ...]:
    names = [part.get_filename() or "without a name" for part in message.iter_attachments()]
    return (f"attachments that were not read: {len(names)}",) if names else ()

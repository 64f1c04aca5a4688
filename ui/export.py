"""A conversation as a file: Markdown, HTML or JSON, each with its sources.

The messages come from the browser; quotes are read anew from the documents, so that a file never
holds a quote that is not in them.
"""

import html
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.compose import REFUSAL
from index.errors import DocumentNotFoundError
from ui.chat import Messages, pairs
from ui.engine import Engine
from ui.escape import escape_html, escape_markdown
from ui.links import VERSION_CHARACTERS, PassageLink
from ui.render import answer_text, cited_links
from ui.viewer import page_of

# Escaped though it is not alive where it stands, and in the way of who reads the file as it is:
# a colon or a quotation mark in a sentence, [1]; and the bullet of a list, which is ours.
_PUNCTUATION = re.compile(r"&#(34);|(?<=[^\s;])&#(58);(?=[\s\d])")
_NUMBER = re.compile(r"&#91;(\d{1,4})&#93;(?![(:])")
_BULLET = re.compile(r"^&#45; ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Source:
    """A numbered citation of an exported answer."""

    number: int
    document_id: str
    start: int
    end: int
    quote: str | None
    """The cited text, or None where the document is gone or has changed."""
    page: int | None = None
    """Where the document has pages."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question with its answer, as exported."""

    question: str
    answer: str
    sources: tuple[Source, ...]


def export_file(engine: Engine, messages: Messages, format_name: str) -> dict[str, str]:
    """Name, media type and text of the file; Markdown for a format that is not known."""
    exchanges = [
        Exchange(question, answer_text(answer), sources(engine, answer))
        for question, answer in pairs(messages)
    ]
    if format_name == "json":
        return _file("json", "application/json", _json(exchanges))
    if format_name == "html":
        return _file("html", "text/html", _html(exchanges))
    return _file("md", "text/markdown", _markdown(exchanges))


def _file(ending: str, media_type: str, text: str) -> dict[str, str]:
    return {"name": f"conversation.{ending}", "type": media_type, "text": text}


def sources(engine: Engine, markdown: str) -> tuple[Source, ...]:
    """What an answer's Markdown cites, in order of first use, with quotes as they stand now."""
    return tuple(
        Source(number, link.document_id, link.start, link.end, *_quote(engine, link))
        for number, link in cited_links(markdown)
    )


def _quote(engine: Engine, link: PassageLink) -> tuple[str | None, int | None]:
    """The text that the link leads to, and the page it is on."""
    try:
        document = engine.document(link.document_id)
    except DocumentNotFoundError:
        return None, None
    if document.sha256[:VERSION_CHARACTERS] != link.version:
        return None, None
    return document.text[link.start : link.end], page_of(document, link.start)


def _json(exchanges: Sequence[Exchange]) -> str:
    records: list[dict[str, Any]] = [
        {
            "question": exchange.question,
            "answer": exchange.answer,
            "refused": exchange.answer.startswith(REFUSAL),
            "citations": [
                {
                    "number": source.number,
                    "document_id": source.document_id,
                    "start": source.start,
                    "end": source.end,
                    "quote": source.quote,
                    "page": source.page,
                }
                for source in exchange.sources
            ],
        }
        for exchange in exchanges
    ]
    return json.dumps(records, ensure_ascii=False, indent=2) + "\n"


def _markdown(exchanges: Sequence[Exchange]) -> str:
    blocks = []
    for exchange in exchanges:
        answer = _BULLET.sub("- ", _inert(exchange.answer))
        blocks += [f"## {_inert(' '.join(exchange.question.split()))}", answer]
        blocks += ["\n".join(f"{_source_line(source, _inert)}  " for source in exchange.sources)]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _inert(text: str) -> str:
    """Markdown that shows ``text``, and is as readable as it can be."""
    calm = _PUNCTUATION.sub(lambda match: html.unescape(match.group()), escape_markdown(text))
    return _NUMBER.sub(r"[\1]", calm)


def _source_line(source: Source, inert: Callable[[str], str]) -> str:
    quote = "(no longer available)" if source.quote is None else f"“{inert(source.quote)}”"
    page = f", page {source.page}" if source.page else ""
    where = f"{inert(source.document_id)}{page}, characters {source.start}–{source.end}"
    return f"[{source.number}] {where}: {quote}"


def _html(exchanges: Sequence[Exchange]) -> str:
    body = "".join(_exchange_html(exchange) for exchange in exchanges)
    return (
        '<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>Conversation</title>'
        "<style>body{max-width:44rem;margin:2rem auto;padding:0 1rem;font:1rem/1.6 sans-serif}"
        "p,li{white-space:pre-wrap}li{color:#555}</style>\n"
        f"<body>{body}</body></html>\n"
    )


def _exchange_html(exchange: Exchange) -> str:
    items = "".join(f"<li>{_source_line(source, escape_html)}</li>" for source in exchange.sources)
    return (
        f"<h2>{escape_html(exchange.question)}</h2><p>{escape_html(exchange.answer)}</p>"
        f"<ul>{items}</ul>\n"
    )

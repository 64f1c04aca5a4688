"""An Answer as safe Markdown, and back to plain text. Pure.

The only live Markdown in the result is ours: links to passages, list items, headings and rules.
Text of the answer, its quotes, titles and notices is escaped.
"""

import re
from collections.abc import Mapping

from assistant.types import Answer, Citation
from index.types import Hit
from ui.escape import escape_markdown, one_line, unescape_markdown
from ui.links import LinkKind, PassageLink, parse_passage_href, passage_href

MAX_CLOSEST = 3
"""How many of the closest passages a refusal shows."""

_MARKER = re.compile(r"( ?)\[(\d{1,4})\]")
_OPEN_MARKER = re.compile(r"(?<!\s)\s*\[\d{0,4}$")
_BULLET = re.compile(r"^&#45; ", re.MULTILINE)
_SLOT_OPEN, _SLOT_CLOSE = "\ue000", "\ue001"
_SLOT = re.compile(f"{_SLOT_OPEN}(\\d+){_SLOT_CLOSE}")
_MARK_OPEN, _MARK_CLOSE = "\ue002", "\ue003"
_BOLD_OPEN, _BOLD_CLOSE = "\ue004", "\ue005"
_OURS = re.compile(f"[{_SLOT_OPEN}-{_BOLD_CLOSE}]")
_INCOMPLETE = "This answer is incomplete."
_STAR = "*"
"""Sets marks and words that answer apart; every star of the text itself is escaped."""
_LIVE = {
    _MARK_OPEN: _STAR,
    _MARK_CLOSE: _STAR,
    _BOLD_OPEN: _STAR * 2,
    _BOLD_CLOSE: _STAR * 2,
}
_CHIP = re.compile(r'(\xa0?)\[\[(\d+)\]\]\((#cite=[^\s)]+) "[^"]*"\)')
_HREF = re.compile(r'\]\((#[a-z]+=[^\s)]+) "')
_APPENDIX = "\n\n---\n\n"
"""Separates the answer from what is added under it; ``answer_text`` cuts here."""


def answer_markdown(answer: Answer, versions: Mapping[str, str]) -> str:
    """What the chat shows for ``answer``: its text with chips, and below it where they lead.

    ``versions`` maps document ids to the sha256 of their text; a document that is missing there
    gets links without a version, which open whatever the document is then.
    """
    body = _body(answer, versions)
    below = _closest if answer.refused else _sources
    appendix = below(answer, versions)
    notices = answer.notices or (_INCOMPLETE,) * answer.incomplete
    notes = "".join(f"\n\n{note_markdown(notice)}" for notice in notices)
    return body + notes + (_APPENDIX + appendix if appendix else "")


def growing_markdown(answer: Answer, versions: Mapping[str, str]) -> str:
    """The text with chips of an answer that is still being written, and nothing below it."""
    return _body(answer, versions)


def answer_text(markdown: str) -> str:
    """The plain text, with ``[1]`` markers, of what ``answer_markdown`` made."""
    body = markdown.split(_APPENDIX, 1)[0]
    lines = [line for line in body.split("\n") if not line.startswith("> ")]
    plain = _CHIP.sub(_marker, "\n".join(lines)).replace(_STAR, "")
    return unescape_markdown(plain).strip()


def cited_links(markdown: str) -> tuple[tuple[int, PassageLink], ...]:
    """The numbers and passages that what ``answer_markdown`` made cites, each once, in order."""
    chips = ((int(m.group(2)), parse_passage_href(m.group(3))) for m in _CHIP.finditer(markdown))
    return tuple(dict.fromkeys((number, link) for number, link in chips if link is not None))


def passage_links(markdown: str) -> tuple[PassageLink, ...]:
    """The passages that what ``answer_markdown`` made leads to, cited or closest, in order."""
    links = (parse_passage_href(match.group(1)) for match in _HREF.finditer(markdown))
    return tuple(dict.fromkeys(link for link in links if link is not None))


def _marker(chip: re.Match[str]) -> str:
    return f"{' ' if chip.group(1) else ''}[{chip.group(2)}]"


def note_markdown(text: str) -> str:
    """A remark of the program itself, such as an error message, set apart from answers."""
    return f"> {escape_markdown(one_line(text))}"


def confidence_in_words(confidence: float) -> str:
    """A chance from 0 to 1 as what a reader should do about it."""
    if confidence >= 0.8:
        return "well supported"
    if confidence >= 0.5:
        return "supported: check the passage"
    return "weakly supported: check the passage"


def _body(answer: Answer, versions: Mapping[str, str]) -> str:
    """The escaped text with its chips. A marker that no citation stands behind is left out."""
    by_number = {citation.number: citation for citation in answer.citations}
    text = _OPEN_MARKER.sub("", _with_marks(answer))
    marked = _with_bold(_with_slots(text, answer.citations), answer.citations)
    escaped = _BULLET.sub("- ", escape_markdown(marked))

    def chip(match: re.Match[str]) -> str:
        citation = by_number.get(int(match.group(1)))
        return "" if citation is None else _chip(citation, versions)

    shown = _SLOT.sub(chip, escaped).strip()
    for ours, markdown in _LIVE.items():
        shown = shown.replace(ours, markdown)
    return shown


def _with_marks(answer: Answer) -> str:
    """The text with what is said about its doubtful sentences set apart."""
    text = _OURS.sub("", answer.text)
    if text != answer.text:
        return text  # places no longer fit; the marks themselves are still there
    for sentence in reversed(answer.sentences):
        start = text.find(sentence.mark, sentence.end) if sentence.mark else -1
        if start >= 0:
            end = start + len(sentence.mark)
            text = f"{text[:start]}{_MARK_OPEN}{text[start:end]}{_MARK_CLOSE}{text[end:]}"
    return text


def _with_slots(text: str, citations: tuple[Citation, ...]) -> str:
    """``text`` with each marker replaced by a slot that survives escaping unchanged."""
    quoted = _quoted_spans(text, citations)

    def slot(match: re.Match[str]) -> str:
        if any(start <= match.start() and match.end() <= end for start, end in quoted):
            return match.group()
        space = "\xa0" if match.group(1) else ""  # A number never starts a line alone.
        return f"{space}{_SLOT_OPEN}{match.group(2)}{_SLOT_CLOSE}"

    return _MARKER.sub(slot, text)


def _with_bold(text: str, citations: tuple[Citation, ...]) -> str:
    """``text`` with the words that answer between marks, where it repeats their quote."""
    for citation in citations:
        if citation.highlight is None:
            continue
        start, end = (place - citation.start for place in citation.highlight)
        words = citation.quote[start:end].strip()
        # Next to a space or a quotation mark, “**” would not be read as bold.
        words = re.sub(r"^\W+|\W+$", "", words)
        before = citation.quote[:start] + citation.quote[start:end].partition(words)[0]
        quoted = _spaced(before) + r"\s*" + f"({_spaced(words)})"
        if words and (found := re.search(quoted, text)):
            first, last = found.span(1)
            bold = _BOLD_OPEN + text[first:last] + _BOLD_CLOSE
            text = text[:first] + bold + text[last:]
    return text


def _spaced(text: str) -> str:
    """A pattern for ``text`` however its words are spaced."""
    return r"\s+".join(re.escape(word) for word in text.split())


def _quoted_spans(text: str, citations: tuple[Citation, ...]) -> list[tuple[int, int]]:
    """Where the text repeats a quote: ``[3]`` in there is the document's own, not a marker."""
    spans = []
    for citation in citations:
        if "[" in citation.quote:
            spans += [match.span() for match in re.finditer(_spaced(citation.quote), text)]
    return spans


def _chip(citation: Citation, versions: Mapping[str, str]) -> str:
    href = passage_href(_link(LinkKind.CITE, citation, versions))
    return f'[[{citation.number}]]({href} "{_tooltip(citation.quote)}")'


def _link(kind: LinkKind, place: Citation, versions: Mapping[str, str]) -> PassageLink:
    version = versions.get(place.document_id, "")
    return PassageLink(kind, place.document_id, place.start, place.end, version)


def _tooltip(quote: str) -> str:
    return escape_markdown(f"“{one_line(quote)}”")


def _sources(answer: Answer, versions: Mapping[str, str]) -> str:
    """The list under the answer: one line for each document, with its chips and pages."""
    by_document: dict[str, list[Citation]] = {}
    for citation in answer.citations:
        by_document.setdefault(citation.document_id, []).append(citation)
    if not by_document:
        return ""
    lines = [_source_line(citations, versions) for citations in by_document.values()]
    heading = f"### Sources · {confidence_in_words(answer.confidence)}"
    return heading + "\n\n" + "\n".join(lines)


def _source_line(citations: list[Citation], versions: Mapping[str, str]) -> str:
    chips = " ".join(
        _chip(citation, versions) + (f" p. {citation.page}" if citation.page else "")
        for citation in citations
    )
    return f"- {escape_markdown(one_line(citations[0].title, 120))} {chips}"


def _closest(answer: Answer, versions: Mapping[str, str]) -> str:
    if not answer.hits:
        return ""
    lines = [_closest_line(hit, versions) for hit in answer.hits[:MAX_CLOSEST]]
    return "### Closest passages · they do not answer it\n\n" + "\n".join(lines)


def _closest_line(hit: Hit, versions: Mapping[str, str]) -> str:
    passage = hit.passage
    version = versions.get(passage.document_id, "")
    link = PassageLink(LinkKind.NEAR, passage.document_id, passage.start, passage.end, version)
    excerpt = escape_markdown(f"“{one_line(passage.text, 160)}”")
    page = f", p. {passage.page}" if passage.page else ""
    place = escape_markdown(one_line(passage.title, 80) + page)
    return f'- [{excerpt}]({passage_href(link)} "Show this passage") {place}'

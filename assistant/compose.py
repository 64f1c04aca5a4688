"""Chosen sentences to the text of an answer with its citations, and the texts of refusals. Pure.

An answer reports: it says which document says so and quotes it, and asserts nothing itself.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from assistant.types import Citation, Place
from index.types import Hit, Sentence

GREETING = (
    "Hello. I answer questions from your documents only, and show the sentence that each answer "
    "rests on. Ask me what they say about something, or for an overview."
)
THANKS = "You are welcome. Ask me more about your documents whenever you like."
HELP = (
    "I find the sentences in your documents that answer a question, quote them word for word, and "
    "number them so that each can be checked in its place. When the documents do not answer, I say "
    "so and show the closest passages. Ask who, what, when, where, how many or why; ask a "
    "follow-up; or ask “What is this about?” for an overview."
)
REFUSAL = "The documents do not answer this question."
"""How every refusal begins."""

MOST_IN_LINE = 3
"""Sentences that stand one after another; more stand below each other."""
_SOURCE = re.compile(r"^(?:According to [^\n]*?:(?= “|\n- “)|[^\n]*:$)", re.MULTILINE)
"""What ``compose`` writes before the quotations of a document, or ``compose_overview``."""


def compose(
    chosen: Sequence[Sentence], words: Place | None = None
) -> tuple[str, tuple[Citation, ...]]:
    """Text with markers, and the citations in order of first use.

    Args:
        chosen: at least one sentence, in the order to be shown.
        words: the words that answer; None where they are not known.
    """
    citations = tuple(citation_of(number, s, words) for number, s in enumerate(chosen, start=1))
    paragraphs = []
    titles = _titles(citations)
    pairs = zip(chosen, citations, strict=True)
    for id_, group in groupby(pairs, lambda pair: pair[1].document_id):
        quotes = [f"“{one_line(s.text)}” [{c.number}]" for s, c in group]
        between = "\n- " if len(quotes) > MOST_IN_LINE else " "
        paragraphs.append(f"According to {titles[id_]}:{between}{between.join(quotes)}")
    return "\n\n".join(paragraphs), citations


def without_sources(text: str) -> str:
    """The text of an answer without the lines that say where its quotations are from.

    >>> without_sources("According to The tower: “It was built in 1931.” [1]")
    '“It was built in 1931.” [1]'
    """
    return _SOURCE.sub("", text).strip()


def compose_overview(
    chosen: Sequence[Sentence], opening: str, headings: Sequence[str] = ()
) -> tuple[str, tuple[Citation, ...]]:
    """Like ``compose``, as a list under an opening line.

    Args:
        chosen: at least one sentence, in the order to be shown.
        opening: the line.
        headings: one for each sentence, to stand before it; none for none.
    """
    labels = [f"{one_line(heading)}: " for heading in headings] or [""] * len(chosen)
    citations = tuple(citation_of(number, s) for number, s in enumerate(chosen, start=1))
    blocks = []
    parts = zip(chosen, citations, labels, strict=True)
    titles = _titles(citations)
    for id_, group in groupby(parts, lambda part: part[1].document_id):
        quotes = [f"- {label}“{one_line(s.text)}” [{c.number}]" for s, c, label in group]
        blocks.append(f"{titles[id_]}:\n" + "\n".join(quotes))
    return "\n\n".join((opening, *blocks)), citations


def compose_each(told: Sequence[tuple[str, Citation]]) -> tuple[str, tuple[Citation, ...]]:
    """Text with markers, and the citations in its order: what is quoted of each of several things.

    Args:
        told: at least one thing with a citation; a place that is cited of two is quoted once, after
            both their names.
    """
    places: dict[tuple[str, int], tuple[list[str], Citation]] = {}
    for thing, cited in told:
        names, _ = places.setdefault((cited.document_id, cited.start), ([], cited))
        names.extend({thing} - {*names})
    documents = list(dict.fromkeys(document for document, _ in places))
    parts = sorted(places.values(), key=lambda part: documents.index(part[1].document_id))
    citations = tuple(replace(c, number=number) for number, (_, c) in enumerate(parts, start=1))
    titles, blocks = _titles(citations), []
    pairs = zip(parts, citations, strict=True)
    for id_, group in groupby(pairs, lambda pair: pair[1].document_id):
        lines = [f"- {', '.join(n)}: “{one_line(c.quote)}” [{c.number}]" for (n, _), c in group]
        blocks.append("\n".join((f"According to {titles[id_]}:", *lines)))
    return "\n\n".join(blocks), citations


def compose_refusal(
    hits: Sequence[Hit], missing: Sequence[str], left_out: Sequence[str] = ()
) -> str:
    """Why there is no answer, in plain words.

    Args:
        hits: the closest passages, best first, maybe none.
        missing: words of the question that stand nowhere in the documents.
        left_out: what sentences that were left out are about: “another time or number”.
    """
    reason = REFUSAL
    if missing:
        words = ", ".join(f"“{word}”" for word in missing)
        reason += f" Nothing in them mentions {words}."
    if left_out:
        reason += f" Sentences about {' and about '.join(left_out)} were left out."
    if hits:
        titles = list(dict.fromkeys(hit.passage.title for hit in hits))[:3]
        reason += f" The closest passages found are in {', '.join(titles)}."
    return reason


def citation_of(number: int, sentence: Sentence, words: Place | None = None) -> Citation:
    """The citation of a whole sentence, with the words that answer where they are in it."""
    passage = sentence.hit.passage
    highlight = None
    if words and words.document_id == passage.document_id:
        start, end = max(words.start, sentence.start), min(words.end, sentence.end)
        highlight = (start, end) if start < end else None
    return Citation(
        number=number,
        document_id=passage.document_id,
        title=passage.title,
        start=sentence.start,
        end=sentence.end,
        quote=sentence.text,
        page=sentence.page,
        highlight=highlight,
    )


def _titles(citations: Sequence[Citation]) -> dict[str, str]:
    """By document id what to call each document: its id where two have the same title."""
    titles = {c.document_id: c.title for c in citations}
    often = Counter(titles.values())
    return {id_: title if often[title] == 1 else id_ for id_, title in titles.items()}


def understood_as(*questions: str) -> str:
    """What is said where a question was read as another one, or as several."""
    return f"Understood as: {' '.join(f'“{question}”' for question in questions)}"


def one_line(text: str) -> str:
    """``text`` as it is quoted: without its line ends."""
    return " ".join(text.split())

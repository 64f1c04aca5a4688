"""Questions that a whole list answers: ingredients, steps, rules. Pure, English rules."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from assistant.understand.question import Question, Terms
from assistant.wording.words import plain
from index.chunk import innermost
from index.rank import coverage
from index.types import BlockKind, Found, Sentence

MOST_SENTENCES = 15
"""Of a list that is given whole."""
NAMED = 0.5
"""Share of the question's content words, weighted by how telling each is, in what names a list."""
_SEVERAL = re.compile(
    r"""^\W*(list|name|show|give)\b
    |\b(what|which)\ (\w+\ ){0,5}?are\b
    |\b(what|which)\ (\w+\ )?\w+s\ (do|does|did|can|could|must|should|were|will|have|need)\b
    |\bhow\ (do|does|can|could|should|would|must)\ (i|you|we|one|they|people|employees|it)\b
    |\bwhat\ (is|comes|came|else\ is)\ (in|with|inside|included)\b
    |\bwhat\ (\w+\ )?(do|does|will|would)\ (i|we|you|one)\ need\b
    |\bhow\ to\b|\bwhat\ (do|should|must)\ (i|we|you)\ do\b
    |\b(steps|ingredients|requirements|conditions|benefits|exceptions|reasons)\b""",
    re.IGNORECASE | re.VERBOSE,
)

_NEEDS = re.compile(r"\bneed\b", re.IGNORECASE)
_NEEDED = frozenset("ingredients equipment materials parts requirements tools".split())
"""What a list is called of what somebody needs."""
_NUMBER = re.compile(r"\W*\d+\W*")
"""“1.”, which stands before what it numbers."""


def whole_list(
    asked: str, question: Question, found: Found, chosen: Sequence[Sentence], terms: Terms
) -> tuple[Sentence, ...]:
    """The list that ``asked`` names, where it asks for several things and one of ``chosen`` is in
    it or in its section, and it has all words of the question that these have; else ``chosen``.

    What names a list is the heading above it, and the line right before it: of two in a section the
    one after “Ingredients:”, if these are asked for.
    """
    if not _SEVERAL.search(plain(asked)):
        return tuple(chosen)
    about = [term for term in question.terms if term not in found.missing]
    told = {term for s in chosen for term in s.terms}.intersection(about)
    best: tuple[tuple[bool, bool, float], Sequence[Sentence]] = (False, False, 0.0), chosen
    for before, items in _lists(found.sentences):
        shown = (before, *items) if before and before.text.endswith(":") else items
        name = _name(before, items[0], terms)
        named = coverage(about, found.weights, name)
        has_all = told <= name.union(*(s.terms for s in items))
        rank = _announces(before, asked, about), any(s in shown for s in chosen), named
        is_near = any(_is_under(s, items[0]) for s in chosen)
        is_one = is_near and has_all and named >= NAMED and len(items) <= MOST_SENTENCES
        if is_one and rank > best[0]:
            best = rank, shown
    return tuple(best[1])


def _announces(line: Sentence | None, asked: str, about: Sequence[str]) -> bool:
    """Whether the line before a list says that it is of what is asked for: “Ingredients:”."""
    if line is None or not line.terms:
        return False
    is_needed = line.text.strip(" :").lower() in _NEEDED and bool(_NEEDS.search(asked))
    return is_needed or line.terms <= set(about)


def _lists(
    sentences: Sequence[Sentence],
) -> Iterator[tuple[Sentence | None, tuple[Sentence, ...]]]:
    """Each list, whole as far as it was found, with what stands before it in the same passage."""
    order = sorted(sentences, key=lambda s: (s.hit.passage.document_id, s.start))
    before = None
    for (_, is_item), group in groupby(order, key=lambda s: (_section(s), _is_item(s))):
        run = tuple(s for s in group if not _NUMBER.fullmatch(s.text))
        if is_item and len(run) > 1:
            yield before if before and _is_under(before, run[0]) else None, run
        before = run[-1] if run else before


def _is_item(sentence: Sentence) -> bool:
    return sentence.kind is BlockKind.LIST_ITEM


def _section(sentence: Sentence) -> tuple[str, str]:
    return sentence.hit.passage.document_id, sentence.hit.passage.heading


def _is_under(one: Sentence, other: Sentence) -> bool:
    return _section(one) == _section(other)


def _name(before: Sentence | None, item: Sentence, terms: Terms) -> frozenset[str]:
    heading = frozenset(terms(innermost(item.hit.passage.heading)))
    return heading | before.terms if before else heading

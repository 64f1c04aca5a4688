"""Where the evidence of a case stands, and what of it a hit or a citation covers.

One rule for both: a stretch of text *matches* an evidence when they share at least half of the
characters of the shorter of the two. So a passage that holds the evidence matches, a sentence
inside a long evidence matches, and a neighbour that touches it by a few characters does not.

Evidence is looked for in the documents that the case names, at every place where it stands
verbatim, else where it differs in white space only (an extracted text may break lines
elsewhere), else in what is no letter or digit only (copied from the source of a Markdown file, or
typed with other quotes). In other documents it counts only when the stretch itself holds it word
for word, because a folder may hold the same text twice.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from eval.cases import Case
from index.errors import DocumentNotFoundError

MIN_SHARE = 0.5
"""Share of the shorter text that must be common."""
MIN_COPY_CHARACTERS = 30
"""Shorter texts ("France") are in other documents by chance and prove nothing there."""

LEAST_WORDS = 3
"""With fewer ("1.5") the signs between them may be all that tells one place from another."""

Texts = Callable[[str], str]
"""Text of a document by its id; KeyError or DocumentNotFoundError when there is none."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Part of a document that was found or cited."""

    document_id: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """One evidence of a case and where it stands."""

    text: str
    places: tuple[tuple[str, int, int], ...]
    """``(document id, start, end)``; empty when it was found nowhere."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """The characters that a stretch and an evidence share, counted from the start of each."""

    in_stretch: tuple[int, int]
    in_evidence: tuple[int, int]
    matches: bool

    @property
    def characters(self) -> int:
        """How many there are."""
        return self.in_stretch[1] - self.in_stretch[0]


def locate(evidence: str, documents: Iterable[tuple[str, str]]) -> Evidence:
    """The evidence with all its places in ``documents``, pairs of id and text.

    >>> locate("at home", [("a.txt", "He stayed at\\nhome.")]).places
    (('a.txt', 10, 17),)
    """
    if not evidence.strip():
        return Evidence(evidence, ())
    pairs = list(documents)
    places = [(name, *span) for name, text in pairs for span in _verbatim(evidence, text)]
    for spans in (_but_for_space, _but_for_signs):
        places = places or [(name, *span) for name, text in pairs for span in spans(evidence, text)]
    return Evidence(evidence, tuple(places))


def overlap(stretch: Stretch, evidence: Evidence) -> Overlap | None:
    """What they share, at the evidence's best place; None when that is nothing."""
    shared = [
        found
        for name, start, end in evidence.places
        if name == stretch.document_id and (found := _overlap_at(stretch, start, end))
    ]
    if shared:
        return max(shared, key=lambda found: found.characters)
    if any(name == stretch.document_id for name, _, _ in evidence.places):
        return None
    return _overlap_of_copy(stretch.text, evidence.text)


def matched(stretch: Stretch, evidence: Sequence[Evidence]) -> tuple[int, ...]:
    """The 1-based numbers of the evidence that the stretch matches."""
    overlaps = ((number, overlap(stretch, item)) for number, item in enumerate(evidence, start=1))
    return tuple(number for number, found in overlaps if found and found.matches)


def covered(ranges: Iterable[tuple[int, int]]) -> int:
    """How many characters the ranges cover together.

    >>> covered([(0, 4), (2, 6), (9, 10)])
    7
    """
    total, reached = 0, 0
    for start, end in sorted(ranges):
        total += max(0, end - max(start, reached))
        reached = max(reached, end)
    return total


def why_unmatchable(case: Case, evidence: Sequence[Evidence]) -> str:
    """Why nothing can be matched in this case; empty when it can."""
    if not case.answerable:
        return "the case is not answerable: there is nothing to find"
    if not evidence:
        return "the case names no evidence"
    if not any(item.places for item in evidence):
        return "the evidence was not found in the documents"
    return ""


def text_of(document_id: str, texts: Texts | None) -> str | None:
    """The text of a document, or None when there is no such document or no texts are known."""
    if texts is None:
        return None
    try:
        return texts(document_id)
    except (KeyError, DocumentNotFoundError):
        return None


def _verbatim(evidence: str, text: str) -> Iterable[tuple[int, int]]:
    start = text.find(evidence)
    while start >= 0:
        yield start, start + len(evidence)
        start = text.find(evidence, start + len(evidence))


def _but_for_space(evidence: str, text: str) -> Iterable[tuple[int, int]]:
    words = evidence.split()
    pattern = re.compile(r"\s+".join(re.escape(word) for word in words))
    return (found.span() for found in pattern.finditer(text))


def _but_for_signs(evidence: str, text: str) -> Iterable[tuple[int, int]]:
    words = re.findall(r"[^\W_]+", evidence)
    if len(words) < LEAST_WORDS:
        return ()
    between = r"[\W_]+".join(words)
    pattern = rf"(?<![^\W_]){between}(?![^\W_])"
    return (found.span() for found in re.finditer(pattern, text))


def _overlap_at(stretch: Stretch, start: int, end: int) -> Overlap | None:
    low, high = max(stretch.start, start), min(stretch.end, end)
    if low >= high:
        return None
    shorter = min(stretch.end - stretch.start, end - start)
    return Overlap(
        in_stretch=(low - stretch.start, high - stretch.start),
        in_evidence=(low - start, high - start),
        matches=high - low >= MIN_SHARE * shorter,
    )


def _overlap_of_copy(text: str, evidence: str) -> Overlap | None:
    shorter, longer = sorted((text, evidence), key=len)
    start = longer.find(shorter) if len(shorter) >= MIN_COPY_CHARACTERS else -1
    if start < 0:
        return None
    whole, part = (0, len(shorter)), (start, start + len(shorter))
    if longer is evidence:
        return Overlap(in_stretch=whole, in_evidence=part, matches=True)
    return Overlap(in_stretch=part, in_evidence=whole, matches=True)

"""Several questions in one, as in “Who built it, and when did it burn down?”: taken apart, and
their answers put together. Pure, English rules.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.types import Answer, Citation
from assistant.understand.kinds import Kind, kind_of
from assistant.wording.words import says_what_about
from index.types import Hit

MOST_PARTS = 4
"""The last one takes the rest: each costs the time of a question."""

_WH = r"(?:who|whom|whose|what|when|where|which|why|how)"
_AUX = r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)(?:n['’]t)?"
_BEFORE = r"(?:(?:in|on|at|to|for|from|by|with|since|until|of|about)\s+)?"
_PRONOUN = r"(?:he|she|it|they|there|this|that|these|those)"
_AND = re.compile(
    rf"(?:\s*+[,;])?+\s++and\s+(?:also\s+)?(?={_BEFORE}{_WH}\b|{_AUX}\s+{_PRONOUN}\b"
    r"|(?:can|could|do|must|should|may|need)\s+(?:i|we)\b)",
    re.IGNORECASE,
)
_END = re.compile(r"(?<=\?)\s+(?=\w)")
_ASKS = re.compile(
    rf"^\W*+(?:(?:and|so|but|then)\s+|[^,?]{{2,80}},(?:[^,?]{{2,60}},)?\s+)?(?:{_BEFORE}{_WH}|{_AUX}|compare|contrast)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(rf"{_WH}\b", re.IGNORECASE)
_BARE = re.compile(rf"\b{_WH}$", re.IGNORECASE)
"""“When and where was it built?” asks one thing."""
_MARKER = re.compile(r"(?<=” )\[(\d+)\]")
"""As an answer puts it behind a quotation; “[3]” may stand in the quotation itself."""


def parts_of(text: str) -> list[str]:
    """The questions in ``text``, in order; itself alone where it is one.

    >>> parts_of("Who built the harbour and when did it burn down?")
    ['Who built the harbour?', 'when did it burn down?']
    >>> parts_of("What did the men do who fled and who stayed?")
    ['What did the men do who fled and who stayed?']
    """
    whole = " ".join(text.split())
    sentences = _END.split(whole)
    if not all(_ASKS.match(sentence) for sentence in sentences):
        return [text]
    parts = [part for sentence in sentences for part in _apart(sentence)]
    if len(parts) > MOST_PARTS:
        parts[MOST_PARTS - 1 :] = [" ".join(parts[MOST_PARTS - 1 :])]
    may_begin = says_what_about(parts[0]) or kind_of(parts[0]) is Kind.OVERVIEW
    return parts if len(parts) > 1 and may_begin else [text]


def _apart(sentence: str) -> list[str]:
    """A sentence that asks two or more things, joined by “and”, as questions."""
    for joint in _AND.finditer(sentence):
        first, rest = sentence[: joint.start()], sentence[joint.end() :]
        if says_what_about(first) and not (_BARE.search(first) or _goes_on(first, rest)):
            return [f"{first}?", *_apart(rest)]
    return [sentence]


def _goes_on(first: str, rest: str) -> bool:
    """Whether ``rest`` begins with a second clause: “(what he says and) what he does”."""
    begun = _CLAUSE.match(rest)
    asked = _ASKS.match(first)
    earlier = first[asked.end() :] if asked else first
    return bool(begun and re.search(rf"\b{begun.group()}\b", earlier, re.IGNORECASE))


def joined(asked: str, parts: Sequence[str], answers: Sequence[Answer]) -> Answer:
    """One answer of those to the parts of a question.

    Its confidence is the mean of those that are answered. What is not answered is told in a notice;
    where nothing is, the first refusal is the answer.

    Args:
        asked: the whole question.
        parts: the questions in it, at least one.
        answers: to each of them.
    """
    given = [answer for answer in answers if not answer.refused]
    hits = _ranked(answers)
    if not given:
        best = max(answers, key=lambda answer: answer.confidence)
        return replace(answers[0], question=asked, confidence=best.confidence, hits=hits)
    notices = [notice for answer in answers for notice in answer.notices]
    for part, answer in zip(parts, answers, strict=True):
        if answer.refused:
            notices.append(f"The documents do not answer “{part}”")
    text, citations = _renumbered(given)
    confidence = sum(answer.confidence for answer in given) / len(given)
    told = tuple(dict.fromkeys(notices))
    return Answer(asked, text, citations, False, confidence, hits, told)


def _renumbered(answers: Sequence[Answer]) -> tuple[str, tuple[Citation, ...]]:
    """The texts below each other, and their citations with numbers that go on.

    A text that cites nothing new is left out: it says the same again.
    """
    numbers: dict[tuple[str, int, int], Citation] = {}
    texts = []
    for answer in answers:
        places = {c.number: (c.document_id, c.start, c.end) for c in answer.citations}
        if places and numbers.keys() >= set(places.values()):
            continue
        for citation in answer.citations:
            numbered = replace(citation, number=len(numbers) + 1)
            numbers.setdefault(places[citation.number], numbered)

        def marker(found: re.Match[str], places: dict[int, tuple[str, int, int]] = places) -> str:
            place = places.get(int(found[1]))
            return f"[{numbers[place].number}]" if place else found[0]

        texts.append(_MARKER.sub(marker, answer.text))
    return "\n\n".join(texts), tuple(numbers.values())


def _ranked(answers: Sequence[Answer]) -> tuple[Hit, ...]:
    """The passages found for any of them, the best of each first."""
    hits = sorted((hit for answer in answers for hit in answer.hits), key=lambda hit: hit.rank)
    passages = {hit.passage: hit for hit in reversed(hits)}
    best = sorted(passages.values(), key=lambda hit: hit.rank)
    return tuple(replace(hit, rank=rank) for rank, hit in enumerate(best, start=1))

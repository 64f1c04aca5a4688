"""The nouns of an evaluation: Score, Seen, Record, Figure, Run. Frozen values.

What is kept of an answer is kept here and not as the assistant's own Answer: a run file records
where each hit was, not its text, and stays readable when the assistant's types change.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from eval.cases import Case


@dataclass(frozen=True, slots=True)
class Score:
    """One metric of one case."""

    value: float | None
    """None: could not be scored, which is not 0; ``why`` says what was missing."""
    why: str
    """What the value rests on, in a few words for a person."""


Scores = dict[str, Score]
"""By metric name."""


def scored(value: float, why: str) -> Score:
    """A score, to six digits: what differs beyond them is no difference."""
    return Score(round(float(value), 6), why)


def unscored(names: Iterable[str], why: str) -> Scores:
    """The same reason for not scoring each of ``names``."""
    return {name: Score(None, why) for name in names}


@dataclass(frozen=True, slots=True)
class SeenCitation:
    """A citation as it was given, with the text around it to show it in."""

    number: int
    document_id: str
    start: int
    end: int
    quote: str
    page: int | None
    context: str
    """Text around the quote; empty when the document's text could not be had."""
    context_start: int
    """Offset of ``context`` in the document's text."""


@dataclass(frozen=True, slots=True)
class SeenHit:
    """Where a hit was, and which evidence it holds."""

    rank: int
    document_id: str
    start: int
    end: int
    score: float
    evidence: tuple[int, ...]
    """1-based numbers of the case's evidence that the passage matches."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the assistant answered to one case."""

    text: str
    refused: bool
    confidence: float
    """0 to 1."""
    citations: tuple[SeenCitation, ...]
    hits: tuple[SeenHit, ...]
    """Best first."""
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """A case, what was answered and how it scored."""

    case: Case
    case_set: str
    """Name of the case folder; tells cases of the same id in two folders apart."""
    seen: Seen | None
    """None when asking failed."""
    scores: Mapping[str, Score]
    """By metric name."""
    error: str | None = None
    """What went wrong while asking or scoring, or None."""
    seconds: float | None = None
    """How long ``ask`` took; None in a file without timings."""

    @property
    def key(self) -> str:
        """Names the case among all sets of a run."""
        return key_of(self.case_set, self.case.id)


def key_of(case_set: str, case_id: str) -> str:
    """What names a case among all sets of a run."""
    return f"{case_set}/{case_id}" if case_set else case_id


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric over many cases, with its 95 % bootstrap interval."""

    value: float | None
    """None when no case could be scored, or the metric is not defined on these cases."""
    low: float | None
    high: float | None
    scored: int
    """Number of cases that the value rests on."""
    unscored: int
    """Number of cases that could not be scored; they count neither for nor against."""


@dataclass(frozen=True, slots=True)
class Run:
    """All cases that were asked, and what was asked."""

    records: tuple[Record, ...]
    made_with: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """For each case set: version, models, settings, state of the index, digest of the cases."""
    started: str = ""
    """ISO 8601 time, empty in a file without timings."""
    seconds: float = 0.0
    """From start to end, the asking of all cases and the scoring."""

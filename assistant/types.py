"""The nouns of an answer: Turn, Citation, Answer. Frozen values, no library, no logic."""

from dataclasses import dataclass, replace
from enum import StrEnum

from index.types import Hit


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier exchange of the conversation."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A place in a document: ``assistant.document(document_id).text[start:end] == quote``."""

    number: int
    """The ``[n]`` in the answer's text; from 1, in order of first use."""
    document_id: str
    title: str
    start: int
    end: int
    quote: str
    page: int | None = None
    highlight: tuple[int, int] | None = None
    """The words of the quote that answer, as offsets into the document; None where not known."""


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a document: ``document.text[start:end]``."""

    document_id: str
    start: int
    end: int


class Verdict(StrEnum):
    """What the check of a written sentence came to."""

    SUPPORTED = "supported"
    PARTLY = "partly"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """A sentence that a language model wrote: ``answer.text[start:end]``, without its markers."""

    start: int
    end: int
    text: str
    verdict: Verdict
    citations: tuple[int, ...] = ()
    """Numbers of the citations that it rests on."""
    missing: tuple[str, ...] = ()
    """What those lack of it, as written; empty for a supported one."""
    mark: str = ""
    """The remark in ``answer.text`` right after its markers; empty for a supported one."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What ``ask`` returns, answered or refused."""

    question: str
    text: str
    """Plain text with ``[1]``, ``[2]`` … in order of first use."""
    citations: tuple[Citation, ...] = ()
    refused: bool = False
    """True: the documents do not answer this; then ``citations`` is empty."""
    confidence: float = 0.0
    """0 to 1: the calibrated chance that the documents answer the question and that the
    citations support the answer."""
    hits: tuple[Hit, ...] = ()
    """What was found, best first, whether the question was answered or refused."""
    notices: tuple[str, ...] = ()
    """What the user should know, one sentence each."""
    sentences: tuple[CheckedSentence, ...] = ()
    """For a text that a language model wrote: each sentence with its verdict, in order. Empty for
    verbatim answers, whose sentences are the citations."""
    incomplete: bool = False
    """True: it was cut short, and ``notices`` say why; or it is still growing."""

    def noted(self, *notices: str) -> "Answer":
        """With ``notices`` after those that it has."""
        return replace(self, notices=(*self.notices, *notices))

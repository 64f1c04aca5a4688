"""A scripted assistant for the evaluation's tests: what it answers is worked out from a dict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from assistant.types import Answer, Citation, Turn
from eval.cases import Case
from index.errors import DocumentNotFoundError
from index.types import Document, Hit, Passage

TEXT = (
    "The mill stands by the river. It was built in 1820 by Ada Stone. "
    "Two wheels drive it. Flour is sold on Fridays."
)
MILL = "mill.txt"
BUILT = "It was built in 1820 by Ada Stone."
WHEELS = "Two wheels drive it."
FLOUR = "Flour is sold on Fridays."


def span(quote: str, text: str = TEXT) -> tuple[int, int]:
    """Where ``quote`` stands in ``text``."""
    start = text.index(quote)
    return start, start + len(quote)


def citation(number: int, quote: str, shift: int = 0, document_id: str = MILL) -> Citation:
    """A citation of the mill's text, its offsets moved by ``shift``."""
    start, end = span(quote)
    return Citation(number, document_id, "Mill", start + shift, end + shift, quote)


def hit(rank: int, quote: str, document_id: str = MILL) -> Hit:
    """The passage ``quote`` at a rank, score 1/rank."""
    start, end = span(quote)
    passage = Passage(rank, document_id, "Mill", start, end, quote)
    return Hit(passage, score=1 / rank, rank=rank)


def answer(
    *quotes: str, confidence: float = 0.9, hits: Sequence[str] = (), question: str = ""
) -> Answer:
    """The quotes as an answer, each cited; ``hits`` are found, by default the quotes."""
    found = hits or quotes
    return Answer(
        question=question,
        text=" ".join(f"{quote} [{number}]" for number, quote in enumerate(quotes, start=1)),
        citations=tuple(citation(number, quote) for number, quote in enumerate(quotes, start=1)),
        confidence=confidence,
        hits=tuple(hit(rank, quote) for rank, quote in enumerate(found, start=1)),
    )


def refusal(confidence: float = 0.1, hits: Sequence[str] = (), question: str = "") -> Answer:
    """A refusal that shows ``hits``."""
    return Answer(
        question=question,
        text="The documents do not say.",
        refused=True,
        confidence=confidence,
        hits=tuple(hit(rank, quote) for rank, quote in enumerate(hits, start=1)),
    )


@dataclass
class ScriptedAssistant:
    """Answers by looking the question up; an exception in the script is raised."""

    script: Mapping[str, Answer | BaseException]
    texts: Mapping[str, str] = field(default_factory=lambda: {MILL: TEXT})
    told: Mapping[str, str] = field(default_factory=lambda: {"version": "1", "settings": "plain"})
    asked: list[str] = field(default_factory=list)
    histories: list[tuple[Turn, ...]] = field(default_factory=list)

    def ask(self, question: str, *, history: Sequence[Turn] = ()) -> Answer:
        self.asked.append(question)
        self.histories.append(tuple(history))
        reply = self.script[question]
        if isinstance(reply, BaseException):
            raise reply
        return replace(reply, question=question)

    def document(self, document_id: str) -> Document:
        if document_id not in self.texts:
            raise DocumentNotFoundError(f"no document {document_id!r}")
        text = self.texts[document_id]
        return Document(document_id, document_id, f"/{document_id}", text)

    def documents(self) -> list[Document]:
        return [self.document(document_id) for document_id in sorted(self.texts)]

    def describe(self) -> Mapping[str, str]:
        return self.told


WHEN = Case("when", "When was the mill built?", True, (), ("1820",), (BUILT,), (MILL,), ("fact",))
WHO = Case("who", "Who built the mill?", True, (), ("Ada Stone",), (BUILT,), (MILL,), ("fact",))
HOW_MANY = Case("wheels", "How many wheels?", True, (), ("two",), (WHEELS,), (MILL,), ("number",))
SALE = Case("sale", "When is flour sold?", True, (), ("Fridays",), (FLOUR,), (MILL,), ("fact",))
SPOUSE = Case("spouse", "Who was Ada's husband?", False, tags=("near miss",))
MOON = Case("moon", "How far is the moon?", False, tags=("off topic",))
CASES = (WHEN, WHO, HOW_MANY, SALE, SPOUSE, MOON)


def good_script() -> dict[str, Answer | BaseException]:
    """Right in all six cases."""
    return {
        WHEN.question: answer(BUILT, hits=[BUILT, WHEELS], confidence=0.9),
        WHO.question: answer(BUILT, hits=[WHEELS, BUILT], confidence=0.8),
        HOW_MANY.question: answer(WHEELS, confidence=0.95),
        SALE.question: answer(FLOUR, confidence=0.7),
        SPOUSE.question: refusal(0.3, hits=[BUILT]),
        MOON.question: refusal(0.05),
    }


def good_assistant(_folder: object = None) -> ScriptedAssistant:
    """Right in all six cases; takes a folder so that a command line can name it."""
    return ScriptedAssistant(good_script())

"""A scripted assistant for the tests of the page: exact answers, no index, no model.

By hand: ``python -m tests.fakes_ui 7861``.
"""

import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from assistant.compose import REFUSAL
from assistant.llm_settings import LlmSettings
from assistant.settings import Settings
from assistant.types import Answer, Citation, Place, Turn
from index.errors import DocumentNotFoundError, QuestionError
from index.pages import Pages
from index.types import Block, BlockKind, Document, DocumentInfo, Hit, PageView, Passage, SyncReport

SEEDS = Path(__file__).parent.parent / "seeds"
EXAMPLES = ("How old is Draghi?", "Who presented a peace plan?", "Did Salvini travel to Moscow?")
HOSTILE = (
    "<img src=http://sink.example/1 onerror=window.__pwned=1> <script>window.__pwned=2</script> "
    "${Object.assign(window,{__pwned:3})} {{__pwned}} `window.__pwned=4` "
    "![x](http://sink.example/2) [y](javascript:window.__pwned=5) <http://sink.example/3> "
    "http://sink.example/4 <svg><image href=http://sink.example/5></svg> "
    "<video poster=http://sink.example/6 src=http://sink.example/7></video> "
    "<input type=image src=http://sink.example/8> "
    "<b style='background:url(http://sink.example/9)'>b</b> <iframe src=http://sink.example/10> "
    "$$\\href{javascript:window.__pwned=6}{x}$$ ```mermaid graph TD; A[<img src=x>] ```."
)
LARGE_AT = "The needle is here."

SCRIPT: dict[str, tuple[str, ...]] = {
    "How old is Draghi?": ("At 74 years old, he is understandably tired",),
    "Who presented a peace plan?": (
        "Luigi Di Maio of the Five-Star Movement, who presented a four point peace plan",
        "Ukrainian skepticism is buttressed by the fact",
    ),
    "Did Salvini travel to Moscow?": (
        "On June 1, Matteo Salvini",
        "(The resultant uproar meant he stayed at home.)",
    ),
    "What does the hostile file say?": ("window.__pwned=1",),
    "Where is the needle?": (LARGE_AT,),
    "Tell me slowly.": ("In pursuit of peace, Italian policymakers",),
}
FILE_SHA256: dict[str, str] = {}
"""Of the files that stand behind documents, by path."""
FAILS = "Please fail."
SLOW = "Tell me slowly."
"""Answered over several seconds, so that there is time to press Stop."""
HELD = "Tell me later."
"""Its answer does not end as long as the file is there that the variable ``HELD`` names."""


def paragraphs(text: str) -> tuple[Block, ...]:
    """Blocks for the text between blank lines."""
    blocks, start = [], 0
    for piece in text.split("\n\n"):
        if piece.strip():
            blocks.append(Block(BlockKind.PARAGRAPH, start, start + len(piece)))
        start += len(piece) + 2
    return tuple(blocks)


def make_document(document_id: str, title: str, text: str) -> Document:
    """A document of plain paragraphs with its true hash."""
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return Document(document_id, title, f"/{document_id}", text, paragraphs(text), None, sha256)


def seeds_document() -> Document:
    """The article of the project's seeds folder."""
    path = next(SEEDS.glob("*.txt"))
    return make_document(path.name, "Italy and the war in Ukraine", path.read_text())


def hostile_document() -> Document:
    """A document whose name, title and text all try to run or to load something."""
    name = "<img src=x onerror=window.__pwned=7> ${window.__pwned=8} \"'.txt"
    return make_document(name, f"Title {HOSTILE}", f"Before.\n\n{HOSTILE}\n\nAfter.")


def large_document() -> Document:
    """A megabyte of text with one sentence to find in it."""
    filler = "Nothing to see in this paragraph, go on reading. " * 10
    body = [filler] * 2100
    body[1700] = f"{filler}\n\n{LARGE_AT}\n\n{filler}"
    return make_document("large.txt", "A large document", "\n\n".join(body))


def sentence_at(text: str, piece: str) -> tuple[int, int]:
    """Start and end of the sentence of ``text`` that holds ``piece``."""
    at = text.index(piece)
    start = max(
        text.rfind(". ", 0, at) + 2 if ". " in text[:at] else 0, text.rfind("\n", 0, at) + 1
    )
    ends = [end for end in (text.find(". ", at) + 1, text.find("\n", at)) if end > 0]
    return start, min([*ends, len(text)])


def page_at(document: Document, at: int) -> int | None:
    """The page on which a place of the text stands."""
    return next((block.page for block in document.blocks if block.end > at), None)


class FakeAssistant:
    """Answers the scripted questions; says of every other one that it is not answered."""

    def __init__(
        self,
        documents: Sequence[Document] | None = None,
        delay_seconds: float = 0.0,
        script: Mapping[str, Sequence[str]] = SCRIPT,
    ) -> None:
        found = [seeds_document()] if documents is None else documents
        self.script = script
        self.pages = Pages()
        self.folder = SEEDS
        self.settings = Settings()
        self.model_name = ""
        self.chosen: list[tuple[int | None, bool | None]] = []
        self.delay_seconds = delay_seconds
        self.by_id = {document.id: document for document in found}
        self.asked: list[tuple[str, tuple[Turn, ...], tuple[str, ...] | None]] = []

    def documents(self) -> Sequence[DocumentInfo]:
        return tuple(self._info(document) for document in self.by_id.values())

    def skipped(self) -> Sequence[tuple[str, str]]:
        return ()

    def document(self, document_id: str) -> Document:
        if document_id not in self.by_id:
            raise DocumentNotFoundError(f"no document {document_id!r} in the index")
        return self.by_id[document_id]

    def page(
        self, document_id: str, number: int, spans: Sequence[tuple[int, int]] = ()
    ) -> PageView:
        document = self.document(document_id)
        return self.pages.view(document, FILE_SHA256.get(document.path, ""), number, spans)

    def follow_ups(
        self,
        places: Sequence[Place],
        *,
        asked: Sequence[str] = (),
        documents: Sequence[str] | None = None,
        count: int = 3,
    ) -> Sequence[str]:
        """The examples that were not asked yet, under an answer from the article."""
        is_about_it = any(place.document_id == seeds_document().id for place in places)
        return [q for q in EXAMPLES if is_about_it and q not in asked][:count]

    def examples(self) -> Sequence[str]:
        return EXAMPLES

    def sync(self, *, progress=None, allow_empty: bool = False) -> SyncReport:
        return SyncReport(unchanged=tuple(self.by_id))

    def ask(
        self, question: str, *, history: Sequence[Turn] = (), documents: Sequence[str] | None = None
    ) -> Answer:
        *_, answer = self.stream(question, history=history, documents=documents)
        return answer

    def use_model(self, llm: LlmSettings) -> None:
        self.settings = replace(self.settings, llm=llm)
        self.model_name = llm.model or llm.use

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        documents: Sequence[str] | None = None,
        sentences: int | None = None,
        written: bool | None = None,
    ) -> Iterator[Answer]:
        self.chosen.append((sentences, written))
        if len(question) > 4000:
            raise QuestionError(f"the question has {len(question)} characters, at most 4000")
        if question == FAILS:
            raise ConnectionError("the backend of the test is gone")
        self.asked.append((question, tuple(history), tuple(documents) if documents else None))
        while question == HELD and Path(os.environ["HELD"]).exists():
            time.sleep(0.05)
            yield Answer(question, "…")
        answer = self._answer(question)
        words = answer.text.split(" ")
        for count in range(1, len(words)):
            time.sleep(self.delay_seconds * (100 if question == SLOW else 1))
            yield Answer(question, " ".join(words[:count]), answer.citations)
        yield answer

    def _answer(self, question: str) -> Answer:
        places = [self._find(piece) for piece in self.script.get(question, ())]
        citations = tuple(
            Citation(
                *(number, document.id, document.title, start, end, document.text[start:end]),
                page=page_at(document, start),
            )
            for number, (document, start, end) in enumerate(places, 1)
        )
        if not citations:
            return Answer(question, REFUSAL, refused=True, confidence=0.1, hits=self._hits())
        lines = [f"{citation.quote} [{citation.number}]" for citation in citations]
        return Answer(question, "\n\n".join(lines), citations, confidence=0.9)

    def _find(self, piece: str) -> tuple[Document, int, int]:
        document = next(found for found in self.by_id.values() if piece in found.text)
        return document, *sentence_at(document.text, piece)

    def _hits(self) -> tuple[Hit, ...]:
        document = next(iter(self.by_id.values()))
        passages = [
            Passage(n, document.id, document.title, b.start, b.end, document.text[b.start : b.end])
            for n, b in enumerate(document.blocks[:2], 1)
        ]
        return tuple(Hit(passage, 1.0 / passage.id, passage.id) for passage in passages)

    def _info(self, document: Document) -> DocumentInfo:
        size = len(document.text.encode())
        return DocumentInfo(
            document.id, document.title, document.path, len(document.text), None, 9, size, 1.6e9
        )


def main() -> None:
    """Serve the page over the scripted assistant: port, seconds between words, drafts file."""
    documents = [seeds_document(), hostile_document(), large_document()]
    delay_seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 0.01
    name = sys.argv[3] if len(sys.argv) > 3 else f"{tempfile.mkdtemp()}/drafts.jsonl"
    serve_fake(FakeAssistant(documents, delay_seconds), int(sys.argv[1]), Path(name))


def serve_fake(engine: FakeAssistant, port: int, drafts: Path) -> None:
    """Serve the page over this assistant until SIGTERM."""
    from ui.drafts import Drafts
    from ui.server import build_server, open_port, prepare_environment, serve

    prepare_environment(os.environ)
    listening = open_port("127.0.0.1", port)
    serve(build_server(engine, Drafts(drafts), "127.0.0.1"), listening)


if __name__ == "__main__":
    main()

"""What the engine knows of each question that it is fitted on: ``gather_all`` asks them all."""

import random
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant import Assistant
from assistant.find import find
from assistant.quote.features import Readings, name_terms, sentence_features
from assistant.quote.last_turn import going_on
from assistant.quote.reading import read_found
from assistant.quote.verbatim import has_no_answer
from assistant.read.reader import Reader
from assistant.understand.followup import repeated
from assistant.understand.kinds import Kind
from assistant.understand.moves import without_opener
from assistant.understand.question import Question
from eval.cases import Case, load_cases
from eval.match import Evidence, Stretch, locate, matched
from eval.train.reader_data import Item
from eval.train.reader_questions import load_written
from index.chunk import split_sentences
from index.embed import load_embedder
from index.types import Found, Sentence

Matrix = npt.NDArray[np.float64]


SETS = ("squad2", "xquad", "clapnq", "mtrag")
ARTICLES = Path(__file__).with_name("articles")
"""35 documents of many kinds with 40 questions on each, written for this: near misses that nothing
in the whole document answers, and answerable questions in other words than the text's."""
FOLLOW_UPS = "follow_ups.jsonl"
"""In the same folder: some 20 on each, what one of these asks, put as it would be after another."""
ALONE = ("squad2", "xquad", ARTICLES.name)
"""Sets whose documents are also asked one at a time."""
STRANGE = "strange"
"""Tag of a question that is about another document."""
WRITTEN = "written"
WRITTEN_COUNT = 700
"""The questions written for the reader, of articles that it was not trained on: near misses that
teach how far to believe it. So many of them are asked."""
LEAST_PASSAGES = 4
"""Of an article that is asked about: a shorter one is no document."""
TRAINED_ON = (
    "1973-oil-crisis.txt",
    "French-and-Indian-War.txt",
    "Imperialism.txt",
    "Packet-switching.txt",
    "Scottish-Parliament.txt",
    "Yuan-dynasty.txt",
)
"""Articles of squad2 that the reader knows: nothing can be learned from how it reads them."""


@dataclass(frozen=True, slots=True)
class Example:
    """A case with all that the engine knows before it chooses."""

    case: Case
    question: Question
    found: Found
    readings: Readings | None
    names: tuple[str, ...]
    labels: tuple[bool, ...]
    """For each sentence found, whether it is evidence; all False where the case names none."""

    def features(self, *, with_reader: bool) -> Matrix:
        """Rows of the sentence model."""
        return sentence_features(self.question, self.found, self.readings if with_reader else None)


Sets = dict[str, list[Example]]


def gather_all(data: Path, reader: Reader | None, most: int | None = None) -> Sets:
    """Every set that is fitted on, by title.

    Args:
        data: folder with the public sets.
        reader: reads what is found; None to do without.
        most: questions of a set, drawn at random; None for all.
    """
    sets: Sets = {}
    for folder in (*(data / name for name in SETS), ARTICLES):
        documents, cases = folder / "documents", drawn(load_cases(folder), most)
        with TemporaryDirectory() as place:
            assistant = Assistant.from_folder(documents, index_dir=Path(place) / "index")
            sets[folder.name] = gather(assistant, cases, reader)
            homes = [home_of(assistant, case) for case in cases]
            assistant.close()
        if folder.name in ALONE:
            sets[f"{folder.name}, alone"] = gather_alone(documents, cases, homes, reader)
    if reader:
        together, alone = gather_written(data / "train", reader, most or WRITTEN_COUNT)
        sets[WRITTEN], sets[f"{WRITTEN}, alone"] = together, alone
        sets |= gather_follow_ups(reader, most)
    return sets


def gather(assistant: Assistant, cases: Sequence[Case], reader: Reader | None) -> list[Example]:
    """What the engine knows of each question of fact."""
    texts = {d.id: assistant.document(d.id).text for d in assistant.documents()}
    terms, count = assistant.index.terms, assistant.settings.answer.passages
    examples = []
    for case in cases:
        text, history = repeated(case.question, case.history)
        question, found = find(assistant.index, without_opener(text), history, count)
        if question.kind is not Kind.FACT:
            continue
        in_vain = has_no_answer(case.question, question, found)
        readings = None
        if reader and not in_vain and found.hits[0].passage.document_id not in TRAINED_ON:
            readings = going_on(read_found(reader, question, found), question, found.sentences)
        named = [(id_, texts[id_]) for id_ in case.documents]
        evidence = [locate(text, named) for text in case.evidence]
        labels = tuple(_is_evidence(s, evidence) for s in found.sentences)
        names = name_terms(case.question, terms)
        examples.append(Example(case, question, found, readings, names, labels))
    return examples


def gather_alone(
    folder: Path,
    cases: Sequence[Case],
    homes: Sequence[str],
    reader: Reader | None,
    *,
    strange: bool = True,
) -> list[Example]:
    """What the engine knows when a folder holds a single document, for each document in turn.

    Its own questions are asked, near misses among them, and as many of the other documents': to
    them it has no answer. In a small folder words are missing and scores are low more often, so it
    is fitted on as well.

    Args:
        folder: the documents.
        cases: the questions.
        homes: the document that each of them is about.
        reader: reads what is found; None to do without.
        strange: whether those of others are asked.
    """
    embedder = load_embedder()
    examples: list[Example] = []
    pairs = list(zip(cases, homes, strict=True))
    for document in sorted(set(homes)):
        own = [case for case, home in pairs if home == document]
        rest = [case for case, home in pairs if home != document] if strange else []
        some = rest[:: max(len(rest) // len(own), 1)][: len(own)]
        nothing: dict[str, Any] = {"answers": (), "evidence": (), "documents": ()}
        others = [replace(case, answerable=False, tags=(STRANGE,), **nothing) for case in some]
        with TemporaryDirectory() as place:
            alone = Path(place) / "documents"
            alone.mkdir()
            shutil.copy(folder / document, alone)
            assistant = Assistant.from_folder(
                alone, index_dir=Path(place) / "index", embed_model=embedder
            )
            examples += gather(assistant, [*own, *others], reader)
            assistant.close()
    return examples


def gather_written(
    data: Path, reader: Reader | None, most: int
) -> tuple[list[Example], list[Example]]:
    """What the engine knows of at most so many questions kept out of the reader's training: asked
    of all their articles together, and of each alone.
    """
    items = load_written(data, "valid")
    passages: dict[str, dict[str, None]] = {}
    for item in items:
        passages.setdefault(item.group, {})[item.passage] = None
    names = {
        group: f"{number}.txt"
        for number, (group, of) in enumerate(sorted(passages.items()))
        if len(of) >= LEAST_PASSAGES
    }
    items = [item for item in items if item.group in names]
    asked = random.Random(1).sample(items, min(most, WRITTEN_COUNT, len(items)))  # noqa: S311
    homes = [names[item.group] for item in asked]
    cases = [case_of(str(n), item, homes[n]) for n, item in enumerate(asked)]
    with TemporaryDirectory() as place:
        folder = Path(place) / "documents"
        folder.mkdir()
        for group, name in names.items():
            (folder / name).write_text("\n\n".join(passages[group]), encoding="utf-8")
        assistant = Assistant.from_folder(folder, index_dir=Path(place) / "index")
        together = gather(assistant, cases, reader)
        assistant.close()
        return together, gather_alone(folder, cases, homes, reader)


def gather_follow_ups(reader: Reader, most: int | None) -> Sets:
    """Those on the articles: asked of all of these together, and of each alone."""
    documents, cases = ARTICLES / "documents", drawn(load_cases(ARTICLES / FOLLOW_UPS), most)
    homes = [follow_up_home(case) for case in cases]
    with TemporaryDirectory() as place:
        assistant = Assistant.from_folder(documents, index_dir=Path(place) / "index")
        together = gather(assistant, cases, reader)
        assistant.close()
    alone = gather_alone(documents, cases, homes, reader, strange=False)
    title = f"{ARTICLES.name}, follow-ups"
    return {title: together, f"{title} alone": alone}


def drawn(cases: Sequence[Case], most: int | None) -> list[Case]:
    """At most so many of ``cases``, always the same; None for all."""
    if most is None or len(cases) <= most:
        return list(cases)
    return random.Random(1).sample(cases, most)  # noqa: S311


def home_of(assistant: Assistant, case: Case) -> str:
    """The document that a case is about: the one it names, else that of what is found first."""
    if len(case.documents) == 1:
        return case.documents[0]
    return assistant.search(case.question, k=1)[0].passage.document_id


def follow_up_home(case: Case) -> str:
    """The article that a follow-up is about; an unanswerable one names it in its id only."""
    return case.id.rsplit("-", 1)[0] + ".txt"


def case_of(name: str, item: Item, document: str) -> Case:
    """A written question as a case: its evidence is the sentence in which the answer starts."""
    if item.start is None:
        return Case(name, item.text, answerable=False)
    spans = split_sentences(item.passage)
    evidence = tuple(item.passage[a:b] for a, b in spans if a <= item.start < b)
    answer = item.passage[item.start : item.end]
    return Case(
        name,
        item.text,
        answerable=True,
        answers=(answer,),
        evidence=evidence,
        documents=(document,),
    )


def _is_evidence(s: Sentence, evidence: Sequence[Evidence]) -> bool:
    stretch = Stretch(s.hit.passage.document_id, s.start, s.end, s.text)
    return bool(matched(stretch, evidence))

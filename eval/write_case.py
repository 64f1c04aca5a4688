"""New cases from what a person gives: completed, and checked against the documents."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.types import Answer, Citation, Turn
from eval.answerer import Answerer, HasDocuments
from eval.cases import Case, case_to_json, cases_path, load_cases, new_id, parse_case
from eval.draft import Source, case_from_answer
from eval.match import locate
from index.errors import TroubleError, UsageError


@dataclass(frozen=True, slots=True)
class CaseParts:
    """What was given for a new case; empty parts are filled in where they can be."""

    question: str = ""
    answers: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    answerable: bool = True
    id: str = ""
    answer_file: Path | None = None
    """What ``assistant ask --json`` printed: stands in for what is not given; its documents only
    where no evidence is given."""


def complete_case(parts: CaseParts, open_library: Callable[[], Answerer]) -> Case:
    """The case that the parts make, its evidence as it stands in the documents.

    ``open_library`` is only called when there is evidence to look for.

    Raises:
        UsageError: a part is missing or wrong, or the evidence is in no document.
    """
    start = _from_answer_file(parts.answer_file) if parts.answer_file else None
    question = parts.question or (start.question if start else "")
    history = start.history if start else ()
    case = Case(
        id=parts.id or new_id(question, history),
        question=question,
        answerable=parts.answerable,
        history=history,
        answers=parts.answers,
        evidence=parts.evidence or (start.evidence if start and parts.answerable else ()),
        documents=parts.documents or (start.documents if start and not parts.evidence else ()),
        tags=parts.tags or (start.tags if start else ()),
    )
    if case.evidence and case.answerable:
        case = _placed(case, _library(open_library()))
    return parse_case(case_to_json(case), "the new case")


def known_ids(out: Path) -> frozenset[str]:
    """The ids of the cases that are in the file of ``out`` already.

    Raises:
        UsageError: it is a file of something else.
        TroubleError: it cannot be looked at.
    """
    path = cases_path(out)
    try:
        is_filled = path.exists() and path.stat().st_size
    except OSError as error:
        raise TroubleError(f"{path}: cannot be read ({error.strerror}); give another") from error
    return frozenset(case.id for case in load_cases(path)) if is_filled else frozenset()


def sources_of(answerer: Answerer) -> list[Source]:
    """The answerer's documents, to draft from, by id."""
    library = _library(answerer)
    ids = sorted(str(each.id) for each in library.documents())
    return [_source(library.document(document_id)) for document_id in ids]


def _source(document: Any) -> Source:
    headings = tuple(
        (block.start, block.end)
        for block in getattr(document, "blocks", ())
        if block.kind == "heading"
    )
    return Source(str(document.id), str(document.text), headings)


def _library(answerer: Answerer) -> HasDocuments:
    if not isinstance(answerer, HasDocuments):
        raise UsageError(f"{type(answerer).__name__}: does not show its documents")
    return answerer


def _placed(case: Case, library: HasDocuments) -> Case:
    """The case with each evidence as its document writes it, and the documents that hold it."""
    ids = case.documents or tuple(sorted(str(each.id) for each in library.documents()))
    texts = {document_id: str(library.document(document_id).text) for document_id in ids}
    evidence, documents = [], list(case.documents)
    for number, item in enumerate(case.evidence, start=1):
        places = locate(item, texts.items()).places
        if not places:
            raise UsageError(
                f"evidence {number}: stands in none of {len(ids)} documents; copy it from the "
                "text as `assistant` shows it"
            )
        document_id, start, end = places[0]
        evidence.append(texts[document_id][start:end])
        documents.append(document_id)
    return replace(case, evidence=tuple(evidence), documents=tuple(dict.fromkeys(documents)))


def _from_answer_file(path: Path) -> Case:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        return case_from_answer(_answer(value), _turns(value.get("history", [])))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{path}: expected what `assistant ask --json` prints") from error


def _answer(value: Mapping[str, Any]) -> Answer:
    citations = [Citation(**each) for each in value["citations"]]
    return Answer(str(value["question"]), str(value["text"]), tuple(citations))


def _turns(values: Sequence[Mapping[str, Any]]) -> list[Turn]:
    return [Turn(str(each["question"]), str(each["answer"])) for each in values]

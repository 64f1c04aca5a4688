"""Cases: questions, and what a right answer to each of them rests on.

The first step of an evaluation: cases -> run -> compare -> report. A case folder holds
``cases.jsonl`` (one object a line) and, unless the documents are elsewhere, ``documents/``.
Reading is strict, so that a slip in a case never shows up as a worse or better assistant.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from assistant.types import Turn
from index.errors import TroubleError, UsageError

FILE_NAME = "cases.jsonl"
FIELDS = ("id", "question", "history", "answers", "evidence", "documents", "answerable", "tags")


@dataclass(frozen=True, slots=True)
class Case:
    """One question with its expected result.

    >>> Case(id="age", question="How old is Draghi?", answerable=True, answers=("74",)).history
    ()
    """

    id: str
    """Unique within its file."""
    question: str
    answerable: bool
    """Whether the documents answer the question; False means that a refusal is right."""
    history: tuple[Turn, ...] = ()
    """Earlier turns, oldest first."""
    answers: tuple[str, ...] = ()
    """Any of these makes a short answer right; empty when there is none to compare with."""
    evidence: tuple[str, ...] = ()
    """Verbatim text of the documents; a right citation overlaps one of these."""
    documents: tuple[str, ...] = ()
    """Ids of the documents that hold the answer; they are where the evidence is looked for."""
    tags: tuple[str, ...] = ()


def load_cases(folder: Path | str) -> tuple[Case, ...]:
    """The cases of a folder, or of a ``.jsonl`` file, in file order.

    Raises:
        UsageError: no such file, no case in it, or a line that is not a case; the message
            names the file, the line, the field, what was seen and what was expected.

    >>> load_cases("eval/seeds")  # doctest: +SKIP
    """
    path = cases_path(folder)
    try:
        lines = path.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n")
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be read ({error.strerror}); expected a folder with {FILE_NAME}, "
            "or such a file"
        ) from error
    cases = _parse_lines(path, lines)
    if not cases:
        raise UsageError(f"{path}: holds no case; expected one JSON object a line")
    return cases


def cases_path(folder: Path | str) -> Path:
    """The file in which the cases of ``folder`` are; a path to such a file stays as it is."""
    path = Path(folder)
    return path if path.suffix == ".jsonl" else path / FILE_NAME


def parse_case(value: object, where: str) -> Case:
    """The case that a decoded JSON object states.

    Raises:
        UsageError: with ``where`` at the front of the message.
    """
    if not isinstance(value, dict):
        raise UsageError(f"{where}: found {_kind(value)}, expected a JSON object")
    unknown = [name for name in value if name not in FIELDS]
    if unknown:
        raise UsageError(f"{where}, field {unknown[0]!r}: unknown; known are {', '.join(FIELDS)}")
    return _consistent(
        Case(
            id=_string(value, "id", where),
            question=_string(value, "question", where),
            answerable=_boolean(value, "answerable", where),
            history=_history(value.get("history", []), where),
            answers=_strings(value, "answers", where),
            evidence=_strings(value, "evidence", where),
            documents=_strings(value, "documents", where),
            tags=_strings(value, "tags", where),
        ),
        where,
    )


def case_to_json(case: Case) -> dict[str, object]:
    """The case as the JSON object that :func:`parse_case` reads; tags only when it has any."""
    value: dict[str, object] = {
        "id": case.id,
        "question": case.question,
        "history": [{"question": turn.question, "answer": turn.answer} for turn in case.history],
        "answers": list(case.answers),
        "evidence": list(case.evidence),
        "documents": list(case.documents),
        "answerable": case.answerable,
    }
    return value | ({"tags": list(case.tags)} if case.tags else {})


def append_case(folder: Path | str, case: Case) -> Path:
    """Add a case at the end of its file, made when missing; returns the file.

    Raises:
        UsageError: the case contradicts itself, its id is taken, or the file is not one of cases.
        TroubleError: the file cannot be read or written.
    """
    path = cases_path(folder)
    line = json.dumps(case_to_json(case), ensure_ascii=False)
    parse_case(json.loads(line), f"case {case.id!r}")
    try:
        _append_line(path, line, case.id)
    except OSError as error:
        raise TroubleError(
            f"{path}: cannot be written ({error.strerror}: {error.filename}); expected a folder "
            "or a .jsonl file that can be; give another"
        ) from error
    return path


def _append_line(path: Path, line: str, case_id: str) -> None:
    existing = path.read_bytes() if path.exists() else b""
    if existing.strip() and case_id in {known.id for known in load_cases(path)}:
        raise UsageError(f"{path}: id {case_id!r} is taken; give the new case another one")
    break_before = "" if not existing or existing.endswith(b"\n") else "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8", newline="") as file:
        file.write(f"{break_before}{line}\n")


def new_id(question: str, history: Iterable[Turn] = ()) -> str:
    """A short id for a new case, the same for the same question and history."""
    turns = [part for turn in history for part in (turn.question, turn.answer)]
    return sha256("\0".join([*turns, question]).encode()).hexdigest()[:12]


def _parse_lines(path: Path, lines: list[bytes]) -> tuple[Case, ...]:
    line_of: dict[str, int] = {}
    cases = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        where = f"{path}, line {number}"
        case = parse_case(_decode(line, where), where)
        if case.id in line_of:
            raise UsageError(
                f"{where}, field 'id': {case.id!r} is the id of line {line_of[case.id]} too; "
                "expected a different one"
            )
        line_of[case.id] = number
        cases.append(case)
    return tuple(cases)


def _decode(line: bytes, where: str) -> object:
    try:
        return json.loads(line.decode("utf-8"), object_pairs_hook=_without_duplicates(where))
    except UnicodeDecodeError as error:
        raise UsageError(f"{where}: not UTF-8 at byte {error.start}; save it as UTF-8") from error
    except json.JSONDecodeError as error:
        raise UsageError(
            f"{where}, column {error.colno}: not JSON ({error.msg}); expected one object a line"
        ) from error
    except ValueError as error:  # the only other one: Python reads no number of 4,301 digits
        raise UsageError(f"{where}: a number of too many digits; expected text") from error
    except RecursionError as error:
        raise UsageError(f"{where}: nested too deeply; expected a flat object") from error


def _without_duplicates(
    where: str,
) -> Callable[[list[tuple[str, object]]], dict[str, object]]:
    def build(pairs: list[tuple[str, object]]) -> dict[str, object]:
        value: dict[str, object] = {}
        for name, item in pairs:
            if name in value:
                raise UsageError(f"{where}, field {name!r}: given twice; keep one")
            value[name] = item
        return value

    return build


def _string(value: Mapping[str, object], name: str, where: str) -> str:
    if name not in value:
        raise UsageError(f"{where}, field {name!r}: missing; expected a string")
    return _filled(value[name], f"{where}, field {name!r}")


def _strings(value: Mapping[str, object], name: str, where: str) -> tuple[str, ...]:
    items = value.get(name, [])
    if not isinstance(items, list):
        raise UsageError(
            f"{where}, field {name!r}: found {_kind(items)}, expected a list of strings"
        )
    filled = (
        _filled(item, f"{where}, field {name!r}, item {number}")
        for number, item in enumerate(items, start=1)
    )
    return tuple(dict.fromkeys(filled))


def _filled(item: object, where: str) -> str:
    if not isinstance(item, str):
        raise UsageError(f"{where}: found {_kind(item)}, expected a string")
    if not item.strip():
        raise UsageError(f"{where}: found an empty string, expected text")
    return _encodable(item, where)


def _encodable(item: str, where: str) -> str:
    try:
        item.encode()
    except UnicodeEncodeError as error:
        raise UsageError(f"{where}: half a surrogate pair at character {error.start}") from error
    return item


def _boolean(value: Mapping[str, object], name: str, where: str) -> bool:
    item = value.get(name)
    if not isinstance(item, bool):
        seen = _kind(item) if name in value else "nothing"
        raise UsageError(f"{where}, field {name!r}: found {seen}, expected true or false")
    return item


def _history(items: object, where: str) -> tuple[Turn, ...]:
    where = f"{where}, field 'history'"
    if not isinstance(items, list):
        raise UsageError(f"{where}: found {_kind(items)}, expected a list of turns")
    return tuple(
        _turn(item, f"{where}, item {number}") for number, item in enumerate(items, start=1)
    )


def _turn(item: object, where: str) -> Turn:
    if not isinstance(item, dict) or set(item) != {"question", "answer"}:
        seen = sorted(item) if isinstance(item, dict) else _kind(item)
        raise UsageError(f"{where}: found {seen}, expected an object of question and answer")
    answer = item["answer"]
    if not isinstance(answer, str):
        raise UsageError(f"{where}, field 'answer': found {_kind(answer)}, expected a string")
    return Turn(
        question=_filled(item["question"], f"{where}, field 'question'"),
        answer=_encodable(answer, f"{where}, field 'answer'"),
    )


def _consistent(case: Case, where: str) -> Case:
    for name, items in (("answers", case.answers), ("evidence", case.evidence)):
        if items and not case.answerable:
            raise UsageError(
                f"{where}, field {name!r}: found {len(items)}, expected none where 'answerable' "
                "is false; empty it, or set 'answerable' to true"
            )
    if case.evidence and not case.documents:
        raise UsageError(
            f"{where}, field 'documents': found none, expected the documents that hold the evidence"
        )
    return case


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "true or false"}
    if value is None:
        return "null"
    return names.get(type(value), "a number")

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from eval.cases import Case, append_case, new_id
from eval.write_case import CaseParts, complete_case, known_ids, sources_of
from index.errors import UsageError
from tests.fakes_eval import BUILT, MILL, TEXT, ScriptedAssistant, answer, good_assistant


def never() -> ScriptedAssistant:
    raise AssertionError("the documents were opened for nothing")


def test_the_document_is_found_by_its_evidence() -> None:
    case = complete_case(CaseParts("When?", ("1820",), (BUILT,)), good_assistant)
    assert case == Case(new_id("When?"), "When?", True, (), ("1820",), (BUILT,), (MILL,))


def test_evidence_is_kept_as_the_document_writes_it() -> None:
    broken = ScriptedAssistant({}, texts={"a.txt": "It was built\nin 1820 by Ada Stone."})
    case = complete_case(CaseParts("When?", evidence=(BUILT,)), lambda: broken)
    assert case.evidence == ("It was built\nin 1820 by Ada Stone.",)


def test_evidence_that_stands_nowhere_is_refused() -> None:
    parts = CaseParts("When?", evidence=(BUILT, "It was built in 1821."))
    with pytest.raises(UsageError, match="evidence 2: stands in none of 1 documents"):
        complete_case(parts, good_assistant)


def test_a_named_document_is_the_only_one_looked_in() -> None:
    library = ScriptedAssistant({}, texts={"a.txt": TEXT, "b.txt": "Something else."})
    parts = CaseParts("When?", evidence=(BUILT,), documents=("b.txt",))
    with pytest.raises(UsageError, match="none of 1 documents"):
        complete_case(parts, lambda: library)


def test_an_unanswerable_case_needs_no_documents() -> None:
    case = complete_case(CaseParts("How far is the moon?", answerable=False), never)
    assert case.answerable is False


def test_a_case_without_a_question_is_refused() -> None:
    with pytest.raises(UsageError, match="the new case, field 'question': found an empty string"):
        complete_case(CaseParts(), never)


def test_an_unanswerable_case_with_evidence_is_refused() -> None:
    with pytest.raises(UsageError, match="expected none where 'answerable' is false"):
        complete_case(CaseParts("Q?", evidence=(BUILT,), answerable=False), never)


def answer_file(folder: Path) -> Path:
    path = folder / "answer.json"
    value = asdict(answer(BUILT, question="When was it built?"))
    path.write_text(json.dumps(value | {"history": [{"question": "Where?", "answer": "There."}]}))
    return path


def test_an_answer_file_stands_in_for_what_is_not_given(tmp_path: Path) -> None:
    parts = CaseParts(answers=("1820",), answer_file=answer_file(tmp_path))
    case = complete_case(parts, good_assistant)
    assert (case.question, case.evidence, case.answers) == (
        "When was it built?", (BUILT,), ("1820",),
    )  # fmt: skip
    assert len(case.history) == 1
    assert case.tags == ("draft", "complaint")


def test_evidence_that_is_given_is_not_looked_for_in_the_documents_of_the_answer(
    tmp_path: Path,
) -> None:
    library = ScriptedAssistant({}, texts={MILL: TEXT, "right.txt": "It was built in 1821."})
    parts = CaseParts(evidence=("It was built in 1821.",), answer_file=answer_file(tmp_path))
    assert complete_case(parts, lambda: library).documents == ("right.txt",)


def test_an_answer_that_should_have_been_a_refusal_becomes_an_unanswerable_case(
    tmp_path: Path,
) -> None:
    case = complete_case(CaseParts(answerable=False, answer_file=answer_file(tmp_path)), never)
    assert (case.answerable, case.evidence, case.documents) == (False, (), (MILL,))


@pytest.mark.parametrize("content", ["{", "[]", '{"question": "x"}', "\\u00ff"])
def test_a_file_that_is_no_answer_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.json").write_text(content)
    with pytest.raises(UsageError, match="expected what `assistant ask --json` prints"):
        complete_case(CaseParts(answer_file=tmp_path / "a.json"), never)


def test_the_ids_of_a_file_are_known_and_none_of_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert known_ids(tmp_path) == frozenset()
    append_case(tmp_path, Case("a", "A?", False))
    assert known_ids(tmp_path) == {"a"}


def test_sources_are_the_documents_by_id() -> None:
    library = ScriptedAssistant({}, texts={"b": "B.", "a": "A."})
    sources = sources_of(library)
    assert [(each.id, each.text) for each in sources] == [("a", "A."), ("b", "B.")]

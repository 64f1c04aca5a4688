import json
from pathlib import Path

import pytest

from assistant.types import Turn
from eval.cases import Case, append_case, case_to_json, load_cases, new_id, parse_case
from index.errors import UsageError

MINIMAL = {"id": "a", "question": "How old?", "answerable": False}
FULL = {
    "id": "b",
    "question": "And him?",
    "history": [{"question": "Who?", "answer": "Draghi."}],
    "answers": ["74"],
    "evidence": ["At 74 years old"],
    "documents": ["a.txt"],
    "answerable": True,
    "tags": ["follow-up"],
}


def write(folder: Path, *lines: object) -> Path:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    (folder / "cases.jsonl").write_text(text, encoding="utf-8")
    return folder


def test_a_case_with_every_field_is_read_as_it_is_written(tmp_path: Path) -> None:
    case = Case(
        "b", "And him?", True, (Turn("Who?", "Draghi."),), ("74",), ("At 74 years old",),
        ("a.txt",), ("follow-up",),
    )  # fmt: skip
    assert load_cases(write(tmp_path, FULL)) == (case,)
    assert case_to_json(case) == FULL


def test_a_number_of_too_many_digits_is_an_error_that_names_the_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="line 1: a number of too many digits"):
        load_cases(write(tmp_path, '{"id": ' + "1" * 5000 + "}"))


def test_lists_may_be_left_out_and_stay_empty(tmp_path: Path) -> None:
    assert load_cases(write(tmp_path, MINIMAL)) == (Case("a", "How old?", False),)


def test_cases_keep_the_order_of_the_file_and_blank_lines_are_skipped(tmp_path: Path) -> None:
    cases = load_cases(write(tmp_path, MINIMAL, "", "  ", FULL))
    assert [case.id for case in cases] == ["a", "b"]


def test_a_file_may_be_named_instead_of_its_folder(tmp_path: Path) -> None:
    write(tmp_path, MINIMAL)
    assert load_cases(tmp_path / "cases.jsonl") == load_cases(tmp_path)


def test_a_byte_order_mark_and_line_separators_inside_text_do_no_harm(tmp_path: Path) -> None:
    line = json.dumps(MINIMAL | {"question": "one\u2028two"}, ensure_ascii=False)
    (tmp_path / "cases.jsonl").write_bytes(b"\xef\xbb\xbf" + line.encode())
    assert load_cases(tmp_path)[0].question == "one\u2028two"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"evidense": []}, "field 'evidense': unknown"),
        ({"id": 7}, "field 'id': found a number, expected a string"),
        ({"id": " "}, "field 'id': found an empty string"),
        ({"question": None}, "field 'question': found null"),
        ({"answerable": "yes"}, "field 'answerable': found a string, expected true or false"),
        ({"answerable": 1}, "field 'answerable': found a number"),
        ({"answers": "74"}, "field 'answers': found a string, expected a list of strings"),
        ({"answers": ["74", 75]}, "field 'answers', item 2: found a number"),
        ({"history": {}}, "field 'history': found an object, expected a list of turns"),
        ({"history": [{"question": "x"}]}, "field 'history', item 1: found ['question']"),
        ({"history": [{"question": "x", "answer": 1}]}, "field 'answer': found a number"),
        ({"answerable": True, "evidence": ["e"]}, "field 'documents': found none"),
        ({"evidence": ["e"], "documents": ["a"]}, "field 'evidence': found 1, expected none"),
        ({"answers": ["e"]}, "field 'answers': found 1, expected none where 'answerable' is false"),
        ({"question": "\ud800"}, "field 'question': half a surrogate pair at character 0"),
    ],
)
def test_a_wrong_case_names_file_line_field_and_what_was_expected(
    tmp_path: Path, change: dict[str, object], message: str
) -> None:
    folder = write(tmp_path, FULL, MINIMAL | change)
    with pytest.raises(UsageError) as caught:
        load_cases(folder)
    assert f"{folder / 'cases.jsonl'}, line 2" in str(caught.value)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 1, column 2: not JSON"),
        ("[]", "line 1: found a list, expected a JSON object"),
        ('{"id": "a", "id": "b"}', "line 1, field 'id': given twice"),
        ('{"question": "x", "answerable": true}', "line 1, field 'id': missing"),
        ('{"id": "a", "question": "x"}', "line 1, field 'answerable': found nothing"),
        ("[" * 100_000, "line 1: nested too deeply"),
    ],
)
def test_a_line_that_is_no_case_is_named(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        load_cases(write(tmp_path, line))
    assert message in str(caught.value)


def test_bytes_that_are_not_utf8_are_named_by_line(tmp_path: Path) -> None:
    (tmp_path / "cases.jsonl").write_bytes(json.dumps(MINIMAL).encode() + b'\n{"id": "\xff"}')
    with pytest.raises(UsageError, match="line 2: not UTF-8 at byte 8"):
        load_cases(tmp_path)


def test_an_id_used_twice_names_both_lines(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="line 3, field 'id': 'a' is the id of line 1 too"):
        load_cases(write(tmp_path, MINIMAL, FULL, MINIMAL))


def test_a_missing_file_and_one_without_cases_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        load_cases(tmp_path)
    with pytest.raises(UsageError, match="holds no case"):
        load_cases(write(tmp_path, ""))


def test_an_added_case_is_read_back_and_makes_its_folder(tmp_path: Path) -> None:
    case = parse_case(FULL, "here")
    append_case(tmp_path / "new", case)
    append_case(tmp_path / "new", Case("c", "“Où?”", False))
    assert [each.id for each in load_cases(tmp_path / "new")] == ["b", "c"]
    assert "“Où?”" in (tmp_path / "new/cases.jsonl").read_text(encoding="utf-8")


def test_adding_after_a_last_line_without_a_break_starts_a_new_line(tmp_path: Path) -> None:
    write(tmp_path, MINIMAL)
    append_case(tmp_path, parse_case(FULL, "here"))
    assert len(load_cases(tmp_path)) == 2


def test_a_taken_id_is_refused_and_the_file_stays_as_it_was(tmp_path: Path) -> None:
    before = (write(tmp_path, MINIMAL) / "cases.jsonl").read_bytes()
    with pytest.raises(UsageError, match="id 'a' is taken"):
        append_case(tmp_path, Case("a", "Another?", False))
    assert (tmp_path / "cases.jsonl").read_bytes() == before


def test_a_case_that_contradicts_itself_is_not_added(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="expected none where 'answerable' is false"):
        append_case(tmp_path, Case("a", "Why?", False, answers=("because",)))
    assert not (tmp_path / "cases.jsonl").exists()


def test_a_new_id_depends_on_question_and_history_only() -> None:
    turn = Turn("Who?", "Draghi.")
    assert new_id("How old?") == new_id("How old?")
    assert len({new_id("How old?"), new_id("How old"), new_id("How old?", [turn])}) == 3

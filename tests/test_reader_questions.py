"""The questions that were written for this project, and their places in public passages."""

import gzip
import json
import re

import pytest

from eval.cases import load_cases
from eval.reader_questions import (
    DOCUMENTS,
    FILE,
    KNOWN_UNANSWERED,
    PARAPHRASES,
    RIVALS,
    STANCES,
    digest,
    is_valid,
    load_documents,
    load_found,
    load_written,
    place_of,
)

FOLLOW_UPS = DOCUMENTS.with_name("follow_ups")
CHANGES = DOCUMENTS.with_name("subject_changes")
FOLDERS = (DOCUMENTS, PARAPHRASES, RIVALS, STANCES, DOCUMENTS.with_name("articles"), FOLLOW_UPS)
PASSAGE = (
    "Clara Voss built it in 1887.\nIn 1921 it burned down. Otto Brandt saw it burn in 1921. More."
)


@pytest.fixture
def data(tmp_path):
    rows = [
        {"passage": PASSAGE, "group": group, "split": "train", "set": "s"}
        for group in ("first", "second")
    ]
    for name, kept in (("reader", rows[:1]), ("support", rows[1:])):
        with gzip.open(tmp_path / f"{name}.jsonl.gz", "wt", encoding="utf-8") as out:
            out.writelines(json.dumps(row) + "\n" for row in kept)
    return tmp_path


def written(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_questions_are_put_to_the_passage_they_were_written_on(data, tmp_path):
    row = {
        "set": "s",
        "passage": digest(PASSAGE),
        "end": len(PASSAGE) - 6,
        "answered": [["Who made it?", "Clara Voss"]],
        "unanswered": ["Who paid for it?"],
    }
    lost = row | {"passage": digest("another")}
    file = written(tmp_path / "w.jsonl", row, lost)
    split = "valid" if is_valid("first") else "train"
    answered, missed = load_written(data, split, file)
    assert answered.passage[answered.start : answered.end] == "Clara Voss"
    assert answered.passage.endswith("1921.")
    assert (missed.positive, missed.start, missed.kind) == (False, None, "unanswerable")
    assert load_written(data, {"valid": "train", "train": "valid"}[split], file) == []


@pytest.mark.parametrize(
    ("question", "answer", "there"),
    [
        ("When did Otto Brandt see it?", "1921", "1921. More"),
        ("When was there fire that put it down?", "1921", "1921 it burned"),
        ("When was it built?", "1887. In", "1887."),
        ("Which part of the name?", "lara", "lara Voss"),
    ],
)
def test_an_answer_stands_in_the_sentence_most_like_the_question(question, answer, there):
    assert PASSAGE[place_of(PASSAGE, question, answer) :].startswith(there)


def test_an_answer_that_is_nowhere_is_an_error():
    with pytest.raises(ValueError, match="not found"):
        place_of(PASSAGE, "Who?", "Anna")


def test_every_line_of_the_file_names_a_passage_once_and_has_questions():
    rows = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
    assert len({row["passage"] for row in rows}) == len(rows)
    assert all(row["answered"] or row["unanswered"] for row in rows)
    questions = [q for row in rows for q in [a[0] for a in row["answered"]] + row["unanswered"]]
    assert all(question.strip() == question and len(question) < 400 for question in questions)


@pytest.mark.model
def test_a_document_is_read_as_it_is_found_with_and_without_the_answer(tmp_path):
    (tmp_path / "documents").mkdir()
    filler = "The market has ninety stalls, and each is let for a day at a time. " * 25
    text = f"Clara Voss built the harbour in 1887.\n\n{filler}\n\nOtto Brandt owns the mill."
    (tmp_path / "documents" / "lumen.txt").write_text(text, encoding="utf-8")
    case = {"history": [], "documents": ["lumen.txt"], "tags": []}
    cases = [
        case
        | {"id": "a", "question": "Who made the port?", "answerable": True}
        | {"answers": ["Clara Voss"], "evidence": ["Clara Voss built the harbour in 1887."]},
        case
        | {"id": "n", "question": "Who made the mill?", "answerable": False}
        | {"answers": [], "evidence": []},
    ]
    lines = "".join(json.dumps(line) + "\n" for line in cases)
    (tmp_path / "cases.jsonl").write_text(lines, encoding="utf-8")
    found, missed, *unanswered = load_documents(tmp_path)
    assert found.positive
    assert found.passage[found.start : found.end] == "Clara Voss"
    assert not missed.positive
    assert missed.text == found.text
    assert "Clara Voss" not in missed.passage
    assert [(item.text, item.positive) for item in unanswered] == [
        ("Who made the mill?", False)
    ] * 2
    once_more = load_documents(tmp_path, again=True)
    assert once_more[0] == found
    shown = {(item.text, item.passage) for item in (missed, *unanswered)}
    assert not shown & {(item.text, item.passage) for item in once_more[1:]}
    wider = load_documents(tmp_path, misses=2)
    assert wider[:2] == [found, missed]
    assert (wider[2].text, wider[2].positive) == (found.text, False)
    assert wider[3:] == unanswered
    known, others = load_found(tmp_path)
    assert known[:3] == wider[:3]
    assert known[3:5] == unanswered
    assert 5 < len(known) <= 3 + KNOWN_UNANSWERED
    assert not any(item.positive for item in others)
    pairs = {(item.text, item.passage) for item in known + others}
    assert len(pairs) == len(known) + len(others)


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_the_documents_answer_stands_in_them_word_for_word(folder):
    cases = load_cases(folder)
    share = 0.495 if folder == STANCES else 0.5
    assert sum(case.answerable for case in cases) > share * len(cases)
    for case in cases:
        [name] = case.documents
        text = (folder / "documents" / name).read_text(encoding="utf-8")
        assert case.answerable == bool(case.evidence)
        assert all(evidence in text for evidence in case.evidence)


def test_the_documents_to_learn_from_are_not_those_to_measure_on():
    names = [path.name for folder in FOLDERS for path in folder.glob("documents/*")]
    assert len(names) > 700
    assert len(set(names)) == len(names)


def test_what_was_said_before_a_follow_up_quotes_its_document():
    cases = load_cases(FOLLOW_UPS)
    assert len(cases) > 350
    for case in cases:
        text = (FOLLOW_UPS / "documents" / case.documents[0]).read_text(encoding="utf-8")
        quotes = [q for turn in case.history for q in re.findall(r"“(.+?)” \[1\]", turn.answer)]
        assert quotes
        assert all(quote in text for quote in quotes)


def test_a_subject_is_changed_from_one_document_to_another():
    files = (FOLLOW_UPS / "documents").iterdir()
    texts = {path.name: path.read_text(encoding="utf-8") for path in files}
    cases = load_cases(CHANGES)
    assert len(cases) >= 120
    for case in cases:
        [turn] = case.history
        [quote] = re.findall(r"“(.+)” \[1\]", turn.answer)
        [before] = [name for name, text in texts.items() if quote in text]
        assert before not in case.documents
        assert case.answerable == bool(case.evidence) == bool(case.documents)
        assert all(e in texts[name] for e in case.evidence for name in case.documents)

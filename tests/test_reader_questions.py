"""The questions that were written for this project, and their places in public passages."""

import gzip
import json
import re

import pytest

from eval.cases import load_cases
from eval.train.reader_questions import (
    DOCUMENTS,
    FILE,
    PARAPHRASES,
    RIVALS,
    STANCES,
    digest,
    is_valid,
    load_written,
    place_of,
)

FOLLOW_UPS = DOCUMENTS.parent.with_name("follow_ups")
CHANGES = DOCUMENTS.parent.with_name("subject_changes")
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

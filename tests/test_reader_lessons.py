"""What the reader learns from: pairs of documents, strangers, changes."""

import json
import random
from collections import Counter

import pytest

from assistant.read.reader_model import load_tokenizer
from eval.train import reader_lessons
from eval.train.reader_data import Item, NearMisses, Task
from eval.train.reader_lessons import CUTS, Nearest, changes, lessons, on_documents, window
from index.model import packaged_model
from tests.test_training import PASSAGE, write_public

EVIDENCE = "Clara Voss built the harbour in 1887."
MARKET = "The market has ninety stalls, and each is let for a day at a time."


def write_folder(folder):
    """A case folder with one document of some passages, one question answered and one not."""
    (folder / "documents").mkdir(parents=True)
    filler = " ".join([MARKET] * 40)
    text = f"{EVIDENCE}\n\n{filler}\n\nOtto Brandt owns the mill."
    (folder / "documents" / "lumen.txt").write_text(text, encoding="utf-8")
    case = {"history": [], "documents": ["lumen.txt"], "tags": []}
    cases = [
        case
        | {"id": "a", "question": "Who made the port?", "answerable": True}
        | {"answers": ["Clara Voss"], "evidence": [EVIDENCE]},
        case
        | {"id": "n", "question": "Who made the mill?", "answerable": False}
        | {"answers": [], "evidence": []},
    ]
    lines = "".join(json.dumps(line) + "\n" for line in cases)
    (folder / "cases.jsonl").write_text(lines, encoding="utf-8")
    return folder


def dice(seed=1):
    return random.Random(seed)


def said(item):
    return item.passage[item.start : item.end]


@pytest.mark.model
def test_a_question_comes_with_all_passages_of_its_document_the_likely_ones_with_a_label(tmp_path):
    out = on_documents([write_folder(tmp_path)])
    pairs = out.known + out.others
    cut = [p for p in out.passages if "stalls" in p or "Voss" in p or "mill" in p]
    assert len(pairs) == 2 * len(cut)
    positive = [item for item in out.known if item.positive]
    assert [said(item) for item in positive] == ["Clara Voss"] * len(CUTS)
    assert out.answered == positive[:1]
    assert all(item.is_known for item in out.known)
    assert not any(item.is_known or item.positive for item in out.others)
    mill = [item for item in out.known if item.text == "Who made the mill?"]
    assert "mill" in mill[0].passage
    assert [said(item) for item in out.views] == ["Clara Voss"] * 3
    assert len({len(item.passage) for item in out.views}) == 3


def test_some_sentences_are_left_around_an_answer():
    passage = " ".join(f"Sentence {n} is here." for n in range(20))
    start = passage.index("10")
    item = Item(Task.ANSWER, "Which?", passage, True, start, start + 2)
    for seed in range(20):
        part = window(item, dice(seed))
        assert said(part) == "10"
        assert 1 <= part.passage.count("Sentence") <= 7
        assert part.passage in passage
    assert window(Item(Task.ANSWER, "Which?", passage, False), dice()) is None
    assert window(Item(Task.ANSWER, "Which?", "It is 10.", True, 6, 8), dice()) is None


def test_what_is_changed_has_no_label_and_what_is_not_is_not_there():
    item = Item(Task.ANSWER, "When did the lighthouse burn?", PASSAGE, True, 39, 43, "g")

    class Near:
        def of(self, _word):
            return ["harbour", "windmill"]

    made = list(changes([item], 200, NearMisses({"s": [item]}, Near(), dice())))
    assert made
    assert not any(new.is_known for new in made)
    assert all((new.text, new.passage) != (item.text, item.passage) for new in made)


def test_a_question_is_shown_with_the_nearest_passages_that_it_was_not_shown_with():
    passages = ["The mill is old.", "A mill and a lake.", "The sea is wide.", PASSAGE]
    item = Item(Task.ANSWER, "Who owns the mill?", passages[0], False)
    shown = {(item.text, passages[0])}
    found = list(Nearest(passages).strangers([item, item], 2, shown))
    assert found[0] == Item(Task.ANSWER, item.text, passages[1], False, is_known=False)
    assert passages[0] not in [one.passage for one in found]
    assert len(found) == 2
    empty = Item(Task.ANSWER, "?", PASSAGE, False)
    assert list(Nearest(passages).strangers([empty], 2, set())) == []


@pytest.mark.model
def test_the_lessons_have_everything_and_the_teacher_only_what_has_a_label(tmp_path, monkeypatch):
    monkeypatch.setattr(reader_lessons, "FOLDERS", [write_folder(tmp_path / "cases")])
    write_public(tmp_path)
    tokenizer = load_tokenizer(packaged_model().path)
    learned = lessons(tmp_path, tokenizer, 1.0)
    assert all(item.is_known for item in learned.labelled)
    assert {item.task for item in learned.labelled} == set(Task)
    questions = {item.text for item in learned.judged}
    assert {"When did the lighthouse burn?", "Who made the mill?", "It burned."} <= questions
    strangers = [i for i in learned.judged if i.text == "When did the lighthouse burn?"]
    assert any("stalls" in item.passage and not item.is_known for item in strangers)
    groups = Counter(item.group for item in learned.labelled)
    assert (
        groups["squad2-a00"] < groups["squad2-a01"] == groups["squad2-a04"]
    )  # held out in one set
    assert len(lessons(tmp_path, tokenizer, 0.5).judged) == len(learned.judged) // 2

"""What the reader is trained on, and the near misses made from it."""

import gzip
import json
import random

import numpy as np
import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel

from eval.train.reader_data import Item, NearMisses, Task, easy_part, load_sets, names_in, trimmed
from eval.train.reader_words import NearWords, negated, opposite

PASSAGE = "The lighthouse of Lumen burned down in 1921. Clara Voss rebuilt it in stone. Goats came."
ANSWERED = Item(
    Task.ANSWER, "When did the lighthouse of Lumen burn down?", PASSAGE, True, 39, 43, "lumen"
)


@pytest.fixture
def near():
    """Neighbours where every word lies next to the ones listed after it."""
    words = ["lighthouse", *(f"{letter}{letter}{letter}tower" for letter in "bcdefghij")]
    tokenizer = Tokenizer(WordLevel({word: i for i, word in enumerate(words)}, unk_token=words[0]))
    angles = np.arange(len(words)) / 10
    return NearWords(tokenizer, np.stack([np.cos(angles), np.sin(angles)], 1).astype(np.float32))


@pytest.fixture
def change(near):
    others = [Item(Task.ANSWER, "Who is Anna Berg of Mora?", "x", False, group="lumen")]
    return NearMisses({"one": [ANSWERED, *others]}, near, random.Random(5))


def test_near_words_are_neighbours_but_not_the_nearest_nor_forms_of_the_word(near):
    found = near.of("lighthouse")
    assert found
    assert not any(word.startswith("ligh") for word in found)
    assert near.of("unheard") == []


def test_opposites_and_negations_change_one_word():
    dice = random.Random(1)
    assert opposite("Who came first?", dice) == "Who came last?"
    assert opposite("Who came?", dice) is None
    assert negated("When was it built?") == "When wasn't it built?"
    assert negated("When was not it?") is None
    assert negated("Name it.") is None


def test_names_are_capitalised_words_and_numbers_after_the_first():
    assert names_in("When did Clara Voss sell 12 goats?") == ["Clara Voss", "12"]


def test_a_near_miss_has_no_answer_and_differs_from_what_it_was_made_of(change):
    made = [change(ANSWERED) for _ in range(200)]
    missed = [item for item in made if item.task is Task.ANSWER and not item.positive]
    assert 40 < len(missed) < 110
    for item in missed:
        assert item.start is None
        assert (item.text, item.passage) != (ANSWERED.text, ANSWERED.passage)
    assert any(item.passage != PASSAGE for item in missed)
    assert any(item.text != ANSWERED.text for item in missed)
    assert [item for item in made if item.positive and item.task is Task.ANSWER]


def test_without_its_sentence_the_answer_is_nowhere_in_the_passage(change):
    made = change._without_answer_sentence(ANSWERED)
    assert "1921" not in made.passage
    assert "Clara Voss" in made.passage


def test_a_trimmed_passage_keeps_the_answer_in_its_place():
    sentences = [f"Sentence number {i} says a few plain words about goats." for i in range(40)]
    passage = " ".join(sentences)
    start = passage.index("number 20")
    item = Item(Task.ANSWER, "Which?", passage, True, start, start + 9)
    short = trimmed(item, random.Random(2))
    assert len(short.passage.split()) <= 110
    assert short.passage[short.start : short.end] == "number 20"
    assert trimmed(ANSWERED, random.Random(2)) is ANSWERED


@pytest.fixture
def data(tmp_path):
    """A folder of training data: questions with and without answers, and claims."""
    questions = [
        {
            "set": name,
            "question": f"When did lighthouse {i} burn down?",
            "passage": PASSAGE,
            "answer": "1921" if i % 2 else None,
            "start": 39 if i % 2 else None,
            "group": f"squad2-a0{i % 3}",
            "kind": "span" if i % 2 else "unanswerable",
            "split": "valid" if i == 0 else "train",
        }
        for name in ("squad2_train_part", "squad2_dev_half")
        for i in range(12)
    ]
    claims = [
        {
            "set": "fever_labs",
            "sentence": f"Lighthouse {i} burned down.",
            "passage": PASSAGE,
            "label": "supported" if i % 2 else "unsupported",
            "group": "g",
            "split": "train",
        }
        for i in range(10)
    ]
    for name, rows in (("reader", questions), ("support", claims)):
        with gzip.open(tmp_path / f"{name}.jsonl.gz", "wt", encoding="utf-8") as out:
            out.writelines(json.dumps(row) + "\n" for row in rows)
    return tmp_path


def test_data_is_read_by_split_and_set(data):
    questions, claims = load_sets(data, "train")
    assert {name: len(items) for name, items in questions.items()} == {
        "squad2_train_part": 11,
        "squad2_dev_half": 11,
    }
    assert sum(item.positive for item in claims["fever_labs"]) == 5
    assert questions["squad2_dev_half"][0].passage[39:43] == "1921"


def test_the_easy_part_is_the_same_each_time_and_has_questions_and_claims(data, near):
    questions, claims = load_sets(data, "train")
    items = easy_part(questions, claims, near, 1)
    assert items == easy_part(questions, claims, near, 1)
    assert items != easy_part(questions, claims, near, 2)
    assert {item.task for item in items} == set(Task)
    # All of the first set of questions, none of the annotators', and .6 of ten claims.
    assert len(items) == 11 + 6

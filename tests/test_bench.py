"""The benchmark runs and says what it is asked; how fast, nothing here judges."""

import json
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from eval.bench import measure_start
from eval.bench_data import (
    Corpus,
    KnownQuestions,
    make_corpus,
    make_index,
    nearest_rows,
    passages_of,
    swap_words,
    write_folder,
)
from index.search import Index
from index.settings import IndexSettings
from tests.fakes import HashEmbedder
from tests.fakes_ui import SEEDS
from tests.visits import CHROMIUM

ROOT = Path(__file__).resolve().parent.parent

EXPECTED = {
    "sync": {"files", "unchanged, seconds", "one changed, without embedding, seconds"},
    "search": {
        "search, median ms",
        "opening, seconds",
        "ratio of resident memory to raw vectors",
        "nearest passages, recall@10 against exact",
        "LlamaIndex vectors, median ms",
        "ratio of 8 threads to 1",
    },
    "build": {"passages a second", "ratio to bare encode", "ratio to LlamaIndex"},
}


@pytest.mark.bench
@pytest.mark.parametrize("part", EXPECTED)
def test_each_part_prints_one_json_object_with_its_figures(part):
    command = [sys.executable, "-m", "eval.bench", part, "--passages", "20", "--json"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    measured = json.loads(result.stdout)
    assert measured.keys() == {"machine", part}
    assert EXPECTED[part] <= measured[part].keys()
    assert all(value > 0 for value in measured[part].values() if not isinstance(value, str))


@pytest.mark.bench
def test_the_start_is_measured_beside_that_of_the_library(tmp_path):
    measured = measure_start(tmp_path, repeats=1)
    assert measured["ratio"] == pytest.approx(
        measured["one question, seconds"] / measured["sentence-transformers alone, seconds"]
    )


def test_an_index_made_for_the_benchmark_is_a_right_one(tmp_path):
    vectors = np.eye(45, 64, dtype=np.float32)
    passages = tuple(f"Passage {n} is here. It says {n * n}." for n in range(45))
    corpus = Corpus(passages, vectors, ("Which?",), vectors[33:34])
    make_index(tmp_path / "index", corpus)
    index = Index(tmp_path / "index", KnownQuestions(corpus), IndexSettings())
    assert len(index.documents()) == 3
    hit = index.search("Which?").hits[0]
    assert hit.passage.text == "Passage 33 is here. It says 1089."
    assert hit.similarity == pytest.approx(1.0)
    document = index.document(hit.passage.document_id)
    assert document.text[hit.passage.start : hit.passage.end] == hit.passage.text
    index.close()


def test_the_nearest_rows_are_found_whatever_the_order():
    vectors = np.eye(12, dtype=np.float32)
    questions = np.array([[0] * 3 + [3, 2, 1] + [0] * 6], np.float32)
    corpus = Corpus(("",) * 12, vectors, ("Which?",), questions)
    [rows] = nearest_rows(corpus, 3)
    assert set(rows) == {3, 4, 5}


def test_an_index_may_be_made_like_another_and_larger(tmp_path):
    vectors = np.eye(45, 64, dtype=np.float32)
    passages = tuple(f"Passage {n} is here and it says nothing but {n * n}." for n in range(45))
    make_index(tmp_path / "index", Corpus(passages, vectors, ("Which?",), vectors[:1]))
    texts, rows = passages_of(tmp_path / "index")
    assert texts == list(passages)
    larger = make_corpus(HashEmbedder(64), (texts, rows), 100, 3)
    assert larger.passages[:45] == passages
    assert larger.vectors.shape == (100, 64)
    cosines = (larger.vectors[45:90] * rows).sum(axis=1)
    assert cosines.min() > 0.9
    assert all(question.endswith("?") for question in larger.questions)


def test_swapped_words_come_from_the_same_text():
    text = "the cat sat on the mat while the dog slept " * 10
    swapped = swap_words(text, random.Random(1))
    assert swapped != text
    assert set(swapped.split()) <= set(text.split())
    assert len(swapped.split(" ")) == len(text.split(" "))


def test_a_folder_holds_about_as_much_text_as_asked_for(tmp_path):
    write_folder(tmp_path / "small", 5)
    write_folder(tmp_path / "large", 100)
    sizes = [
        sum(path.stat().st_size for path in (tmp_path / name).iterdir())
        for name in ("small", "large")
    ]
    assert sizes[1] > 3 * sizes[0] > 0


@pytest.mark.bench
@pytest.mark.browser
def test_the_page_is_measured(tmp_path):
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine")
    options = ["--folder", str(SEEDS), "--index", str(tmp_path), "--repeats", "1", "--json"]
    command = [sys.executable, "-m", "eval.bench_page", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    figures = json.loads(done.stdout)
    assert all(figure > 0 for figure in figures.values())
    assert {"first words after Enter, ms", "click to highlight, ms"} <= figures.keys()

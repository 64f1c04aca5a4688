"""Fitting the engine’s coefficients on the seeds with a hash embedder: small, the real path."""

import numpy as np
import pytest

from assistant import Assistant
from assistant.quote.coefficients import Known, feature_names
from assistant.quote.features import sigmoid
from assistant.read.reader import Reading
from eval.cases import Case, load_cases
from eval.train.fit import left_out, to_json, without_near_misses
from eval.train.gather import ARTICLES, FOLLOW_UPS, STRANGE, follow_up_home, gather, gather_alone
from eval.train.models import answer_row, calibrated, fit, fit_answer, is_right
from tests.fakes import UNREAD, HashEmbedder


@pytest.fixture(scope="module")
def examples(tmp_path_factory):
    assistant = Assistant.from_folder(
        "seeds",
        index_dir=tmp_path_factory.mktemp("fit"),
        settings=UNREAD,
        embed_model=HashEmbedder(),
    )
    gathered = gather(assistant, load_cases("eval/seeds"), None)
    assistant.close()
    return gathered


def test_what_is_fitted_names_every_feature(examples):
    written = to_json(fit([examples], with_reader=False), Known.WITHOUT_READER)
    sentence, answer = feature_names(Known.WITHOUT_READER)
    assert set(written["sentence"]) == {*sentence, "bias"}
    assert set(written["answer"]) == {*answer, "bias"}


def test_confidence_is_the_share_that_is_right_and_keeps_the_order(examples):
    models = fit([examples], with_reader=False)
    before = fit_answer([examples], models.sentence, with_reader=False)
    after = calibrated(before, [examples], models.sentence, with_reader=False)
    rows = [answer_row(e, models.sentence, with_reader=False) for e in examples]
    right = [is_right(e, chosen) for e, (_, chosen) in zip(examples, rows, strict=True)]
    old = np.array([float(before.score(features)) for features, _ in rows])
    new = np.array([float(after.score(features)) for features, _ in rows])
    assert np.mean([sigmoid(x) for x in new]) == pytest.approx(np.mean(right), abs=0.02)
    assert (np.argsort(old, kind="stable") == np.argsort(new, kind="stable")).all()


def test_nothing_is_measured_on_what_it_was_fitted_on(examples):
    sets = {"squad2": examples[:40], "squad2, alone": examples[:40], "xquad": examples[40:]}
    folds = {title: (rest, held_out) for title, rest, held_out in left_out(sets)}
    assert list(folds)[:3] == ["squad2", "squad2, alone", "xquad"]
    assert folds["squad2"][0] == [sets["xquad"]]
    assert folds["xquad"][0] == [sets["squad2"], sets["squad2, alone"]]
    [article] = [title for title in folds if title.startswith("squad2, 000_")]
    assert folds[article] == ([[], [], sets["xquad"]], sets["squad2"])


def test_the_follow_ups_on_the_articles_have_a_turn_before_and_a_home():
    cases = load_cases(ARTICLES / FOLLOW_UPS)
    assert all(len(case.history) == 1 for case in cases)
    homes = {follow_up_home(case) for case in cases}
    assert homes == {path.name for path in (ARTICLES / "documents").iterdir()}
    assert all(case.documents == (follow_up_home(case),) for case in cases if case.answerable)


class Notes:
    """A reader that notes what it is asked to read."""

    def __init__(self):
        self.asked = []

    def read(self, question, passages, sentences):
        self.asked.append(question)
        return [Reading(0.0, 0.0, (0, 1), tuple(0.0 for _ in spans)) for spans in sentences]


def test_a_question_that_names_a_topic_is_not_read_as_it_is_not_in_use(tmp_path):
    (tmp_path / "harbour.txt").write_text("Clara built the harbour of Lumen.", encoding="utf-8")
    assistant = Assistant.from_folder(
        tmp_path, index_dir=tmp_path / ".index", settings=UNREAD, embed_model=HashEmbedder()
    )
    asked, reader = ("What does it say about Lumen?", "Who built the harbour?"), Notes()
    about, who = gather(assistant, [Case(q, q, answerable=True) for q in asked], reader)
    assistant.close()
    assert about.readings is None
    assert who.readings
    assert reader.asked == [asked[1]]


@pytest.mark.model
def test_a_document_alone_is_asked_its_near_misses_and_questions_of_others(tmp_path):
    for name in ("harbour", "mill"):
        (tmp_path / f"{name}.txt").write_text(f"Clara built the {name}.", encoding="utf-8")
    homes = ["harbour.txt", "harbour.txt", "mill.txt"]
    cases = [
        Case("a", "Who built the harbour?", answerable=True, documents=("harbour.txt",)),
        Case("b", "Who burned the harbour?", answerable=False),
        Case("c", "Who built the mill?", answerable=True, documents=("mill.txt",)),
    ]
    sets = {"xquad, alone": gather_alone(tmp_path, cases, homes, None)}
    asked = [(e.case.id, e.case.answerable, e.case.tags) for e in sets["xquad, alone"]]
    strange = (STRANGE,)
    assert asked[:2] == [("a", True, ()), ("b", False, ())]
    assert asked[2:4] == [("c", False, strange), ("c", True, ())]
    assert [case[0] for case in asked[4:]] == ["a"]
    kept = without_near_misses(sets)["xquad, alone"]
    assert [e.case.id for e in kept] == ["a", "c", "c", "a"]

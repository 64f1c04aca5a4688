from pathlib import Path

import pytest

from eval.answerer import description_of, documents_folder, ids_of, opener, texts_of
from eval.cases import Case
from eval.sets import load_sets, run_sets
from index.errors import FolderError, UsageError
from tests.fakes_eval import MILL, TEXT, ScriptedAssistant, good_assistant

LINE = '{"id": "moon", "question": "How far is the moon?", "answerable": false}\n'


class OnlyAsks:
    def ask(self, question: str, *, history: object) -> None:
        raise AssertionError


def case_folder(parent: Path, name: str, *, documents: bool = True) -> Path:
    folder = parent / name
    folder.mkdir(parents=True)
    (folder / "cases.jsonl").write_text(LINE)
    if documents:
        (folder / "documents").mkdir()
    return folder


def test_texts_and_ids_come_from_the_answerers_documents() -> None:
    texts = texts_of(good_assistant())
    assert texts is not None
    assert texts(MILL) == TEXT
    assert ids_of(good_assistant()) == {MILL}


def test_an_answerer_without_documents_shows_none() -> None:
    assert texts_of(OnlyAsks()) is None  # type: ignore[arg-type]
    assert ids_of(OnlyAsks()) is None  # type: ignore[arg-type]


def test_a_description_names_documents_by_content_and_not_the_index_on_this_disk() -> None:
    told = {"version": "1", "index_id": "random", "generation": "7"}
    first = description_of(ScriptedAssistant({}, told=told))
    assert first["version"] == "1"
    assert not {"index_id", "generation"} & set(first)
    changed = description_of(ScriptedAssistant({}, texts={MILL: TEXT + "!"}, told=told))
    assert first["documents"].startswith("1, ")
    assert changed["documents"] != first["documents"]


def test_another_assistant_is_named_by_module_and_function(tmp_path: Path) -> None:
    made = opener("tests.fakes_eval:good_assistant")(tmp_path)
    assert isinstance(made, ScriptedAssistant)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("tests.fakes_eval", "expected MODULE:FUNCTION"),
        ("tests.fakes_eval:nothing", "no attribute 'nothing'"),
        ("no_such_module_here:make", "No module named 'no_such_module_here'"),
    ],
)
def test_an_assistant_that_cannot_be_found_is_told(name: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        opener(name)


def test_documents_beside_the_cases_come_first(tmp_path: Path) -> None:
    folder = case_folder(tmp_path, "mill")
    assert documents_folder(folder, tmp_path / "other") == folder / "documents"
    assert documents_folder(folder / "cases.jsonl", None) == folder / "documents"


def test_without_them_the_given_folder_is_taken_then_seeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = case_folder(tmp_path, "eval/seeds", documents=False)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FolderError, match="name the documents' with --folder"):
        documents_folder(folder, None)
    (tmp_path / "seeds").mkdir()
    assert documents_folder(folder, None) == Path("seeds")
    assert documents_folder(folder, tmp_path / "other") == tmp_path / "other"


def test_seeds_do_not_stand_in_for_other_cases(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "seeds").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FolderError):
        documents_folder(case_folder(tmp_path, "mine", documents=False), None)


def test_sets_of_the_same_name_are_refused(tmp_path: Path) -> None:
    folders = [case_folder(tmp_path, "a/mill"), case_folder(tmp_path, "b/mill")]
    with pytest.raises(UsageError, match="two case folders of the same name in mill, mill"):
        load_sets(folders)


def test_a_folder_that_no_set_needs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not used"):
        load_sets([case_folder(tmp_path, "mill")], tmp_path / "other")


def test_each_set_is_asked_of_an_assistant_on_its_own_documents(tmp_path: Path) -> None:
    own = case_folder(tmp_path, "own")
    sets = load_sets([own, case_folder(tmp_path, "lent", documents=False)], tmp_path / "other")
    opened: list[Path] = []
    told: list[tuple[int, int]] = []

    def make(folder: Path) -> ScriptedAssistant:
        opened.append(folder)
        return good_assistant()

    run = run_sets(sets, make, progress=lambda *step: told.append(step))
    assert opened == [own / "documents", tmp_path / "other"]
    assert [record.key for record in run.records] == ["own/moon", "lent/moon"]
    assert told == [(1, 2), (2, 2)]
    assert run.records[0].case == Case("moon", "How far is the moon?", False)

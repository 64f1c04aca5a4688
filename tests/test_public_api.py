"""The names that other programs rely on."""

import dataclasses
import inspect
from importlib.resources import files

import assistant
import index.errors
from assistant import Answer, Assistant, Citation, Document, Hit, Passage, SyncReport, Turn

FIELDS = {
    Answer: "question text citations refused confidence hits notices",
    Citation: "number document_id title start end quote page",
    Document: "id title path text",
    Hit: "passage score rank",
    Passage: "id document_id title start end text page",
    SyncReport: "added changed removed unchanged skipped",
    Turn: "question answer",
}
METHODS = [
    *("from_folder", "ask", "stream", "search", "document", "documents", "sync"),
    *("as_retriever", "as_query_engine"),
]


def test_every_exported_name_is_there():
    assert sorted(assistant.__all__) == assistant.__all__
    for name in assistant.__all__:
        assert getattr(assistant, name).__doc__


def test_a_name_that_is_not_exported_is_not_there():
    assert not hasattr(assistant, "Nothing")
    assert {name for names in assistant._HOMES.values() for name in names} == set(assistant.__all__)


def test_the_values_have_their_fields_and_are_frozen():
    for cls, names in FIELDS.items():
        assert set(names.split()) <= {field.name for field in dataclasses.fields(cls)}
        assert cls.__dataclass_params__.frozen


def test_the_assistant_has_its_methods():
    for name in METHODS:
        assert inspect.getdoc(getattr(Assistant, name))
    options = inspect.signature(Assistant.from_folder).parameters
    assert {"index_dir", "llm", "embed_model", "settings"} <= options.keys()


def test_each_error_can_be_caught_by_its_public_name():
    for name, kind in vars(index.errors).items():
        if inspect.isclass(kind):
            assert getattr(assistant, name) is kind


def test_the_packages_say_that_they_are_typed():
    for package in ("assistant", "index", "ui", "eval"):
        assert files(package).joinpath("py.typed").is_file()

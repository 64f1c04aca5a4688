import sqlite3
from pathlib import Path

import numpy as np
import pytest

from index.chunk import Chunk, SentenceSpan
from index.database import DATABASE, Database
from index.errors import DamagedIndexError, DocumentNotFoundError, ForeignIndexError
from index.records import FileRecord, pack_int8, unpack_int8
from index.store import Store
from index.types import Block, BlockKind, Extracted
from index.vectors import PassageVectors, unit

TEXT = "One sentence. Another one."
SPANS = (SentenceSpan(0, 13, page=2), SentenceSpan(14, 26, page=3))
EXTRACTED = Extracted(TEXT, (Block(BlockKind.PARAGRAPH, 0, 26, page=2),), pages=3)
KEY = b"k" * 16


@pytest.fixture
def store(tmp_path: Path) -> Store:
    Database.create(tmp_path, {"model": "test", "dimension": "3"})
    return Store(tmp_path)


def put(store: Store, document_id: str = "a.txt", key: bytes = KEY) -> None:
    with store.writing() as change:
        vectors = PassageVectors(unit(np.array([1, 2, 2], np.float32)), unit(np.eye(2, 3)))
        change.put_vectors(key, vectors)
        change.put_document(
            document_id,
            path=Path("/folder") / document_id,
            title="A",
            extracted=EXTRACTED,
            file=FileRecord(26, 5, "abc"),
            chunks=[(Chunk(0, 26, "Part", SPANS), key)],
        )


def test_what_is_put_comes_back(store):
    put(store)
    assert store.document("a.txt").text == TEXT
    assert store.document("a.txt").blocks == EXTRACTED.blocks
    [stored] = store.passages(store.passage_ids("a.txt")).values()
    assert stored.passage.text == TEXT
    assert (stored.passage.page, stored.passage.heading) == (2, "Part")
    assert stored.sentences == SPANS
    np.testing.assert_allclose(stored.vectors, np.eye(2, 3), atol=0.01)
    assert store.files() == {"a.txt": FileRecord(26, 5, "abc")}


def test_each_change_raises_the_generation_by_one(store):
    put(store)
    put(store, "b.txt")
    assert store.generation() == 2


def test_passage_ids_are_never_used_again(store):
    put(store)
    [old] = store.passage_ids("a.txt")
    put(store)
    [new] = store.passage_ids("a.txt")
    assert new > old
    assert store.removed_after(1).tolist() == [old]
    assert store.passages([old]) == {}


def test_a_change_that_fails_leaves_nothing(store):
    put(store)
    with pytest.raises(ZeroDivisionError), store.writing() as change:
        change.remove_document("a.txt")
        raise ZeroDivisionError
    assert store.document("a.txt").text == TEXT
    assert store.generation() == 1


def test_a_moved_document_keeps_its_passages(store):
    put(store)
    before = store.passage_ids("a.txt")
    with store.writing() as change:
        change.move_document("a.txt", "b/c.txt", Path("/folder/b/c.txt"), FileRecord(26, 9))
    assert store.passage_ids("b/c.txt") == before
    assert store.passages(before)[before[0]].passage.document_id == "b/c.txt"


def test_unused_vectors_are_dropped_and_used_ones_kept(store):
    put(store, "a.txt", KEY)
    put(store, "b.txt", b"b" * 16)
    with store.writing() as change:
        change.remove_document("a.txt")
        change.drop_unused_vectors()
    assert store.known_vectors([KEY, b"b" * 16]) == {b"b" * 16}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE passages SET text = replace(text, 'One', 'Two')",
        "UPDATE passages SET start = 1",
        "UPDATE passages SET page = 9",
        "UPDATE documents SET title = 'B'",
        "UPDATE documents SET id = 'z.txt'",
    ],
)
def test_a_passage_that_was_altered_is_never_returned(store, statement):
    put(store)
    ids = store.passage_ids("a.txt")
    with sqlite3.connect(store.directory / DATABASE) as connection:
        connection.execute(statement)
    with pytest.raises(DamagedIndexError, match="checksum"):
        store.passages(ids)


def test_a_text_that_was_altered_is_never_returned(store):
    put(store)
    with sqlite3.connect(store.directory / DATABASE) as connection:
        connection.execute("UPDATE contents SET text = replace(text, 'One', 'Two')")
    with pytest.raises(DamagedIndexError, match=r"a\.txt"):
        store.document("a.txt")


def test_an_unknown_document_is_named(store):
    with pytest.raises(DocumentNotFoundError, match=r"nope\.txt"):
        store.document("nope.txt")


def test_another_programs_database_is_refused(tmp_path):
    with sqlite3.connect(tmp_path / DATABASE) as connection:
        connection.execute("CREATE TABLE t (x)")
    with pytest.raises(ForeignIndexError, match="not an index"):
        Store(tmp_path)


def test_a_newer_format_is_refused_with_what_to_do(store):
    with sqlite3.connect(store.directory / DATABASE) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(ForeignIndexError, match=r"format 99.*upgrade"):
        Store(store.directory)


def test_a_file_that_is_no_database_is_somebody_elses(tmp_path):
    (tmp_path / DATABASE).write_bytes(b"not a database, but long enough to look at" * 100)
    with pytest.raises(ForeignIndexError, match=r"not an index .* give another") as raised:
        Store(tmp_path)
    assert "delete" not in str(raised.value)


def damage(directory: Path) -> None:
    """Leave the database its first bytes, and overwrite the rest."""
    path = directory / DATABASE
    path.write_bytes(path.read_bytes()[:16] + b"x" * 5000)


def test_an_index_that_is_damaged_is_to_be_deleted(store):
    damage(store.directory)
    with pytest.raises(DamagedIndexError, match=r"delete the directory .* run the command again"):
        Store(store.directory)


def test_no_directory_that_holds_other_peoples_files_is_to_be_deleted(store):
    (store.directory / "thesis.txt").write_text("important")
    damage(store.directory)
    with pytest.raises(DamagedIndexError, match=r"holds 'thesis\.txt'.* give another") as raised:
        Store(store.directory)
    assert "delete" not in str(raised.value)
    with pytest.raises(DamagedIndexError, match=r"is damaged.*holds 'thesis\.txt'") as raised:
        raise store._damaged("a passage")
    assert "delete" not in str(raised.value)


def test_a_reader_sees_one_state_while_another_writes(store):
    put(store)
    other = Store(store.directory)
    with other.reading():
        before = other.passage_ids("a.txt")
        put(store)
        assert other.passage_ids("a.txt") == before
        assert other.passages(before)
    assert other.passage_ids("a.txt") != before


def test_files_are_for_their_owner_only(store):
    assert (store.directory / DATABASE).stat().st_mode & 0o777 == 0o600


def test_packing_to_bytes_keeps_directions():
    rows = unit(np.random.default_rng(0).normal(size=(50, 384)).astype(np.float32))
    assert (unpack_int8(pack_int8(rows), 50) * rows).sum(axis=1).min() > 0.999

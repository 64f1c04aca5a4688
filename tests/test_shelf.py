"""What an open page is told of the documents while the folder changes under it."""

import threading
import time

import pytest

from index.errors import FolderError, GroundedError
from index.types import SyncProgress, SyncReport
from tests.fakes_ui import FakeAssistant, make_document
from ui.document_events import add_file, remove_file, state_record
from ui.files import open_files
from ui.shelf import Shelf


class FolderAssistant(FakeAssistant):
    """Holds what is in its folder, as an index does; an empty folder must be allowed."""

    def __init__(self, folder) -> None:
        super().__init__([])
        self.folder = folder
        self.allowed: list[bool] = []

    def sync(self, *, progress=None, allow_empty=False) -> SyncReport:
        self.allowed.append(allow_empty)
        names = sorted(path.name for path in self.folder.glob("[!.]*"))
        if not names and not allow_empty:
            raise FolderError("the folder is empty")
        for number, name in enumerate(names):
            progress(SyncProgress(number, len(names), number / len(names), 0, name))
        old = set(self.by_id)
        self.by_id = {n: make_document(n, n, (self.folder / n).read_text()) for n in names}
        return SyncReport(
            added=tuple(sorted(set(names) - old)), removed=tuple(sorted(old - set(names)))
        )


@pytest.fixture
def shelf(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    files = open_files(folder, tmp_path / "removed", 1000)
    yield Shelf(FolderAssistant(folder), files, is_local=True)
    files.close()


def arrived(shelf, text="Some text.") -> str:
    path = shelf.files.incoming / "file"
    path.write_text(text)
    return str(path)


def until(condition) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_file_that_is_added_gives_another_version_and_questions_to_suggest(shelf):
    assert shelf.suggestions == ()
    before = shelf.version
    shelf.keep_in_line()
    assert add_file(shelf, arrived(shelf), "a.txt") == {
        "done": True,
        "document": "a.txt",
        "text": "a.txt is saved, and will be read in a moment.",
    }
    until(lambda: "a.txt" in shelf.engine.by_id and shelf.suggestions)
    until(lambda: shelf.version > before)
    assert state_record(shelf)["reading"] is None


def test_the_last_document_can_be_removed_and_an_empty_folder_is_none_otherwise(shelf):
    (shelf.folder / "a.txt").write_text("text")
    shelf.sync()
    (shelf.folder / "a.txt").rename(shelf.folder.parent / "unmounted.txt")
    with pytest.raises(FolderError):
        shelf.sync()
    (shelf.folder.parent / "unmounted.txt").rename(shelf.folder / "a.txt")
    outcome = remove_file(shelf, "a.txt")
    assert outcome["done"]
    assert outcome["text"] == f"a.txt is now {shelf.files.removed / 'a.txt'}."
    assert shelf.sync().removed == ("a.txt",)
    assert shelf.engine.documents() == ()


def test_a_removal_is_not_forgotten_when_the_index_was_busy(shelf, monkeypatch):
    (shelf.folder / "a.txt").write_text("text")
    shelf.sync()
    shelf.remove("a.txt")

    def busy(**_):
        raise GroundedError("busy")

    with monkeypatch.context() as patched:
        patched.setattr(shelf.engine, "sync", busy)
        with pytest.raises(GroundedError):
            shelf.sync()
    assert shelf.sync().removed == ("a.txt",)


def test_a_removal_that_failed_allows_nothing(shelf):
    (shelf.folder / "a.txt").write_text("text")
    shelf.sync()
    (shelf.folder / "a.txt").unlink()
    assert not remove_file(shelf, "a.txt")["done"]
    with pytest.raises(FolderError):
        shelf.sync()


def test_only_what_the_page_lists_can_be_removed(shelf):
    (shelf.folder / "new.txt").write_text("not read yet")
    assert not remove_file(shelf, "new.txt")["done"]
    assert not remove_file(shelf, "../../etc/passwd")["done"]
    assert (shelf.folder / "new.txt").exists()


def test_a_name_that_is_taken_is_told(shelf):
    add_file(shelf, arrived(shelf, "1"), "a.txt")
    second = add_file(shelf, arrived(shelf, "2"), "a.txt")
    assert second["text"] == "There is another a.txt already: this one is saved as a (2).txt."
    assert add_file(shelf, arrived(shelf, "1"), "a.txt")["text"] == "a.txt is there already."


def test_what_is_read_now_is_told_while_it_is(shelf):
    for name in ("a.txt", "b.txt"):
        (shelf.folder / name).write_text("text")
    told = []
    tell = shelf._tell
    shelf._tell = lambda progress: (tell(progress), told.append(state_record(shelf)["reading"]))
    shelf.sync()
    assert told == [
        {"name": "a.txt", "number": 1, "total": 2, "share": 0.0},
        {"name": "b.txt", "number": 2, "total": 2, "share": 0.5},
    ]
    assert state_record(shelf)["reading"] is None


def test_a_page_that_ends_breaks_off_what_is_being_read_and_begins_nothing_more(shelf):
    (shelf.folder / "a.txt").write_text("text")
    reading, ended = threading.Event(), threading.Event()

    class Slow(FolderAssistant):
        def sync(self, *, progress, **options):
            reading.set()
            while True:
                progress(SyncProgress(0, 1, 0.5, 0, "a.txt"))
                time.sleep(0.01)

    slow = Shelf(Slow(shelf.folder))

    def sync() -> None:
        with pytest.raises(GroundedError):
            slow.sync()
        ended.set()

    thread = threading.Thread(target=sync)
    thread.start()
    assert reading.wait(10)
    slow.stop()
    thread.join(10)
    assert ended.is_set()
    again = threading.Thread(target=slow.sync, daemon=True)
    reading.clear()
    again.start()
    assert not reading.wait(0.2)


def test_a_fault_of_the_folder_is_told_until_it_is_gone(shelf):
    shelf._take(FolderError("the folder is gone"))
    assert state_record(shelf)["fault"] == "the folder is gone"
    shelf._take(SyncReport())
    assert state_record(shelf)["fault"] == ""


def test_a_page_that_only_reads_changes_nothing(tmp_path):
    (tmp_path / "seeds.txt").write_text("text")
    engine = FolderAssistant(tmp_path)
    engine.sync(progress=lambda _: None)
    shelf = Shelf(engine, None, "This page only reads the documents")
    for outcome in (add_file(shelf, "/etc/passwd", "a.txt"), remove_file(shelf, "seeds.txt")):
        assert outcome == {
            "done": False,
            "document": "",
            "text": "This page only reads the documents",
        }
    assert [path.name for path in tmp_path.iterdir()] == ["seeds.txt"]


def test_only_who_sits_at_the_computer_is_told_where_things_are(shelf):
    assert shelf.place == str(shelf.folder)
    other = Shelf(shelf.engine, shelf.files)
    assert other.place == "folder"
    assert str(shelf.folder.parent) not in other.removed_place
    (shelf.folder / "a.txt").write_text("text")
    other.sync()
    assert str(shelf.folder.parent) not in str(remove_file(other, "a.txt"))


def test_many_files_at_once_lose_none(shelf):
    def add(number: int) -> None:
        place = shelf.files.incoming / str(number)
        place.mkdir()
        (place / "file").write_text(str(number))
        shelf.add(str(place / "file"), "a.txt")

    threads = [threading.Thread(target=add, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    texts = {path.read_text() for path in shelf.folder.glob("[!.]*")}
    assert texts == {str(number) for number in range(20)}

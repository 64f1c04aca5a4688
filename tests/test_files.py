"""Files added to the folder and taken out of it: what is accepted, and that nothing is lost."""

import os
import sys
from pathlib import Path

import pytest

from index.errors import FileRefusedError
from ui.files import INCOMING, MAX_NAME_BYTES, open_files

MAX_BYTES = 1000


@pytest.fixture
def files(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    files = open_files(folder, tmp_path / "removed", MAX_BYTES)
    yield files
    files.close()


def sent(files, content=b"Some text.", at="hash"):
    """A file as Gradio leaves it: below where files arrive, in a folder of its own."""
    place = files.incoming / at
    place.mkdir(exist_ok=True)
    path = place / "file"
    path.write_bytes(content)
    return str(path)


def refusal(files, name, content=b"Some text."):
    with pytest.raises(FileRefusedError) as caught:
        files.add(sent(files, content), name)
    assert visible_names(files.folder) == []
    return str(caught.value)


def visible_names(folder):
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_a_file_takes_its_name_and_nothing_of_it_is_left_where_it_arrived(files):
    added = files.add(sent(files), "R&D plan (v2), draft.txt")
    assert (added.document_id, added.is_new) == ("R&D plan (v2), draft.txt", True)
    assert (files.folder / added.document_id).read_bytes() == b"Some text."
    assert list(files.incoming.iterdir()) == []


def test_a_file_is_as_readable_as_the_folder(files):
    files.folder.chmod(0o755)
    files.add(sent(files), "a.txt")
    assert (files.folder / "a.txt").stat().st_mode & 0o777 == 0o644


def test_a_second_file_of_a_name_gets_another_and_both_are_kept(files):
    names = [files.add(sent(files, text), "a.txt").document_id for text in (b"1", b"2", b"3")]
    assert names == ["a.txt", "a (2).txt", "a (3).txt"]
    assert [(files.folder / name).read_bytes() for name in names] == [b"1", b"2", b"3"]


def test_the_same_file_again_changes_nothing(files):
    files.add(sent(files), "a.txt")
    again = files.add(sent(files), "a.txt")
    assert (again.document_id, again.is_new) == ("a.txt", False)
    assert visible_names(files.folder) == ["a.txt"]


def test_a_link_of_that_name_is_not_followed(files, tmp_path):
    outside = tmp_path / "outside.txt"
    outside.write_text("precious")
    (files.folder / "a.txt").symlink_to(outside)
    assert files.add(sent(files), "a.txt").document_id == "a (2).txt"
    assert outside.read_text() == "precious"


@pytest.mark.parametrize(
    ("name", "document_id"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("/etc/cron.d/x.md", "x.md"),
        ("C:\\Users\\ann\\x.md", "x.md"),
        (" spaces.txt ", "spaces.txt"),
        ("ünïcode 日本.txt", "ünïcode 日本.txt"),
        ("<img src=x>.txt", "<img src=x>.txt"),
    ],
)
def test_only_the_last_part_of_a_name_counts(files, name, document_id):
    assert files.add(sent(files), name).document_id == document_id
    assert visible_names(files.folder) == [document_id]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "no name"),
        ("..", "no name"),
        ("x/..", "no name"),
        ("a\0.txt", "no name"),
        (".hidden.txt", "starts with a dot"),
        ("gpj\u202etxt.exe", "invisible characters"),
        ("a\nb.txt", "invisible characters"),
        ("\udcff.txt", "not valid Unicode"),
        (f"{'x' * MAX_NAME_BYTES}.txt", "shorter"),
        ("photo.png", r"format .png is not supported; these are: PDF, Word"),
        ("README", "no suffix names its format; these are"),
    ],
)
def test_what_has_no_fit_name_is_refused_with_what_to_do(files, name, reason):
    assert reason in refusal(files, name)


def test_what_is_too_large_or_empty_is_refused(files):
    assert "1,001 bytes; at most 1,000 are read" in refusal(files, "a.txt", b"x" * 1001)
    assert "empty" in refusal(files, "a.txt", b"")


def test_what_the_folder_ignores_is_refused(files):
    (files.folder / ".assistantignore").write_text("draft*\n")
    assert "leaves it out" in refusal(files, "draft.txt")


def test_nothing_but_a_file_that_arrived_is_taken(files, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("precious")
    (files.incoming / "link").symlink_to(secret)
    (files.folder / "there.txt").write_text("a document")
    for path in (
        str(secret),
        str(files.incoming / "link"),
        f"{files.incoming}/../there.txt",
        str(files.incoming),
        "/no/such/file",
        "",
        "a\0b",
    ):
        with pytest.raises(FileRefusedError, match="did not arrive"):
            files.add(path, "taken.txt")
    assert secret.read_text() == "precious"
    assert visible_names(files.folder) == ["there.txt"]


def test_a_refused_file_is_deleted_where_it_arrived(files):
    refusal(files, "photo.png")
    assert list(files.incoming.iterdir()) == []


def test_what_nobody_waits_for_any_more_is_deleted(files):
    old = sent(files, at="old")
    os.utime(files.incoming / "old", (0, 0))
    new = sent(files, at="new")
    files.add(sent(files), "a.txt")
    assert not Path(old).exists()
    assert Path(new).exists()


def test_closing_leaves_the_folder_as_a_user_sees_it(files):
    files.add(sent(files), "a.txt")
    sent(files, at="abandoned")
    files.close()
    assert [path.name for path in files.folder.iterdir()] == ["a.txt"]


def test_what_a_killed_page_left_is_deleted_by_the_next_and_a_link_is_left_alone(tmp_path):
    folder, elsewhere = tmp_path / "folder", tmp_path / "elsewhere"
    (folder / f"{INCOMING}dead" / "hash").mkdir(parents=True)
    elsewhere.mkdir()
    (elsewhere / "precious").write_text("x")
    (folder / f"{INCOMING}link").symlink_to(elsewhere)
    os.utime(folder / f"{INCOMING}dead" / "hash", (0, 0))
    os.utime(elsewhere / "precious", (0, 0))
    open_files(folder, tmp_path / "removed", MAX_BYTES).close()
    assert [path.name for path in folder.iterdir()] == [f"{INCOMING}link"]
    assert (elsewhere / "precious").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_to_is_said(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(FileRefusedError, match="cannot be written to"):
        open_files(tmp_path, tmp_path / "removed", MAX_BYTES)
    tmp_path.chmod(0o700)


def test_a_missing_folder_is_said(tmp_path):
    with pytest.raises(FileRefusedError, match="cannot be written to"):
        open_files(tmp_path / "gone", tmp_path / "removed", MAX_BYTES)


# ---- taking out ----


def test_a_removed_file_is_moved_where_it_can_be_found(files):
    (files.folder / "sub").mkdir()
    (files.folder / "sub" / "a.txt").write_text("kept")
    path = files.remove("sub/a.txt")
    assert path == files.removed / "a.txt"
    assert path.read_text() == "kept"
    assert not (files.folder / "sub" / "a.txt").exists()
    assert files.removed.stat().st_mode & 0o777 == 0o700


def test_removed_files_of_one_name_are_all_kept(files):
    for text in ("1", "2"):
        (files.folder / "a.txt").write_text(text)
        files.remove("a.txt")
    assert sorted(path.name for path in files.removed.iterdir()) == ["a (2).txt", "a.txt"]
    assert (files.removed / "a.txt").read_text() == "1"


def test_nothing_outside_the_folder_and_no_link_can_be_removed(files, tmp_path):
    (tmp_path / "outside.txt").write_text("precious")
    (files.folder / "link.txt").symlink_to(tmp_path / "outside.txt")
    (files.folder / "up").symlink_to(tmp_path)
    (files.folder / "sub").mkdir()
    for document_id in (
        "../outside.txt",
        str(tmp_path / "outside.txt"),
        "link.txt",
        "up/outside.txt",
        "sub",
        "sub/../../outside.txt",
        "gone.txt",
        "",
        ".",
        "a\0b",
    ):
        with pytest.raises(FileRefusedError, match="nothing was moved"):
            files.remove(document_id)
    assert (tmp_path / "outside.txt").read_text() == "precious"
    assert not files.removed.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/shm is another disk on Linux")
def test_a_file_can_be_moved_to_another_disk(tmp_path):
    import shutil
    import tempfile

    elsewhere = tempfile.mkdtemp(dir="/dev/shm")
    if Path(elsewhere).stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("one disk only")
    folder = tmp_path / "folder"
    folder.mkdir()
    files = open_files(folder, tmp_path / "removed", MAX_BYTES)
    files.removed = Path(elsewhere)
    try:
        (folder / "a.txt").write_text("kept")
        assert files.remove("a.txt").read_text() == "kept"
        assert not (folder / "a.txt").exists()
    finally:
        files.close()
        shutil.rmtree(elsewhere)


def test_a_full_or_vanished_disk_loses_nothing(files):
    (files.folder / "a.txt").write_text("kept")
    files.removed.write_text("a file where the folder should be")
    with pytest.raises(FileRefusedError, match="by hand"):
        files.remove("a.txt")
    assert (files.folder / "a.txt").read_text() == "kept"

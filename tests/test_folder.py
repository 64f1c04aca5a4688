"""The scan of a folder: what is read, what is skipped and why, what is never touched."""

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from index.errors import FolderError
from index.folder import FileState, is_ignored, reason_to_refuse, scan
from index.settings import IndexSettings

SETTINGS = IndexSettings()


def put(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("text")


def ids(folder: Path, settings: IndexSettings = SETTINGS) -> list[str]:
    return [file.id for file in scan(folder, settings)[0]]


def test_files_are_found_in_all_folders_in_the_order_of_their_ids(tmp_path):
    put(tmp_path, "b.txt", "a/z.md", "a/b/c.PDF", "ü.html")
    files, skipped = scan(tmp_path, SETTINGS)
    assert [file.id for file in files] == ["a/b/c.PDF", "a/z.md", "b.txt", "ü.html"]
    assert skipped == ()
    status = (tmp_path / "b.txt").stat()
    assert files[2] == FileState("b.txt", tmp_path / "b.txt", 4, status.st_mtime_ns)


def test_hidden_files_and_folders_are_left_out_without_a_word(tmp_path):
    put(tmp_path, "a.txt", ".hidden.txt", ".git/x.txt", "sub/.venv/y.md")
    assert scan(tmp_path, SETTINGS)[1] == ()
    assert ids(tmp_path) == ["a.txt"]


def test_what_is_skipped_is_named_with_its_reason(tmp_path):
    put(tmp_path, "a.txt", "b.xyz", "README", "sub/c.JPG", "large.txt")
    (tmp_path / "large.txt").write_text("x" * 2001)
    (tmp_path / "empty.md").touch()
    assert scan(tmp_path, IndexSettings(max_file_bytes=2000))[1] == (
        ("README", "no suffix names its format"),
        ("b.xyz", "format .xyz is not supported"),
        ("empty.md", "empty"),
        ("large.txt", "2,001 bytes; at most 2,000 are read"),
        ("sub/c.JPG", "format .jpg is not supported"),
    )


def test_nothing_but_regular_files_is_touched_and_no_link_followed(tmp_path):
    outside = tmp_path / "outside"
    put(outside, "secret.txt")
    folder = tmp_path / "folder"
    put(folder, "a.txt")
    (folder / "file.txt").symlink_to(outside / "secret.txt")
    (folder / "dir").symlink_to(outside)
    (folder / "loop").symlink_to(folder)
    (folder / "self.txt").symlink_to(folder / "self.txt")
    (folder / "dangling.txt").symlink_to(folder / "nowhere.txt")
    (folder / "zero.txt").symlink_to("/dev/zero")
    os.mkfifo(folder / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(folder / "socket.txt"))
    files, skipped = scan(folder, SETTINGS)
    assert [file.id for file in files] == ["a.txt"]
    link = "a symbolic link: links are not followed"
    assert dict(skipped) == {
        "dangling.txt": link,
        "dir": link,
        "file.txt": link,
        "loop": link,
        "pipe.txt": "not a regular file",
        "self.txt": link,
        "socket.txt": "not a regular file",
        "zero.txt": link,
    }


def test_odd_names_are_found_as_they_are(tmp_path):
    names = [
        "new\nline.txt",
        "\u202egnp.txt",
        "🦙.txt",
        "-rf.txt",
        "x" * 251 + ".txt",
        "a b'\".txt",
    ]
    put(tmp_path, *names)
    assert ids(tmp_path) == sorted(names)


def test_a_name_that_is_not_utf_8_is_skipped_and_shown_escaped(tmp_path):
    put(tmp_path, "a.txt")
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_text("text")
    sub = tmp_path / os.fsdecode(b"d\xff")
    sub.mkdir()
    (sub / "x.txt").write_text("text")
    assert scan(tmp_path, SETTINGS)[1] == (
        (r"caf\xe9.txt", "its name is not valid Unicode: rename it"),
        (r"d\xff/x.txt", "its name is not valid Unicode: rename it"),
    )


def test_the_ignore_file_is_honoured_in_the_syntax_of_git(tmp_path):
    put(tmp_path, "a.txt", "a.log", "keep.log", "build/x.txt", "deep/build/y.txt", "only/top.md")
    put(tmp_path, "deep/only/top.md", "drafts/one.txt", "drafts/final.txt")
    (tmp_path / ".assistantignore").write_text(
        "# generated\n*.log\n!keep.log\nbuild/\n/only\ndrafts/*\n!drafts/final.txt\n"
    )
    assert ids(tmp_path) == ["a.txt", "deep/only/top.md", "drafts/final.txt", "keep.log"]


def test_an_ignore_file_that_is_a_link_is_not_followed(tmp_path):
    put(tmp_path, "a.txt")
    (tmp_path / "patterns").write_text("*.txt")
    (tmp_path / ".assistantignore").symlink_to(tmp_path / "patterns")
    assert ids(tmp_path) == ["a.txt"]


def test_a_missing_folder_a_file_and_an_empty_folder_are_errors_that_say_what_to_do(tmp_path):
    put(tmp_path, "a.txt")
    (tmp_path / "empty").mkdir()
    with pytest.raises(FolderError, match=r"no such folder: .*nowhere"):
        scan(tmp_path / "nowhere", SETTINGS)
    with pytest.raises(FolderError, match=r"not a folder but a file: .*a\.txt"):
        scan(tmp_path / "a.txt", SETTINGS)
    with pytest.raises(FolderError, match=r"the folder is empty: .*\.docx.*\.pdf"):
        scan(tmp_path / "empty", SETTINGS)


def test_an_empty_folder_is_no_error_where_it_may_be(tmp_path):
    assert scan(tmp_path, SETTINGS, allow_empty=True) == ((), ())
    with pytest.raises(FolderError, match="no such folder"):
        scan(tmp_path / "nowhere", SETTINGS, allow_empty=True)


def test_a_file_can_be_refused_before_it_is_in_the_folder(tmp_path):
    (tmp_path / ".assistantignore").write_text("draft*\n")
    assert reason_to_refuse("a.PDF", 1000, 1000) is None
    assert reason_to_refuse("a.pdf", 1001, 1000) == "1,001 bytes; at most 1,000 are read"
    assert reason_to_refuse("a.xyz", 1, 1000) == "format .xyz is not supported"
    assert [is_ignored(tmp_path, name) for name in ("draft.txt", "a.txt")] == [True, False]


def test_a_folder_without_anything_readable_is_an_error_that_names_the_formats(tmp_path):
    put(tmp_path, "a.xyz", "b.xyz")
    with pytest.raises(FolderError, match=r"nothing to read among 2 files .*supported: \.csv"):
        scan(tmp_path, SETTINGS)


def test_what_a_folder_without_anything_readable_does_hold_is_told_as_it_is(tmp_path):
    put(tmp_path, ".hidden.txt")
    with pytest.raises(FolderError, match=r"the folder holds only files that are hidden"):
        scan(tmp_path, SETTINGS)
    put(tmp_path, "a.xyz")
    with pytest.raises(FolderError, match=r"nothing to read in .* but 'a\.xyz': format \.xyz"):
        scan(tmp_path, SETTINGS)


def test_a_folder_given_by_a_link_is_scanned(tmp_path):
    put(tmp_path / "real", "a.txt")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    files, _ = scan(tmp_path / "link", SETTINGS)
    assert files[0].path == tmp_path / "real" / "a.txt"


def test_a_tree_deeper_than_any_stack_is_scanned(tmp_path):
    folder = tmp_path
    for _ in range(300):
        folder /= "d"
    put(folder, "a.txt")
    assert ids(tmp_path) == ["d/" * 300 + "a.txt"]


UNREADABLE = """
import os, sys
from pathlib import Path
import pathspec  # before: "nobody" may not be allowed to read where Python's packages are
from index.folder import scan
from index.settings import IndexSettings
if os.geteuid() == 0:
    os.setuid(65534)
print(scan(Path(sys.argv[1]), IndexSettings())[1])
"""


def test_what_the_user_may_not_read_is_reported(tmp_path_factory):
    # The tests may run as root, who may read everything, so a process of nobody scans.
    folder = tmp_path_factory.mktemp("open")
    put(folder, "a.txt", "locked.txt", "locked/b.txt")
    (folder / "locked.txt").chmod(0)
    (folder / "locked").chmod(0)
    above = [p for p in folder.parents if p.is_relative_to(tempfile.gettempdir())]
    for parent in (folder, *above[:-1]):
        parent.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-c", UNREADABLE, folder],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parent.parent,
    )
    (folder / "locked").chmod(0o755)
    assert done.stdout.strip() == (
        "(('locked', 'cannot be listed: Permission denied'), "
        "('locked.txt', 'no permission to read it'))"
    )


def test_thousands_of_files_are_found(tmp_path):
    for number in range(2000):
        (tmp_path / f"{number}.txt").write_bytes(b"x")
    assert len(ids(tmp_path)) == 2000

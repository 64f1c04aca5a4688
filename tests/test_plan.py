"""Files that moved are told by their content, and each is read once for that."""

from collections import Counter

from index import plan
from index.search import Index
from index.settings import IndexSettings
from tests.fakes import HashEmbedder


def planned(tmp_path, before, after, monkeypatch):
    """The plan where the texts ``before`` became ``after``, and how often each file was read."""
    folder = tmp_path / "documents"
    folder.mkdir()
    for name, text in before.items():
        (folder / name).write_text(text)
    index = Index(tmp_path / "index", HashEmbedder(), IndexSettings())
    index.sync(folder)
    for name in before:
        (folder / name).unlink()
    for name, text in after.items():
        (folder / name).write_text(text)
    reads = Counter()
    digest = plan.file_digest

    def counted(path):
        reads[path.name] += 1
        return digest(path)

    monkeypatch.setattr(plan, "file_digest", counted)
    found = plan.plan_sync(index._store, folder, index.settings)
    index.close()
    return found, reads


def test_a_new_file_is_read_once_and_only_where_one_of_its_size_is_gone(tmp_path, monkeypatch):
    before = {f"old{n}.txt": f"This is the text {n}." for n in range(5)}
    after = {f"new{n}.txt": f"That is the text {n}." for n in range(5)}
    found, reads = planned(tmp_path, before, {**after, "long.txt": "Much longer." * 9}, monkeypatch)
    assert [file.id for file in found.added] == ["long.txt", *after]
    assert found.removed == tuple(before)
    assert reads == dict.fromkeys(after, 1)


def test_files_with_one_content_move_in_order_and_those_beyond_are_new(tmp_path, monkeypatch):
    text = "The same text in all."
    before = {"a.txt": text, "b.txt": text}
    after = {"x.txt": text, "y.txt": text, "z.txt": text}
    found, _ = planned(tmp_path, before, after, monkeypatch)
    assert [(old, file.id) for old, file in found.moved] == [("a.txt", "x.txt"), ("b.txt", "y.txt")]
    assert [file.id for file in found.added] == ["z.txt"]
    assert found.removed == ()

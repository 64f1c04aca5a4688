"""Manifests that were altered say nothing, and nothing else happens."""

import json
import random
from pathlib import Path

import pytest

from index.manifest import MANIFEST, is_intact, read_manifest, write_manifest

HOSTILE = [
    b"",
    b"{}",
    b"[]",
    b"null",
    b"\xff\xfe",
    b"[" * 200_000,
    b'{"kind": 1, "index_id": [], "generation": Infinity, "files": null, "seal": ""}',
    b'{"kind": "", "index_id": "", "generation": 1' + b"0" * 10_000 + b', "files": {}, "seal": ""}',
    b" " * 2_000_000 + b"{}",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a").write_text("content")
    write_manifest(tmp_path, "test 1", "abc", 12, ["a"])
    return tmp_path


def test_what_is_written_is_read(folder):
    manifest = read_manifest(folder)
    assert (manifest.kind, manifest.index_id, manifest.generation) == ("test 1", "abc", 12)
    assert is_intact(folder, manifest)


def test_a_file_that_changed_is_not_intact(folder):
    manifest = read_manifest(folder)
    (folder / "a").write_text("Content")
    assert not is_intact(folder, manifest)
    (folder / "a").unlink()
    assert not is_intact(folder, manifest)


@pytest.mark.parametrize("content", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_no_manifest_is_none(folder, content):
    (folder / MANIFEST).write_bytes(content)
    assert read_manifest(folder) is None


def test_any_altered_manifest_is_none_or_says_the_same(folder):
    """A thousand mutations; white space outside of strings may change."""
    path, rng = folder / MANIFEST, random.Random(5)
    whole, before = path.read_bytes(), read_manifest(folder)
    for _ in range(1000):
        data = bytearray(whole)
        for _ in range(rng.randrange(1, 4)):
            at = rng.randrange(len(data))
            data[at : at + rng.randrange(3)] = rng.randbytes(rng.randrange(3))
        path.write_bytes(data)
        assert read_manifest(folder) in (None, before)


def test_a_manifest_cannot_name_a_file_outside_of_its_folder(folder):
    outside = folder.parent / "outside"
    outside.write_text("content")
    digest = read_manifest(folder).files["a"]
    values = json.loads((folder / MANIFEST).read_bytes())
    for name in ("../outside", str(outside), "..", "."):
        manifest = read_manifest(folder)
        manifest.files.clear()
        manifest.files[name] = digest
        assert not is_intact(folder, manifest)
    assert values["files"] == {"a": digest}
    outside.unlink()

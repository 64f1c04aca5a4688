"""FAISS and tantivy are derived: whatever happens to their files, answers are right."""

import shutil
from pathlib import Path

import pytest

from assistant import Assistant
from index.belongings import DENSE, LEXICAL
from tests.fakes import HashEmbedder


def reopen(folder: Path, directory: Path) -> Assistant:
    return Assistant.open(folder, index_dir=directory, embed_model=HashEmbedder())


def results(assistant: Assistant) -> list[tuple[int, str, float, float]]:
    return [
        (h.rank, h.passage.text, round(h.similarity, 4), round(h.bm25, 4))
        for h in assistant.search("Who built the harbour of Lumen?")
    ]


def damage(path: Path, how: str) -> None:
    data = path.read_bytes()
    if how == "delete":
        path.unlink()
    elif how == "truncate":
        path.write_bytes(data[: len(data) // 2])
    elif how == "empty":
        path.write_bytes(b"")
    else:
        middle = len(data) // 2
        path.write_bytes(data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :])


@pytest.mark.parametrize("how", ["delete", "truncate", "empty", "flip a bit"])
@pytest.mark.parametrize("kind", [DENSE, LEXICAL])
def test_any_damage_to_any_derived_file_is_repaired(assistant, folder, tmp_path, kind, how):
    expected = results(assistant)
    assistant.close()
    files = sorted(p.name for p in (tmp_path / "index" / kind).iterdir() if p.name[0] != ".")
    assert "manifest.json" in files
    for i in range(len(files)):
        files = sorted(p for p in (tmp_path / "index" / kind).iterdir() if p.name[0] != ".")
        damage(files[i], how)
        again = reopen(folder, tmp_path / "index")
        assert results(again) == expected, (files[i].name, how)
        again.close()


@pytest.mark.parametrize("kind", [DENSE, LEXICAL])
def test_a_derived_index_left_behind_is_brought_up_to_date(assistant, folder, tmp_path, kind):
    index = tmp_path / "index"
    shutil.copytree(index / kind, tmp_path / "old")
    (folder / "harbour.txt").write_text("The harbour was sold to the Llama Company.")
    assistant.sync()
    expected = results(assistant)
    assistant.close()
    shutil.rmtree(index / kind)
    shutil.copytree(tmp_path / "old", index / kind)
    again = reopen(folder, index)
    assert results(again) == expected
    again.close()


@pytest.mark.parametrize("kind", [DENSE, LEXICAL])
def test_the_derived_index_of_another_folder_is_not_trusted(assistant, folder, tmp_path, kind):
    expected = results(assistant)
    assistant.close()
    other = tmp_path / "other"
    other.mkdir()
    (other / "zoo.txt").write_text("Zebras. Lions. Harbour seals.")
    stranger = Assistant.from_folder(other, index_dir=tmp_path / "zoo", embed_model=HashEmbedder())
    stranger.close()
    shutil.rmtree(tmp_path / "index" / kind)
    shutil.copytree(tmp_path / "zoo" / kind, tmp_path / "index" / kind)
    again = reopen(folder, tmp_path / "index")
    assert results(again) == expected
    again.close()


def test_no_derived_index_at_all_gives_the_same_answers(assistant, folder, tmp_path):
    expected = results(assistant)
    assistant.close()
    for kind in (DENSE, LEXICAL):
        shutil.rmtree(tmp_path / "index" / kind)
    again = reopen(folder, tmp_path / "index")
    assert results(again) == expected
    again.close()

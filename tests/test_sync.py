"""A folder and its index, with hash embeddings."""

import os

import pytest

from assistant import Assistant
from index.chunk import chunk
from index.errors import FolderError, ForeignIndexError
from index.plan import made_with_name
from index.read import PassingError, Sandbox
from index.settings import IndexSettings
from tests.fakes import HashEmbedder

SETTINGS = IndexSettings()


def test_a_second_sync_of_the_same_folder_embeds_nothing(assistant, embedder):
    embedded = len(embedder.embedded)
    report = assistant.sync()
    assert report.is_empty
    assert report.unchanged == ("harbour.txt", "notes/market.txt")
    assert len(embedder.embedded) == embedded


def test_only_what_changed_is_embedded(assistant, folder, embedder):
    before = list(embedder.embedded)
    market = folder / "notes" / "market.txt"
    market.write_text("The market of Lumen closed for good.")
    report = assistant.sync()
    assert report.changed == ("notes/market.txt",)
    assert report.unchanged == ("harbour.txt",)
    assert embedder.embedded[len(before) :] == ["The market of Lumen closed for good."]


def test_added_and_removed_files_are_taken_over(assistant, folder):
    (folder / "harbour.txt").unlink()
    (folder / "new.txt").write_text("Llamas graze on the hill.")
    report = assistant.sync()
    assert (report.added, report.removed) == (("new.txt",), ("harbour.txt",))
    assert {hit.passage.document_id for hit in assistant.search("llamas graze")} <= {
        "new.txt",
        "notes/market.txt",
    }
    assert not [h for h in assistant.search("Clara Voss") if "Voss" in h.passage.text]


def test_a_moved_file_is_not_read_again(assistant, folder, embedder):
    embedded = len(embedder.embedded)
    (folder / "harbour.txt").rename(folder / "port.txt")
    report = assistant.sync()
    assert report.moved == (("harbour.txt", "port.txt"),)
    assert (report.added, report.removed) == ((), ())
    assert len(embedder.embedded) == embedded
    assert assistant.document("port.txt").title == "port.txt"
    hit = assistant.search("Clara Voss")[0]
    assert hit.passage.document_id == "port.txt"


def test_a_file_with_another_time_and_the_same_content_is_unchanged(assistant, folder, embedder):
    embedded = len(embedder.embedded)
    os.utime(folder / "harbour.txt", (1, 1))
    assert assistant.sync().is_empty
    assert assistant.sync().is_empty
    assert len(embedder.embedded) == embedded


def test_a_dry_run_changes_nothing(assistant, folder):
    (folder / "new.txt").write_text("Llamas graze on the hill.")
    state = assistant.index.state
    report = assistant.sync(dry_run=True)
    assert report.added == ("new.txt",)
    assert assistant.index.state == state
    assert "new.txt" not in {d.id for d in assistant.documents()}


def test_the_same_text_in_two_files_is_embedded_once_and_shown_with_both(
    folder, tmp_path, embedder
):
    text = (folder / "harbour.txt").read_text()
    (folder / "copy.txt").write_text(text)
    assistant = Assistant.from_folder(folder, index_dir=tmp_path / "i", embed_model=embedder)
    assert len(embedder.embedded) == len(set(embedder.embedded))
    passages = [hit.passage for hit in assistant.search("Clara Voss harbour")]
    assert sum("Clara Voss" in p.text for p in passages) == 1
    [passage] = [p for p in passages if "Clara Voss" in p.text]
    assert {passage.document_id, *passage.also_in} == {"copy.txt", "harbour.txt"}


def test_an_unreadable_file_is_one_line_and_does_not_stop_the_run(folder, tmp_path, embedder):
    (folder / "junk.txt").write_bytes(bytes(range(256)) * 40)
    assistant = Assistant.from_folder(folder, index_dir=tmp_path / "i", embed_model=embedder)
    assert [path for path, _ in assistant.skipped()] == ["junk.txt"]
    assert len(assistant.documents()) == 2
    assert [path for path, _ in assistant.sync().skipped] == ["junk.txt"]


def test_an_unreadable_file_that_is_mended_is_read(folder, tmp_path, embedder):
    (folder / "junk.txt").write_bytes(bytes(range(256)) * 40)
    assistant = Assistant.from_folder(folder, index_dir=tmp_path / "i", embed_model=embedder)
    (folder / "junk.txt").write_text("Now it is text about zebras.")
    assert assistant.sync().added == ("junk.txt",)
    assert assistant.skipped() == ()


def test_a_folder_that_became_empty_leaves_the_index(assistant, folder):
    for path in [folder / "harbour.txt", folder / "notes" / "market.txt"]:
        path.unlink()
    with pytest.raises(FolderError):
        assistant.sync()
    assert len(assistant.documents()) == 2


def test_no_index_is_made_to_look_or_where_there_is_nothing(folder, tmp_path, embedder):
    place = {"index_dir": tmp_path / "none", "embed_model": embedder}
    report = Assistant.preview(folder, **place)
    assert report.added == ("harbour.txt", "notes/market.txt")
    (tmp_path / "empty").mkdir()
    with pytest.raises(FolderError, match="the folder is empty"):
        Assistant.from_folder(tmp_path / "empty", **place)
    with pytest.raises(FolderError, match="the folder is empty"):
        Assistant.preview(tmp_path / "empty", **place)
    assert not (tmp_path / "none").exists()
    Assistant.from_folder(folder, **place).close()
    assert Assistant.preview(folder, **place).is_empty


def test_a_folder_whose_files_hold_no_text_is_an_error_unless_it_may_be_empty(tmp_path, embedder):
    white = tmp_path / "white"
    white.mkdir()
    (white / "a.txt").write_text("   \n")
    for _ in range(2):
        with pytest.raises(FolderError, match=r"but 'a\.txt': holds no text"):
            Assistant.from_folder(white, index_dir=tmp_path / "new", embed_model=embedder)
    made = Assistant.from_folder(
        white, index_dir=tmp_path / "new", embed_model=embedder, allow_empty=True
    )
    assert made.documents() == ()
    assert made.skipped() == (("a.txt", "holds no text"),)
    with pytest.raises(FolderError, match="holds no text"):
        made.sync()
    made.close()


def test_a_folder_whose_files_lost_their_text_leaves_the_index(assistant, folder):
    for path in [folder / "harbour.txt", folder / "notes" / "market.txt"]:
        path.write_text("  ")
    with pytest.raises(FolderError, match="nothing to read among 2 files"):
        assistant.sync()
    assert len(assistant.documents()) == 2


def test_a_folder_that_was_emptied_on_purpose_empties_the_index_and_can_be_filled_again(
    assistant, folder
):
    harbour = folder / "harbour.txt"
    text = harbour.read_text()
    for path in [harbour, folder / "notes" / "market.txt"]:
        path.unlink()
    assert assistant.sync(dry_run=True, allow_empty=True).removed == (
        "harbour.txt",
        "notes/market.txt",
    )
    assert len(assistant.sync(allow_empty=True).removed) == 2
    assert assistant.documents() == ()
    assert assistant.ask("Who built the harbour of Lumen in 1887?").refused
    harbour.write_text(text)
    assert assistant.sync().added == ("harbour.txt",)
    assert not assistant.ask("Who built the harbour of Lumen in 1887?").refused


def test_an_empty_folder_is_opened_on_request_but_not_in_place_of_one_with_documents(
    assistant, folder, embedder, tmp_path
):
    (tmp_path / "new").mkdir()
    made = Assistant.from_folder(
        tmp_path / "new", index_dir=tmp_path / "other", embed_model=embedder, allow_empty=True
    )
    assert made.documents() == ()
    made.close()
    for path in [folder / "harbour.txt", folder / "notes" / "market.txt"]:
        path.unlink()
    emptied = Assistant.from_folder(
        folder, index_dir=tmp_path / "index", embed_model=embedder, allow_empty=True
    )
    assert len(emptied.documents()) == 2
    answer = emptied.ask("Who built the harbour of Lumen in 1887?")
    assert "the folder is empty" in answer.notices[0]
    emptied.close()


def test_another_model_is_refused_by_name(assistant, folder, tmp_path):
    with pytest.raises(ForeignIndexError, match=r"hash 1.*hash 2"):
        Assistant.from_folder(
            folder, index_dir=tmp_path / "index", embed_model=HashEmbedder(fingerprint="hash 2")
        )


def test_a_model_that_gives_vectors_of_another_length_is_refused(assistant, folder, tmp_path):
    other = HashEmbedder(dimension=64)
    changed = Assistant.open(folder, index_dir=tmp_path / "index", embed_model=other)
    (folder / "hill.txt").write_text("Llamas graze on the hill.")
    for use in (changed.sync, lambda: changed.search("Who built the harbour?")):
        with pytest.raises(ForeignIndexError, match=r"256 numbers.*'hash 1' now gives 64"):
            use()
    assert assistant.search("Who built the harbour?")
    changed.close()


def test_a_directory_with_something_else_in_it_is_refused(folder, tmp_path, embedder):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").write_bytes(b"x")
    with pytest.raises(ForeignIndexError, match=r"cat\.jpg"):
        Assistant.from_folder(folder, index_dir=tmp_path / "photos", embed_model=embedder)


def test_progress_grows_to_the_whole(folder, tmp_path, embedder):
    shares = []
    Assistant.from_folder(
        folder,
        index_dir=tmp_path / "i",
        embed_model=embedder,
        progress=lambda p: shares.append(p.share),
    )
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)


def test_another_process_sees_the_new_state_without_a_restart(assistant, folder, tmp_path):
    other = Assistant.from_folder(folder, index_dir=tmp_path / "index", embed_model=HashEmbedder())
    (folder / "new.txt").write_text("Llamas graze on the hill.")
    other.sync()
    assert assistant.search("llamas graze")[0].passage.document_id == "new.txt"


def test_a_file_that_changes_while_it_is_read_is_reported_and_read_the_next_time(
    folder, tmp_path, embedder, monkeypatch
):
    growing, read = folder / "growing.txt", Sandbox.read
    growing.write_text("The first line.")

    def read_and_grow(sandbox, path):
        extracted = read(sandbox, path)
        if path == growing:
            with growing.open("a") as stream:
                stream.write(" And another.")
        return extracted

    with monkeypatch.context() as patched:
        patched.setattr(Sandbox, "read", read_and_grow)
        assistant = Assistant.from_folder(folder, index_dir=tmp_path / "i", embed_model=embedder)
    assert assistant.skipped() == (("growing.txt", "changed while it was read; sync again"),)
    assert len(assistant.documents()) == 2
    assert assistant.sync().added == ("growing.txt",)
    assert assistant.document("growing.txt").text == "The first line. And another."


def test_a_file_that_cannot_be_cut_does_not_keep_the_others_out(
    folder, tmp_path, embedder, monkeypatch
):
    (folder / "odd.txt").write_text("Odd as it is.")

    def fail_on_the_odd(extracted, **options):
        if extracted.text.startswith("Odd"):
            raise ValueError("substring not found")
        return chunk(extracted, **options)

    monkeypatch.setattr("index.sync.chunk", fail_on_the_odd)
    assistant = Assistant.from_folder(folder, index_dir=tmp_path / "i", embed_model=embedder)
    assert assistant.skipped() == (
        ("odd.txt", "could not be cut into passages (ValueError); please report it"),
    )
    assert len(assistant.documents()) == 2


def test_a_file_whose_trouble_passed_is_read_at_the_next_sync(
    folder, tmp_path, embedder, monkeypatch
):
    def stop(_sandbox, _path):
        raise PassingError("the parser stopped")

    with monkeypatch.context() as patched:
        patched.setattr(Sandbox, "read", stop)
        assistant = Assistant.from_folder(folder, index_dir=tmp_path / "i", embed_model=embedder)
    assert len(assistant.skipped()) == 2
    assert assistant.sync().added == ("harbour.txt", "notes/market.txt")
    assert assistant.skipped() == ()


def test_a_file_that_an_older_reader_could_not_read_is_tried_again(
    assistant, folder, tmp_path, monkeypatch
):
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 nothing in it")
    assert assistant.sync().skipped
    times = []
    monkeypatch.setattr("index.sync._prepare", lambda file, *_: times.append(file.id) or 1 / 0)
    assert assistant.sync().skipped
    assert times == []
    name = made_with_name(SETTINGS)
    monkeypatch.setattr("index.plan.made_with_name", lambda _: name)
    for module in ("index.plan", "index.sync"):
        monkeypatch.setattr(f"{module}.READERS_VERSION", 10**6)
    assert "broken.pdf" in assistant.sync(dry_run=True).added
    with pytest.raises(ZeroDivisionError):
        assistant.sync()
    assert times == ["broken.pdf"]

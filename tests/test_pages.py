"""Pages of PDF documents as pictures, and where the passages stand on them."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from index.errors import NoPageError
from index.pages import Pages, has_pages, on_page
from index.read import UnreadableError, read_file, wire
from index.read.errors import LostError
from index.read.pdf_page import letters, nearest, read_picture
from index.types import Block, BlockKind, Box, Document, Picture
from tests.fakes_read import lines, pdf_objects, pdf_of, stream

WIDTH, HEIGHT = 595, 842


@pytest.fixture
def pages():
    drawn = Pages()
    yield drawn
    drawn.close()


def made(folder: Path, data: bytes) -> tuple[Document, str]:
    """A PDF file as a document, and the hash of the file."""
    path = folder / "a.pdf"
    path.write_bytes(data)
    read = read_file(path)
    document = Document("a.pdf", "A", str(path), read.text, read.blocks, read.pages)
    return document, hashlib.sha256(data).hexdigest()


def span(document: Document, piece: str) -> tuple[int, int]:
    start = document.text.index(piece)
    return start, start + len(piece)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_passage_is_found_where_it_is_drawn_however_the_page_is_turned(tmp_path, pages, rotate):
    rows = [(72, 300, 10, "Nothing to see."), (72, 200, 10, "The lamp is here. And more.")]
    document, sha256 = made(tmp_path, pdf_of([rows], rotate=rotate))
    view = pages.view(document, sha256, 1, [span(document, "The lamp is here")])
    width, height = (WIDTH, HEIGHT) if rotate in {0, 180} else (HEIGHT, WIDTH)
    ((box,),) = view.places
    assert view.picture.width == 1240
    assert view.picture.height == pytest.approx(1240 * height / width, abs=2)
    assert box.left * width == pytest.approx(72, abs=2)
    # Letters of 10 points stand on the line 200 points above the lower edge.
    assert (1 - box.top - box.height) * height == pytest.approx(200, abs=3)
    assert box.height * height == pytest.approx(8, abs=3)
    assert box.width * width == pytest.approx(75, abs=15)


def test_a_passage_of_several_lines_has_a_box_for_each(tmp_path, pages):
    rows = lines(
        "The harbour of Lumen was built by Clara Voss, who had learned her trade in the yards",
        "of the north and came home with three ships.",
    )
    document, sha256 = made(tmp_path, pdf_of([rows]))
    view = pages.view(document, sha256, 1, [(0, len(document.text))])
    first, second = view.places[0]
    assert first.top < second.top
    assert first.width > second.width


def test_the_nearest_of_several_places_is_taken(tmp_path, pages):
    rows = [(72, 700, 10, "It rained."), (72, 400, 10, "Then."), (72, 100, 10, "It rained.")]
    document, sha256 = made(tmp_path, pdf_of([rows]))
    first, last = document.text.index("It rained"), document.text.rindex("It rained")
    view = pages.view(document, sha256, 1, [(first, first + 9), (last, last + 9)])
    (above,), (below,) = view.places
    assert above.top < 0.2
    assert below.top > 0.8


def test_what_stands_on_another_page_has_no_place_on_this_one(tmp_path, pages):
    document, sha256 = made(tmp_path, pdf_of([lines("One is here."), lines("Two is there.")]))
    spans = [span(document, "One is here"), span(document, "Two is there")]
    assert [len(boxes) for boxes in pages.view(document, sha256, 1, spans).places] == [1, 0]
    assert [len(boxes) for boxes in pages.view(document, sha256, 2, spans).places] == [0, 1]


def test_a_passage_over_blocks_is_taken_apart_and_stays_within_its_page():
    kinds = BlockKind.PARAGRAPH
    blocks = (Block(kinds, 0, 3, page=1), Block(kinds, 5, 8, page=1), Block(kinds, 10, 13, page=2))
    document = Document("a.pdf", "A", "/a.pdf", "one\n\ntwo\n\nsix", blocks, 2)
    assert on_page(document, 1, [(1, 13), (10, 13)]) == ("one\ntwo\n", [[(1, 3), (4, 7)], []])
    assert on_page(document, 2, [(1, 13)]) == ("six\n", [[(0, 3)]])


def test_letters_are_compared_without_spaces_signs_accents_and_ligatures():
    assert letters("Under-\nﬁrm É𝐱")[0] == letters("underfirm e\u0301x")[0] == "underfirmex"
    assert letters("𝐱 b") == ("xb", [0, 2])


def test_the_nearest_place_may_be_before_or_after_and_nothing_is_nowhere():
    assert nearest("abcabcabc", "abc", 4) == 3
    assert nearest("abcxxxxxx", "abc", 5) == 0
    assert nearest("xxxxxxabc", "abc", 0) == 6
    assert nearest("abc", "d", 0) is None
    assert nearest("abc", "", 0) is None


def test_a_file_that_has_changed_is_not_shown(tmp_path, pages):
    document, sha256 = made(tmp_path, pdf_of([lines("As it was.")]))
    made(tmp_path, pdf_of([lines("As it is now.")]))
    with pytest.raises(NoPageError, match=r"page 1 cannot be shown: the file has changed since"):
        pages.view(document, sha256, 1)


def test_a_page_that_is_seen_again_is_not_drawn_again(tmp_path, pages):
    document, sha256 = made(tmp_path, pdf_of([lines("One.")]))
    first = pages.view(document, sha256, 1)
    Path(document.path).unlink()
    assert pages.view(document, sha256, 1).picture is first.picture


@pytest.mark.parametrize("number", [0, -1, 2, 10**9])
def test_a_page_that_is_not_there_is_said_not_to_be(tmp_path, pages, number):
    document, sha256 = made(tmp_path, pdf_of([lines("One.")]))
    with pytest.raises(NoPageError, match="there is no page"):
        pages.view(document, sha256, number)


def test_only_pdf_files_have_pages(pages):
    document = Document("a.txt", "A", "/a.txt", "text")
    assert not has_pages(document)
    assert has_pages(replace(document, path="/A.PDF"))
    with pytest.raises(NoPageError, match=r"'a\.txt' is no PDF file"):
        pages.view(document, "", 1)


def test_a_page_that_takes_too_long_is_given_up_and_the_next_is_drawn(tmp_path):
    good, good_sha256 = made(tmp_path, pdf_of([lines("One.")]))
    data = pdf_objects(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Contents 4 0 R >>",
            stream(b"0 0 99 99 re f " * 100_000),
        ]
    )
    path = tmp_path / "slow.pdf"
    path.write_bytes(data)
    slow = replace(good, path=str(path))
    pages = Pages(timeout_seconds=5)
    with pytest.raises(NoPageError, match="took longer than 5 s"):
        pages.view(slow, hashlib.sha256(data).hexdigest(), 1)
    assert pages.view(good, good_sha256, 1).picture.width == 1240
    pages.close()


def test_a_page_of_an_absurd_size_is_drawn_small(tmp_path):
    for box in ("[0 0 14400 14400]", "[0 0 10 14400]", "[0 0 14400 1]"):
        path = tmp_path / "a.pdf"
        data = pdf_of([lines("One.")]).replace(b"[0 0 595 842]", box.encode())
        path.write_bytes(data)
        picture = read_picture(path, hashlib.sha256(data).hexdigest(), 1)
        assert 0 < picture.width * picture.height < 6_000_000


def test_a_damaged_file_is_said_to_be_one(tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7 rubbish")
    with pytest.raises(UnreadableError, match="not a PDF file, or a damaged one"):
        read_picture(path, hashlib.sha256(path.read_bytes()).hexdigest(), 1)


def test_what_the_sandbox_answers_is_checked():
    picture = Picture(b"\xff\xd8\xff\xe0", 2, 3)
    places = ((Box(0.1, 0.2, 0.3, 0.4),), ())
    body = wire.HEADER.size
    assert wire.understand_picture(wire.pack(wire.picture_answer(picture))[body:]) == picture
    assert wire.understand_places(wire.pack(wire.places_answer(places))[body:]) == places
    for garbled in (b'{"jpeg": "PHN2Zz4=", "width": 1, "height": 1}', b"[]", b'{"jpeg": 1}'):
        with pytest.raises(LostError):
            wire.understand_picture(garbled)
    for garbled in (b'{"places": [[[0, 0, 2, 0]]]}', b'{"places": [[[0, 0]]]}', b'{"places": 1}'):
        with pytest.raises(LostError):
            wire.understand_places(garbled)

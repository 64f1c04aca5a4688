"""PDF: pages, paragraphs put together again, rows kept, reasons for what cannot be read."""

import io
import re
from pathlib import Path

import pytest

from index.read import UnreadableError, read_file
from index.read.pdf_layout import layout
from index.read.pdf_lines import Line
from index.read.pdf_margins import without_running_lines
from index.read.pdf_rows import join_cells, row_flags
from index.types import BlockKind
from tests.fakes_read import checked, lines, pdf_objects, pdf_of, read, stream, texts

FILING = Path(__file__).parent.parent.parent / "shared" / "data" / "pdf" / "2023 Q2 AAPL.pdf"

PARAGRAPH = lines(
    "The harbour of Lumen was built by Clara Voss, who had learned her trade in the",
    "yards of the north and came home with three ships and a plan to deepen the old",
    "basin. It took nine years.",
)


def line(text: str, left: float, baseline: float, right: float = 0.0, **more) -> Line:
    """A line in letters of 10 points, each half as wide as it is high."""
    return Line(text, left, right or left + 5 * len(text), baseline, 10.0, **more)


def pieces(*rows: Line) -> list[tuple[str, str]]:
    """Kind and text of what one page of these lines becomes."""
    return [(piece.kind.value, piece.text) for piece in layout([rows])]


def test_every_passage_knows_its_page(tmp_path):
    pages = [lines(f"Page {n}", f"The secret of page {n} is number {n * n}.") for n in range(1, 51)]
    extracted = read(tmp_path, "a.pdf", pdf_of(pages))
    assert extracted.pages == 50
    for block in extracted.blocks:
        found = re.search(r"[Pp]age (\d+)", extracted.text[block.start : block.end])
        assert found
        assert block.page == int(found[1])
    assert len(extracted.blocks) == 100


def test_lines_of_a_paragraph_are_joined_and_short_lines_are_not(tmp_path):
    address = lines("Clara Voss", "12 Quay Street", "Lumen", top=700)
    extracted = read(tmp_path, "a.pdf", pdf_of([[*PARAGRAPH, *address]]))
    assert texts(extracted) == [
        " ".join(text for *_, text in PARAGRAPH),
        "Clara Voss",
        "12 Quay Street",
        "Lumen",
    ]


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_turned_page_reads_as_it_is_shown(tmp_path, rotate):
    shown = [(left, up - 300, size, text) for left, up, size, text in PARAGRAPH]
    row = [(72, 300, 11, "Item"), (300, 300, 11, "1.50"), (400, 300, 11, "7")]
    extracted = read(tmp_path, "a.pdf", pdf_of([[*shown, *row]], rotate=rotate))
    assert texts(extracted) == [" ".join(text for *_, text in PARAGRAPH), "Item 1.50 7"]
    assert extracted.blocks[1].kind is BlockKind.TABLE_ROW


def test_characters_beyond_ascii_survive(tmp_path):
    extracted = read(tmp_path, "a.pdf", pdf_of([lines("Café Zürich costs 5 € – “really”")]))
    assert extracted.text == "Café Zürich costs 5 € – “really”"


def test_larger_lines_are_headings_by_size(tmp_path):
    page = [
        (72, 780, 24, "The manual"),
        (72, 740, 16, "First part"),
        *lines(*(text for *_, text in PARAGRAPH), top=710),
        (72, 640, 16, "Second part"),
        *lines(*(text for *_, text in PARAGRAPH), top=610),
    ]
    extracted = read(tmp_path, "a.pdf", pdf_of([page]))
    assert [
        (extracted.text[b.start : b.end], b.level)
        for b in extracted.blocks
        if b.kind is BlockKind.HEADING
    ] == [("The manual", 1), ("First part", 2), ("Second part", 2)]


def test_rows_of_a_table_stay_lines(tmp_path):
    rows = []
    for n in range(3):
        rows += [(72, 700 - 14 * n, 11, f"Item {n}"), (300, 700 - 14 * n, 11, f"{n}.50")]
        rows += [(400, 700 - 14 * n, 11, f"{n * 7}")]
    extracted = read(tmp_path, "a.pdf", pdf_of([[*PARAGRAPH, *rows]]))
    assert texts(extracted, BlockKind.TABLE_ROW) == [
        "Item 0 0.50 0",
        "Item 1 1.50 7",
        "Item 2 2.50 14",
    ]
    assert "Item 0 0.50 0\nItem 1 1.50 7\n" in extracted.text


def test_a_title_in_the_file_counts_when_a_person_may_have_written_it(tmp_path):
    page = [lines("Text.")]
    assert read(tmp_path, "a.pdf", pdf_of(page, info="/Title (Annual report)")).title == (
        "Annual report"
    )
    assert read(tmp_path, "b.pdf", pdf_of(page, info="/Title (scan0001.tex)")).title is None
    assert read(tmp_path, "c.pdf", pdf_of(page)).title is None


def scanned(count: int, text_pages: int = 0) -> bytes:
    """Pages with nothing but an image of one pixel."""
    image = "/Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 "
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        stream(b"\x00", image + "/ColorSpace /DeviceGray"),
        stream(b"q 500 0 0 700 0 0 cm /I Do Q"),
        stream(b"BT /F 12 Tf 72 700 Td (Typed text.) Tj ET"),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    kids = []
    for number in range(count + text_pages):
        content = 4 if number < count else 5
        kids.append(f"{len(objects) + 1} 0 R")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {content} 0 R "
            "/Resources << /XObject << /I 3 0 R >> /Font << /F 6 0 R >> >> >>".encode()
        )
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    return pdf_objects(objects)


def test_a_scan_without_text_says_so(tmp_path):
    with pytest.raises(UnreadableError, match=r"^no text layer: 12 scanned pages; recognise"):
        read(tmp_path, "a.pdf", scanned(12))


def test_scanned_pages_among_others_are_named(tmp_path):
    extracted = read(tmp_path, "a.pdf", scanned(2, text_pages=1))
    assert texts(extracted) == ["Typed text."]
    assert extracted.blocks[0].page == 3
    assert extracted.notices == (
        "pages without a text layer, probably scanned, were not read: 1, 2",
    )


def test_a_page_without_anything_is_no_scan(tmp_path):
    with pytest.raises(UnreadableError, match=r"^holds no text$"):
        read(tmp_path, "a.pdf", pdf_of([[]]))


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_a_file_that_only_its_owner_may_change_is_read(tmp_path, algorithm):
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed")
    pytest.importorskip("cryptography", reason="cryptography is not installed")
    writer = pypdf.PdfWriter(io.BytesIO(pdf_of([lines(f"Page {n}") for n in range(1, 51)])))
    writer.encrypt("", "owner", algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    extracted = read(tmp_path, "a.pdf", out.getvalue())
    assert [(t, b.page) for t, b in zip(texts(extracted), extracted.blocks, strict=True)] == [
        (f"Page {n}", n) for n in range(1, 51)
    ]


def test_a_word_cut_by_a_hyphen_is_whole_again_and_a_compound_keeps_its_hyphen():
    assert pieces(
        line("the representa", 0, 100, ends_in_hyphen=True),
        line("tion of long", 0, 88, ends_in_hyphen=True),
        line("term plans and COMP", 0, 76, ends_in_hyphen=True),
        line("LINE variables; a long-term view, COMPLINE.", 0, 64),
    ) == [
        (
            "paragraph",
            "the representation of long-term plans and COMPLINE variables; a long-term view, "
            "COMPLINE.",
        )
    ]


def test_an_indented_line_and_a_larger_step_start_a_paragraph():
    full = "words that reach the right edge of it all"
    assert pieces(
        line(full, 0, 100), line(full, 20, 88, 205), line(full, 0, 76), line(full, 0, 58)
    ) == [
        ("paragraph", full),
        ("paragraph", f"{full} {full}"),
        ("paragraph", full),
    ]


def test_bullets_start_items_and_their_further_lines_hang():
    assert pieces(
        line("•", 0, 100),
        line("one item whose text goes on in", 10, 100),
        line("the next line, indented.", 10, 88),
        line("• another", 0, 76),
    ) == [
        ("list_item", "one item whose text goes on in the next line, indented."),
        ("list_item", "another"),
    ]


def test_cells_that_were_drawn_one_under_the_other_become_one_row():
    joined = join_cells(
        [
            line("April 1,", 100, 50),
            line("2023", 105, 42),
            line("March 26,", 200, 50),
            line("2022", 205, 42),
            line("Net sales of all of our many products 94,836 97,278", 0, 30, gaps=(37, 44)),
        ]
    )
    assert [row.text for row in joined] == [
        "April 1, 2023 March 26, 2022",
        "Net sales of all of our many products 94,836 97,278",
    ]
    assert joined[0].cells() == ["April 1, 2023", "March 26, 2022"]


def test_a_label_between_two_rows_is_a_row_and_a_heading_is_not():
    rows = [
        line("Products 1 2", 0, 50, 300, gaps=(8, 10)),
        line("Costs:", 0, 40),
        line("Services 3 4", 0, 30, 300, gaps=(8, 10)),
    ]
    assert row_flags(rows, lambda _: False) == [True, True, True]
    assert row_flags(rows, lambda row: row.text == "Costs:") == [True, False, True]


def test_bold_words_above_the_columns_of_a_table_are_its_head_and_no_heading():
    body = "The harbour of Lumen was built by Clara Voss and deepened for nine years by her men."
    rows = [
        cell
        for n in range(3)
        for cell in (line(f"Item {n}", 72, 600 - 14 * n), line(f"{n}.50", 400, 600 - 14 * n))
    ]
    found = pieces(
        line(body, 72, 700, weight=400),
        line("Sales", 72, 640, weight=700),
        line("March 2023", 400, 620, weight=700),
        *rows,
    )
    assert ("table_row", "March 2023") in found
    assert ("heading", "Sales") in found
    assert ("heading", "Costs") in pieces(
        line(body, 72, 700, weight=400), line("Costs", 72, 620, weight=700), *rows
    )


def test_a_number_in_front_of_a_clause_is_no_cell():
    assert row_flags([line("(a) the text", 0, 50, gaps=(3,))], lambda _: False) == [False]


def test_dots_that_lead_to_a_page_number_are_cut():
    (row,) = join_cells([line("3.1.2 Quoting . . . . . . . . 6", 0, 50)])
    assert row.text == "3.1.2 Quoting … 6"
    assert row.cells() == ["3.1.2 Quoting …", "6"]


def running(page: int, foot: str, body: int = 10) -> list[Line]:
    """A page with a foot."""
    own = [line(f"line {page}.{n} of it", 0, 700 - 12 * n) for n in range(body)]
    return [*own, line(foot, 0, 20)]


def test_a_foot_that_repeats_is_kept_once():
    pages = [running(n, f"Form 10-Q | {n + 1}") for n in range(6)]
    kept = without_running_lines(pages)
    assert [page[-1].text for page in kept][:2] == ["Form 10-Q | 1", "line 1.9 of it"]
    assert sum(len(page) for page in kept) == 6 * 10 + 1


def test_a_last_line_with_its_own_number_is_kept():
    pages = [running(n, f"The total is {n * n + 3}") for n in range(6)]
    assert without_running_lines(pages) == pages


def test_pages_of_few_lines_keep_them_all():
    pages = [running(n, f"Form 10-Q | {n + 1}", body=3) for n in range(6)]
    assert without_running_lines(pages) == pages


@pytest.mark.skipif(not FILING.is_file(), reason="../shared/data is not there")
def test_a_real_filing_is_read_with_its_tables_and_pages():
    extracted = checked(read_file(FILING))
    assert extracted.pages == 28
    assert extracted.title is None  # the file says 0000320193-23-000064
    rows = {extracted.text[b.start : b.end]: b for b in extracted.blocks}
    assert rows["Total net sales 94,836 97,278 211,990 221,223"].page == 4
    assert rows["April 1, 2023 March 26, 2022 April 1, 2023 March 26, 2022"].kind is (
        BlockKind.TABLE_ROW
    )
    note = rows["Note 10 – Segment Information and Geographic Data"]
    assert (note.kind, note.page) == (BlockKind.HEADING, 16)
    assert extracted.text.count("Apple Inc. | Q2 2023 Form 10-Q |") == 1
    sentence = "The Company’s fiscal years 2023 and 2022 span 53 and 52 weeks, respectively."
    assert sentence in extracted.text

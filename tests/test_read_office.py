"""Office formats and e-books: DOCX, PPTX, XLSX, ODT, EPUB."""

import datetime
import io

import pytest

from index.read import UnreadableError
from index.read.docx_numbering import Numbering
from index.read.titles import stated_title
from index.types import BlockKind
from tests.fakes_read import W, docx_of, paragraph, read, texts, zip_of

HEADING = '<w:pStyle w:val="berschrift1"/>'
STYLES = (
    f'<w:styles xmlns:w="{W}"><w:style w:styleId="berschrift1"><w:name w:val="heading 1"/>'
    '</w:style><w:style w:styleId="Clause"><w:name w:val="My clause"/><w:basedOn '
    'w:val="berschrift1"/></w:style><w:style w:styleId="TOC1"><w:name w:val="toc 1"/></w:style>'
    '<w:style w:styleId="Title"><w:name w:val="Title"/></w:style></w:styles>'
)
NUMBERING = (
    f'<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="0">'
    '<w:lvl w:ilvl="0"><w:start w:val="7"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/>'
    '</w:lvl><w:lvl w:ilvl="1"><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl>'
    '<w:lvl w:ilvl="2"><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="(%3)"/></w:lvl>'
    '</w:abstractNum><w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt '
    'w:val="bullet"/><w:lvlText w:val="&#xF0B7;"/></w:lvl></w:abstractNum>'
    '<w:num w:numId="3"><w:abstractNumId w:val="0"/></w:num>'
    '<w:num w:numId="4"><w:abstractNumId w:val="1"/></w:num></w:numbering>'
)


def number(list_id: int, level: int) -> str:
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>'


def table(rows: list[list[str]]) -> str:
    cells = ("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def test_a_word_document_is_read_in_order_with_headings_and_tables(tmp_path):
    rows = [[f"cell {row}.{column}" for column in range(4)] for row in range(5)]
    body = paragraph("Top", HEADING) + paragraph("Before.") + table(rows) + paragraph("After.")
    extracted = read(tmp_path, "a.docx", docx_of(body, styles=STYLES))
    assert texts(extracted) == ["Top", "Before.", *(" | ".join(row) for row in rows), "After."]
    assert (extracted.blocks[0].kind, extracted.blocks[0].level) == (BlockKind.HEADING, 1)
    assert "cell 0.3\ncell 1.0" in extracted.text
    assert extracted.pages is None


def test_clauses_carry_the_numbers_that_word_would_print(tmp_path):
    body = (
        paragraph("Termination", number(3, 0))
        + paragraph("Either party may leave.", number(3, 1))
        + paragraph("in writing;", number(3, 2))
        + paragraph("by mail.", number(3, 2))
        + paragraph("Notice is 30 days.", number(3, 1))
        + paragraph("Law", number(3, 0))
        + paragraph("A bullet", number(4, 0))
    )
    extracted = read(tmp_path, "a.docx", docx_of(body, numbering=NUMBERING))
    assert texts(extracted) == [
        "7. Termination",
        "7.1 Either party may leave.",
        "(a) in writing;",
        "(b) by mail.",
        "7.2 Notice is 30 days.",
        "8. Law",
        "A bullet",
    ]
    assert [block.level for block in extracted.blocks] == [0, 1, 2, 2, 1, 0, 0]


def test_numbers_of_an_unknown_list_are_left_out():
    assert Numbering(None).label("1", 0) == ""


def test_text_in_content_controls_insertions_links_and_boxes_is_read(tmp_path):
    body = (
        f"<w:sdt><w:sdtContent>{paragraph('In a control.')}</w:sdtContent></w:sdt>"
        "<w:p><w:r><w:t>Kept </w:t></w:r><w:ins><w:r><w:t>added </w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText>deleted</w:delText></w:r></w:del>"
        "<w:hyperlink><w:r><w:t>linked</w:t><w:tab/><w:t>end</w:t></w:r></w:hyperlink></w:p>"
        "<w:p><w:r><w:t>Anchor</w:t><mc:AlternateContent><mc:Choice><w:txbxContent>"
        f"{paragraph('Boxed')}</w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent>"
        f"{paragraph('Boxed')}</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    assert texts(read(tmp_path, "a.docx", docx_of(body))) == [
        "In a control.",
        "Kept added linked\tend",
        "Anchor",
        "Boxed",
    ]


def test_hidden_runs_and_tables_of_contents_are_left_out(tmp_path):
    body = (
        "<w:p><w:r><w:t>Seen</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>"
        '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t> too</w:t></w:r></w:p>'
        + paragraph("Chapter 1 ... 3", '<w:pStyle w:val="TOC1"/>')
    )
    assert read(tmp_path, "a.docx", docx_of(body, styles=STYLES)).text == "Seen too"


def test_page_headers_and_notes_come_after_the_text_each_once(tmp_path):
    def part(root: str, text: str) -> str:
        return f'<w:{root} xmlns:w="{W}">{paragraph(text)}</w:{root}>'

    notes = (
        f'<w:footnotes xmlns:w="{W}"><w:footnote w:type="separator">{paragraph("---")}'
        f"</w:footnote><w:footnote>{paragraph('A note.')}</w:footnote></w:footnotes>"
    )
    data = docx_of(
        paragraph("Text."),
        footnotes=notes,
        header1=part("hdr", "Contract 42"),
        header2=part("hdr", "Contract 42"),
        footer1=part("ftr", "Confidential"),
    )
    assert texts(read(tmp_path, "a.docx", data)) == [
        "Text.", "A note.", "Contract 42", "Confidential",
    ]  # fmt: skip


def test_the_title_is_the_one_that_a_person_gave(tmp_path):
    body = paragraph("The real title", '<w:pStyle w:val="Title"/>') + paragraph("Text.")
    extracted = read(tmp_path, "a.docx", docx_of(body, styles=STYLES))
    assert extracted.title == "The real title"


@pytest.mark.parametrize(
    ("stated", "title"),
    [
        ("Annual report 2023", "Annual report 2023"),
        ("Microsoft Word - The plan", "The plan"),
        ("Microsoft Word - plan_v3.docx", None),
        ("0000320193-23-000064", None),
        ("Word Document", None),
        ("untitled", None),
        ("about:blank", None),
        ("https://example.org/plan?x=1", None),
        ("", None),
        (None, None),
        ("年次報告書", "年次報告書"),
    ],
)
def test_titles_that_programs_make_up_do_not_count(stated, title):
    assert stated_title(stated) == title


def test_what_python_docx_writes_is_read(tmp_path):
    docx = pytest.importorskip("docx", reason="python-docx is not installed")
    document = docx.Document()
    document.add_heading("Top", 1)
    document.add_paragraph("One paragraph with some words.")
    document.add_paragraph("a bullet", style="List Bullet")
    grid = document.add_table(rows=5, cols=4)
    for row in range(5):
        for column in range(4):
            grid.cell(row, column).text = f"cell {row}.{column}"
    document.sections[0].header.paragraphs[0].text = "A page header"
    out = io.BytesIO()
    document.save(out)
    extracted = read(tmp_path, "a.docx", out.getvalue())
    assert texts(extracted)[:3] == ["Top", "One paragraph with some words.", "a bullet"]
    assert extracted.blocks[2].kind is BlockKind.LIST_ITEM
    assert all(f"cell {r}.{c}" in extracted.text for r in range(5) for c in range(4))
    assert texts(extracted)[-1] == "A page header"


def test_slides_are_pages_with_titles_lists_tables_and_notes(tmp_path):
    pptx = pytest.importorskip("pptx", reason="python-pptx is not installed")
    deck = pptx.Presentation()
    for number_ in (1, 2, 3):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = f"Slide {number_}"
        slide.placeholders[1].text = "First point\nSecond point"
        slide.placeholders[1].text_frame.paragraphs[1].level = 1
    grid = slide.shapes.add_table(1, 2, 0, 0, 100, 100).table
    grid.cell(0, 0).text, grid.cell(0, 1).text = "Name", "Ada"
    slide.notes_slide.notes_text_frame.text = "Say hello."
    deck.slides[1]._element.set("show", "0")
    out = io.BytesIO()
    deck.save(out)
    extracted = read(tmp_path, "a.pptx", out.getvalue())
    assert texts(extracted) == [
        "Slide 1", "First point", "Second point",
        "Slide 3", "First point", "Second point", "Name | Ada", "Say hello.",
    ]  # fmt: skip
    assert [b.page for b in extracted.blocks] == [1, 1, 1, 3, 3, 3, 3, 3]
    assert extracted.blocks[2].level == 1
    assert extracted.pages == 3
    assert extracted.notices == ("hidden slides left out: 1",)


def test_visible_sheets_are_tables_under_their_names(tmp_path):
    xlsxwriter = pytest.importorskip("xlsxwriter", reason="XlsxWriter is not installed")
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("Sales")
    date = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, ["Name", "Sum", "Day"])
    sheet.write_row(1, 0, ["Ada", 12, None])
    sheet.write_datetime(1, 2, datetime.datetime(2026, 6, 1), date)
    sheet.write_row(2, 0, ["Alan", 1.5])
    hidden = book.add_worksheet("Hidden")
    hidden.write(0, 0, "secret")
    hidden.hide()
    book.close()
    extracted = read(tmp_path, "a.xlsx", out.getvalue())
    assert texts(extracted) == [
        "Sales",
        "Name | Sum | Day",
        "Name: Ada | Sum: 12 | Day: 2026-06-01",
        "Name: Alan | Sum: 1.5",
    ]
    assert extracted.notices == ("hidden sheets left out: 1",)


def test_an_opendocument_text_is_read_in_order(tmp_path):
    text, office = "urn:text", "urn:office"
    content = (
        f'<o:document-content xmlns:o="{office}" xmlns:t="{text}" xmlns:b="urn:table" '
        'xmlns:d="urn:draw"><o:body><o:text><t:tracked-changes><t:p>gone</t:p>'
        '</t:tracked-changes><t:h t:outline-level="2">Head</t:h><t:p>One<t:s t:c="2"/>two'
        "<t:line-break/>three<t:note><t:note-body><t:p>A note.</t:p></t:note-body></t:note>."
        "<d:frame><d:text-box><t:p>Boxed</t:p></d:text-box></d:frame></t:p>"
        "<t:list><t:list-item><t:p>a</t:p><t:list><t:list-item><t:p>b</t:p></t:list-item>"
        "</t:list></t:list-item></t:list><b:table><b:table-row><b:table-cell><t:p>x</t:p>"
        "</b:table-cell><b:table-cell><t:p>y</t:p></b:table-cell></b:table-row></b:table>"
        "</o:text></o:body></o:document-content>"
    )
    meta = f'<o:m xmlns:o="{office}"><o:meta><title>My title</title></o:meta></o:m>'
    data = zip_of({"content.xml": content, "meta.xml": meta})
    extracted = read(tmp_path, "a.odt", data)
    assert texts(extracted) == ["Head", "One  two\nthree (A note.).", "Boxed", "a", "b", "x | y"]
    assert (extracted.blocks[0].kind, extracted.blocks[0].level) == (BlockKind.HEADING, 2)
    assert "a\nb" in extracted.text
    assert extracted.title == "My title"


def test_the_chapters_of_a_book_are_read_in_its_order(tmp_path):
    package = (
        '<package><metadata><title>The Book</title></metadata><manifest><item id="n" '
        'href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/><item id="b" '
        'href="two.xhtml" media-type="application/xhtml+xml"/><item id="a" href="one%20.xhtml" '
        'media-type="application/xhtml+xml"/></manifest><spine><itemref idref="a"/>'
        '<itemref idref="b"/><itemref idref="missing"/></spine></package>'
    )
    page = (
        '<?xml version="1.0"?><!DOCTYPE html PUBLIC "x" "y"><html xmlns="http://www.w3.org/1999/'
        'xhtml"><head><title/><script src="x"/></head><body><h1>{}</h1><p>Text{}.</p></body></html>'
    )
    container = '<c><rootfiles><rootfile full-path="in/p.opf"/></rootfiles></c>'
    data = zip_of(
        {
            "META-INF/container.xml": container,
            "in/p.opf": package,
            "in/one .xhtml": page.format("First", ""),
            "in/two.xhtml": page.format("Second", "&nbsp;end"),
        }
    )
    extracted = read(tmp_path, "a.epub", data)
    assert texts(extracted) == ["First", "Text.", "Second", "Text end."]
    assert extracted.title == "The Book"


@pytest.mark.parametrize("suffix", ["docx", "pptx", "xlsx", "odt", "epub"])
@pytest.mark.parametrize(
    "data",
    [b"", b"not a zip", b"PK\x03\x04 broken", zip_of({"other.txt": "x"}), b"\xd0\xcf\x11\xe0old"],
    ids=["empty", "text", "broken", "other", "old"],
)
def test_what_is_no_such_file_is_refused_by_name(tmp_path, suffix, data):
    with pytest.raises(UnreadableError, match=f"^not a valid {suffix.upper()} file"):
        read(tmp_path, f"a.{suffix}", data)

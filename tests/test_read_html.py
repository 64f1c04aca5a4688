"""HTML: what a reader of the page sees, and only that."""

import re
from pathlib import Path

import pytest

from index.read import html, read_file
from index.read.visibility import hidden_selectors
from index.types import BlockKind
from tests.fakes_read import checked, read, texts

POSTGRES = Path("/usr/share/doc/postgresql-doc-15/html")
needs_postgres = pytest.mark.skipif(
    not POSTGRES.is_dir(), reason="the Debian package postgresql-doc-15 is not installed"
)


def seen(body: str, head: str = "") -> list[str]:
    """The blocks of a page."""
    page = f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>"
    return texts(checked(html.read(page.encode())))


def test_a_page_becomes_headings_paragraphs_lists_tables_and_code():
    extracted = checked(
        html.read(
            b"<title>The  page</title><h1>Top</h1><p>One <b>bold</b>\n word.<br>Next line</p>"
            b"<ul><li>a<ul><li>b</li></ul><li>c</ul><ol start=3><li>x<li><p>y</p><p>more</p></ol>"
            b"<table><tr><th>Name<th>Age<tr><td>Ada<td>36</table><pre>\n  x = 1\n\n  y</pre>"
        )
    )
    kinds = [(b.kind.value, b.level) for b in extracted.blocks]
    assert list(zip(texts(extracted), kinds, strict=True)) == [
        ("Top", ("heading", 1)),
        ("One bold word.\nNext line", ("paragraph", 0)),
        ("a", ("list_item", 0)),
        ("b", ("list_item", 1)),
        ("c", ("list_item", 0)),
        ("3. x", ("list_item", 0)),
        ("4. y", ("list_item", 0)),
        ("more", ("paragraph", 0)),
        ("Name | Age", ("table_row", 0)),
        ("Name: Ada | Age: 36", ("table_row", 0)),
        ("  x = 1\n\n  y", ("code", 0)),
    ]
    assert extracted.title == "The page"
    assert "Name | Age\nName: Ada | Age: 36" in extracted.text


@pytest.mark.parametrize(
    "hidden",
    [
        "<p style='display:none'>secret</p>",
        "<p style='color:red; DISPLAY : none !important'>secret</p>",
        "<p style='visibility:hidden'>secret</p>",
        "<p style='opacity:0'>secret</p>",
        "<p style='font-size:0px'>secret</p>",
        "<p style='position:absolute;left:-9999px'>secret</p>",
        "<p hidden>secret</p>",
        "<div hidden><p>deep <b>secret</b></p></div>",
        "<p class='x off'>secret</p>",
        "<p id=gone>secret</p>",
        "<!-- secret -->",
        "<script>secret</script>",
        "<style>p:after{content:'secret'}</style>",
        "<template><p>secret</p></template>",
        "<noscript>secret</noscript>",
        "<meta name=description content=secret>",
        "<img alt=secret src=x>",
        "<svg><title>secret</title><text>secret</text></svg>",
        "<select><option>secret</select>",
    ],
)
def test_what_a_browser_does_not_show_is_not_read(hidden):
    head = "<style>.off, #gone { display: none } @media print { .p { display: none } }</style>"
    assert seen(f"<p>before</p>{hidden}<p class=p>after</p>", head) == ["before", "after"]


def test_hidden_text_is_counted_in_a_notice():
    extracted = html.read(b"<p>seen</p><p hidden>not seen</p><script>var x</script>")
    assert extracted.notices == ("hidden text left out: 7 characters",)


def test_rules_for_paper_and_rules_that_depend_on_the_context_hide_nothing():
    style = "@media print{.a{display:none}} .b .c{display:none} p{display:none} .d{color:red}"
    assert hidden_selectors(style) == frozenset()
    assert hidden_selectors(".a,#b , em.c{x:y;visibility:hidden}") == {".a", "#b", ".c"}


def test_navigation_is_left_out_and_headers_with_text_stay():
    body = (
        "<nav><a href=x>Home</a></nav><div class='navheader'>Prev Up Next</div>"
        "<header><h1>The title</h1></header><p>Long enough main text of the page.</p>"
        "<footer><a href=a>Imprint</a> <a href=b>Privacy</a></footer>"
        "<footer>Call us at 555-0100 on any day of the week.</footer>"
    )
    assert seen(body) == [
        "The title",
        "Long enough main text of the page.",
        "Call us at 555-0100 on any day of the week.",
    ]


def test_a_page_that_is_all_navigation_is_read_all_the_same():
    assert seen("<nav><ul><li>Alpha<li>Beta<li>Gamma</ul></nav><p>x</p>")[:2] == ["Alpha", "Beta"]


def test_a_table_of_contents_that_repeats_the_headings_is_left_out():
    body = "<h1>A</h1><ul><li>B part</ul><h2>B part</h2><p>" + "text " * 20 + "</p>"
    assert seen(body)[:2] == ["A", "B part"]
    assert len(seen(body)) == 3


def test_a_term_and_its_definition_are_one_item():
    body = "<dl><dt>FULL</dt><dd><p>Takes longer.</p><p>More.</p></dd><dt>Why?</dt><dd>So.</dl>"
    assert seen(body) == ["FULL: Takes longer.", "More.", "Why? So."]


def test_the_heading_of_a_note_does_not_head_what_follows():
    extracted = html.read(b"<h2>Part</h2><div class='note'><h3>Note</h3><p>x</p></div><p>y</p>")
    assert texts(extracted, BlockKind.HEADING) == ["Part"]


def test_every_cell_of_a_table_is_there():
    rows = [[f"cell {row}.{column}" for column in range(4)] for row in range(5)]
    table = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    assert seen(f"<table>{table}</table>") == [" | ".join(row) for row in rows]


def test_each_cell_is_named_by_the_heading_of_its_column():
    head = "<thead><tr><th></th><th>2019</th><th>2020</th></tr></thead>"
    rows = "<tr><th>Sales</th><td>5</td><td>7</td></tr><tr><td colspan=2>Note</td><td>x</td></tr>"
    named = ["Sales | 2019: 5 | 2020: 7", "Note | x"]
    assert seen(f"<table>{head}{rows}</table>") == ["| 2019 | 2020", *named]
    twice = "<tr><th>Sum</th><th>Sum</th></tr><tr><td>1</td><td>2</td></tr>"
    assert seen(f"<table>{twice}</table>") == ["Sum | Sum", "1 | 2"]
    inner = f"<table><tr><td>{head}</td></tr></table>"
    assert seen(f"<table>{head}<tr><td>a<td>b<td>{inner}</table>")[0] == "| 2019 | 2020"


def test_a_table_that_only_lays_out_the_page_is_not_a_table():
    inner = "<table><tr><td>a</td><td>b</td></tr></table>"
    body = f"<table><tr><td><h2>Left</h2><p>text</p></td><td>{inner}</td></tr></table>"
    assert seen(body) == ["Left", "text", "a | b"]


def test_an_empty_cell_keeps_its_place():
    assert seen("<table><tr><td>a<td><td>c<tr><td><td></table>") == ["a |  | c"]


@pytest.mark.parametrize(
    ("declaration", "encoding"),
    [
        ('<meta charset="windows-1251">', "cp1251"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">', "koi8-r"),
        ("", "utf-8"),
        ("", "utf-16"),
    ],
)
def test_the_encoding_that_a_page_declares_is_used(declaration, encoding):
    page = f"<html><head>{declaration}</head><body><p>Привет</p></body></html>"
    assert html.read(page.encode(encoding)).text == "Привет"


def test_a_nest_of_a_hundred_thousand_elements_is_read_to_its_end(tmp_path):
    depth = 100_000
    page = "<p>start</p>" + "<div>" * depth + "<p>deep</p>" + "</div>" * depth + "<p>end</p>"
    assert texts(read(tmp_path, "a.html", page)) == ["start", "deep", "end"]


@pytest.mark.parametrize("tag", ["table", "ul", "b", "blockquote", "pre", "dl"])
def test_other_nests_are_read_too(tag):
    assert "core" in " ".join(seen(f"<{tag}><tr><td><li>" * 20_000 + "core"))


@needs_postgres
def test_a_page_of_real_documentation_reads_well():
    extracted = checked(read_file(POSTGRES / "sql-vacuum.html"))
    blocks = texts(extracted)
    assert extracted.title == "VACUUM"
    assert blocks[:2] == [
        "VACUUM",
        "VACUUM — garbage-collect and optionally analyze a database",
    ]
    assert any(block.startswith("FULL: Selects “full” vacuum, which") for block in blocks)
    assert "Prev" not in extracted.text
    assert texts(extracted, BlockKind.CODE)[0].startswith("VACUUM [ ( option [, ...] ) ]")


@needs_postgres
def test_of_the_words_of_real_pages_only_navigation_is_lost():
    for name in ("ddl-constraints", "functions-math", "sql-select", "bookindex", "tutorial-fk"):
        source = (POSTGRES / f"{name}.html").read_text(encoding="utf-8")
        body = re.sub(r'(?s)<div class="nav(?:header|footer)">.*?</div>', "", source)
        plain = re.sub(r"(?s)<head>.*?</head>|<[^>]*>", " ", body)
        words = set(re.findall(r"[A-Za-z]{4,}", plain))
        kept = set(re.findall(r"[A-Za-z]{4,}", read_file(POSTGRES / f"{name}.html").text))
        lost = words - kept - {"nbsp", "ldquo", "rdquo", "mdash", "quot"}
        assert len(lost) <= 0.01 * len(words), (name, sorted(lost)[:20])

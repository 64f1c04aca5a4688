import re
import time

from index.types import Block, BlockKind, Document
from ui.links import LinkKind, PassageLink
from ui.viewer import PART_CHARACTERS, View, document_parts, message_html, view_html

TEXT = "First sentence. Second one.\n\nThird & last <b>.\n\n- item one\n- item two"


def document(text=TEXT, blocks=(), document_id="a.txt", title="Title", pages=None):
    return Document(document_id, title, "/a.txt", text, tuple(blocks), pages, "ab" * 32)


def link(start, end, kind=LinkKind.CITE, document_id="a.txt"):
    return PassageLink(kind, document_id, start, end, "abababababab")


def block(kind, text, piece, level=0, page=None):
    start = text.index(piece)
    return Block(kind, start, start + len(piece), level, page)


def marks(html):
    return re.findall(r"<mark([^>]*)>([^<]*)</mark>", html)


def test_the_cited_passage_is_the_one_hit_and_its_text_is_the_quote():
    html = view_html(View(document(), link(16, 27)))
    assert marks(html) == [(' id="hit" class="hit"', "Second one.")]


def test_the_other_citations_of_the_answer_are_marked_more_faintly():
    html = view_html(View(document(), link(16, 27), (link(0, 15), link(16, 27))))
    assert marks(html) == [
        (' class="other"', "First sentence."),
        (' id="hit" class="hit"', "Second one."),
    ]


def test_citations_of_other_documents_are_not_marked_here():
    html = view_html(View(document(), link(0, 15), (link(16, 27, document_id="b.txt"),)))
    assert len(marks(html)) == 1


def test_where_citations_overlap_the_chosen_one_is_whole():
    html = view_html(View(document(), link(6, 20), (link(0, 15), link(16, 27), link(6, 20))))
    assert marks(html) == [(' id="hit" class="hit"', TEXT[6:20])]


def test_a_passage_over_several_blocks_has_one_id():
    html = view_html(View(document(), link(16, 34)))
    assert [attributes for attributes, _ in marks(html)] == [
        ' id="hit" class="hit"',
        ' class="hit"',
    ]
    assert "".join(text for _, text in marks(html)) == "Second one.Third"


def test_document_text_title_and_name_are_escaped():
    evil = "<img src=x onerror=a()> </article><script>a()</script> ${a()} {{a()}} `a`"
    html = view_html(View(document(evil, document_id=evil, title=evil), link(0, 5)))
    assert "<img" not in html
    assert "<script" not in html
    assert html.count("</article>") == 1


def test_headings_lists_tables_and_code_are_drawn_as_such():
    text = "Title\n\none\n\ntwo\n\na | b\n\nc | d\n\nx = 1"
    blocks = [
        block(BlockKind.HEADING, text, "Title", level=1),
        block(BlockKind.LIST_ITEM, text, "one"),
        block(BlockKind.LIST_ITEM, text, "two", level=1),
        block(BlockKind.TABLE_ROW, text, "a | b"),
        block(BlockKind.TABLE_ROW, text, "c | d"),
        block(BlockKind.CODE, text, "x = 1"),
    ]
    html = view_html(View(document(text, blocks)))
    assert "<h3>Title</h3>" in html
    assert '<ul><li class="depth-0">one</li><li class="depth-1">two</li></ul>' in html
    assert "<tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr>" in html
    assert "<pre>x = 1</pre>" in html


def test_a_mark_across_table_cells_keeps_the_table_whole():
    text = "alpha | beta"
    html = view_html(View(document(text, [block(BlockKind.TABLE_ROW, text, text)]), link(2, 10)))
    assert (
        '<td>al<mark id="hit" class="hit">pha</mark></td>'
        '<td><mark class="hit">be</mark>ta</td>' in html
    )


def test_pages_are_named_in_the_text_and_for_the_passage():
    text = "one\n\ntwo"
    blocks = [
        block(BlockKind.PARAGRAPH, text, "one", page=1),
        block(BlockKind.PARAGRAPH, text, "two", page=2),
    ]
    html = view_html(View(document(text, blocks, pages=2), link(5, 8)))
    assert '<p class="page">Page 1</p><p>one</p><p class="page">Page 2</p>' in html
    assert "page 2 of 2" in html


def test_a_passage_of_a_refusal_is_not_presented_as_an_answer():
    html = view_html(View(document(), link(0, 15, LinkKind.NEAR)))
    assert "close to your question, but no answer to it" in html
    assert 'class="source is-near"' in html


def test_a_title_that_is_the_file_name_is_not_said_twice():
    html = view_html(View(document(title="a.txt")))
    shown = re.sub(r"<[^>]*>", "", html.split('class="source-text"')[0])
    assert shown.count("a.txt") == 1
    assert f"{len(TEXT)} characters" in html


def test_previous_and_next_lead_through_the_citations_of_the_answer():
    links = (link(0, 15), link(16, 27), link(29, 34))
    html = view_html(View(document(), links[1], links))
    assert "Passage 2 of 3" in html
    assert re.findall(r'data-link="(#cite[^"]*)"', html) == [
        "#cite=0-15-abababababab-a.txt",
        "#cite=29-34-abababababab-a.txt",
    ]


def test_the_first_passage_has_no_previous_one():
    html = view_html(View(document(), link(0, 15), (link(0, 15), link(16, 27))))
    assert '<button type="button" disabled>Previous</button>' in html


def test_a_document_without_blocks_is_shown_by_its_paragraphs():
    html = view_html(View(document()))
    assert "<p>First sentence. Second one.</p><p>Third &amp; last &lt;b&gt;.</p>" in html
    assert "<p>- item one\n- item two</p>" in html


def test_a_long_document_is_shown_in_parts_and_opens_at_the_passage():
    text = "\n\n".join(f"paragraph {number} " + "x" * 80 for number in range(5000))
    start = text.index("paragraph 4000")
    html = view_html(View(document(text), link(start, start + 14)))
    assert marks(html) == [(' id="hit" class="hit"', "paragraph 4000")]
    assert len(html) < 2 * PART_CHARACTERS
    assert re.search(r"Part \d+ of \d+", html)


def test_the_parts_of_a_document_hold_every_block_once_and_in_order():
    text = "\n\n".join("y" * 1000 for _ in range(200))
    parts = document_parts(document(text))
    starts = [block.start for part in parts for block in part]
    assert starts == [1002 * number for number in range(200)]
    assert len(parts) == 4  # 200 blocks of 1,000 characters, 60 to a part.


def test_a_paragraph_longer_than_a_part_is_cut_without_loss():
    text = "z" * (2 * PART_CHARACTERS + 5)
    parts = document_parts(document(text))
    assert [(b.start, b.end) for part in parts for b in part] == [
        (0, PART_CHARACTERS),
        (PART_CHARACTERS, 2 * PART_CHARACTERS),
        (2 * PART_CHARACTERS, 2 * PART_CHARACTERS + 5),
    ]


def test_a_part_out_of_range_is_the_nearest_one():
    assert "First sentence" in view_html(View(document(), part=99))
    assert "First sentence" in view_html(View(document(), part=-1))


def test_an_empty_document_is_shown_empty():
    assert '<article class="source">' in view_html(View(document("")))


def test_a_document_of_five_megabytes_is_drawn_without_a_wait():
    text = "\n\n".join("word " * 40 for _ in range(25_000))
    begun = time.process_time()
    view_html(View(document(text), link(4_000_000, 4_000_020)))
    assert time.process_time() - begun < 10  # Half a second; hours when it is quadratic.


def test_a_message_is_escaped_and_offers_a_way_on():
    html = message_html("<Gone>", "a & b", "#open=a", "Open <it>")
    assert "&lt;Gone&gt;" in html
    assert '<a href="#open=a">Open &lt;it&gt;</a>' in html

"""What the source panel is given of a page: plain values, and reasons in words."""

import asyncio
import base64

import pytest

from tests.fakes_pdf import FOUNDER, SCRIPT, TOWER, pdf_document
from tests.fakes_ui import FakeAssistant, seeds_document
from ui.links import LinkKind, PassageLink, document_href, passage_href
from ui.pages import page_function, page_record
from ui.sources import panel_html


@pytest.fixture
def engine(tmp_path):
    made = FakeAssistant([pdf_document(tmp_path), seeds_document()], script=SCRIPT)
    yield made
    made.pages.close()


def href(engine, piece, kind=LinkKind.CITE, version=None):
    document = engine.document("harbour.pdf")
    start = document.text.index(piece)
    place = (document.id, start, start + len(piece), version or document.sha256)
    return passage_href(PassageLink(kind, *place))


def test_the_page_of_a_passage_comes_with_its_picture_and_its_marks(engine):
    links = [href(engine, FOUNDER), href(engine, "its lamp is seen from")]
    wanted = {"link": href(engine, TOWER), "links": links, "page": 3}
    page = asyncio.run(page_function(engine)(wanted))
    kind, _, data = page["image"].partition(",")
    assert kind == "data:image/jpeg;base64"
    assert base64.b64decode(data).startswith(b"\xff\xd8\xff")
    assert (page["page"], page["width"]) == (3, 1240)
    assert [mark["is_active"] for mark in page["marks"]] == [True, False]
    left, top, _, height = page["marks"][0]["place"]
    assert left == pytest.approx(100 * 72 / 595, abs=0.5)
    # The second line of the page: 386 points above its lower edge.
    assert top + height == pytest.approx(100 * (842 - 386) / 842, abs=0.6)


def test_another_page_and_a_document_without_a_passage_have_no_marks(engine):
    assert page_record(engine, {"link": href(engine, TOWER), "page": 2})["marks"] == []
    assert page_record(engine, {"link": document_href("harbour.pdf"), "page": 3})["marks"] == []


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (None, "names no page"),
        ([], "names no page"),
        ({"page": "3"}, "names no page"),
        ({"page": 1}, "names no passage"),
        ({"page": 1, "link": ["#open=harbour.pdf"]}, "names no passage"),
        ({"page": 1, "link": "#open=..%2F..%2Fetc%2Fpasswd"}, "no document of this name"),
        ({"page": 99, "link": "#open=harbour.pdf"}, "there is no page 99"),
        ({"page": -1, "link": "#open=harbour.pdf", "links": 7}, "there is no page -1"),
        ({"page": 1, "link": f"#open={seeds_document().id}"}, "is no PDF file"),
    ],
)
def test_what_cannot_be_shown_gets_a_reason_and_no_picture(engine, wanted, reason):
    answer = page_record(engine, wanted)
    assert reason in answer["reason"]
    assert answer.keys() == {"reason"}


def test_a_passage_of_an_older_version_gets_no_page(engine):
    wanted = {"link": href(engine, TOWER, version="0" * 64), "page": 3}
    assert "has changed since this answer" in page_record(engine, wanted)["reason"]


def test_a_file_that_changed_after_it_was_indexed_gets_no_page(engine, tmp_path):
    with (tmp_path / "harbour.pdf").open("ab") as file:
        file.write(b"\n%")
    wanted = {"link": href(engine, TOWER), "page": 3}
    assert "has changed since it was indexed" in page_record(engine, wanted)["reason"]


def test_the_panel_of_a_pdf_has_a_sheet_for_the_page_of_the_passage_and_its_text(engine):
    html = panel_html(engine, href(engine, TOWER))
    assert 'data-page="3" data-pages="3"' in html
    assert f'<mark id="hit" class="hit">{TOWER}</mark>' in html
    assert 'data-page="1"' in panel_html(engine, document_href("harbour.pdf"))
    assert "sheet" not in panel_html(engine, document_href(seeds_document().id))

from tests.fakes_ui import FakeAssistant, make_document
from ui.links import LinkKind, PassageLink, document_href, passage_href
from ui.sources import MAX_LINKS, panel_html, start_html

TEXT = "One. Two. Three."


def engine():
    return FakeAssistant([make_document("a.txt", "Alpha", TEXT), make_document("b.txt", "B", "x")])


def href(start=0, end=4, document_id="a.txt", version=None):
    known = engine().document("a.txt").sha256 if version is None else version
    return passage_href(PassageLink(LinkKind.CITE, document_id, start, end, known))


def test_a_link_of_this_version_shows_its_passage():
    assert '<mark id="hit" class="hit">Two.</mark>' in panel_html(engine(), href(5, 9))


def test_the_other_links_of_the_answer_are_marked_too():
    html = panel_html(engine(), href(5, 9), [href(0, 4), href(5, 9), href(0, 4), "nonsense"])
    assert '<mark class="other">One.</mark>' in html
    assert "Passage 2 of 2" in html


def test_forged_and_outdated_links_give_a_message_and_no_text():
    forged = [
        href(document_id="../../etc/passwd"),
        href(document_id="/etc/passwd"),
        href(document_id="gone.txt"),
        href(4, 4),
        href(9, 5),
        href(0, 999),
        "#cite=-5-9-000000000000-a.txt",
        "#cite=0-9-000000000000-a.txt",
        "file:///etc/passwd",
        "",
        document_href("gone.txt"),
    ]
    for link in forged:
        html = panel_html(engine(), link)
        assert "This source is no longer available" in html
        assert "One." not in html
        assert "root:" not in html


def test_a_changed_document_can_be_opened_as_it_is_now():
    html = panel_html(engine(), href(version="0" * 12))
    assert "has changed since" in html
    assert 'href="#open=a.txt"' in html


def test_a_document_opens_without_a_question():
    html = panel_html(engine(), document_href("a.txt"))
    assert "One. Two. Three." in html
    assert "<mark" not in html


def test_a_flood_of_links_is_cut():
    links = [href(0, 4, version="")] + [href(5, 9)] * MAX_LINKS + [href(10, 16)]
    assert "Three.</mark>" not in panel_html(engine(), href(5, 9), links)


def test_a_single_document_is_open_from_the_start():
    alone = FakeAssistant([make_document("a.txt", "Alpha", TEXT)])
    assert "One. Two. Three." in start_html(alone)


def test_several_documents_start_with_a_hint():
    assert "Sources open here" in start_html(engine())

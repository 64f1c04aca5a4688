from pathlib import Path

from index.types import DocumentInfo
from tests.fakes_ui import FakeAssistant
from ui.files import FolderFiles
from ui.library import adder_html, library_html, welcome_markdown
from ui.shelf import Shelf


def info(document_id="a.txt", title="Alpha", size=6234, pages=None, notices=()):
    return DocumentInfo(document_id, title, f"/{document_id}", 100, pages, 3, size, 0.0, notices)


def test_a_document_is_listed_with_pages_size_and_date():
    assert "12 pages · 6 kB · 1 Jan 1970" in library_html([info(pages=12)])


def test_sizes_are_given_in_the_unit_that_fits():
    shown = [library_html([info(size=size)]) for size in (999, 1000, 2_500_000)]
    assert "999 bytes" in shown[0]
    assert "1 kB" in shown[1]
    assert "2.5 MB" in shown[2]


def test_names_and_titles_are_escaped():
    html = library_html([info('"><img src=x onerror=a()>.txt', "<script>a()</script>")])
    assert "<img" not in html
    assert "<script" not in html


def test_what_is_special_about_a_document_is_said():
    assert "encoding was guessed" in library_html([info(notices=("encoding was guessed",))])


def test_an_empty_library_says_what_to_do():
    assert "<li" not in library_html([])
    assert "Put files into the folder **papers**" in welcome_markdown([], "papers")
    assert "[Add documents](#add)" in welcome_markdown([], "papers", may_add=True)


def test_many_documents_can_be_filtered_and_few_need_not():
    many = [info(f"{n}.txt") for n in range(8)]
    assert 'type="search"' in library_html(many)
    assert 'type="search"' not in library_html(many[:7])


def test_many_documents_can_be_ticked_as_a_whole():
    many = [info(f"{n}.txt") for n in range(8)]
    assert 'data-action="tick-all"' in library_html(many)
    assert 'data-action="tick-all"' not in library_html(many[:7])


def test_a_document_can_be_removed_only_where_that_is_allowed():
    hostile = info('"><b>.txt', '"><b>bold')
    shown = library_html([hostile], [('"><i>.pdf', "encrypted")], may_remove=True)
    assert shown.count('data-action="remove-document"') == 2
    assert "<b>" not in shown
    assert "<i>" not in shown
    assert "remove-document" not in library_html([hostile], [("a.pdf", "encrypted")])


def test_the_page_says_where_files_go_and_what_is_taken():
    files = FolderFiles(Path("/f"), Path("/f/.in"), Path("/<b>removed"), 50_000_000)
    shown = adder_html(Shelf(FakeAssistant(), files, is_local=True))
    assert str(FakeAssistant().folder) in shown
    assert 'data-max="50000000"' in shown
    assert "/&lt;b&gt;removed" in shown
    assert " .pdf " in shown


def test_a_page_that_only_reads_says_so_and_how_files_are_added():
    shown = adder_html(Shelf(FakeAssistant(), None, "The folder cannot be written to"))
    assert "The folder cannot be written to. New files in" in shown
    assert "add-documents" not in shown
    assert "data-max" not in shown


def test_one_document_needs_no_tick_box():
    assert "checkbox" not in library_html([info()])
    assert library_html([info(), info("b.txt")]).count("checkbox") == 2


def test_the_welcome_names_what_is_asked():
    assert "**Alpha**" in welcome_markdown([info()], "seeds")
    assert "the 2 documents in **my&#95;papers**" in welcome_markdown([info()] * 2, "my_papers")


def test_files_that_could_not_be_read_are_listed_with_the_reason():
    html = library_html([info()], [("bad<b>.pdf", "encrypted")])
    assert "<summary>1 not read</summary>" in html
    assert "bad&lt;b&gt;.pdf" in html
    assert "encrypted" in html

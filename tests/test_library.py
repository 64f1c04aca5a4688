from index.types import DocumentInfo
from ui.library import library_html, welcome_markdown


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
    assert "put files into the folder" in library_html([])
    assert "No documents yet" in welcome_markdown([], "papers")


def test_many_documents_can_be_filtered_and_few_need_not():
    many = [info(f"{n}.txt") for n in range(8)]
    assert 'type="search"' in library_html(many)
    assert 'type="search"' not in library_html(many[:7])


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

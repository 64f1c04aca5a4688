"""PDF, read with PDFium: text with its pages, paragraphs put together again from their lines.

PDFium was chosen over pypdf by measurement: 8 to 17 times as fast, and it keeps words whole where
pypdf wrote "relati ve" and "indexofthe" on typeset manuals. It is C++ and reads hostile files, so
it runs only in the sandbox, and its time and memory are bounded there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from index.read.assemble import assemble
from index.read.errors import UnreadableError
from index.read.pdf_layout import layout
from index.read.pdf_lines import Line, lines_of
from index.read.titles import stated_title
from index.types import Extracted

_REASONS = {
    "password": "password-protected: save a copy without the password",
    "other": "not a PDF file, or a damaged one",
}
_MOST_LISTED_PAGES = 10


def read(data: bytes) -> Extracted:
    """The text of a PDF file. ``page`` counts from 1 as viewers do, whatever is printed on it."""
    with opened(data) as document:
        return _read(document)


@contextmanager
def opened(data: bytes) -> Iterator[Any]:
    """The file as PDFium's document. Its errors, here and inside, become ``UnreadableError``."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise UnreadableError(_why(error)) from error
    try:
        yield document
    except pypdfium2.PdfiumError as error:
        raise UnreadableError(_REASONS["other"]) from error
    finally:
        document.close()


def _read(document: Any) -> Extracted:
    pages: list[list[Line]] = []
    scanned: list[int] = []
    for number in range(len(document)):
        page = document[number]
        pages.append(lines_of(page))
        if not pages[-1] and _has_image(page):
            scanned.append(number + 1)
        page.close()
    if scanned and not any(pages):
        raise UnreadableError(
            f"no text layer: {len(scanned)} scanned pages; recognise their text first, for example "
            "with ocrmypdf"
        )
    title = stated_title(document.get_metadata_value("Title"))
    return assemble(layout(pages), title=title, pages=len(pages), notices=_scan_notices(scanned))


def _has_image(page: Any) -> bool:
    import pypdfium2.raw as pdfium

    return any(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=2))


def _why(error: Any) -> str:
    import pypdfium2.raw as pdfium

    is_locked = error.err_code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)
    return _REASONS["password" if is_locked else "other"]


def _scan_notices(scanned: list[int]) -> tuple[str, ...]:
    if not scanned:
        return ()
    listed = ", ".join(map(str, scanned[:_MOST_LISTED_PAGES]))
    more = ", …" if len(scanned) > _MOST_LISTED_PAGES else ""
    return (f"pages without a text layer, probably scanned, were not read: {listed}{more}",)

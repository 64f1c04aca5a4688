"""Hostile and broken files: each costs one line with a reason, and nothing else."""

import io
import os
import random
import socket
import struct
import zipfile
from collections.abc import Iterator

import pytest

from index.read import Sandbox, UnreadableError
from tests.fakes_read import (
    W,
    checked,
    docx_of,
    flate_stream,
    lines,
    mutated,
    paragraph,
    pdf_objects,
    pdf_of,
    zip_of,
)

MUTATIONS = int(os.environ.get("READ_FUZZ", "30"))
"""Mutated files per format; the full run takes 500."""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Less memory and time than users get: bombs must be refused, not survived."""
    with Sandbox(timeout_seconds=120, memory_bytes=300 << 20, cpu_seconds=5) as made:
        yield made


def reason(sandbox: Sandbox, folder, name: str, data: bytes) -> str:
    """Why a file cannot be read; the limits of the sandbox say how soon that must be known."""
    path = folder / name
    path.write_bytes(data)
    with pytest.raises(UnreadableError) as caught:
        sandbox.read(path)
    assert "\n" not in caught.value.reason
    return caught.value.reason


def test_a_word_file_with_one_run_of_200_megabytes_is_refused(sandbox, tmp_path):
    data = docx_of(paragraph("x" * 200_000_000))
    assert len(data) < 1_000_000
    found = reason(sandbox, tmp_path, "a.docx", data)
    assert found.startswith("unpacks to 200,000,")
    assert found.endswith(" bytes; at most 50,000,000 are read")


def test_a_word_file_of_a_million_and_a_half_paragraphs_is_refused(sandbox, tmp_path):
    data = docx_of("<w:p><w:r><w:t>x</w:t></w:r></w:p>" * 1_500_000)
    assert "unpacks to" in reason(sandbox, tmp_path, "a.docx", data)


def test_a_word_file_that_unpacks_to_more_than_a_hundred_times_its_size_is_refused(
    sandbox, tmp_path
):
    data = docx_of(paragraph("x" * 40_000_000))
    assert reason(sandbox, tmp_path, "a.docx", data) == (
        "unpacks to more than 100 times its size: a ZIP bomb"
    )


def test_a_bomb_hidden_beside_incompressible_data_is_refused(sandbox, tmp_path):
    rubbish = random.Random(1).randbytes(2_000_000)
    data = zip_of({"word/document.xml": b"x" * 20_000_000, "word/media/a.png": rubbish})
    assert "a ZIP bomb" in reason(sandbox, tmp_path, "a.docx", data)


def test_an_archive_in_a_document_is_never_opened(sandbox, tmp_path):
    bomb = zip_of({"word/document.xml": b"x" * 100_000_000})
    nested = zip_of({"inner.zip": zip_of({"bomb.zip": bomb})})
    assert "no Word document" in reason(sandbox, tmp_path, "a.docx", nested)
    path = tmp_path / "b.docx"
    path.write_bytes(docx_of(paragraph("Text."), **{"embeddings/x": "PK..."}))
    assert sandbox.read(path).text == "Text."


def test_an_archive_of_a_hundred_thousand_entries_is_refused(sandbox, tmp_path):
    count = 100_000
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", *(0,) * 6, 0, 0, 0, 1, *(0,) * 4, 0, 0) + b"a"
    directory = entry * count
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, len(directory), 0, 0)
    assert "at most 2,000" in reason(sandbox, tmp_path, "a.docx", directory + end)


def test_an_entry_that_holds_more_than_it_says_is_refused(sandbox, tmp_path):
    data = docx_of(paragraph("x" * 3_000_000))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = struct.pack("<L", archive.infolist()[0].file_size)
    short = data.replace(size, struct.pack("<L", 300))
    assert "cannot be read" in reason(sandbox, tmp_path, "a.docx", short)


def test_a_protected_archive_is_refused(sandbox, tmp_path):
    data = bytearray(docx_of(paragraph("Text.")))
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    assert reason(sandbox, tmp_path, "a.docx", bytes(data)) == "password-protected"


def test_no_document_type_in_a_word_file_is_believed(sandbox, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("the-secret-word")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
        attacks = {
            "file": f'<!DOCTYPE d [<!ENTITY x SYSTEM "{secret.as_uri()}">]>',
            "http": f'<!DOCTYPE d [<!ENTITY x SYSTEM "{url}">]>',
            "laughs": f'<!DOCTYPE d [<!ENTITY l0 "ha">{laughs}<!ENTITY x "&l9;">]>',
            "parameter": f'<!DOCTYPE d [<!ENTITY % p SYSTEM "{url}"> %p; <!ENTITY x "y">]>',
            "outside": f'<!DOCTYPE d SYSTEM "{url}">',
        }
        for name, prolog in attacks.items():
            document = docx_of(paragraph("&x;" if name != "outside" else "x"), prolog=prolog)
            found = reason(sandbox, tmp_path, "a.docx", document)
            assert found.startswith("its XML holds a document type declaration"), name
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_a_document_type_in_another_encoding_is_seen_too(sandbox, tmp_path, encoding):
    xml = '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x "y">]>' + (
        f'<w:document xmlns:w="{W}"><w:body>{paragraph("&x;")}</w:body></w:document>'
    )
    data = zip_of({"word/document.xml": xml.encode(encoding)})
    assert reason(sandbox, tmp_path, "a.docx", data)


def test_xml_nested_too_deeply_is_refused(sandbox, tmp_path):
    data = docx_of("<w:sdt>" * 100_000 + "</w:sdt>" * 100_000)
    assert reason(sandbox, tmp_path, "a.docx", data)


def encrypted(algorithm: str) -> bytes:
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed")
    pytest.importorskip("cryptography", reason="cryptography is not installed")
    writer = pypdf.PdfWriter(io.BytesIO(pdf_of([lines("Text.")])))
    writer.encrypt("user", "owner", algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_a_pdf_with_a_password_is_refused_as_such(sandbox, tmp_path, algorithm):
    found = reason(sandbox, tmp_path, "a.pdf", encrypted(algorithm))
    assert found == "password-protected: save a copy without the password"


CYCLE = [
    b"<< /Type /Catalog /Pages 2 0 R >>",
    b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    b"<< /Type /Pages /Parent 2 0 R /Kids [2 0 R] /Count 1 >>",
]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"rubbish " * 1000,
        b"%PDF-1.7\n" + random.Random(2).randbytes(5000),
        pdf_of([lines("Text.")])[:120],
        pdf_objects(CYCLE),
        pdf_objects([b"<< /Type /Catalog /Pages 1 0 R >>"]),
    ],
    ids=["empty", "rubbish", "rubbish after the mark", "truncated", "cycle", "own parent"],
)
def test_a_broken_pdf_is_refused_with_a_reason(sandbox, tmp_path, data):
    assert reason(sandbox, tmp_path, "a.pdf", data) in {
        "not a PDF file, or a damaged one",
        "holds no text",
    }


def flate_bomb() -> bytes:
    """Hundreds of megabytes of drawing in less than one."""
    content = flate_stream(b"BT /F 12 Tf (x) Tj ET " * 15_000_000)
    return pdf_objects(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources "
            b"<< /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
            content,
        ]
    )


def test_a_pdf_that_unpacks_to_hundreds_of_megabytes_is_ended(tmp_path):
    data = flate_bomb()
    assert len(data) < 2_000_000
    with Sandbox(timeout_seconds=3, memory_bytes=300 << 20) as sandbox:
        assert reason(sandbox, tmp_path, "a.pdf", data).startswith(
            ("took longer than 3 s", "the parser crashed", "needs more than")
        )


def test_an_outline_ten_thousand_levels_deep_does_no_harm(sandbox, tmp_path):
    depth = 10_000
    head = [
        b"<< /Type /Catalog /Pages 2 0 R /Outlines 6 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources "
        b"<< /Font << /F 5 0 R >> >> >>",
        flate_stream(b"BT /F 12 Tf 72 700 Td (Text.) Tj ET"),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    outline = [
        f"<< /Title (t) /First {n + 1} 0 R /Last {n + 1} 0 R /Count 1 >>".encode()
        for n in range(6, 6 + depth)
    ]
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf_objects([*head, *outline, b"<< /Title (end) >>"]))
    assert sandbox.read(path).text == "Text."


@pytest.mark.parametrize(
    "suffix", ["txt", "md", "html", "pdf", "docx", "csv", "rtf", "xlsx", "eml"]
)
def test_random_bytes_are_no_document_whatever_their_name(sandbox, tmp_path, suffix):
    dice = random.Random(suffix)
    for number in range(20):
        data = dice.randbytes(dice.choice((200, 1000, 5000, 50_000)))
        assert reason(sandbox, tmp_path, f"{number}.{suffix}", data)


def test_a_spreadsheet_with_a_cell_in_its_last_corner_does_not_take_all_memory(sandbox, tmp_path):
    xlsxwriter = pytest.importorskip("xlsxwriter", reason="XlsxWriter is not installed")
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write(0, 0, "a")
    sheet.write(1_048_575, 16_383, "b")
    book.close()
    assert reason(sandbox, tmp_path, "a.xlsx", out.getvalue())


def seeds_of_mutation() -> dict[str, bytes]:
    """A sound file of each format."""
    html = "<title>t</title><h1>Top</h1><p>Café <b>b</b></p><table><tr><td>x<td>y</table>" * 5
    body = "".join(paragraph(f"Paragraph {n} with words.") for n in range(20))
    return {
        "pdf": pdf_of([lines(f"Page {n}", "Some words.", "More words.") for n in range(5)]),
        "docx": docx_of(body),
        "html": html.encode(),
        "md": b"# Top\n\n*Words* and [a link](x).\n\n- one\n- two\n\n| a | b |\n|-|-|\n| 1 | 2 |\n"
        * 5,
        "txt": "Paragraph of text, café.\n\nAnother one, für uns.\n".encode() * 10,
        "csv": b"Name,Sum\nAda,1\nAlan,2\n" * 10,
        "jsonl": b'{"a": "text", "b": [1, {"c": null}]}\n' * 10,
        "rtf": rb"{\rtf1\ansi{\fonttbl{\f0 Arial;}}\f0 Caf\'e9 {\b bold} \u8364? 5\par Next\par}"
        * 3,
        "eml": b"From: a@b.c\nSubject: Hi\nContent-Type: text/plain\n\nSome text.\n" * 3,
    }


@pytest.mark.parametrize("suffix", sorted(seeds_of_mutation()))
def test_mutated_files_are_read_or_refused_and_nothing_else(tmp_path, suffix):
    seed = seeds_of_mutation()[suffix]
    with Sandbox(timeout_seconds=120, memory_bytes=500 << 20, cpu_seconds=10) as sandbox:
        for number in range(MUTATIONS):
            path = tmp_path / f"{number}.{suffix}"
            path.write_bytes(mutated(seed, number))
            try:
                checked(sandbox.read(path))
            except UnreadableError as error:
                assert "longer" not in error.reason, number
                assert "processor" not in error.reason, number


def test_mutated_xml_inside_sound_archives_is_read_or_refused(tmp_path):
    with zipfile.ZipFile(io.BytesIO(docx_of(paragraph("Some words.") * 20))) as archive:
        document = archive.read("word/document.xml")
    with Sandbox(timeout_seconds=120, memory_bytes=500 << 20, cpu_seconds=10) as sandbox:
        for number in range(MUTATIONS):
            path = tmp_path / f"{number}.docx"
            path.write_bytes(zip_of({"word/document.xml": mutated(document, number)}))
            try:
                checked(sandbox.read(path))
            except UnreadableError as error:
                assert "longer" not in error.reason, number
                assert "processor" not in error.reason, number

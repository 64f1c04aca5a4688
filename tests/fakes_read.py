"""Files for the tests of reading: small documents of each format, made byte by byte."""

import io
import random
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from index.read import read_file
from index.types import BlockKind, Extracted

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2060-\u2064\ufeff\u200e\u200f\u202a-\u202e\u2066-\u2069"
    "\U000e0000-\U000e007f\ud800-\udfff]"
)


def read(folder: Path, name: str, data: bytes | str) -> Extracted:
    """What the reader for ``name`` gets out of ``data``; checked for what holds for all formats."""
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return checked(read_file(path))


def checked(extracted: Extracted) -> Extracted:
    """``extracted``, whose blocks cover all of its clean text and nothing twice."""
    text, end = extracted.text, 0
    for block in extracted.blocks:
        assert end <= block.start < block.end <= len(text)
        assert not text[end : block.start].strip()
        assert text[block.start : block.end].strip()
        end = block.end
    assert not text[end:].strip()
    assert unicodedata.is_normalized("NFC", text)
    assert not UNSEEN.search(text)
    return extracted


def texts(extracted: Extracted, kind: BlockKind | None = None) -> list[str]:
    """The texts of the blocks, or of those of one kind."""
    blocks = (b for b in extracted.blocks if kind is None or b.kind is kind)
    return [extracted.text[b.start : b.end] for b in blocks]


def zip_of(entries: Mapping[str, str | bytes], *, stored: bool = False) -> bytes:
    """A ZIP archive with these entries."""
    out = io.BytesIO()
    method = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def docx_of(body: str, *, prolog: str = "", **parts: str) -> bytes:
    """A Word document with ``body`` as the XML inside ``w:body``; parts as ``word/NAME.xml``."""
    document = (
        f'<?xml version="1.0" encoding="UTF-8"?>{prolog}<w:document xmlns:w="{W}" xmlns:mc='
        '"http://schemas.openxmlformats.org/markup-compatibility/2006"><w:body>'
        f"{body}</w:body></w:document>"
    )
    named = {f"word/{name}.xml": content for name, content in parts.items()}
    return zip_of({"word/document.xml": document} | named)


def paragraph(text: str, properties: str = "") -> str:
    """A Word paragraph of one run."""
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


Placed = tuple[float, float, float, str]
"""Left, baseline, size in points, text."""


def pdf_of(pages: Sequence[Sequence[Placed]], *, info: str = "", rotate: int = 0) -> bytes:
    """A PDF file that shows these texts upright, in Helvetica, on A4 pages turned by ``rotate``."""
    contents = [" ".join(_drawn(one, rotate) for one in page).encode("cp1252") for page in pages]
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, content in enumerate(contents):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Rotate {rotate} /Contents "
            f"{5 + 2 * number} 0 R /Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        objects.append(stream(content))
    return pdf_objects([*objects, f"<< {info} >>".encode()], info=len(objects) + 1)


def _drawn(placed: Placed, rotate: int) -> str:
    left, up, size, text = placed
    matrix = {
        0: f"1 0 0 1 {left} {up}",
        90: f"0 1 -1 0 {595 - up} {left}",
        180: f"-1 0 0 -1 {595 - left} {842 - up}",
        270: f"0 -1 1 0 {up} {842 - left}",
    }[rotate]
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT /F1 {size} Tf {matrix} Tm ({escaped}) Tj ET"


def stream(content: bytes, extra: str = "") -> bytes:
    """A PDF stream object."""
    return f"<< /Length {len(content)} {extra} >> stream\n".encode() + content + b"\nendstream"


def flate_stream(content: bytes) -> bytes:
    """The same, compressed."""
    return stream(zlib.compress(content, 9), "/Filter /FlateDecode")


def pdf_objects(objects: Sequence[bytes], info: int = 0) -> bytes:
    """A PDF file of these objects, the first of which is the catalogue."""
    out = bytearray(b"%PDF-1.7\n")
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{offset:010} 00000 n \n".encode() for offset in offsets)
    tail = f"/Info {info} 0 R" if info else ""
    out += f"trailer << /Size {len(objects) + 1} /Root 1 0 R {tail} >>\n".encode()
    out += f"startxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def lines(*rows: str, left: float = 72, top: float = 780, size: float = 11) -> list[Placed]:
    """Lines under each other."""
    return [(left, top - 14 * n, size, row) for n, row in enumerate(rows)]


def mutated(data: bytes, seed: int) -> bytes:
    """``data`` with a few random changes: bits, cuts, repeats, inserted rubbish."""
    dice = random.Random(seed)
    out = bytearray(data)
    for _ in range(dice.randint(1, 8)):
        at = dice.randrange(len(out) or 1)
        size = dice.choice((1, 2, 8, 64, 512))
        change = dice.randrange(4)
        if change == 0:
            out[at : at + 1] = bytes([dice.randrange(256)])
        elif change == 1:
            del out[at : at + size]
        elif change == 2:
            out[at:at] = out[at : at + size] * dice.randint(1, 20)
        else:
            out[at:at] = dice.randbytes(size)
    return bytes(out)

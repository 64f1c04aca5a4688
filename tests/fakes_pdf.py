"""A PDF file with known words in known places, and a scripted assistant that answers from it.

By hand: ``python -m tests.fakes_pdf 7861 FOLDER``, which makes the file in the folder.
"""

import sys
from pathlib import Path

from index.plan import file_digest
from index.read import read_file
from index.records import text_digest
from index.types import Document
from tests.fakes_read import Placed, lines, pdf_of
from tests.fakes_ui import FILE_SHA256, FakeAssistant, seeds_document, serve_fake

NAME = "harbour.pdf"
HEIGHT = "How high is the lighthouse?"
SHIPS = "Who built the harbour, and how high is its lighthouse?"
FOUNDER = "The harbour of Lumen was built by Clara Voss"
TOWER = "The lighthouse on the north pier is 41 metres high"
SCRIPT = {HEIGHT: (TOWER,), SHIPS: (FOUNDER, TOWER)}
"""The harbour stands on page 1, its lighthouse on page 3."""


def pages() -> list[list[Placed]]:
    """Three pages, the passages of ``SCRIPT`` on the first and the last."""
    first = lines(
        f"{FOUNDER}, who had learned her trade in the yards",
        "of the north and came home with three ships and a plan to deepen the basin.",
    )
    second = lines("Fish was sold on the quay every morning, and salt in the evening.")
    third = lines(
        "Ships are guided by two lights, one of them on the island.",
        f"{TOWER}, and its lamp is seen from",
        "a distance of thirty miles in clear weather.",
        top=400,
    )
    title: Placed = (72, 720, 20, "The harbour of Lumen")
    return [[title, *lowered(first)], second, third]


def lowered(rows: list[Placed]) -> list[Placed]:
    """The same lines, 100 points further down."""
    return [(left, up - 100, size, text) for left, up, size, text in rows]


def pdf_document(folder: Path) -> Document:
    """The file made in ``folder``, and read."""
    path = folder / NAME
    path.write_bytes(pdf_of(pages(), info="/Title (The harbour)"))
    FILE_SHA256[str(path)] = file_digest(path)
    read = read_file(path)
    return Document(
        *(NAME, read.title or NAME, str(path), read.text, read.blocks, read.pages),
        sha256=text_digest(read.text),
    )


def main() -> None:
    """Serve the page over the scripted assistant: port, folder for the file."""
    folder = Path(sys.argv[2])
    engine = FakeAssistant([pdf_document(folder), seeds_document()], 0.01, SCRIPT)
    serve_fake(engine, int(sys.argv[1]), folder / "drafts.jsonl")


if __name__ == "__main__":
    main()

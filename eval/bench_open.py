"""What an open index costs, in a process that does nothing else: ``eval.bench`` runs it."""

import json
import sys
import time
from pathlib import Path

import numpy as np

from eval.bench_data import Corpus, KnownQuestions
from index.search import Index
from index.settings import IndexSettings


def main(directory: Path, questions: Path) -> None:
    """Print how long opening took and how much memory is held after some searches."""
    with np.load(questions) as known:
        asked, vectors = tuple(map(str, known["questions"])), known["vectors"]
    embedder = KnownQuestions(Corpus((), vectors[:0], asked, vectors))
    began = time.perf_counter()
    index = Index(directory, embedder, IndexSettings())
    seconds = time.perf_counter() - began
    for question in asked:
        index.search(question)
    print(json.dumps({"seconds": seconds, "resident_bytes": _resident_bytes()}))
    index.close()


def _resident_bytes() -> int:
    """As Linux counts it; memory that is a file of the index and can be read again included."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    [kilobytes] = [line.split()[1] for line in lines if line.startswith("VmRSS")]
    return int(kilobytes) * 1024


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

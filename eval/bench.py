"""How fast, and against what: ``python -m eval.bench [build|search|start|sync|all]``.

Each figure stands beside that of a floor or a peer from the same run, so that it means the same on
any machine. Nothing here judges a time: ``docs/benchmarks.md`` says what is good enough.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import numpy as np
import typer

from eval.bench_clock import Figures, cost_of, latencies, seconds_of, spread
from eval.bench_data import (
    Corpus,
    KnownQuestions,
    embedded_passages,
    make_corpus,
    make_index,
    nearest_rows,
    passages_of,
    real_files,
    write_folder,
)
from index.dense import DenseIndex
from index.embed import Embedder, has_bf16, load_embedder
from index.model import packaged_model
from index.search import Index
from index.settings import IndexSettings
from index.store import Store
from index.types import SyncReport

QUESTIONS = 200
PEER_QUESTIONS = 50
EMBEDDED = 1000
"""Passages of a search benchmark that are really embedded; the others are made from them."""
THREADS = 8
PEER_UP_TO = 20_000
"""Passages up to which LlamaIndex is measured: it takes 12 kB of memory for each vector."""


class Part(StrEnum):
    """What to measure."""

    BUILD = "build"
    SEARCH = "search"
    START = "start"
    SYNC = "sync"
    ALL = "all"


def main(
    part: Annotated[Part, typer.Argument(help="What to measure.")] = Part.ALL,
    passages: Annotated[
        int, typer.Option(min=20, help="Passages to build and search; files to sync.")
    ] = 10_000,
    like: Annotated[
        Path | None,
        typer.Option("--like", help="An index: search its passages, or ones made from them."),
    ] = None,
    keep: Annotated[
        Path | None,
        typer.Option("--keep", help="Where to leave the index that is searched, to use it again."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure, and print each figure beside that of a floor or a peer."""
    measured: dict[str, Figures] = {"machine": machine()}
    for name in (Part.BUILD, Part.SEARCH, Part.START, Part.SYNC):
        if part in (name, Part.ALL):
            with TemporaryDirectory() as place:
                measured[name] = _measure(name, keep or Path(place), passages, like)
    if as_json:
        print(json.dumps(measured, indent=2))
        return
    for title, figures in measured.items():
        print(f"{title}:")
        for what, value in figures.items():
            print(f"  {what}: {value if isinstance(value, str) else f'{value:.4g}'}")


def _measure(part: Part, place: Path, passages: int, like: Path | None) -> Figures:
    if part is Part.BUILD:
        return measure_build(place, passages)
    if part is Part.SYNC:
        return measure_sync(place, passages)
    if part is Part.START:
        return measure_start(place)
    return measure_search(place, passages, like)


def machine() -> Figures:
    """What the figures were measured on."""
    return {
        "processor": platform.processor() or platform.machine(),
        "cores": float(os.cpu_count() or 1),
        "load before": os.getloadavg()[0],
        "bfloat16": str(has_bf16()),
        "text": str(real_files()[0].parent),
    }


def measure_build(place: Path, passages: int) -> Figures:
    """Passages a second of a first sync, of a bare encode of the same, and of LlamaIndex."""
    from eval.bench_peer import build, encode, load_model

    write_folder(place / "folder", passages)
    embedder = load_embedder()
    embedder.embed_passages(["warm up"], [[(0, 4)]])
    model = load_model()
    model.encode("warm up")
    ours = cost_of(lambda: _sync(place / "folder", place / "index", embedder))
    store = Store(place / "index")
    texts = [f"{heading}\n{text}".strip() for _, _, heading, text in store.passages_after(0)]
    store.close()
    bare, peer = cost_of(lambda: encode(model, texts)), cost_of(lambda: build(model, texts))
    return {
        "passages": float(len(texts)),
        "passages a second": len(texts) / ours.seconds,
        "bare encode, passages a second": len(texts) / bare.seconds,
        "LlamaIndex, passages a second": len(texts) / peer.seconds,
        "ratio to bare encode": bare.seconds / ours.seconds,
        "ratio to LlamaIndex": peer.seconds / ours.seconds,
        "ratio to bare encode, of processor time": bare.processor_seconds / ours.processor_seconds,
        "ratio to LlamaIndex, of processor time": peer.processor_seconds / ours.processor_seconds,
    }


def measure_start(place: Path, repeats: int = 3) -> Figures:
    """Seconds of a program that answers one question, begin and end included, and of one that
    embeds it with sentence-transformers and does nothing else. Medians.
    """
    write_folder(place / "folder", 20)
    question = "How is a table created?"
    bare = (
        "from sentence_transformers import SentenceTransformer as Model; "
        f"Model({str(packaged_model().path)!r}, device='cpu').encode({question!r})"
    )
    options = ["--folder", str(place / "folder"), "--index", str(place / "index")]

    def seconds(*command: str) -> float:
        program = [sys.executable, *command]
        return seconds_of(lambda: subprocess.run(program, capture_output=True, check=True))  # noqa: S603 (our own)

    seconds("-m", "assistant", "sync", *options)
    ours = [seconds("-m", "assistant", "ask", question, *options) for _ in range(repeats)]
    theirs = [seconds("-c", bare) for _ in range(repeats)]
    return {
        "one question, seconds": statistics.median(ours),
        "sentence-transformers alone, seconds": statistics.median(theirs),
        "ratio": statistics.median(ours) / statistics.median(theirs),
    }


def measure_search(place: Path, passages: int, like: Path | None = None) -> Figures:
    """Milliseconds a search beyond embedding the question, against an exact one and LlamaIndex's;
    how often it finds what an exact one does; what an open index costs.
    """
    embedder = load_embedder()
    base = passages_of(like) if like else embedded_passages(embedder, min(passages, EMBEDDED))
    corpus = make_corpus(embedder, base, passages, QUESTIONS)
    figures: Figures = {
        "passages": float(passages),
        "made from, passages": float(min(len(base[0]), passages)),
    }
    if not (place / "index").exists():
        make_index(place / "index", corpus)
        figures["making the search files, seconds"] = seconds_of(
            lambda: _open(place / "index", corpus)
        )
    figures |= {
        **_cost_when_open(place, corpus),
        "embedding a question, median ms": statistics.median(
            latencies(embedder.embed_question, corpus.questions)
        ),
        **_recall(place / "index", corpus),
    }
    index = Index(place / "index", KnownQuestions(corpus), IndexSettings())
    figures |= spread("search", latencies(index.search, corpus.questions))
    figures |= _threads(index, embedder, corpus)
    index.close()
    return figures | (_peer_latencies(corpus) if passages <= PEER_UP_TO else {})


def _cost_when_open(place: Path, corpus: Corpus) -> Figures:
    """Seconds to open it and memory held after searching, in a process that does only that."""
    path = place / "questions.npz"
    np.savez(path, questions=corpus.questions, vectors=corpus.question_vectors)
    command = [sys.executable, "-m", "eval.bench_open", str(place / "index"), str(path)]
    told = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)  # noqa: S603
    raw = corpus.vectors.nbytes
    return {
        "opening, seconds": told["seconds"],
        "resident memory, MB": told["resident_bytes"] / 1e6,
        "raw vectors, MB": raw / 1e6,
        "ratio of resident memory to raw vectors": told["resident_bytes"] / raw,
    }


def _recall(directory: Path, corpus: Corpus) -> Figures:
    """How many of the ten nearest passages are found; how long that and an exact search take."""
    store = Store(directory)
    dense, searched = DenseIndex(store), IndexSettings().candidates
    ids = np.concatenate([ids for ids, _ in store.vectors_after(0)])
    shares = [
        len({id_ for id_, _ in dense.search(vector, searched)[:10]} & set(ids[rows].tolist())) / 10
        for vector, rows in zip(corpus.question_vectors, nearest_rows(corpus, 10), strict=True)
    ]
    known = dict(zip(corpus.questions, corpus.question_vectors, strict=True))
    ours = latencies(lambda q: dense.search(known[q], searched), corpus.questions)
    exact = latencies(lambda q: corpus.vectors @ known[q], corpus.questions[:20])
    store.close()
    return {
        "nearest passages, recall@10 against exact": statistics.mean(shares),
        "nearest passages, median ms": statistics.median(ours),
        "numpy over all vectors, median ms": statistics.median(exact),
    }


def measure_sync(place: Path, files: int) -> Figures:
    """Seconds to sync a folder of small files again: none changed, then one."""
    folder = place / "folder"
    for number in range(files):
        path = folder / f"{number // 1000:03}" / f"{number:06}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"Note {number} says that the answer to {number} is {number * 7}.\n")
    known = KnownQuestions(
        Corpus((), np.eye(8, dtype=np.float32), ("",), np.eye(1, 8, dtype=np.float32))
    )
    first = seconds_of(lambda: _sync(folder, place / "index", known))
    index = Index(place / "index", known, IndexSettings())
    unchanged = [seconds_of(lambda: index.sync(folder)) for _ in range(3)]
    changed = []
    for number in range(3):
        path.write_text(f"Something else {number}.\n")
        changed.append(seconds_of(lambda: index.sync(folder)))
    index.close()
    return {
        "files": float(files),
        "first sync without embedding, seconds": first,
        "unchanged, seconds": min(unchanged),
        "one changed, without embedding, seconds": min(changed),
        "listing the files, seconds": seconds_of(lambda: [p.stat() for p in folder.rglob("*")]),
    }


def _sync(folder: Path, directory: Path, embedder: Embedder) -> SyncReport:
    index = Index(directory, embedder, IndexSettings())
    report = index.sync(folder)
    index.close()
    return report


def _open(directory: Path, corpus: Corpus) -> None:
    Index(directory, KnownQuestions(corpus), IndexSettings()).close()


def _peer_latencies(corpus: Corpus) -> Figures:
    from eval.bench_peer import fusion_search, vector_search

    asked = corpus.questions[:PEER_QUESTIONS]
    vector = spread("LlamaIndex vectors", latencies(vector_search(corpus), asked))
    try:
        fused = fusion_search(corpus)
    except ImportError as error:
        return {**vector, "LlamaIndex fused with BM25": f"not measured: {error}"}
    return {**vector, **spread("LlamaIndex fused", latencies(fused, asked))}


def _threads(index: Index, embedder: Embedder, corpus: Corpus) -> Figures:
    """Questions a second, embedding included, from one thread and from several."""

    def ask(question: str) -> int:
        embedder.embed_question(question)
        return len(index.search(question).hits)

    rates = {}
    for threads in (1, THREADS):
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(ask, corpus.questions[:threads]))
            seconds = seconds_of(lambda pool=pool: list(pool.map(ask, corpus.questions)))  # type: ignore[misc]
        rates[threads] = len(corpus.questions) / seconds
    return {
        "questions a second, 1 thread": rates[1],
        f"questions a second, {THREADS} threads": rates[THREADS],
        f"ratio of {THREADS} threads to 1": rates[THREADS] / rates[1],
    }


if __name__ == "__main__":
    typer.run(main)

"""``assistant doctor``: what would be used, whether it works, and what to do where it does not."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from assistant.configure import Configured, configure, given
from assistant.llm.endpoint_key import KEY_VARIABLE, has_key
from assistant.llm.generator import GenerationError, Message
from assistant.llm.load import OPENAI_LIKE, load_generator
from assistant.read.reader import PackagedReader
from assistant.settings import Settings, Tables
from assistant.support.entailment import load_entailment
from assistant.write.prompt import load_template
from index.embed import load_embedder
from index.errors import GroundedError, ModelError
from index.rerank import load_reranker

TRIAL = (Message("user", "Reply with the one word: yes"),)


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of one look."""

    what: str
    is_good: bool
    detail: str
    """What is used, or what is wrong with it and what to do."""
    exit_code: int = 0
    """What a command that needs it ends with: 2 for wrong use, 3 for trouble."""


def examine(
    folder: Path | None, index: Path | None, file: Path | None, flags: Tables
) -> Iterator[Finding]:
    """One finding after the other; a failed one does not keep the others from being made.

    Args:
        folder: of the documents.
        index: where the index is kept.
        file: of the settings.
        flags: what the command line says about settings.
    """
    try:
        configured = configure(file, os.environ, flags)
    except GroundedError as error:
        yield Finding("settings", False, str(error), error.exit_code)
        return
    yield Finding("settings", True, _sources(configured, flags))
    settings = configured.settings
    yield _look("embedding model", lambda: _embedder(settings))
    if settings.index.reranker:
        yield _look("reranker", lambda: _reranker(settings))
    if settings.answer.reader:
        yield _look("reader", _reader)
    yield _look("documents", lambda: _documents(folder, index, settings))
    yield _look("prompt", lambda: _prompt(settings))
    yield try_model(settings)
    yield _look("check", lambda: _judge(settings))


def try_model(settings: Settings) -> Finding:
    """What comes of asking the language model for a word, as these settings say."""
    return _look("language model", lambda: _language_model(settings))


def line_of(finding: Finding) -> str:
    """One line for people."""
    return f"{'ok ' if finding.is_good else 'NOT'} {finding.what}: {finding.detail}"


def _look(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what, True, look())
    except GroundedError as error:
        return Finding(what, False, str(error), error.exit_code)


def _sources(configured: Configured, flags: Tables) -> str:
    parts = [str(configured.file)] if configured.file else []
    parts += configured.variables
    said = [f"{table}.{key}" for table, values in given(flags).items() for key in values]
    parts += [f"{', '.join(said)} of the command line"] if said else []
    return f"defaults, {', '.join(parts)}" if parts else "defaults"


def _embedder(settings: Settings) -> str:
    embedder = load_embedder(settings.index.model or None)
    began = time.perf_counter()
    embedder.embed_question("yes")
    return f"{embedder.fingerprint}, loaded in {time.perf_counter() - began:.1f} s"


def _reranker(settings: Settings) -> str:
    reranker = load_reranker(settings.index.reranker)
    if reranker is not None:
        reranker.scores("yes", ["yes"])
    return settings.index.reranker


def _reader() -> str:
    began = time.perf_counter()
    PackagedReader().read("yes", ["yes"], [[(0, 3)]])
    return f"loaded in {time.perf_counter() - began:.1f} s"


def _documents(folder: Path | None, index: Path | None, settings: Settings) -> str:
    from assistant.cli import folder_or_seeds
    from assistant.engine import Assistant

    place = folder_or_seeds(folder)
    report = Assistant.preview(place, index_dir=index, settings=settings)
    new = len(report.added) + len(report.changed)
    return (
        f"{len(report.unchanged)} up to date, {new} to be read, {len(report.skipped)} skipped "
        f"in {place}"
    )


def _prompt(settings: Settings) -> str:
    load_template(settings.llm.prompt)
    return settings.llm.prompt or "the packaged one"


def _language_model(settings: Settings) -> str:
    generator = load_generator(None, settings.llm)
    if generator is None:
        return "none: answers are the documents’ own sentences"
    began = time.perf_counter()
    try:
        with closing(generator.stream(TRIAL, settings.llm.max_tokens)) as pieces:
            next(piece for piece in pieces if piece)
    except GenerationError as error:
        raise ModelError(f"{generator.name}: {error}") from error
    seconds = time.perf_counter() - began
    key = ""
    if settings.llm.use == OPENAI_LIKE:
        key = f", key from {KEY_VARIABLE}" if has_key() else f", no key ({KEY_VARIABLE} is not set)"
    return f"{generator.name} replied in {seconds:.1f} s{key}"


def _judge(settings: Settings) -> str:
    judge = load_entailment(settings.check.entailment_model)
    if judge is None:
        return "by words, numbers and names"
    judge.support(["yes"], ["yes"])
    return f"by words, numbers and names, and {settings.check.entailment_model}"

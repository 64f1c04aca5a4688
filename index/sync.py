"""Bring the index in line with a folder: scan, plan, read, chunk, embed what is new, commit.

Files are taken in groups of about ``GROUP_PASSAGES`` passages, so that memory is bounded whatever
the folder's size, and batches of the embedding model are full. Vectors are committed as they are
made and are known by their content: an interrupted sync goes on where it was, and text that was
embedded once, in whichever file, is not embedded again.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from index.change import Change
from index.chunk import Chunk, chunk
from index.embed import Embedder, reads_only_english
from index.folder import FileState, nothing_to_read
from index.language import foreign
from index.opening import check_length
from index.plan import Plan, file_digest, made_with_name, plan_sync
from index.read import READERS_VERSION, PassingError, Sandbox, UnreadableError
from index.records import FileRecord
from index.settings import IndexSettings
from index.store import Store
from index.types import Extracted, SyncProgress, SyncReport
from index.vectors import PassageVectors, Span

GROUP_PASSAGES = 512
GROUP_CHARACTERS = 4_000_000
NEVER = -1
"""A time that no file has."""

Report = Callable[[SyncProgress], None]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that was read and cut, ready to embed."""

    file: FileState
    record: FileRecord
    extracted: Extracted
    chunks: tuple[tuple[Chunk, bytes], ...]
    """Each passage with the key of its vectors."""


def run_sync(  # noqa: PLR0913 - what a sync brings together, and how
    store: Store,
    folder: Path,
    settings: IndexSettings,
    embedder: Embedder,
    progress: Report | None = None,
    *,
    allow_empty: bool = False,
) -> SyncReport:
    """Do what the plan says; the caller holds the index's lock.

    Raises:
        FolderError: the folder is missing or, unless ``allow_empty``, holds nothing readable; the
            index stays.
    """
    plan = plan_sync(store, folder, settings, allow_empty=allow_empty)
    _commit_moves(store, plan)
    meter = _Meter(plan.to_read, progress)
    unreadable: dict[str, UnreadableError] = {}
    with Sandbox() as sandbox:
        prepared = _prepare_all(plan.to_read, sandbox, settings, embedder, unreadable, meter)
        for group in _groups(prepared):
            _embed_group(store, group, embedder, meter)
            _commit_group(store, group)
    if not (allow_empty or _has_documents(plan, unreadable)):
        raise nothing_to_read(folder, sorted({**plan.skipped, **_reasons(unreadable)}.items()))
    _finish(store, plan, unreadable)
    return _final_report(store, plan, unreadable)


def _has_documents(plan: Plan, unreadable: Mapping[str, UnreadableError]) -> bool:
    """Whether any is there, or may be once a trouble that passes is over."""
    is_read = any(
        file.id not in unreadable or isinstance(unreadable[file.id], PassingError)
        for file in plan.to_read
    )
    return is_read or bool(plan.moved or plan.touched or plan.unchanged)


def _reasons(unreadable: dict[str, UnreadableError]) -> dict[str, str]:
    return {path: error.reason for path, error in unreadable.items()}


def _commit_moves(store: Store, plan: Plan) -> None:
    if not (plan.moved or plan.touched):
        return
    with store.writing() as change:
        for old, file in plan.moved:
            record = FileRecord(file.size_bytes, file.modified_ns)
            change.move_document(old, file.id, file.path, record)
        for file in plan.touched:
            record = FileRecord(file.size_bytes, file.modified_ns)
            change.touch_document(file.id, file.path, record)


def _prepare_all(  # noqa: PLR0913, PLR0917 - the parts of one step
    files: Sequence[FileState],
    sandbox: Sandbox,
    settings: IndexSettings,
    embedder: Embedder,
    unreadable: dict[str, UnreadableError],
    meter: "_Meter",
) -> Iterator[Prepared]:
    for file in files:
        meter.reading(file)
        try:
            yield _prepare(file, sandbox, settings, embedder)
        except UnreadableError as error:
            unreadable[file.id] = error
            meter.skip(file)


def _prepare(
    file: FileState, sandbox: Sandbox, settings: IndexSettings, embedder: Embedder
) -> Prepared:
    """Read and cut one file.

    Raises:
        UnreadableError: it cannot be read, holds no text, or changed meanwhile.
    """
    sha256 = file_digest(file.path)
    extracted = sandbox.read(file.path)
    if not extracted.text.strip():
        raise UnreadableError("holds no text")
    if file_digest(file.path) != sha256:
        raise PassingError("changed while it was read; sync again")
    if reads_only_english(embedder) and (notice := foreign(extracted.text)):
        extracted = replace(extracted, notices=(*extracted.notices, notice))
    record = FileRecord(file.size_bytes, file.modified_ns, sha256, made_with_name(settings))
    chunks = _cut(extracted, settings, embedder)
    keyed = tuple((c, _vector_key(extracted.text, c)) for c in chunks)
    return Prepared(file, record, extracted, keyed)


def _cut(extracted: Extracted, settings: IndexSettings, embedder: Embedder) -> list[Chunk]:
    """The passages of one file. A fault of ours in cutting it must not keep the others out."""
    try:
        return chunk(
            extracted,
            chunk_tokens=settings.chunk_tokens,
            count_tokens=embedder.count_tokens,
            language=settings.language,
        )
    except (ValueError, AssertionError, LookupError, RecursionError) as error:
        reason = f"could not be cut into passages ({type(error).__name__}); please report it"
        raise UnreadableError(reason) from error


def _groups(prepared: Iterable[Prepared]) -> Iterator[list[Prepared]]:
    group: list[Prepared] = []
    passages = characters = 0
    for document in prepared:
        group.append(document)
        passages += len(document.chunks)
        characters += len(document.extracted.text)
        if passages >= GROUP_PASSAGES or characters >= GROUP_CHARACTERS:
            yield group
            group, passages, characters = [], 0, 0
    if group:
        yield group


def _embed_group(
    store: Store, group: Sequence[Prepared], embedder: Embedder, meter: "_Meter"
) -> None:
    """Embed and commit the vectors that the store does not have yet."""
    wanted = {key: (d.extracted.text, c) for d in group for c, key in d.chunks}
    known = store.known_vectors(wanted)
    todo = [(key, text, c) for key, (text, c) in wanted.items() if key not in known]
    meter.group(group, taken_over=sum(len(d.chunks) for d in group) - len(todo))
    for start in range(0, len(todo), GROUP_PASSAGES):
        part = todo[start : start + GROUP_PASSAGES]
        inputs = [embedding_input(text, c) for _, text, c in part]
        vectors = embedder.embed_passages(
            [text for text, _ in inputs], [spans for _, spans in inputs], meter.embedded
        )
        check_length(store, embedder, vectors[0].passage)
        with store.writing() as change:
            _put_vectors(change, [key for key, _, _ in part], vectors)


def _put_vectors(change: Change, keys: Sequence[bytes], vectors: Sequence[PassageVectors]) -> None:
    for key, vector in zip(keys, vectors, strict=True):
        change.put_vectors(key, vector)


def _commit_group(store: Store, group: Sequence[Prepared]) -> None:
    with store.writing() as change:
        for document in group:
            change.forget_skipped(document.file.id)
            change.put_document(
                document.file.id,
                path=document.file.path,
                title=title_of(document.file, document.extracted.title),
                extracted=document.extracted,
                file=document.record,
                chunks=document.chunks,
            )


def _finish(store: Store, plan: Plan, unreadable: dict[str, UnreadableError]) -> None:
    """Remove what is gone or has become unreadable, and forget what nothing needs any more."""
    files = {file.id: file for file in plan.to_read}
    changed = {file.id for file in plan.changed}
    stale = store.skipped().keys() - plan.skipped.keys() - unreadable.keys()
    if not (plan.removed or unreadable or stale or store.has_unused_vectors()):
        return
    with store.writing() as change:
        for document_id in (*plan.removed, *sorted(changed & unreadable.keys())):
            change.remove_document(document_id)
        for path in stale:
            change.forget_skipped(path)
        change.note_readers(READERS_VERSION)
        for path, error in unreadable.items():
            change.put_skipped(path, error.reason, _as_skipped(files[path], error))
        change.drop_unused_vectors()


def _as_skipped(file: FileState, error: UnreadableError) -> FileRecord:
    """The file as it was, so that it is not read again unchanged; unless that may help."""
    return FileRecord(
        file.size_bytes, NEVER if isinstance(error, PassingError) else file.modified_ns
    )


def _final_report(store: Store, plan: Plan, unreadable: dict[str, UnreadableError]) -> SyncReport:
    planned = plan.report()
    lost = tuple(id_ for id_ in planned.changed if id_ in unreadable)
    return SyncReport(
        added=tuple(id_ for id_ in planned.added if id_ not in unreadable),
        changed=tuple(id_ for id_ in planned.changed if id_ not in unreadable),
        removed=tuple(sorted((*planned.removed, *lost))),
        unchanged=planned.unchanged,
        skipped=tuple(sorted({**plan.skipped, **_reasons(unreadable)}.items())),
        moved=planned.moved,
        notices=store.notices(),
    )


def title_of(file: FileState, stated: str | None) -> str:
    """What a document is called: the title it states, else its file name."""
    return " ".join(stated.split()) if stated and stated.strip() else file.path.name


def embedding_input(text: str, chunk: Chunk) -> tuple[str, list[Span]]:
    """What is embedded of a passage, and where its sentences are in that: headings come first."""
    prefix = f"{chunk.heading}\n" if chunk.heading else ""
    shift = len(prefix) - chunk.start
    spans = [(s.start + shift, s.end + shift) for s in chunk.sentences]
    return prefix + text[chunk.start : chunk.end], spans


def _vector_key(text: str, chunk: Chunk) -> bytes:
    embedded, spans = embedding_input(text, chunk)
    return hashlib.sha256(f"{spans}\0{embedded}".encode()).digest()[:16]


class _Meter:
    """Turns what has been done into ``SyncProgress``; bytes of files stand for work."""

    def __init__(self, files: Sequence[FileState], report: Report | None) -> None:
        self._report = report
        self._total_files = len(files)
        self._total_bytes = max(sum(file.size_bytes for file in files), 1)
        self._files = self._passages = 0
        self._bytes = self._group_bytes = 0.0
        self._group_left = 0
        self._current = ""

    def reading(self, file: FileState) -> None:
        self._current = file.id
        self._tell()

    def skip(self, file: FileState) -> None:
        self._files += 1
        self._bytes += file.size_bytes
        self._tell()

    def group(self, group: Sequence[Prepared], taken_over: int) -> None:
        self._files += len(group)
        self._group_bytes = float(sum(d.file.size_bytes for d in group))
        self._group_left = sum(len(d.chunks) for d in group)
        self.embedded(taken_over)

    def embedded(self, passages: int) -> None:
        share = passages / max(self._group_left, 1)
        self._bytes += self._group_bytes * share
        self._group_bytes -= self._group_bytes * share
        self._group_left -= passages
        self._passages += passages
        self._tell()

    def _tell(self) -> None:
        if self._report:
            share = min(self._bytes / self._total_bytes, 1.0)
            self._report(
                SyncProgress(self._files, self._total_files, share, self._passages, self._current)
            )

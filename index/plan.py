"""What a sync has to do: the folder as it is compared with what the index holds of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from index.chunk import CUTTING_VERSION
from index.disk import sha256_in
from index.folder import FileState, scan
from index.read import READERS_VERSION, PassingError, UnreadableError
from index.read.source import open_regular
from index.records import FileRecord
from index.settings import IndexSettings
from index.store import Store
from index.types import SyncReport


@dataclass(frozen=True, slots=True)
class Plan:
    """What a sync has to do."""

    added: tuple[FileState, ...]
    changed: tuple[FileState, ...]
    moved: tuple[tuple[str, FileState], ...]
    """Old id and new file."""
    touched: tuple[FileState, ...]
    """Another time, the same content."""
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    skipped: dict[str, str] = field(default_factory=dict)
    """Reason by path, of files skipped by the scan or unreadable as they still are."""

    @property
    def to_read(self) -> tuple[FileState, ...]:
        """Every file whose text is not known yet, in order of id."""
        return tuple(sorted((*self.added, *self.changed), key=lambda file: file.id))

    def report(self) -> SyncReport:
        """The plan as the report of a sync that has nothing unexpected."""
        return SyncReport(
            added=_ids(self.added),
            changed=_ids(self.changed),
            removed=self.removed,
            unchanged=tuple(sorted((*self.unchanged, *_ids(self.touched)))),
            skipped=tuple(sorted(self.skipped.items())),
            moved=tuple((old, file.id) for old, file in self.moved),
        )


def plan_sync(
    store: Store, folder: Path, settings: IndexSettings, *, allow_empty: bool = False
) -> Plan:
    """Compare ``folder`` with the index; reads only files that may have moved or changed."""
    files, skipped = scan(folder, settings, allow_empty=allow_empty)
    known, unreadable = store.files(), _still_skipped(store)
    made_with = made_with_name(settings)
    still_unreadable = {
        file.id: unreadable[file.id][0]
        for file in files
        if file.id in unreadable and _same_file(file, unreadable[file.id][1])
    }
    files = tuple(file for file in files if file.id not in still_unreadable)
    present = {file.id for file in files}
    gone = {id_: record for id_, record in known.items() if id_ not in present}
    added, moved = _find_moved([f for f in files if f.id not in known], gone, made_with)
    changed, touched, unchanged = _find_changed(
        [f for f in files if f.id in known], known, made_with
    )
    taken = {old for old, _ in moved}
    return Plan(
        added=added,
        changed=changed,
        moved=moved,
        touched=touched,
        removed=tuple(sorted(id_ for id_ in gone if id_ not in taken)),
        unchanged=unchanged,
        skipped={**dict(skipped), **still_unreadable},
    )


def _still_skipped(store: Store) -> dict[str, tuple[str, FileRecord]]:
    """The files that these readers could not read; what older ones could not is tried again."""
    by = store.meta().get("skipped_by_readers")
    return store.skipped() if by == str(READERS_VERSION) else {}


def made_with_name(settings: IndexSettings) -> str:
    """Names all that the passages of a file depend on but its content."""
    made = f"readers {READERS_VERSION}, cut {CUTTING_VERSION}, {settings.chunk_tokens} tokens"
    return made if settings.language == "en" else f"{made}, {settings.language}"


def file_digest(path: Path) -> str:
    """Hexadecimal sha256 of a regular file; see ``open_regular``.

    Raises:
        UnreadableError: it cannot be read.
    """
    try:
        with open_regular(path) as stream:
            return sha256_in(stream)
    except OSError as error:
        raise PassingError(error.strerror or "cannot be read") from error


def _same_file(file: FileState, record: FileRecord) -> bool:
    return (file.size_bytes, file.modified_ns) == (record.size_bytes, record.modified_ns)


def _same_content(file: FileState, record: FileRecord) -> bool:
    return file.size_bytes == record.size_bytes and _digest_if_readable(file) == record.sha256


def _digest_if_readable(file: FileState) -> str | None:
    try:
        return file_digest(file.path)
    except UnreadableError:
        return None


def _find_moved(
    new: Sequence[FileState], gone: dict[str, FileRecord], made_with: str
) -> tuple[tuple[FileState, ...], tuple[tuple[str, FileState], ...]]:
    """Split new files into really new ones, and ``(old id, file)`` of those that moved."""
    by_content: dict[tuple[int, str | None], list[str]] = {}
    for id_, record in sorted(gone.items(), reverse=True):
        if record.made_with == made_with:
            by_content.setdefault((record.size_bytes, record.sha256), []).append(id_)
    sizes = {size for size, _ in by_content}
    added, moved = [], []
    for file in new:
        digest = _digest_if_readable(file) if file.size_bytes in sizes else None
        if same := by_content.get((file.size_bytes, digest)):
            moved.append((same.pop(), file))
        else:
            added.append(file)
    return tuple(added), tuple(moved)


def _find_changed(
    files: Sequence[FileState], known: dict[str, FileRecord], made_with: str
) -> tuple[tuple[FileState, ...], tuple[FileState, ...], tuple[str, ...]]:
    """Split known files into changed, only touched, and (their ids) unchanged."""
    changed, touched, unchanged = [], [], []
    for file in files:
        record = known[file.id]
        if record.made_with != made_with:
            changed.append(file)
        elif _same_file(file, record):
            unchanged.append(file.id)
        elif _same_content(file, record):
            touched.append(file)
        else:
            changed.append(file)
    return tuple(changed), tuple(touched), tuple(unchanged)


def _ids(files: Iterable[FileState]) -> tuple[str, ...]:
    return tuple(sorted(file.id for file in files))

"""What a disk may hold after power was lost: a recorded sync, with writes that were not synced
dropped, cut in half or done in another order.

The model: what a file held when it was last synced is there; of later writes any may be. Names are
made, changed and removed in order, and those since the last sync of their folder may be missing.
"""

import random
import shutil
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_ENTRY = struct.Struct("<cQQQI")
VOLATILE = "-shm"
"""SQLite makes this file anew from its log whenever nobody has it open."""


@dataclass(frozen=True)
class Call:
    """A recorded call: ``w``rite, ``t``runcate, ``s``ync of a file or a ``d``irectory, ``r``ename,
    ``u``nlink."""

    kind: str
    inode: int
    offset: int
    path: Path
    data: bytes
    """What is written; of a sync, all that the file holds; of a rename, the new path."""


@dataclass
class _File:
    synced: bytes
    later: list[Call] = field(default_factory=list)

    def after_power_loss(self, rng: random.Random) -> bytes:
        data = bytearray(self.synced)
        for call in self.later:
            if rng.random() < 0.5:
                continue
            if call.kind == "t":
                data[call.offset :] = bytes(max(call.offset - len(data), 0))
                continue
            written = call.data[: len(call.data) // 2] if rng.random() < 0.2 else call.data
            data.extend(bytes(max(call.offset - len(data), 0)))
            data[call.offset : call.offset + len(written)] = written
        return bytes(data)


def read_calls(record: Path, directory: Path) -> list[Call]:
    """All calls that were recorded, in order, their paths relative to ``directory``."""
    return list(_calls(record.read_bytes(), directory))


def _calls(data: bytes, directory: Path) -> Iterator[Call]:
    position = 0
    while position < len(data):
        kind, inode, offset, length, path_length = _ENTRY.unpack_from(data, position)
        position += _ENTRY.size
        path = data[position : position + path_length].decode()
        position += path_length
        content = data[position : position + length]
        position += length
        if not path.endswith(VOLATILE):
            if kind == b"r":
                content = str(Path(content.decode()).relative_to(directory)).encode()
            yield Call(kind.decode(), inode, offset, Path(path).relative_to(directory), content)


def files_in(directory: Path) -> dict[Path, tuple[int, bytes]]:
    """The inode and the content of each file, by path relative to ``directory``."""
    return {
        path.relative_to(directory): (path.stat().st_ino, path.read_bytes())
        for path in directory.rglob("*")
        if path.is_file() and not path.name.endswith(VOLATILE)
    }


def write_state(
    before: dict[Path, tuple[int, bytes]],
    calls: list[Call],
    target: Path,
    rng: random.Random,
    *,
    is_lost: bool,
) -> None:
    """Make ``target`` what losing power after ``calls`` may leave of what was there ``before``.

    When ``is_lost`` all that was not synced is dropped, else any part of it.
    """
    files = {inode: _File(content) for inode, content in before.values()}
    names = {path: inode for path, (inode, _) in before.items()}
    possible = [names]
    """The names that may be found: as last synced, or after any later step."""
    for call in calls:
        names = _after(call, names, files)
        possible = [names] if call.kind == "d" else [*possible, names]
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    for path, inode in (possible[0] if is_lost else rng.choice(possible)).items():
        (target / path).parent.mkdir(exist_ok=True)
        file = files.get(inode, _File(b""))
        (target / path).write_bytes(file.synced if is_lost else file.after_power_loss(rng))


def _after(call: Call, names: dict[Path, int], files: dict[int, _File]) -> dict[Path, int]:
    """The names after a call, which is also done to the file."""
    if call.kind == "u":
        return {path: inode for path, inode in names.items() if path != call.path}
    if call.kind == "r":
        left = {path: inode for path, inode in names.items() if path != call.path}
        return {**left, Path(call.data.decode()): call.inode}
    if call.kind == "d":
        return names
    file = files.setdefault(call.inode, _File(b""))
    if call.kind == "s":
        file.synced, file.later = call.data, []
    else:
        file.later.append(call)
    return names if call.inode in names.values() else {**names, call.path: call.inode}

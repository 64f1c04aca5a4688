"""What a derived index on disk says of itself, so that it is trusted only when it is right.

A derived index is a folder of files with a ``manifest.json`` written last: which database and
generation it was made from, and the digests of each file and of itself. Missing, older, of another
database, or with a file that differs: its owner brings it up to date or makes it anew from the
database.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from index.disk import flush_to_disk, sha256_of

MANIFEST = "manifest.json"
MAX_BYTES = 1_000_000
"""No manifest is larger; what is, is not read to its end."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a derived index was made from."""

    kind: str
    """Name and version of the way its files are written."""
    index_id: str
    generation: int
    files: dict[str, str] = field(default_factory=dict)
    """Digest of each file by name."""


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest in ``folder``; None when there is none, or it is not as it was written."""
    try:
        with (folder / MANIFEST).open("rb") as stream:
            values = json.loads(stream.read(MAX_BYTES))
        seal = values.pop("seal")
        manifest = Manifest(**values)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return manifest if seal == _seal_of(values) else None


def is_intact(folder: Path, manifest: Manifest) -> bool:
    """Whether every file that the manifest names is there, unchanged."""
    try:
        return all(
            Path(name).name == name and sha256_of(folder / name) == digest
            for name, digest in manifest.files.items()
        )
    except OSError:
        return False


def is_file_intact(folder: Path, manifest: Manifest, name: str) -> bool:
    """Like ``is_intact``, for one file that the manifest must name."""
    return name in manifest.files and is_intact(
        folder, replace(manifest, files={name: manifest.files[name]})
    )


def write_manifest(
    folder: Path, kind: str, index_id: str, generation: int, files: Iterable[str]
) -> None:
    """Seal ``files`` of ``folder``, which are complete on disk, as made from a generation."""
    digests = {name: sha256_of(folder / name) for name in sorted(files)}
    values = asdict(Manifest(kind, index_id, generation, digests))
    text = json.dumps({**values, "seal": _seal_of(values)}, indent=1)
    replace_file(folder / MANIFEST, lambda path: path.write_text(text, encoding="utf-8"))


def replace_file(path: Path, write: Callable[[Path], object]) -> None:
    """Replace a file all at once: ``write(temporary)`` makes it, then it is renamed to ``path``."""
    temporary = path.with_name(f".{path.name}.new")
    write(temporary)
    temporary.chmod(0o600)
    flush_to_disk(temporary)
    temporary.replace(path)
    flush_to_disk(path.parent)


def _seal_of(values: dict[str, object]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()

"""Where the index of a folder, and other things that belong to it, are kept."""

from hashlib import sha256
from pathlib import Path

from index.errors import SettingsError
from index.paths import at_home


def index_directory(folder: Path, index_dir: str | Path | None, model: str = "") -> Path:
    """``index_dir``, else a place for ``folder`` in the user's data directory.

    Each ``model`` that the settings name has a place of its own there.

    Raises:
        SettingsError: it is inside the folder, where it would become a document.
    """
    if index_dir is None:
        return user_data("indexes", folder, model)
    directory = at_home(index_dir).resolve()
    inside = directory.relative_to(folder).parts if directory.is_relative_to(folder) else ()
    if directory == folder or (inside and not any(part.startswith(".") for part in inside)):
        raise SettingsError(
            f"the index directory {directory} is inside the folder {folder} that it is made from; "
            "give another, or one whose name starts with a dot"
        )
    return directory


def user_data(kind: str, folder: Path, model: str = "") -> Path:
    """Where things of one kind that belong to ``folder`` are kept in the user's data directory."""
    from platformdirs import user_data_path

    of = f"{folder}\0{model}" if model else str(folder)
    name = f"{folder.name}-{sha256(of.encode(errors='replace')).hexdigest()[:12]}"
    return user_data_path("grounded-assistant", appauthor=False) / kind / name

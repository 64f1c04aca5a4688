"""The documents as an open page shows them: what is there, what is being read, what went wrong.

A page is open for hours, and the folder changes under it. One thread keeps the index in line; each
open page asks now and then whether there is something new to draw.
"""

import logging
import threading
import time
from pathlib import Path

from assistant.watch import follow
from index.errors import FolderError, GroundedError
from index.types import SyncProgress, SyncReport
from ui.engine import Engine
from ui.files import Added, FolderFiles

logger = logging.getLogger(__name__)

REST_AFTER_FAULT_SECONDS = 10.0


class Shelf:
    """What the page knows of the documents of ``engine``. Safe to use from any thread.

    ``files`` are those that visitors may add and remove; None on a page that only reads, with the
    reason in ``closed``. ``is_local``: whoever sees the page may know where things are on this
    computer.
    """

    def __init__(
        self,
        engine: Engine,
        files: FolderFiles | None = None,
        closed: str = "",
        *,
        is_local: bool = False,
    ) -> None:
        self.engine = engine
        self.files = files
        self.closed = closed
        self.is_local = is_local
        self.folder: Path = engine.folder
        self.version = 1
        """Another one, when there is something new to draw."""
        self.progress: SyncProgress | None = None
        """Of what is being read now."""
        self.fault = ""
        """Why the index is not in line with the folder, in words."""
        self.suggestions = self._suggestions()
        """Questions that the documents do answer."""
        self._was_emptied = False

    @property
    def place(self) -> str:
        """What the page calls the folder."""
        return str(self.folder) if self.is_local else self.folder.name

    @property
    def removed_place(self) -> str:
        """Where the page says that removed files are."""
        is_known = self.files is not None and self.is_local
        return str(self.files.removed) if self.files and is_known else "a folder beside the index"

    def add(self, sent: str, name: str) -> Added:
        """See ``FolderFiles.add``; the file is read as soon as the thread has seen it."""
        return self._changeable().add(sent, name)

    def remove(self, document_id: str) -> Path:
        """See ``FolderFiles.remove``; only what the page lists can be removed."""
        files = self._changeable()
        known = {info.id for info in self.engine.documents()}
        if document_id not in known | {path for path, _ in self.engine.skipped()}:
            raise FolderError("there is no document of this name any more; nothing was moved")
        # The last one leaves an empty folder, which is then no disk that is missing.
        self._was_emptied = True
        return files.remove(document_id)

    def sync(self) -> SyncReport:
        """Bring the index in line with the folder, saying what is being read meanwhile.

        Raises:
            GroundedError: see ``Assistant.sync``.
        """
        was_emptied, self._was_emptied = self._was_emptied, False
        allow_empty = was_emptied or not self.engine.documents()
        try:
            return self.engine.sync(progress=self._tell, allow_empty=allow_empty)
        except GroundedError:
            self._was_emptied = self._was_emptied or was_emptied
            raise
        finally:
            self.progress = None

    def keep_in_line(self) -> None:
        """Follow the folder for as long as the program runs, in a thread of its own."""
        threading.Thread(target=self._follow, daemon=True, name="folder").start()

    def _follow(self) -> None:
        while True:
            try:
                for outcome in follow(self, SyncReport()):
                    self._take(outcome)
            except Exception:  # Whatever failed, the page goes on with what it has.
                logger.exception("following the folder failed")
                time.sleep(REST_AFTER_FAULT_SECONDS)

    def _take(self, outcome: SyncReport | GroundedError) -> None:
        self.fault = str(outcome) if isinstance(outcome, GroundedError) else ""
        self.version += 1
        if isinstance(outcome, SyncReport) and not outcome.is_empty:
            suggestions = self._suggestions()
            is_new, self.suggestions = suggestions != self.suggestions, suggestions
            self.version += is_new

    def _tell(self, progress: SyncProgress) -> None:
        self.progress = progress

    def _suggestions(self) -> tuple[str, ...]:
        return tuple(self.engine.examples()) if self.engine.documents() else ()

    def _changeable(self) -> FolderFiles:
        if self.files is None:
            raise FolderError(self.closed or "this page only reads the folder")
        return self.files

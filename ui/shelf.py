"""The documents as an open page shows them: what is there, what is being read, what went wrong.

A page is open for hours, and the folder changes under it. One thread keeps the index in line; each
open page asks now and then whether there is something new to draw.
"""

import logging
import threading
import time
from pathlib import Path

from assistant.watch import follow
from index.errors import FileRefusedError, GroundedError, TroubleError
from index.types import SyncProgress, SyncReport
from ui.engine import Engine
from ui.files import Added, FolderFiles

logger = logging.getLogger(__name__)

REST_AFTER_FAULT_SECONDS = 10.0
ENOUGH_SUGGESTIONS = 4
STOP_SECONDS = 10.0
"""For a sync to break off: it looks after each batch of passages, and not while a file is read."""


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
        self._was_emptied = False
        self._is_stopping = False
        self._working = threading.Lock()
        self.suggestions = self._suggestions()
        """Questions that the documents do answer."""

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
            raise FileRefusedError("there is no document of this name any more; nothing was moved")
        # The last one leaves an empty folder, which is then no disk that is missing.
        before, self._was_emptied = self._was_emptied, True
        try:
            return files.remove(document_id)
        except FileRefusedError:
            self._was_emptied = before
            raise

    def sync(self) -> SyncReport:
        """Bring the index in line with the folder, saying what is being read meanwhile.

        Raises:
            GroundedError: see ``Assistant.sync``.
        """
        with self._working:
            return self._sync()

    def _sync(self) -> SyncReport:
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

    def stop(self) -> None:
        """Break off what the thread does, and let it begin nothing more.

        The interpreter must not end while a model computes in another thread: that is an abort.
        """
        self._is_stopping = True
        self._working.acquire(timeout=STOP_SECONDS)  # and never given back

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
        if isinstance(outcome, SyncReport) and self._is_worth_suggesting_anew(outcome):
            suggestions = self._suggestions()
            is_new, self.suggestions = suggestions != self.suggestions, suggestions
            self.version += is_new

    def _is_worth_suggesting_anew(self, report: SyncReport) -> bool:
        """Questions take seconds to make; what was answered stays so while nothing goes away."""
        return bool(report.removed or report.changed) or (
            bool(report.added) and len(self.suggestions) < ENOUGH_SUGGESTIONS
        )

    def _tell(self, progress: SyncProgress) -> None:
        if self._is_stopping:
            raise TroubleError("the program ends; what was read is kept")
        self.progress = progress

    def _suggestions(self) -> tuple[str, ...]:
        with self._working:
            return tuple(self.engine.examples()) if self.engine.documents() else ()

    def _changeable(self) -> FolderFiles:
        if self.files is None:
            raise FileRefusedError(self.closed or "this page only reads the folder")
        return self.files

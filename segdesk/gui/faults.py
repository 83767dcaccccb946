"""A program that was ended from below says so at its next start."""

import faulthandler
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from PySide6.QtCore import QLockFile

from segdesk.app.notices import Level, Notice, Verb
from segdesk.core.language import tr
from segdesk.core.private_paths import without_folders

if TYPE_CHECKING:
    from collections.abc import Callable

_NAME = "fault.txt"


class FaultWatch:
    """Writes where the program was when it is ended by a fault of a library.

    No Python runs then: no hook, no last notice. What was written is told by the next
    sitting. A sitting that ends well takes its file with it. Of two windows at once
    the first one is watched.

    Parameters
    ----------
    folder
        For log files; it exists.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / _NAME
        self._lock = QLockFile(str(folder / "fault.lock"))
        self._lock.setStaleLockTime(0)
        self._file: TextIO | None = None
        self.found = ""
        if self._lock.tryLock(0):
            self.found = _take(self._path)
            self._file = self._path.open("w", encoding="utf-8")
            faulthandler.enable(self._file)

    def notice(self, reveal: "Callable[[Path], None]") -> Notice | None:
        """Return what is said of the sittings that ended so; None: there were none.

        Parameters
        ----------
        reveal
            Shows a folder.
        """
        if not self.found:
            return None
        return Notice(
            Level.WARNING,
            tr("SegDesk was ended by a fault last time."),
            tr(
                "A library that it uses failed, or the system had no memory left. "
                "What you painted was kept: it is there when you open the images."
            ),
            tr(
                "The details can be copied into a report; none of your folders is "
                "in them."
            ),
            without_folders(self.found),
            (Verb(tr("Show log files"), lambda: reveal(self._folder)),),
        )

    def close(self) -> None:
        """Stop; this sitting ended well."""
        if self._file is not None:
            faulthandler.disable()
            self._file.close()
            self._path.unlink(missing_ok=True)
            self._lock.unlock()


def _take(path: Path) -> str:
    """Return what an earlier sitting has left."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""

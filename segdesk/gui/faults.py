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
_LEFT = "SegDesk was closed by its user after this error:"


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
        self.folder = folder
        self._path = folder / _NAME
        self._lock = QLockFile(str(folder / "fault.lock"))
        self._lock.setStaleLockTime(0)
        self._file: TextIO | None = None
        self._is_left = False
        self.found = ""
        if self._lock.tryLock(0):
            self.found = _take(self._path)
            self._file = self._path.open("w", encoding="utf-8")
            faulthandler.enable(self._file)

    def leave(self, report: str) -> None:
        """Let the next start know that the user ended this sitting for an error.

        Parameters
        ----------
        report
            Told there.
        """
        if self._file is not None:
            self._file.write(f"{_LEFT}\n{report}\n")
            self._file.flush()
            self._is_left = True

    def notice(self, reveal: "Callable[[Path], None]") -> Notice | None:
        """Return what is said of the sittings that ended so; None: there were none.

        Parameters
        ----------
        reveal
            Shows a folder.
        """
        if not self.found:
            return None
        message = tr("SegDesk was ended by a fault last time.")
        cause = tr(
            "A library that it uses failed, or the system had no memory left. "
            "What you painted was kept: it is there when you open the images."
        )
        if self.found.startswith(_LEFT):
            message = tr("SegDesk was closed after an error last time.")
            cause = tr("What you painted was saved before.")
        return Notice(
            Level.WARNING,
            message,
            cause,
            tr(
                "The details can be copied into a report; none of your folders is "
                "in them."
            ),
            without_folders(self.found.removeprefix(_LEFT).strip()),
            (Verb(tr("Show log files"), lambda: reveal(self.folder)),),
        )

    def close(self) -> None:
        """Stop; this sitting ended well, or the next start is told why not."""
        if self._file is not None:
            faulthandler.disable()
            self._file.close()
            if not self._is_left:
                self._path.unlink(missing_ok=True)
            self._lock.unlock()


def _take(path: Path) -> str:
    """Return what an earlier sitting has left."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""

"""A start with the defaults, offered after a crash and after starts that failed."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QTimer

from segdesk.app.notices import Level, Notice, Verb
from segdesk.core.errors import SegDeskError
from segdesk.core.language import joined, tr
from segdesk.core.paths import user_config_dir
from segdesk.formats.atomic import write_atomic
from segdesk.formats.file_mark import keep_aside
from segdesk.gui.start_settings import StartChoice, StartSettings, read_settings

if TYPE_CHECKING:
    from segdesk.app.context import AppContext

log = logging.getLogger(__name__)

_NAME = "starts.json"
_ASKED_AFTER = 2
_UP_MS = 5000
_SET_ASIDE = ("settings.toml", "window.json")


class StartWatch:
    """Counts the starts that did not come to a window.

    A start counts as failed until the window was up for five seconds, or was closed.

    Parameters
    ----------
    folder
        Where the count is kept.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / _NAME
        self.failed = self._read()
        self._write(self.failed + 1)

    @property
    def is_due(self) -> bool:
        """Whether a safe start is to be offered."""
        return self.failed >= _ASKED_AFTER

    def settle_soon(self) -> None:
        """Count this start as good once the window has been up for a while."""
        QTimer.singleShot(_UP_MS, self.settle)

    def settle(self) -> None:
        """Count this start as good."""
        if self.failed >= 0:
            self.failed = -1
            self._write(0)

    def _read(self) -> int:
        try:
            return max(0, msgspec.json.decode(self._path.read_bytes(), type=int))
        except (OSError, msgspec.MsgspecError):
            return 0

    def _write(self, count: int) -> None:
        try:
            if count:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                write_atomic(self._path, msgspec.json.encode(count))
            else:
                self._path.unlink(missing_ok=True)
        except (OSError, SegDeskError) as error:
            log.info("the count of starts was not written: %s", error)


def offered(start: StartSettings, watch: StartWatch, fault: str = "") -> StartSettings:
    """Return the settings to start with: the user's, or the defaults if he wants so.

    Parameters
    ----------
    start
        The settings as they were read.
    fault
        What ended the last sitting; "": it ended well.
    """
    if start.settings.is_passing or not (watch.is_due or fault):
        return start
    match _ask(watch.failed if watch.is_due else 0):
        case StartChoice.SAFE:
            return read_settings(is_safe=True)
        case StartChoice.RESET:
            return _reset(start)
        case _:
            return start


def set_aside() -> tuple[Path, ...]:
    """Give settings and layout other names: what starts next has the defaults.

    Returns
    -------
    kept
        The new names of what was there.

    Raises
    ------
    StorageError
        When their folder may not be written to.
    """
    folder = user_config_dir()
    return keep_aside(tuple(folder / name for name in _SET_ASIDE), "before")


def _reset(start: StartSettings) -> StartSettings:
    try:
        set_aside()
    except SegDeskError as error:
        return StartSettings(start.settings, error)
    return read_settings()


def _ask(failed: int) -> StartChoice:
    from segdesk.app.settings.preferences import Preferences
    from segdesk.gui.dialogs.safe_start import SafeStartDialog
    from segdesk.gui.theme import active, dress

    dress(Preferences())
    active().lay_sheet()
    dialog = SafeStartDialog(failed)
    dialog.exec()
    choice = dialog.choice
    dialog.deleteLater()
    return choice


def tell_safe(context: "AppContext") -> None:
    """Say that this sitting has the defaults, and how to come back from it."""
    folder = context.settings.path.parent

    def reset() -> None:
        try:
            kept = set_aside()
        except SegDeskError as error:
            context.notices.error(error)
            return
        names = joined(" and ", (path.name for path in kept)) or "nothing"
        context.notices.toast(
            tr("The next start is as on the first day; kept {names}", names=names)
        )

    context.notices.post(
        Notice(
            Level.INFO,
            tr("This is safe mode."),
            tr(
                "SegDesk runs with default settings and keys, and without the "
                "layout, the model and the engine of the last sitting. What you "
                "change in the settings is not kept; images and annotations are as "
                "always."
            ),
            tr("Close it and start SegDesk as usual, or reset what it began with."),
            verbs=(
                Verb(tr("Reset settings and layout"), reset),
                Verb(tr("Show the folder"), lambda: context.dialogs.reveal(folder)),
            ),
        )
    )

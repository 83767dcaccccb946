"""The settings beside their journeys: in force, saved, and followed on disk."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer

from segdesk.app.notices import Level, Notice, Verb
from segdesk.app.settings.changing import SettingsChanging
from segdesk.app.settings.in_force import SettingsInForce
from segdesk.core.language import joined, tr
from segdesk.gui.wording import speak

if TYPE_CHECKING:
    from segdesk.app.annotate.label_tints import LabelTints
    from segdesk.app.context import AppContext
    from segdesk.app.settings.settings import Written
    from segdesk.gui.workers.executor import Executor

_SAVE_MS = 500
_SETTLE_MS = 300  # an editor that writes in two steps is done by then
_NAMED = 3


class SettingsParts(QObject):
    """Keeps settings, their file and the journeys together.

    Parameters
    ----------
    tints
        Lays labels over thumbnails.
    saver
        Writes the file.
    """

    def __init__(
        self, context: "AppContext", tints: "LabelTints", saver: "Executor"
    ) -> None:
        super().__init__()
        self._context = context
        self._settings = context.settings
        self._saver = saver
        self.in_force = SettingsInForce(context, tints)
        self._changing = SettingsChanging(context.settings, context.predicting)
        self._watcher: QFileSystemWatcher | None = None
        self._save_soon = QTimer(self, singleShot=True, interval=_SAVE_MS)
        self._save_soon.timeout.connect(self.save)
        self._read_soon = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._read_soon.timeout.connect(self._on_settled)
        self._settings.changed.connect(lambda _: self._save_soon.start())
        self._settings.changed.connect(lambda now: speak(now.language))

    def start(self) -> None:
        """Follow the file from now on, and say which keys cannot be had."""
        self._tell_keys()
        if self._settings.is_passing:
            return
        folder = self._settings.path.parent
        folder.mkdir(parents=True, exist_ok=True)
        self._watcher = QFileSystemWatcher([str(folder)], self)
        self._watcher.directoryChanged.connect(lambda _: self._on_touched())
        self._watcher.fileChanged.connect(lambda _: self._read_soon.start())
        self._on_touched()

    def save(self) -> None:
        """Write what changed."""
        told = self._context.notices.error
        self._saver.submit(self._settings.writer(), self._on_written, told)

    def close(self) -> None:
        """Write what is not written yet; the saver finishes it."""
        self._save_soon.stop()
        self._read_soon.stop()
        self.save()

    def _on_touched(self) -> None:
        """Follow the file itself too: an edit in place does not touch its folder."""
        path = str(self._settings.path)
        if self._watcher and path not in self._watcher.files():
            self._watcher.addPath(path)
        self._read_soon.start()

    def _on_settled(self) -> None:
        if not self._save_soon.isActive():
            self._changing.reload(self._context.notices)

    def _on_written(self, written: "Written | None") -> None:
        self._settings.on_written(written)
        if written is not None and written.aside is not None:
            self._context.notices.post(
                Notice(
                    Level.WARNING,
                    tr("{name} was written anew.", name=self._settings.path.name),
                    tr(
                        "The one before was no TOML. It is kept as {name}, beside it.",
                        name=written.aside.name,
                    ),
                    tr("Take over by hand what you need of it."),
                )
            )

    def _tell_keys(self) -> None:
        keymap, commands = self._context.keymap, self._context.commands
        titles = {command.id: command.title for command in commands}
        wrong = [
            tr(
                "{key} is wanted by “{one}” and “{other}”.",
                key=key,
                one=titles.get(one, one),
                other=titles.get(two, two),
            )
            for key, one, two in keymap.conflicts()
        ]
        wrong += [
            tr("“{key}” of {name} cannot be.", key=key, name=name)
            for name, key in keymap.unusable()
        ]
        if wrong:
            more = len(wrong) - _NAMED
            rest = tr(" And {more} more.", more=more) if more > 0 else ""
            self._context.notices.post(
                Notice(
                    Level.WARNING,
                    tr("Some keys do not work."),
                    joined(" ", wrong[:_NAMED]) + rest,
                    tr("Choose other keys for them."),
                    verbs=(Verb(tr("Show keys"), self._context.window.show_keys),),
                )
            )

"""The live sources that there are: cameras of this machine, addresses used lately."""

from collections.abc import Callable
from pathlib import Path

from segdesk.app.desk import Desk
from segdesk.app.ports import ExecutorPort
from segdesk.app.signal import Signal
from segdesk.app.video.memory import VideoMemory
from segdesk.core.cameras import Camera, find_cameras
from segdesk.core.language import tr
from segdesk.core.video_source import CAMERA, is_live

_EXAMPLES = tr("rtsp://, http:// or udp://")


class LiveSources:
    """Looks for cameras, and remembers what was opened.

    Parameters
    ----------
    executor
        Looks for cameras, and writes what is remembered.
    find
        Finds cameras; slow.

    Attributes
    ----------
    changed
        Fires when cameras were found, or the lists are others.
    cameras
        Those that were found last.
    is_looking
        They are being looked for.
    """

    def __init__(
        self,
        desk: Desk,
        memory: VideoMemory,
        executor: ExecutorPort,
        find: Callable[[], tuple[Camera, ...]] = find_cameras,
    ) -> None:
        self.changed: Signal[()] = Signal()
        self.cameras: tuple[Camera, ...] = ()
        self.is_looking = False
        self._desk = desk
        self._memory = memory
        self._executor = executor
        self._find = find

    @property
    def lately(self) -> tuple[str, ...]:
        """Addresses that were open, the newest first; without passwords."""
        return tuple(one for one in self._memory.sources if not one.startswith(CAMERA))

    @property
    def last(self) -> str:
        """What was open last; "": nothing."""
        return next(iter(self._memory.sources), "")

    @property
    def recordings(self) -> Path:
        """The folder that recordings go into."""
        return self._memory.recordings

    def look(self) -> None:
        """Look for cameras."""
        self.is_looking = True

        def done(found: tuple[Camera, ...]) -> None:
            self.is_looking = False
            self.cameras = found
            self.changed.emit()

        self._executor.submit(self._find, done, lambda _error: done(()))
        self.changed.emit()

    def problem(self, source: str) -> str:
        """Return why a source cannot be opened as it is written; "": it may be."""
        known = next((one for one in self.cameras if one.source == source), None)
        if known is not None:
            return known.problem
        if not source:
            return tr("Choose a camera, or type an address.")
        if not is_live(source):
            scheme, mark, _ = source.partition("://")
            if mark:
                return tr(
                    "{scheme}:// is not known here. {examples} are, among others.",
                    scheme=scheme,
                    examples=_EXAMPLES,
                )
            return tr("An address begins with {examples}.", examples=_EXAMPLES)
        rest = source.removeprefix(CAMERA)
        if source.startswith(CAMERA):
            return "" if rest.isdecimal() else tr("Cameras are camera:0, camera:1, …")
        return (
            "" if source.partition("://")[2] else tr("The name of the host is missing.")
        )

    def keep(self, source: str) -> None:
        """Remember what is opened now."""
        self._memory.keep_source(source)
        self._write()

    def forget(self, source: str) -> None:
        """Take an address off the list."""
        self._memory.forget_source(source)
        self._write()
        self.changed.emit()

    def set_recordings(self, folder: Path) -> None:
        """Let recordings go into another folder."""
        self._memory.keep_recordings(folder)
        self._write()
        self.changed.emit()

    def _write(self) -> None:
        write = self._memory.writer()
        self._executor.submit(write, lambda _none: None, self._desk.notices.error)

"""Putting the journey of videos together."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot

from segdesk.app.video.annotating import VideoAnnotating
from segdesk.app.video.export import VideoExporting
from segdesk.app.video.memory import VideoMemory
from segdesk.app.video.places import FramePlaces
from segdesk.app.video.recording import VideoRecording
from segdesk.app.video.sources import LiveSources
from segdesk.app.video.videos import Videos
from segdesk.core.paths import user_config_dir
from segdesk.gui.workers.executor import Executor
from segdesk.gui.workers.timers import Timers
from segdesk.gui.workers.trainer import Trainer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from segdesk.app.batch.showing import BatchShowing
    from segdesk.app.context import AppContext
    from segdesk.app.desk import Desk
    from segdesk.app.proposals.predicting import Predicting
    from segdesk.gui.workers.engine import Engine


class Poster(QObject):
    """Calls functions on the window's thread, whichever thread asks for it."""

    _posted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._open = True
        self._posted.connect(self._on_posted, Qt.ConnectionType.QueuedConnection)

    def post(self, call: "Callable[[], object]") -> None:
        """Call soon."""
        self._posted.emit(call)

    def close(self) -> None:
        """Call nothing any more."""
        self._open = False

    @Slot(object)
    def _on_posted(self, call: "Callable[[], object]") -> None:
        if self._open:
            call()


class VideoParts:
    """The journey of videos with its workers, made for one desk.

    Parameters
    ----------
    engine
        Predicts frames.
    predicting
        Knows the model.
    showing
        Opens images with proposals.
    command
        What starts an engine process; None: SegDesk's own.
    """

    def __init__(
        self,
        desk: "Desk",
        engine: "Engine",
        predicting: "Predicting",
        showing: "BatchShowing",
        command: "Sequence[str] | None" = None,
    ) -> None:
        self._decoder = Executor("video", 1)
        self._painter = Executor("video thumbnails", 1)
        self._timers = Timers()
        self._poster = Poster()
        self.videos = Videos(
            desk, engine, self._decoder, self._timers, predicting, self._poster.post
        )
        self.videos.thumbnailer = self._painter
        self.exporting = VideoExporting(
            desk, self.videos, predicting, Trainer(engine, command)
        )

        memory = VideoMemory(user_config_dir() / "videos.json")
        self.sources = LiveSources(desk, memory, self._painter)
        self.recording = VideoRecording(
            desk, self.videos.watch, memory, engine, self._painter, self._poster.post
        )
        places = FramePlaces(desk, self.videos, memory, self._painter)
        self.annotating = VideoAnnotating(
            desk, self.videos, self._decoder, showing, places
        )

    def attach(self, context: "AppContext") -> None:
        """Tell where videos are shown, and who finds them among files."""
        self.videos.show_page = lambda: context.window.set_layout("video")
        self.videos.recent = context.opening.recent
        context.opening.open_video = self.videos.open
        self.recording.reveal = context.dialogs.reveal
        self.recording.play = self.videos.open
        self.annotating.places.ask = context.dialogs.ask_frames_place
        self.annotating.attach(context.annotating, context.projects, context.viewer)
        context.autosave.written.connect(lambda _: self.annotating.refresh())

    def close(self) -> None:
        """End the threads that decode and predict."""
        self._timers.close()
        self._poster.close()
        self.recording.close()
        self.videos.close()
        self._decoder.finish()
        self._painter.close()

"""From the path of a video to its index: read on a worker, with its progress."""

from collections.abc import Callable
from pathlib import Path

from segdesk.app.desk import Desk
from segdesk.app.ports import EnginePort
from segdesk.core.language import tr
from segdesk.core.video import IndexProgress, VideoIndex, index_video
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import Cancelled, Failed, Progress, Report

_STEPS = 100  # of a progress that is a share


class VideoOpening:
    """Indexes one video at a time; another one takes its place.

    Parameters
    ----------
    engine
        Gives the work a thread of its own.
    found
        Takes the index.

    Attributes
    ----------
    path
        What is being read.
    changed
        Called when that is another one.
    """

    def __init__(
        self, desk: Desk, engine: EnginePort, found: Callable[[VideoIndex], None]
    ) -> None:
        self.path: Path | None = None
        self.changed: Callable[[], None] = lambda: None
        self._desk = desk
        self._engine = engine
        self._found = found
        self._cancel: Callable[[], None] = lambda: None
        self._turn = 0

    def open(self, path: Path) -> None:
        """Index a video; a notice tells what is wrong with it."""
        self._cancel()
        self._turn += 1
        turn, jobs, path = self._turn, self._desk.jobs, path.absolute()
        cancels: list[Callable[[], None]] = []

        def cancel() -> None:
            for each in cancels:
                each()

        row = jobs.open(
            tr("Index {name}", name=path.name), "film-strip", cancel, fleeting=True
        )

        def done(index: VideoIndex) -> None:
            jobs.finish(row)
            if turn == self._turn:
                self._set_path(None)
                self._found(index)

        def ended(terminal: Failed | Cancelled) -> None:
            jobs.close(row, terminal)
            if isinstance(terminal, Failed):
                self._desk.notices.error(terminal)
            if turn == self._turn:
                self._set_path(None)

        def report(event: Report) -> None:
            jobs.report(row, event)

        self._cancel = lambda: jobs.cancel(row)
        self._set_path(path)
        cancels.append(self._engine.start_work(_indexing(path), report, done, ended))

    def _set_path(self, path: Path | None) -> None:
        self.path = path
        self.changed()


def _indexing(path: Path) -> Callable[[JobContext], VideoIndex]:
    def work(context: JobContext) -> VideoIndex:
        def report(progress: IndexProgress) -> None:
            context.report(Progress(round(progress.share * _STEPS), _STEPS, "%"))

        return index_video(str(path), check=context.check, report=report)

    return work

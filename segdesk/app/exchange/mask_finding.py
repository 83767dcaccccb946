"""Making a project of a folder of images and a folder of masks, in place."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.app.ports import EnginePort
from segdesk.app.signal import Signal
from segdesk.core.language import tr
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import Cancelled, Failed, Progress, Report

if TYPE_CHECKING:
    from segdesk.formats.layout_finding import FoundLayouts, LayoutFit


class MaskFinding:
    """Two folders while the user chooses them, and what they hold together.

    Parameters
    ----------
    engine
        Gives looking a thread of its own.

    Attributes
    ----------
    changed
        Fires when anything in it is another.
    images, masks
        The folders; None: to be chosen.
    found
        What they hold; None while it is looked at.
    failure
        Why they cannot be used.
    chosen
        Place of the rule of names that is taken.
    is_looking
        Files are being read.
    progress
        (done, total) of the masks that were read.
    """

    def __init__(self, engine: EnginePort) -> None:
        self.changed: Signal[()] = Signal()
        self.images: Path | None = None
        self.masks: Path | None = None
        self.found: FoundLayouts | None = None
        self.failure: Failed | None = None
        self.chosen = 0
        self.progress: tuple[int, int] | None = None
        self.is_looking = False
        self._engine = engine
        self._request = 0
        self._stop: Callable[[], None] | None = None

    @property
    def fit(self) -> "LayoutFit | None":
        """The rule of names that is taken."""
        found = self.found
        return found.fits[self.chosen] if found and found.fits else None

    @property
    def problem(self) -> str:
        """Why no project can be made yet; "": it can."""
        if self.images is None or self.masks is None:
            return tr("Choose both folders.")
        if self.failure is not None:
            return self.failure.cause or self.failure.message
        if self.found is None:
            return tr("The masks are being read.")
        return self.found.problem

    def set_images(self, folder: Path) -> None:
        """Choose the folder of the images."""
        self.images = folder.absolute()
        self._look()

    def set_masks(self, folder: Path) -> None:
        """Choose the folder of the masks."""
        self.masks = folder.absolute()
        self._look()

    def choose(self, place: int) -> None:
        """Take another rule of names."""
        self.chosen = place
        self.changed.emit()

    def close(self) -> None:
        """Read no further."""
        self._request += 1
        self.is_looking = False
        if self._stop is not None:
            self._stop()
            self._stop = None

    def make(
        self, done: Callable[[Path], None], failed: Callable[[Failed], object]
    ) -> None:
        """Write the project file, on a worker; `done` gets the project's folder."""
        found, fit = self.found, self.fit
        if found is None or fit is None or self.problem:
            return

        def work(_: JobContext) -> Path:
            from segdesk.formats.layout_finding import make_project

            make_project(found, fit)
            return found.root

        def ended(terminal: Failed | Cancelled) -> None:
            if isinstance(terminal, Failed):
                failed(terminal)

        self._engine.start_work(work, lambda _: None, done, ended)

    def _look(self) -> None:
        self.close()
        self.found = self.failure = self.progress = None
        self.chosen = 0
        images, masks = self.images, self.masks
        if images is not None and masks is not None:
            self._start(images, masks)
        self.changed.emit()

    def _start(self, images: Path, masks: Path) -> None:
        request = self._request

        def work(context: JobContext) -> "FoundLayouts":
            from segdesk.formats.layout_finding import find_layouts

            def looked_at(done: int, total: int) -> None:
                context.check()
                context.report(Progress(done, total, "masks"))

            return find_layouts(images, masks, looked_at)

        def report(event: Report) -> None:
            if request == self._request and isinstance(event, Progress):
                self.progress = (event.done, event.total or 0)
                self.changed.emit()

        def done(found: "FoundLayouts") -> None:
            if request == self._request:
                self.is_looking, self.found = False, found
                self.changed.emit()

        def ended(terminal: Failed | Cancelled) -> None:
            if request == self._request:
                self.is_looking = False
                self.failure = terminal if isinstance(terminal, Failed) else None
                self.changed.emit()

        self.is_looking = True
        self._stop = self._engine.start_work(work, report, done, ended)

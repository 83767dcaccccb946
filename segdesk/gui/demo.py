"""The sample images, predicted by the sample model, in the real window."""

import logging
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QTimer

from segdesk.app.notices import Level, Notice
from segdesk.app.session import ProposalView
from segdesk.core.errors import SegDeskError
from segdesk.core.language import tr
from segdesk.gui.application import Desktop, make_application, start_log

log = logging.getLogger(__name__)

_TIMEOUT_MS = 180_000
_SETTLE_MS = 600
_SIZE = (1600, 1000)


class _Demo:
    """Waits for the proposal; writes the picture if one is wanted."""

    def __init__(self, desktop: Desktop, screenshot: Path | None) -> None:
        self._desktop = desktop
        self._screenshot = screenshot
        self.failure: Notice | None = None
        self.done = False
        context = desktop.context
        context.session.proposal_changed.connect(self._on_session_proposal_changed)
        context.notices.posted.connect(self._on_notices_posted)

    def start(self) -> None:
        self._desktop.start()
        self._desktop.context.commands.run("view.review")
        self._desktop.context.commands.run("file.open_sample")

    def give_up(self) -> None:
        seconds = _TIMEOUT_MS // 1000
        self._end(
            Notice(
                Level.ERROR,
                tr("The sample was not predicted."),
                tr("No prediction came within {seconds} s.", seconds=seconds),
                tr("Run `segdesk doctor`; it says what does not work."),
            )
        )

    def _on_session_proposal_changed(self, proposal: ProposalView | None) -> None:
        if proposal is not None and not self.done:
            self.done = True
            if self._screenshot is not None:
                QTimer.singleShot(_SETTLE_MS, self._write)

    def _on_notices_posted(self, notice: Notice) -> None:
        if notice.level is Level.ERROR and not self.done:
            self._end(notice)

    def _write(self) -> None:
        if self._screenshot is None:
            return
        if not self._desktop.window.grab().save(str(self._screenshot)):
            self._end(
                Notice(
                    Level.ERROR,
                    tr("{name} was not written.", name=self._screenshot.name),
                    tr("{folder} does not take it.", folder=self._screenshot.parent),
                    tr("Choose another file with --screenshot."),
                )
            )
            return
        QCoreApplication.exit(0)

    def _end(self, failure: Notice) -> None:
        self.failure = failure
        if self._screenshot is not None:
            QCoreApplication.exit(1)


def demo(screenshot: Path | None = None) -> int:
    """Open the sample, load the sample model, predict, show.

    Parameters
    ----------
    screenshot
        Where the window's picture is written as soon as the prediction is there; the
        window closes then. None: the window stays until the user closes it.

    Returns
    -------
    int
        Exit code of the process.

    Raises
    ------
    SegDeskError
        When the picture was wanted and the sample could not be predicted.
    """
    application = make_application()
    start_log()
    desktop = Desktop()
    run = _Demo(desktop, screenshot)
    desktop.window.resize(*_SIZE)
    desktop.window.show()
    QTimer.singleShot(0, run.start)
    if screenshot is not None:
        QTimer.singleShot(_TIMEOUT_MS, run.give_up)
    try:
        code = application.exec()
    finally:
        desktop.close()
    if run.failure is not None and screenshot is not None:
        raise SegDeskError(
            run.failure.message,
            cause=run.failure.cause,
            hint=run.failure.hint,
            detail=run.failure.detail,
        )
    return code

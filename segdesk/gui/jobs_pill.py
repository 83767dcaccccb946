"""The pill in the app bar that says what runs and how far it is."""

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from segdesk.core.language import shown, tr
from segdesk.gui import icons, theme
from segdesk.gui.components.focus import RingedButton
from segdesk.gui.components.painting import RADIUS_CONTROL, draw_elided, rounded
from segdesk.gui.components.progress import draw_ring
from segdesk.gui.components.tips import Tip, give
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.job_center import Job, JobCenter

_SHOW_AFTER_MS = 300
_TURN_MS = 50
_TURN_DEGREES = 15
_MAX_WIDTH = 260
_BY_MODEL_ICONS = frozenset({"play", "cube"})


class JobsPill(RingedButton):
    """Ring, words and a caret; hidden while nothing runs. A click opens the jobs.

    It appears only for what takes longer than 300 ms, so quick jobs do not flicker.

    Parameters
    ----------
    jobs
        The book of jobs.
    key
        The key that opens them.
    """

    def __init__(self, jobs: "JobCenter", key: str = "") -> None:
        super().__init__()
        self._jobs = jobs
        self._key = key
        self._text = ""
        self._value: float | None = None
        self._role = "accent"
        self._turn = 0
        put(self.setAccessibleName, tr("Jobs"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(_SHOW_AFTER_MS)
        self._late.timeout.connect(self._on_late_timeout)
        self._spin = QTimer(self)
        self._spin.setInterval(_TURN_MS)
        self._spin.timeout.connect(self._on_spin_timeout)
        jobs.changed.connect(self._on_jobs_changed)
        jobs.removed.connect(self._on_jobs_changed)
        self.hide()

    def set_key(self, key: str) -> None:
        """Tell another key in the tooltip, from the next time on."""
        self._key = key

    def sizeHint(self) -> QSize:
        """Return the width of the words, within limits."""
        metrics = QFontMetrics(theme.font("smallStrong", tabular=True))
        words = metrics.horizontalAdvance(shown(self._text))
        return QSize(min(_MAX_WIDTH, words + 60), theme.row_px(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw pill, ring, words and caret."""
        del event
        painter = QPainter(self)
        box = QRectF(self.rect())
        fill = theme.color("hover" if self.underMouse() else "pill")
        rounded(painter, box, RADIUS_CONTROL, fill, theme.color("line"))
        ring = QRectF(8, (box.height() - 15) / 2, 15, 15)
        draw_ring(painter, ring, self._value, self._role, self._turn)
        painter.setFont(theme.font("smallStrong", tabular=True))
        painter.setPen(theme.color("text2"))
        draw_elided(painter, QRectF(30, 0, box.width() - 56, box.height()), self._text)
        caret = QRectF(box.width() - 21, (box.height() - 12) / 2, 12, 12)
        icons.paint(painter, caret, "caret-up", theme.color("text3"))

    def _on_jobs_changed(self, _job: object) -> None:
        live = self._jobs.live()
        if not live:
            self._late.stop()
            self._spin.stop()
            self.hide()
            return
        self._show_job(live)
        if not self.isVisible() and not self._late.isActive():
            self._late.start()

    def _on_late_timeout(self) -> None:
        if self._jobs.live():
            self.show()
            self._show_job(self._jobs.live())

    def _on_spin_timeout(self) -> None:
        self._turn = (self._turn + _TURN_DEGREES) % 360
        self.update()

    def _show_job(self, live: "tuple[Job, ...]") -> None:
        job = live[0]
        text = pill_words(job, len(live))
        self._value = job.fraction
        self._role = "model" if job.icon in _BY_MODEL_ICONS else "accent"
        if text != self._text:
            self._text = text
            self.updateGeometry()
            give(self, Tip(tr("Jobs"), self._key, text))
        spinning = self._value is None and self.isVisible()
        if spinning and not self._spin.isActive():
            self._spin.start()
        elif not spinning:
            self._spin.stop()
        self.update()


def pill_words(job: "Job", count: int) -> str:
    """Return what the pill says: "Download segformer · 58%", "… and 2 more"."""
    words = job.title
    if job.total and job.unit != "bytes":
        words += tr(" · {done:,} of {total:,}", done=job.done, total=job.total)
    elif job.fraction is not None:
        words += tr(" · {fraction:.0%}", fraction=job.fraction)
    elif time.monotonic() - job.started_s > 1 and job.text:
        words += tr(" · {text}", text=job.text)
    return (
        words
        if count == 1
        else tr("{words} and {count} more", words=words, count=count - 1)
    )

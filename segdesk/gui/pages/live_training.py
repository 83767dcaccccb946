"""A run in sight: head, progress, curves, validation images, log."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QImage, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from segdesk.core.errors import StorageError
from segdesk.core.language import tr
from segdesk.gui import qt_types, theme
from segdesk.gui.command_buttons import command_button
from segdesk.gui.components import EmptyState, Kind
from segdesk.gui.idle_work import Steps, do_all
from segdesk.gui.pages.live_training_head import Head, ProgressCard
from segdesk.gui.pages.live_training_images import ValidationImages
from segdesk.gui.pages.live_training_log import LogCard
from segdesk.gui.pages.live_training_trouble import Trouble
from segdesk.gui.plots.on_demand import are_imported, import_plots
from segdesk.gui.plots.plot_card import PlotCard
from segdesk.gui.plots.run_plots import PLOTS
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.context import AppContext
    from segdesk.app.training.run import Run

_STEP_MS = 40  # between two parts; all of them take six
_EMPTY, _RUN = range(2)


class LiveTraining(QWidget):
    """The selected run; it follows while in sight, a part at a time.

    Parameters
    ----------
    context
        The application.
    in_steps
        The maker runs through `steps` before anything else.
    """

    def __init__(self, context: "AppContext", *, in_steps: bool = False) -> None:
        super().__init__()
        put(self.setAccessibleName, tr("Run"))
        self._context = context
        self._runs = context.runs
        self._run: Run | None = None
        self._waiting: list[int] = []
        self._plotting: Steps | None = None
        self._timer = QTimer(self, interval=_STEP_MS)
        self._timer.timeout.connect(self._on_timer_timeout)
        self.steps = self._put_together()
        if not in_steps:
            do_all(self.steps)

    def _put_together(self) -> Steps:
        """Make part by part; each has its place at once, styles follow parents."""
        context = self._context
        column, grid = self._build()
        yield
        self.head = Head(context)
        self.trouble = Trouble(context)
        column.insertWidget(0, self.head)
        column.insertWidget(1, self.trouble)
        yield
        self.progress = ProgressCard(context)
        column.insertWidget(2, self.progress)
        yield
        cards = []
        for at, (title, choices, _) in enumerate(PLOTS):
            cards.append(PlotCard(title, choices))
            grid.addWidget(cards[-1], at // 2, at % 2)
        self.plots = tuple(cards)
        yield
        self.images = ValidationImages(context.runs.previews)
        column.addWidget(self.images)
        yield
        self.log = LogCard()
        column.addWidget(self.log)
        yield
        for at, card in enumerate(self.plots):
            card.chosen.connect(partial(self._on_card_chosen, at))
        self._runs.changed.connect(self._on_runs_changed)
        self._runs.advanced.connect(self._on_runs_advanced)
        self._runs.picture_wanted.connect(self._on_runs_picture_wanted)
        self._on_runs_changed()
        yield

    # ------------------------------------------------------------ building

    def _build(self) -> tuple[QVBoxLayout, QGridLayout]:
        """Return where the parts stand below each other, and the plots among them."""
        self._empty = self._empty_page()
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(self._empty)
        area = self._area = QScrollArea(self)
        self._stack.addWidget(area)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(14, 14, 14, 12)
        column.setSpacing(10)
        area.setWidget(inside)
        inside.setAutoFillBackground(False)
        self.plot_area = QWidget(inside)
        grid = QGridLayout(self.plot_area)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(10)
        column.addWidget(self.plot_area, 1)
        return column, grid

    def _empty_page(self) -> QWidget:
        train = command_button(
            self._context, "train.open", Kind.PRIMARY, text=tr("Train a model")
        )
        opened = command_button(self._context, "run.open", text=tr("Open run folder"))
        return EmptyState(
            "chart-line-up",
            tr("No run to show"),
            tr(
                "Train a model on your labels and watch it here, or open the folder "
                "of an earlier training."
            ),
            (train, opened),
        )

    # ------------------------------------------------------------ what is shown

    @property
    def unseen(self) -> tuple[QWidget, ...]:
        """What comes in sight with a run."""
        return () if self._run else (self._area,)

    @property
    def has_plots(self) -> bool:
        """Whether the curves can be drawn."""
        return all(card.has_plot for card in self.plots)

    def plotting(self) -> Steps:
        """Put the plots into their cards, a part of one in a step."""
        from segdesk.gui.plots.plot_view import PlotView, making_inside

        for card in self.plots:
            if not card.has_plot:
                inside = yield from making_inside()
                yield
                if not card.has_plot:
                    card.put_plot(partial(PlotView, inside))
                yield

    def put_plots(self) -> None:
        """Put the plots into their cards, one at a time; pyqtgraph is there."""
        self._plotting = self._plotting or self.plotting()
        if next(self._plotting, self) is self:
            self._want_all()
        else:
            QTimer.singleShot(_STEP_MS // 2, self, self.put_plots)

    def showEvent(self, event: QShowEvent) -> None:
        """Follow while in sight."""
        super().showEvent(event)
        if not self.has_plots:
            self._fetch_plots(qt_types.make())
        self._want_all()

    def _fetch_plots(self, steps: "Steps") -> None:
        """Import what draws curves, on a worker once it may use Qt."""
        if are_imported():
            self.put_plots()
        elif next(steps, self) is self:
            self._runs.do(import_plots, lambda _: self.put_plots())
        else:
            QTimer.singleShot(0, self, lambda: self._fetch_plots(steps))

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while out of sight."""
        super().hideEvent(event)
        self._timer.stop()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the page's surface."""
        QPainter(self).fillRect(event.rect(), theme.color("window"))

    def _on_runs_changed(self) -> None:
        self._run = self._runs.selected
        self._stack.setCurrentIndex(_EMPTY if self._run is None else _RUN)
        if self._run is not None:
            self.head.show_run(self._run)
            self.trouble.show_run(self._run)
        self._want_all()

    def _on_runs_advanced(self, run: "Run") -> None:
        if run is self._run and not self._waiting:
            self._want_all()

    def _want_all(self) -> None:
        if self._run is None or not self.isVisible():
            return
        self._waiting = list(range(len(self.plots) + 2))
        if not self._timer.isActive():
            self._timer.start()

    def _on_timer_timeout(self) -> None:
        if not self._waiting or self._run is None:
            self._timer.stop()
            return
        self._refresh(self._waiting.pop(0), self._run)

    def _refresh(self, part: int, run: "Run") -> None:
        """Bring one part up to date; all at once would hold the window."""
        if part == 0:
            self.progress.show_run(run)
            self.trouble.show_run(run)
            self.log.show_run(run)
        elif part == 1:
            self.images.show_run(run)
        else:
            self._refresh_plot(part - 2, run)

    def _refresh_plot(self, at: int, run: "Run") -> None:
        card, (_, _, make) = self.plots[at], PLOTS[at]
        card.show_content(*make(run, self._runs.compared, card.choice))

    def refresh_now(self) -> None:
        """Bring everything up to date at once, for a picture."""
        if self._run is None:
            return
        for part in range(len(self.plots) + 2):
            self._refresh(part, self._run)

    # ------------------------------------------------------------ what is done

    def _on_card_chosen(self, at: int, _choice: str) -> None:
        if self._run is not None:
            self._refresh_plot(at, self._run)

    def _on_runs_picture_wanted(self, path: Path) -> None:
        self.refresh_now()
        picture = self.plot_area.grab().toImage()
        words = tr("Wrote the plots to {name}", name=path.name)
        self._runs.do(
            partial(_save, picture, path),
            lambda _: self._context.notices.toast(words),
        )


def _save(picture: QImage, path: Path) -> None:
    if not picture.save(str(path), "PNG"):  # type: ignore[call-overload]
        raise StorageError(
            tr("The picture was not written."),
            cause=tr("{path} cannot be written.", path=path),
            hint=tr("Choose another folder."),
        )

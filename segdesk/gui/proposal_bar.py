"""The bar that floats over the canvas while there is a proposal to decide on."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSpacerItem, QWidget

from segdesk.core.language import joined, plural, shown, tr
from segdesk.gui import icons, theme
from segdesk.gui.accept_gesture import Gesture
from segdesk.gui.actions import shown_key
from segdesk.gui.components.buttons import Button, IconButton, Kind
from segdesk.gui.components.fields import Slider
from segdesk.gui.components.labels import Label
from segdesk.gui.components.painting import RADIUS_NOTICE, draw_shadow, rounded
from segdesk.gui.components.panels import Hairline
from segdesk.gui.components.tips import Tip, give
from segdesk.gui.item_models import figures
from segdesk.gui.item_models.row_menu import RowMenu
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.context import AppContext
    from segdesk.gui.actions import Actions

HEIGHT = 48
_ABOVE_BOTTOM = 18
_SHADOW = 26
_BESIDE = 12  # px of canvas that stay free on both sides
_WIDEST_COUNT = 888_888  # the column of numbers has room for it
_LEVELS = (0.0, 0.25, 0.5, 0.75, 0.9)  # what the menu offers instead of the slider


class ProposalBar(QWidget):
    """What is proposed, from which confidence on, and what becomes of it.

    It lies over the canvas, 18 px above its lower edge, as long as there is a proposal.
    What has no room beside the canvas' edges goes into a menu at its end.

    Parameters
    ----------
    context
        The application.
    actions
        The commands' states.
    viewer
        The canvas that it lies over.
    """

    asked = Signal(str)  # how the next press on the canvas accepts: a `Gesture`
    placed = Signal()  # it came, went, or has another place or size

    def __init__(
        self, context: "AppContext", actions: "Actions", viewer: QWidget
    ) -> None:
        super().__init__(viewer)
        self._context = context
        self._viewer = viewer
        put(self.setAccessibleName, tr("Proposal"))
        self._facts = _RegionFacts()
        self._slider_words = Label(tr("From confidence"), "small", "text2")
        self.slider = Slider(tr("From confidence"), default=0, by_model=True)
        self.slider.setFixedWidth(76)
        give(
            self.slider,
            Tip(tr("From confidence"), "", tr("Less sure pixels are left out.")),
        )
        self._least = Label("0.00", "small", "text", tabular=True)
        self._least.setMinimumWidth(28)
        self._ignore = IconButton(
            "selection-slash", Tip(tr("Ignore the rest")), checkable=True
        )
        self._slider_line = Hairline(vertical=True, length=20, role="line2")
        self._all_line = Hairline(vertical=True, length=20, role="line2")
        self._row = QHBoxLayout(self)
        edge = _SHADOW
        self._row.setContentsMargins(edge + 14, edge, edge + 10, edge)
        self._row.setSpacing(6)
        self._spacers: dict[int, tuple[QSpacerItem, int]] = {}
        self._fits_for = 0, 0
        self._more = IconButton(
            "dots-three", Tip(tr("More"), text=tr("What has no room."))
        )
        self._more.clicked.connect(self._on_more_clicked)
        self._fill(actions)
        self.slider.moved.connect(self._on_slider_moved)
        session = context.session
        session.proposal_changed.connect(lambda _: self._refresh())
        session.view_changed.connect(lambda _: self._refresh())
        context.annotations.opened.connect(lambda _: self._refresh())
        context.proposal_facts.changed.connect(self._refresh)
        context.accepting.accepted_from_changed.connect(self._refresh)
        context.review.queue.changed.connect(self._show_verb)
        viewer.installEventFilter(self)
        self._refresh()

    @property
    def lift(self) -> int:
        """Px of the canvas, from below, that it takes; 0 while it is hidden."""
        if self.isHidden():
            return 0
        return theme.row_px(HEIGHT) + _ABOVE_BOTTOM

    @property
    def card(self) -> QRect:
        """What it covers of the canvas, without the shadow."""
        edge = _SHADOW
        return self.geometry().adjusted(edge, edge, -edge, -edge)

    def sizeHint(self) -> QSize:
        """Return the size with the shadow round it."""
        width = self._row.sizeHint().width()
        return QSize(width, theme.row_px(HEIGHT) + 2 * _SHADOW)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the lower middle of the canvas."""
        resized = watched is self._viewer and event.type() == QEvent.Type.Resize
        if resized and self._place() and not self.isHidden():
            self.placed.emit()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card and its shadow."""
        del event
        painter = QPainter(self)
        edge = _SHADOW
        card = QRectF(self.rect()).adjusted(edge, edge, -edge, -edge)
        draw_shadow(painter, card, RADIUS_NOTICE)
        rounded(
            painter, card, RADIUS_NOTICE, theme.color("raised"), theme.color("line2")
        )

    def _fill(self, actions: "Actions") -> None:
        row, keymap = self._row, self._context.keymap
        key = shown_key(keymap.shown("model.accept_all"))
        accept = Button(
            tr("Accept all"), Kind.PRIMARY, icon="check", key=key, height=30
        )
        by_class = Button(tr("Class"), icon="palette", height=30)
        region = Button(tr("Region"), icon="cursor", height=30)
        lasso = Button(tr("Lasso"), icon="scribble-loop", height=30)
        reject = Button(tr("Reject"), Kind.GHOST, icon="x", height=30)
        self._accept_all = accept
        actions.bind(accept, "model.accept_all")
        actions.bind(by_class, "model.accept_class")
        actions.bind(reject, "model.reject")
        actions.bind(self._ignore, "model.ignore_unsure")
        text = tr(
            "Then click a region. Shift+click does it with the hand, bucket and wand."
        )
        give(region, Tip(tr("Accept region"), "Shift+Click", text))
        text = tr("Then draw round regions. With hand, bucket and wand, Shift+drag.")
        give(lasso, Tip(tr("Accept by lasso"), "Shift+Drag", text))
        self._gestures = {Gesture.REGION: region, Gesture.LASSO: lasso}
        for gesture, button in self._gestures.items():
            button.setCheckable(True)
            button.clicked.connect(partial(self._ask, gesture))
        row.addWidget(self._facts)
        slider = (
            self._slider_line,
            self.slider,
            self._least,
            self._ignore,
        )
        self._drops: tuple[tuple[QWidget, ...], ...] = (
            (self._slider_words,),
            slider,
            (lasso,),
            (region,),
            (by_class,),
            (reject,),
            (self._facts, self._all_line),
        )
        self._offers = {
            by_class: ("palette", tr("Accept class"), "model.accept_class"),
            region: ("cursor", tr("Accept region"), Gesture.REGION),
            lasso: ("scribble-loop", tr("Accept by lasso"), Gesture.LASSO),
            reject: ("x", tr("Reject proposal"), "model.reject"),
        }
        for widget, before in (
            (self._slider_line, 8),
            (self._slider_words, 8),
            (self.slider, 4),
            (self._least, 4),
            (self._ignore, 0),
            (self._all_line, 6),
            (accept, 8),
            (by_class, 2),
            (region, 2),
            (lasso, 2),
            (reject, 0),
            (self._more, 0),
        ):
            if before:
                spacer = QSpacerItem(before, 0)
                self._spacers[id(widget)] = spacer, before
                row.addItem(spacer)
            row.addWidget(widget)

    def _show_verb(self) -> None:
        """Say what Enter takes: all, or what the queue has framed."""
        entry = self._context.review.working.on_screen
        is_framed = entry is not None and not entry.is_whole
        words = tr("Accept frame") if is_framed else tr("Accept all")
        put(self._accept_all.setText, words)
        put(self._accept_all.setAccessibleName, words)

    def show_armed(self, armed: str) -> None:
        """Show which gesture the next press on the canvas means."""
        for gesture, button in self._gestures.items():
            button.setChecked(gesture == armed)

    def _ask(self, gesture: Gesture, _checked: bool = False) -> None:
        self.asked.emit(gesture)

    def _refresh(self) -> None:
        self._show_verb()
        proposal = self._context.session.proposal
        short = proposal is not None and self._context.annotations.current is not None
        if proposal is not None:
            known = proposal.prediction.confidence is not None
            at_least = self._context.session.view.min_confidence
            self.slider.setEnabled(known)
            self.slider.setValue(round(at_least * 100))
            put(self._least.setText, figures.confidence(at_least))
            regions = self._context.proposal_facts.regions
            if self._context.accepting.is_all_accepted:
                self._facts.say(
                    tr("Accepted"),
                    tr("from {confidence} on", confidence=figures.confidence(at_least)),
                )
            elif regions is None:
                self._facts.say(tr("Proposal"), "")
            else:
                mean = figures.confidence(regions.mean_confidence)
                self._facts.say(
                    plural(
                        regions.total,
                        "1 region",
                        "{total} regions",
                        total=figures.number(regions.total),
                    ),
                    tr("mean {mean}", mean=mean)
                    if regions.mean_confidence is not None
                    else "",
                )
        before = self.isHidden()
        self.setVisible(short)
        placed = self._place() if short else False
        if placed or self.isHidden() is not before:
            self.placed.emit()

    def _place(self) -> bool:
        """Lay it over the canvas; returns whether it lies elsewhere than before."""
        width, height = self._viewer.width(), self._viewer.height()
        room = width - 2 * _BESIDE + 2 * _SHADOW
        fits_for = room, self._facts.sizeHint().width()
        if fits_for != self._fits_for:  # else a slider in the hand would be disturbed
            self._fits_for = fits_for
            for dropped in range(len(self._drops) + 1):
                self._drop(dropped)
                if self.sizeHint().width() <= room:
                    break
        size = self.sizeHint()
        x = (width - size.width()) // 2
        y = height - size.height() + _SHADOW - _ABOVE_BOTTOM
        before, place = self.geometry(), QRect(QPoint(x, y), size)
        self.setGeometry(place)
        self.raise_()
        return before != place

    def _drop(self, count: int) -> None:
        """Hide the first `count` parts of what may be left out, show the others."""
        for place, widgets in enumerate(self._drops):
            for widget in widgets:
                self._let_in(widget, is_in=place >= count)
        self._let_in(self._more, is_in=count > 1)
        self._row.invalidate()

    def _let_in(self, widget: QWidget, *, is_in: bool) -> None:
        widget.setVisible(is_in)
        if id(widget) in self._spacers:
            spacer, width = self._spacers[id(widget)]
            spacer.changeSize(width if is_in else 0, 0)

    def _on_more_clicked(self) -> None:
        menu = RowMenu(self)
        for button, (icon, title, verb) in self._offers.items():
            if button.isHidden():
                if isinstance(verb, Gesture):
                    menu.add(icon, title, partial(self._ask, verb))
                else:
                    run = partial(self._context.commands.run, verb)
                    why = self._context.commands.disabled_why(verb) or ""
                    menu.add(icon, title, run, why=why)
        if self.slider.isHidden() and self.slider.isEnabled():
            menu.addSeparator()
            now = self._context.session.view.min_confidence
            for level in _LEVELS:
                words = tr(
                    "From confidence {confidence}", confidence=figures.confidence(level)
                )
                change = partial(self._on_slider_moved, round(level * 100))
                menu.add_switch(words, change, checked=abs(now - level) < 0.005)
        menu.open_at(self._more.mapToGlobal(QPoint(0, self._more.height() + 2)))

    def _on_slider_moved(self, value: int) -> None:
        self._context.session.update_view(min_confidence=value / 100)


class _RegionFacts(QWidget):
    """A dashed circle, how many regions there are, and how sure the model is."""

    def __init__(self) -> None:
        super().__init__()
        self._count, self._mean = "", ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def say(self, count: str, mean: str) -> None:
        """Show other words."""
        if (count, mean) != (self._count, self._mean):
            self._count, self._mean = count, mean
            put(self.setAccessibleName, joined(", ", filter(None, (count, mean))))
            self.update()

    def sizeHint(self) -> QSize:
        strong = QFontMetrics(theme.font("strong", tabular=True))
        caption = QFontMetrics(theme.font("caption", tabular=True))
        widest = max(
            strong.horizontalAdvance(
                shown(
                    tr(
                        "{widest_count} regions",
                        widest_count=figures.number(_WIDEST_COUNT),
                    )
                )
            ),
            caption.horizontalAdvance(
                shown(tr("mean {confidence}", confidence=figures.confidence(0.88)))
            ),
        )
        return QSize(28 + widest + 4, theme.row_px(40))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        middle = self.height() / 2
        mark = QRectF(0, middle - 9, 18, 18)
        icons.paint(painter, mark, "circle-dashed", theme.color("model"))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.font("strong", tabular=True))
        painter.setPen(theme.color("text"))
        up = 8 if self._mean else 0
        painter.drawText(
            self.rect().adjusted(28, -up, 0, -up), left, shown(self._count)
        )
        painter.setFont(theme.font("caption", tabular=True))
        painter.setPen(theme.color("text3"))
        painter.drawText(self.rect().adjusted(28, 9, 0, 9), left, shown(self._mean))

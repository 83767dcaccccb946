"""The regions of one confusion, largest first, and what can be done about each."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QWheelEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from segdesk.app.evaluation.look import CROP, FoundRegion, crops_of
from segdesk.app.files.image_names import names_apart
from segdesk.core.language import shown, tr
from segdesk.gui import icons, theme
from segdesk.gui.command_buttons import bound_button
from segdesk.gui.components.buttons import Kind
from segdesk.gui.components.painting import (
    RADIUS_CARD,
    RADIUS_SMALL,
    draw_elided,
    rounded,
    rounded_path,
)
from segdesk.gui.item_models import figures
from segdesk.gui.pages.evaluation_cell_title import CellTitle
from segdesk.gui.qimage import rgb_image
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from segdesk.app.context import AppContext
    from segdesk.app.evaluation.evaluating import Evaluating
    from segdesk.gui.actions import Actions
    from segdesk.jobs.training_events import EvaluationDone

_GAP = 8
_FOOT = 20
_PAD = 14
_KEPT = 300
_MARKS = {
    "truth": ("check-circle-fill", tr("Truth kept"), "ok"),
    "model": ("cube-fill", tr("Model taken"), "model"),
    "paint": ("paint-brush", tr("Painted"), "accent"),
}
_KEYS = {
    Qt.Key.Key_1: "evaluation.accept_truth",
    Qt.Key.Key_2: "evaluation.accept_model",
    Qt.Key.Key_3: "evaluation.paint",
    Qt.Key.Key_J: "evaluation.next_region",
}
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class RegionRow(QWidget):
    """Pictures of regions side by side; the arrow keys and a click choose one.

    `chosen` carries its place; `opened` asks to see it in the viewer.

    Parameters
    ----------
    evaluating
        Its regions, and the worker that reads their pictures.
    """

    chosen = Signal(int)
    opened = Signal()

    def __init__(self, evaluating: "Evaluating") -> None:
        super().__init__()
        self._evaluating = evaluating
        self._done: EvaluationDone | None = None
        self._names: dict[Path, str] = {}
        self._pictures: dict[FoundRegion, QPixmap | None] = {}
        self._wanted: set[FoundRegion] = set()
        self._first = 0
        self._by_keyboard = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        put(self.setAccessibleName, tr("Regions of the confusion"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=False)

    @property
    def fitting(self) -> int:
        """How many pictures there is room for."""
        return max(1, (self.width() + _GAP) // (CROP[0] + _GAP))

    @property
    def pictures(self) -> int:
        """How many pictures have come."""
        return sum(picture is not None for picture in self._pictures.values())

    def refresh(self) -> None:
        """Show the regions as they are now; the chosen one stays in sight."""
        search = self._evaluating.search
        last = max(0, len(search.found.regions) - self.fitting)
        lowest = search.place - self.fitting + 1
        self._first = min(max(self._first, lowest), search.place, last)
        chosen = search.chosen
        if chosen is not None:
            put(
                self.setAccessibleDescription,
                tr(
                    "{name}, {area} px, region {place} of {regions}",
                    name=chosen.image.name,
                    area=chosen.region.area,
                    place=search.place + 1,
                    regions=len(search.found.regions),
                ),
            )
        self._ask()
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for eight."""
        return QSize(8 * (CROP[0] + _GAP), CROP[1] + _FOOT + 2)

    def minimumSizeHint(self) -> QSize:
        """Return room for two."""
        return QSize(2 * (CROP[0] + _GAP), CROP[1] + _FOOT + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the pictures in sight."""
        del event
        painter = QPainter(self)
        search = self._evaluating.search
        short = search.found.regions[self._first : self._first + self.fitting]
        if not short:
            self._paint_words(painter)
        for place, found in enumerate(short):
            box = QRect(place * (CROP[0] + _GAP) + 1, 1, CROP[0], CROP[1])
            self._paint_picture(painter, box, found)
            is_chosen = self._first + place == search.place
            if is_chosen:
                edge = theme.color("accent")
                frame = QRectF(box).adjusted(-1, -1, 1, 1)
                rounded(painter, frame, RADIUS_SMALL + 1, None, edge, edge_px=2)
            self._paint_foot(painter, box, found)

    def _paint_words(self, painter: QPainter) -> None:
        search = self._evaluating.search
        if search.is_busy:
            words = tr("Looking for the regions")
        elif search.cell is None or not search.cell.is_error:
            words = tr("Choose an error of the matrix to see where it is made")
        else:
            words = tr(
                "No region: these two classes are never taken for each other here"
            )
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("text3"))
        box = self.rect().adjusted(0, 0, 0, -_FOOT)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown(words))

    def _paint_picture(self, painter: QPainter, box: QRect, found: FoundRegion) -> None:
        picture = self._pictures.get(found)
        if picture is None:
            rounded(painter, QRectF(box), RADIUS_SMALL, theme.color("raised"))
            if found in self._pictures:
                spot = QRectF(box.center().x() - 10, box.center().y() - 10, 20, 20)
                icons.paint(painter, spot, "image-broken", theme.color("text3"))
        else:
            painter.save()
            painter.setClipPath(rounded_path(QRectF(box), RADIUS_SMALL))
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(box, picture)
            painter.restore()
        mark = _MARKS.get(self._evaluating.search.decision(found))
        if mark is not None:
            icon, _, role = mark
            tag = QRectF(box.x() + 6, box.y() + 6, 24, 22)
            rounded(painter, tag, RADIUS_SMALL, theme.color("panel"))
            spot = QRectF(tag.x() + 4, tag.y() + 3, 16, 16)
            icons.paint(painter, spot, icon, theme.color(role))

    def _paint_foot(self, painter: QPainter, box: QRect, found: FoundRegion) -> None:
        line = QRectF(box.x() + 1, box.bottom() + 3, box.width() - 2, _FOOT - 2)
        painter.setFont(theme.font("cap", tabular=True))
        painter.setPen(theme.color("text"))
        area = tr("{area} px", area=figures.number(found.region.area))
        painter.drawText(line, _RIGHT, shown(area))
        room = line.width() - painter.fontMetrics().horizontalAdvance(shown(area)) - 6
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.color("text2"))
        name = QRectF(line.x(), line.y(), room, line.height())
        middle = Qt.TextElideMode.ElideMiddle
        draw_elided(painter, name, self._name(found.image), middle)

    def _name(self, image: "Path") -> str:
        done = self._evaluating.shown
        if done is not self._done:
            self._done, images = done, done.images if done else ()
            self._names = names_apart(item.image for item in images)
        return self._names.get(image, image.stem)

    # ------------------------------------------------------------ pictures

    def _ask(self) -> None:
        """Ask for the pictures in sight and the next ones; forget the others."""
        regions = self._evaluating.search.found.regions
        near = regions[self._first : self._first + 2 * self.fitting]
        waiting = self._wanted
        self._wanted = {found for found in near if found not in self._pictures}
        images: dict[Path, list[FoundRegion]] = {}
        for found in near:
            if found in self._wanted and found not in waiting:
                images.setdefault(found.image, []).append(found)
        for regions_of_one in images.values():
            self._request(tuple(regions_of_one))
        if len(self._pictures) > _KEPT:
            self._pictures = {
                found: self._pictures[found]
                for found in near
                if found in self._pictures
            }

    def _request(self, founds: tuple[FoundRegion, ...]) -> None:
        """Ask for the pictures of regions of one image; it is read once for all."""
        wanted = self._wanted_now

        def work() -> "tuple[NDArray[np.uint8], ...]":
            return crops_of(founds) if any(map(wanted, founds)) else ()

        self._evaluating.executor.submit(
            work,
            lambda crops: self._take(founds, crops),
            lambda _error: self._take(founds, (None,) * len(founds)),
        )

    def _wanted_now(self, found: FoundRegion) -> bool:
        return found in self._wanted

    def _take(
        self,
        founds: tuple[FoundRegion, ...],
        crops: "tuple[NDArray[np.uint8] | None, ...]",
    ) -> None:
        for found, pixels in zip(founds, crops, strict=False):
            self._wanted.discard(found)
            self._pictures[found] = (
                None if pixels is None else QPixmap.fromImage(rgb_image(pixels).image)
            )
        self.update()

    # ------------------------------------------------------------ mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a region."""
        place = self._place_at(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and place is not None:
            self.chosen.emit(place)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open a region."""
        if self._place_at(event.position().toPoint()) is not None:
            self.opened.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn to other regions."""
        way = event.angleDelta()
        step = -1 if (way.y() or way.x()) > 0 else 1
        last = max(0, len(self._evaluating.search.found.regions) - self.fitting)
        self._first = min(max(0, self._first + step), last)
        self._ask()
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go along the row; Enter opens."""
        key = Qt.Key(event.key())
        place = self._evaluating.search.place
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.chosen.emit(place + (1 if key == Qt.Key.Key_Right else -1))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def _place_at(self, at: QPoint) -> int | None:
        place = self._first + at.x() // (CROP[0] + _GAP)
        in_sight = at.x() >= 0 and at.y() <= CROP[1] + _FOOT
        known = place < len(self._evaluating.search.found.regions)
        return place if in_sight and known else None


class RegionStrip(QWidget):
    """The card with a confusion's regions and the verbs.

    Parameters
    ----------
    context
        The application.
    actions
        The commands' states.
    """

    def __init__(self, context: "AppContext", actions: "Actions") -> None:
        super().__init__()
        self._context = context
        self._evaluating = context.evaluating
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.row = RegionRow(self._evaluating)
        self.row.chosen.connect(self._evaluating.search.choose)
        self.row.opened.connect(self._on_row_opened)
        self._title = CellTitle(self._evaluating)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self._title, 1)
        keys = {command: chr(key) for key, command in _KEYS.items()}
        for command_id in list(_KEYS.values())[:3]:
            key = keys[command_id]
            head.addWidget(bound_button(context, actions, command_id, key=key))
        head.addWidget(
            bound_button(context, actions, "evaluation.open_region", Kind.GHOST)
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(_PAD, 10, _PAD, 8)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.row)
        self._end = self._evaluating.search.changed.connect(self._on_search_changed)
        self.destroyed.connect(self._end)
        self._on_search_changed()

    def take_key(self, key: int) -> bool:
        """Run the verb of a key; tells whether it has one."""
        command_id = _KEYS.get(Qt.Key(key))
        if command_id is None:
            return False
        self._context.commands.run(command_id)
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        del event
        painter = QPainter(self)
        box = QRectF(self.rect())
        rounded(painter, box, RADIUS_CARD, theme.color("panel"), theme.color("line"))

    def _on_search_changed(self) -> None:
        self.row.refresh()
        self._title.update()

    def _on_row_opened(self) -> None:
        self._context.commands.run("evaluation.open_region")

"""Docks left, right and below the canvas: sized, folded, pulled elsewhere, kept."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from segdesk.core.language import shown, tr
from segdesk.gui import icons
from segdesk.gui.components.menu import Menu
from segdesk.gui.dock_area import AreaPanel, make_splitter
from segdesk.gui.dock_frame import Dock
from segdesk.gui.dock_places import (
    FIRST_BOTTOM_PX,
    LATER,
    NARROW_PX,
    Area,
    DockPlace,
    DockState,
    Sides,
)
from segdesk.gui.drop_mark import DropMark

_EDGE_SHARE = 0.22  # of the host's width or height: where a pulled dock lands


class DockHost(QWidget):
    """The canvas with the docks round it.

    Parameters
    ----------
    centre
        What lies in the middle.
    docks
        All docks.
    """

    changed = Signal()
    raised = Signal(str)  # a dock that was asked for

    def __init__(self, centre: QWidget, docks: Sequence[Dock]) -> None:
        super().__init__()
        self._docks = {dock.dock_id: dock for dock in docks}
        self._centre = centre
        self._areas = {area: AreaPanel(area) for area in Area}
        self._middle = make_splitter(Qt.Orientation.Vertical)
        self._middle.addWidget(centre)
        self._middle.addWidget(self._areas[Area.BOTTOM])
        self._middle.setStretchFactor(0, 1)
        self._across = make_splitter(Qt.Orientation.Horizontal)
        self._across.addWidget(self._areas[Area.LEFT])
        self._across.addWidget(self._middle)
        self._across.addWidget(self._areas[Area.RIGHT])
        self._across.setStretchFactor(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._across)
        self._away = QWidget(self)
        self._away.hide()
        self._first: tuple[DockPlace, ...] = ()
        self._sides = Sides()
        self._target: tuple[Area, int] | None = None
        self._mark = DropMark(self)
        for dock in docks:
            dock.setParent(self._away)
            self._wire(dock)

    @property
    def centre(self) -> QWidget:
        """What lies in the middle."""
        return self._centre

    @property
    def areas(self) -> Mapping[Area, QWidget]:
        """The three areas."""
        return dict(self._areas)

    @property
    def are_docks_shown(self) -> bool:
        """Whether any dock is in sight."""
        return any(not panel.isHidden() for panel in self._areas.values())

    def dock(self, dock_id: str) -> Dock:
        """Return one dock."""
        return self._docks[dock_id]

    def area_of(self, dock_id: str) -> Area | None:
        """Return where a dock is; None: not in this layout."""
        dock = self._docks[dock_id]
        found = (a for a, panel in self._areas.items() if dock in panel.docks())
        return next(found, None)

    def show_dock(self, dock_id: str) -> None:
        """Bring a dock into sight: unfolded, and its area shown."""
        if self.area_of(dock_id) is None:
            self._add(dock_id)
        self._docks[dock_id].set_folded(False)
        self.set_docks_shown(True)
        self.raised.emit(dock_id)

    def close_dock(self, dock_id: str) -> None:
        """Take a dock out of this layout; `show_dock` brings it back."""
        self._docks[dock_id].setParent(self._away)
        for panel in self._areas.values():
            panel.settle()
        self.changed.emit()

    def set_docks_shown(self, shown: bool) -> None:
        """Hide all docks, or bring them back."""
        for panel in self._areas.values():
            if shown:
                panel.settle()
            else:
                panel.hide()

    def move_dock(self, dock_id: str, area: Area, index: int | None = None) -> None:
        """Put a dock into an area, before the dock at `index` or at the end."""
        dock = self._docks[dock_id]
        panel = self._areas[area]
        others = [other for other in panel.docks() if other is not dock]
        place = len(others) if index is None else min(index, len(others))
        panel.insert(place, dock)
        for each in self._areas.values():
            each.settle()
        self.changed.emit()

    def state(self) -> DockState:
        """Return how the docks lie now."""
        places = []
        for area, panel in self._areas.items():
            docks = zip(panel.docks(), panel.kept_sizes(), strict=True)
            for dock, size in docks:
                places.append(DockPlace(dock.dock_id, area, size, dock.is_folded))
        sides, down = self._seen_sides(), self._middle.sizes()
        return DockState(
            tuple(places), sides.left, sides.right, down[1], not self.are_docks_shown
        )

    def restore(self, state: DockState, first: Sequence[DockPlace], width: int) -> None:
        """Lay the docks as they lay; what is not known goes to its first place.

        Parameters
        ----------
        first
            Where the docks of the layout are at first; docks that are neither here nor
            in `state` are put away.
        width
            Of the window, in px: a narrow one has narrow docks.
        """
        self._first = tuple(place for place in first if place.id in self._docks)
        known = [place for place in state.places if place.id in self._docks]
        placed = {place.id for place in known}
        known.extend(place for place in self._first if place.id not in placed)
        for dock_id in self._docks.keys() - {place.id for place in known}:
            self._docks[dock_id].setParent(self._away)
        for area, panel in self._areas.items():
            places = [place for place in known if place.area is area]
            for index, place in enumerate(places):
                dock = self._docks[place.id]
                panel.insert(index, dock)
                dock.show()
                dock.set_folded(place.folded)
            panel.settle()
            panel.splitter.setSizes([place.size or 200 for place in places] + [0])
            panel.first = {place.id: place.size for place in self._first}
            panel.is_pulled = any(
                place.size != panel.first.get(place.id, place.size) for place in places
            )
            panel.fit()
        self._sides = Sides.of(state, width)
        self._lay_sides(width)
        self._middle.setSizes([10_000, state.bottom or FIRST_BOTTOM_PX])
        if state.hidden:
            self.set_docks_shown(False)
        self.changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Narrow the sides with the window, and widen them again with it."""
        before = self._seen_sides()
        super().resizeEvent(event)
        narrow = self.width() < NARROW_PX
        if narrow is not self._sides.narrow:
            self._sides = replace(before, narrow=narrow)
            self._lay_sides(self.width())

    def _seen_sides(self) -> Sides:
        """Return the sides as the user has pulled them; those out of sight as kept."""
        sizes, shown = self._across.sizes(), self._sides.shown
        left, right = sizes[0] or shown[0], sizes[2] or shown[1]
        return self._sides.seen(left, right)

    def _lay_sides(self, width: int) -> None:
        left, right = self._sides.shown
        self._across.setSizes([left, max(1, width - left - right), right])

    def _add(self, dock_id: str) -> None:
        area, size = LATER.get(dock_id, (Area.RIGHT, 200))
        known = (place for place in self._first if place.id == dock_id)
        area = next((place.area for place in known), area)
        panel, dock = self._areas[area], self._docks[dock_id]
        sizes = [each.height() for each in panel.docks()]
        panel.insert(len(sizes), dock)
        dock.show()
        panel.settle()
        if sizes and max(sizes) > size:
            sizes[sizes.index(max(sizes))] -= size
        panel.splitter.setSizes([*sizes, size, 0])
        self.changed.emit()

    def _wire(self, dock: Dock) -> None:
        dock.fold_changed.connect(self._on_dock_fold_changed)
        if hasattr(dock.content, "wanted_changed"):
            dock.content.wanted_changed.connect(self._on_content_wanted_changed)
        header = dock.header
        header.dragged.connect(lambda at, dock=dock: self._on_dragged(dock, at))
        header.dropped.connect(lambda at, dock=dock: self._on_dropped(dock, at))
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(
            lambda at, dock=dock: self._show_menu(dock, dock.header.mapToGlobal(at))
        )

    def _on_dock_fold_changed(self, _folded: bool) -> None:
        for panel in self._areas.values():
            if not panel.isHidden():
                panel.settle()
                panel.fit()
        self.changed.emit()

    def _on_content_wanted_changed(self) -> None:
        for panel in self._areas.values():
            if not panel.isHidden():
                panel.fit()

    def _show_menu(self, dock: Dock, at: QPoint) -> None:
        menu = Menu(self)
        here = self.area_of(dock.dock_id)
        icon_names = {
            Area.LEFT: "arrow-left",
            Area.RIGHT: "arrow-right",
            Area.BOTTOM: "arrow-down",
        }
        words = {
            Area.LEFT: tr("Move to the left"),
            Area.RIGHT: tr("Move to the right"),
            Area.BOTTOM: tr("Move below the picture"),
        }
        fold = menu.addAction(shown(tr("Unfold") if dock.is_folded else tr("Fold")))
        fold.setIcon(icons.icon("rows"))
        fold.triggered.connect(dock.toggle_fold)
        menu.addSeparator()
        for area, text in words.items():
            row = menu.addAction(icons.icon(icon_names[area]), shown(text))
            row.setEnabled(area is not here)
            row.setProperty("why", shown(tr("it is there")))
            row.triggered.connect(
                lambda _=False, area=area: self.move_dock(dock.dock_id, area)
            )
        if all(place.id != dock.dock_id for place in self._first):
            menu.addSeparator()
            row = menu.addAction(icons.icon("x"), shown(tr("Close panel")))
            row.triggered.connect(lambda: self.close_dock(dock.dock_id))
        menu.fit_width()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    def _on_dragged(self, dock: Dock, at: QPoint) -> None:
        self._target = self._target_at(dock, self.mapFromGlobal(at))
        if self._target is None:
            self._mark.hide()
            return
        self._mark.setGeometry(self._landing(*self._target))
        self._mark.show()
        self._mark.raise_()

    def _on_dropped(self, dock: Dock, at: QPoint) -> None:
        target = self._target_at(dock, self.mapFromGlobal(at))
        self._mark.hide()
        self._target = None
        if target is not None:
            self.move_dock(dock.dock_id, *target)

    def _target_at(self, dock: Dock, at: QPoint) -> tuple[Area, int] | None:
        """Return the area and the index in it that a point means, if any."""
        if not self.rect().contains(at):
            return None
        for area, panel in self._areas.items():
            box = QRect(panel.mapTo(self, QPoint(0, 0)), panel.size())
            if panel.isVisible() and box.contains(at):
                others = [other for other in panel.docks() if other is not dock]
                inside = panel.splitter.mapFrom(self, at)
                return area, sum(_is_past(other, inside, area) for other in others)
        if at.x() < self.width() * _EDGE_SHARE:
            return Area.LEFT, 0
        if at.x() > self.width() * (1 - _EDGE_SHARE):
            return Area.RIGHT, 0
        if at.y() > self.height() * (1 - _EDGE_SHARE):
            return Area.BOTTOM, 0
        return None

    def _landing(self, area: Area, index: int) -> QRect:
        panel = self._areas[area]
        if not panel.isVisible():
            width, height = self.width(), self.height()
            return {
                Area.LEFT: QRect(0, 0, 272, height),
                Area.RIGHT: QRect(width - 308, 0, 308, height),
                Area.BOTTOM: QRect(0, height - 240, width, 240),
            }[area]
        box = QRect(panel.mapTo(self, QPoint(0, 0)), panel.size())
        count = len(panel.docks()) + 1
        if area is Area.BOTTOM:
            part = box.width() // count
            return QRect(box.x() + index * part, box.y(), part, box.height())
        part = box.height() // count
        return QRect(box.x(), box.y() + index * part, box.width(), part)


def _is_past(dock: Dock, at: QPoint, area: Area) -> bool:
    middle = dock.geometry().center()
    return at.x() > middle.x() if area is Area.BOTTOM else at.y() > middle.y()

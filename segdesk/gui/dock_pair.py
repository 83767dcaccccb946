"""Two docks at one place: a tab for each, one of them in sight."""

from PySide6.QtCore import QObject

from segdesk.gui.components.tabs import Tabs
from segdesk.gui.dock_frame import Dock
from segdesk.gui.dock_host import DockHost


class DockPair(QObject):
    """Shows one of two docks while both lie in one area.

    Where the user pulls one of them elsewhere, both are in sight again.

    Parameters
    ----------
    host
        Holds both.
    """

    def __init__(self, host: DockHost, first: str, second: str) -> None:
        super().__init__(host)
        self._host = host
        self._docks = (host.dock(first), host.dock(second))
        self._chosen = first
        self._is_settling = False
        titles = {dock.dock_id: dock.panel.title for dock in self._docks}
        self._tabs: dict[str, Tabs] = {}
        for dock in self._docks:
            tabs = Tabs(titles, dock.panel.title)
            tabs.choose(dock.dock_id)
            tabs.chosen.connect(self.show)
            dock.header.add_tabs(tabs)
            self._tabs[dock.dock_id] = tabs
        host.changed.connect(self.settle)
        host.raised.connect(self._on_host_raised)
        self.settle()

    @property
    def is_paired(self) -> bool:
        """Whether both lie in one area."""
        areas = {self._host.area_of(dock.dock_id) for dock in self._docks}
        return len(areas) == 1 and None not in areas

    def show(self, dock_id: str) -> None:
        """Bring one of the two into sight."""
        self._chosen = dock_id
        self.settle()

    def settle(self) -> None:
        """Follow where the docks lie now."""
        if self._is_settling:
            return
        self._is_settling = True
        paired = self.is_paired
        for dock in self._docks:
            tabs = self._tabs[dock.dock_id]
            tabs.choose_silently(dock.dock_id)
            dock.header.set_tabbed(on=paired)
            if self._host.area_of(dock.dock_id) is not None:
                self._show(dock, on=not paired or dock.dock_id == self._chosen)
        self._is_settling = False

    def _show(self, dock: Dock, *, on: bool) -> None:
        if dock.isHidden() is on:
            dock.setVisible(on)

    def _on_host_raised(self, dock_id: str) -> None:
        if dock_id in self._tabs:
            self.show(dock_id)

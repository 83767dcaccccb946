"""The menus as lists of commands."""

from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from segdesk.app.tools.catalog import TOOLS
from segdesk.app.tools.refining import REFINEMENTS
from segdesk.core.language import shown, tr
from segdesk.core.video_source import is_video_name
from segdesk.gui import icons
from segdesk.gui.actions import Actions
from segdesk.gui.components.menu import Menu

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from segdesk.app.files.recent import RecentPlaces

LINE = "-"
RECENT = "recent"  # stands for the places that were open lately

MENUS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        tr("File"),
        (
            "file.open_files",
            "file.open_folder",
            "file.open_masks",
            "file.open_video",
            "file.open_live",
            RECENT,
            "file.open_sample",
            LINE,
            "file.save",
            "file.done",
            "file.review",
            LINE,
            "file.import_labels",
            "file.export_labels",
            "video.export",
            "file.split",
            LINE,
            "file.next",
            "file.previous",
            "file.next_unlabelled",
            "file.previous_unlabelled",
            LINE,
            "file.reveal",
            "file.stop_reading",
            "file.close",
            LINE,
            "app.settings",
            LINE,
            "app.quit",
        ),
    ),
    (
        tr("Edit"),
        (
            "edit.undo",
            "edit.redo",
            LINE,
            "edit.delete",
            "edit.change_class",
            LINE,
            "class.add",
            "class.rename",
            "class.lock",
            "class.delete",
            "class.write_colours",
            "class.undo_change",
            LINE,
            *(f"class.{refinement.id}" for refinement in REFINEMENTS),
            LINE,
            "edit.copy_view",
            LINE,
            "file.filter",
            "file.filters",
            "file.grid",
        ),
    ),
    (
        tr("View"),
        (
            "view.fit",
            "view.actual_size",
            "view.zoom_in",
            "view.zoom_out",
            LINE,
            "view.overlay",
            "view.contour_mode",
            "view.opacity_down",
            "view.opacity_up",
            "view.confidence",
            "view.entropy",
            "view.margin",
            "view.solo_class",
            "view.hide_class",
            "view.show_classes",
            "view.sort_by_share",
            LINE,
            "view.compare_one",
            "view.split",
            "view.linked",
            LINE,
            "view.annotate",
            "view.review",
            "view.train",
            "view.evaluate",
            "view.batch",
            "view.video",
            LINE,
            "view.bands",
            "view.pixel_grid",
            "view.navigator",
            "view.docks",
            "view.full_screen",
        ),
    ),
    (
        tr("Tools"),
        (
            *(f"tool.{tool.id}" for tool in TOOLS),
            LINE,
            "tool.rule_next",
            "tool.swap",
            "tool.ignore",
            "tool.fill_closed",
            LINE,
            "scribble.live",
            "scribble.deep",
            "scribble.update",
            "scribble.apply",
            "scribble.clear",
            LINE,
            "app.commands",
            "app.jobs",
        ),
    ),
    (
        tr("Model"),
        (
            "model.predict",
            "model.prepare",
            "model.prepare_many",
            "model.flip_and_scale",
            "model.large_in_windows",
            "model.explain",
            "prompt.models",
            LINE,
            "batch.open",
            "batch.results",
            LINE,
            "train.open",
            "train.pause",
            "train.go_on",
            "train.stop",
            "run.open",
            LINE,
            "model.accept_all",
            "model.accept_class",
            "model.ignore_unsure",
            "model.reject",
            LINE,
            "review.show",
            "review.rank",
            "review.train",
            LINE,
            "model.load",
            "model.unload",
            "model.card",
            LINE,
            "model.add",
            "model.add_folder",
            "model.zoo",
            "model.export",
            "model.remove",
            LINE,
            "model.restart_engine",
        ),
    ),
    (
        tr("Help"),
        (
            "tour.start",
            "app.keys",
            "app.welcome",
            "help.logs",
            LINE,
            "app.about",
        ),
    ),
)

SETTINGS: tuple[str, ...] = (
    "app.settings",
    "app.keys",
    LINE,
    "view.theme_system",
    "view.theme_dark",
    "view.theme_light",
    LINE,
    "view.docks",
    "view.full_screen",
    LINE,
    "help.logs",
    "app.about",
)


class CommandMenu(Menu):
    """A menu that is filled when it is first opened.

    Parameters
    ----------
    ids
        Ids of commands; LINE draws a line, RECENT a menu of places.
    recent
        The places, and what opens one of them.
    """

    def __init__(
        self,
        title: str,
        ids: tuple[str, ...],
        actions: Actions,
        recent: "RecentMenu | None" = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, title)
        self._ids = ids
        self._rows = actions
        self._recent = recent
        self.aboutToShow.connect(self.prepare)

    def prepare(self) -> None:
        """Fill the menu and bring its rows up to date; it does so as it opens."""
        if self.isEmpty():
            self._fill()
        self._rows.refresh()
        if self._recent is not None:
            self._recent.fill()
        self.fit_width()

    def _fill(self) -> None:
        for command_id in self._ids:
            if command_id == LINE:
                self.addSeparator()
            elif command_id == RECENT:
                if self._recent is not None:
                    self.addMenu(self._recent)
            else:
                self.addAction(self._rows.row(command_id))


class RecentMenu(Menu):
    """Places that were open lately; a click opens one."""

    def __init__(
        self,
        recent: "RecentPlaces",
        open_place: "Callable[[Path], object]",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, tr("Open recent"))
        self.setIcon(icons.icon("clock-counter-clockwise", active_role="onFill"))
        self._recent = recent
        self._open_place = open_place
        self.triggered.connect(self._on_triggered)

    def fill(self) -> None:
        """Show the places as they are now."""
        from pathlib import Path

        self.clear()
        for place in self._recent.places:
            name = place.name.replace("&", "&&")
            path = Path(place.path)
            icon = "image" if path.suffix else "folder"
            icon = "film-strip" if is_video_name(path) else icon
            row = self.addAction(icons.icon(icon, active_role="onFill"), name)
            row.setData(place.path)
        self.menuAction().setEnabled(bool(self._recent.places))
        self.menuAction().setProperty("why", shown(tr("nothing yet")))
        self.fit_width()

    def _on_triggered(self, row: QAction) -> None:
        from pathlib import Path

        self._open_place(Path(str(row.data())))

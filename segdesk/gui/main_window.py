"""The window: bars, welcome page, canvas with its docks, and what floats over them."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from segdesk.app.files.dropped import open_dropped
from segdesk.core.paths import user_config_dir
from segdesk.gui.actions import Actions
from segdesk.gui.app_bar import AppBar
from segdesk.gui.centre import Centre
from segdesk.gui.components import tips
from segdesk.gui.dock_frame import Dock, Panel
from segdesk.gui.dock_host import DockHost
from segdesk.gui.dock_places import Area, DockState
from segdesk.gui.dropped_paths import dropped_paths
from segdesk.gui.focus_areas import FocusAreas
from segdesk.gui.keyboard_home import KeyboardHome
from segdesk.gui.layouts import FIRST, LAYOUTS
from segdesk.gui.logo import window_icon
from segdesk.gui.notices import NoticeDesk
from segdesk.gui.pages.welcome import WelcomePage
from segdesk.gui.status_bar import StatusBar
from segdesk.gui.theme import Theme
from segdesk.gui.window_dialogs import WindowDialogs
from segdesk.gui.window_state import (
    WindowState,
    least_size,
    place_on,
    read_state,
    state_of,
    write_state,
)
from segdesk.gui.work_pages import WorkPages

if TYPE_CHECKING:
    from pathlib import Path

    from segdesk.app.context import AppContext
    from segdesk.app.session import FileList
    from segdesk.app.settings.settings import Preferences
    from segdesk.app.window_ports import ZoomPort
    from segdesk.gui.canvas_port import CanvasWidget
    from segdesk.gui.command_palette import CommandPalette

_STATE_FILE = "window.json"


class MainWindow(WindowDialogs):
    """The one window of the program; the application reaches it as a `WindowPort`.

    Parameters
    ----------
    theme
        The colours and fonts in force.
    is_passing
        Begin as on the first day, and keep nothing for the next.
    """

    def __init__(self, theme: Theme, *, is_passing: bool = False) -> None:
        super().__init__()
        self._theme = theme
        self._text_scale = theme.text_scale
        self.may_close: Callable[[], bool] = lambda: True
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._palette: CommandPalette | None = None
        self._canvas_layout = ""  # the last layout without a page of its own
        self._root: Path | None = None
        self._viewer_zoom = 0.0
        self._layout = LAYOUTS[FIRST]
        self.setObjectName("mainWindow")
        self.setWindowTitle("SegDesk")
        self.setWindowIcon(window_icon())
        self.setAcceptDrops(True)
        self._state_path = user_config_dir() / _STATE_FILE
        self._keeps_state = not is_passing
        self._state = WindowState() if is_passing else read_state(self._state_path)
        screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
        least = least_size(screens)
        self.setMinimumSize(least)
        self.setGeometry(place_on(self._state, screens, least))

    # ------------------------------------------------------------ putting together

    def assemble(
        self, context: "AppContext", viewer: "CanvasWidget", docks: Sequence[Panel]
    ) -> None:
        """Put everything into the window.

        Parameters
        ----------
        viewer
            A widget: the canvas.
        docks
            Widgets: what the docks hold.
        """
        if not isinstance(viewer, QWidget):
            msg = "the viewer must be a widget"
            raise TypeError(msg)
        self._context = context
        self._viewer = viewer
        self.command_actions = Actions(context, self)
        self.app_bar = AppBar(context, self.command_actions)
        self.app_bar.bell.clicked.connect(self._on_bell_clicked)
        self.centre = Centre(context, self.command_actions, viewer, viewer.canvas)
        self.dock_host = DockHost(
            self.centre,
            [Dock(panel, context, self.command_actions) for panel in docks],
        )
        self._panels = tuple(docks)
        self._dock_states = dict(self._state.layouts)
        self._lay_out(self._state.layout)
        self.welcome = WelcomePage(context, self.command_actions)
        self.status_bar = StatusBar(context, self.command_actions)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.welcome)
        self._stack.addWidget(self.dock_host)
        self.work_pages = WorkPages(context, self.command_actions, self._stack)
        self._column.addWidget(self.app_bar)
        self._column.addWidget(self._stack, 1)
        self._column.addWidget(self.status_bar)
        self.notice_desk = NoticeDesk(
            context.notices, self, self._notice_area, self.app_bar.bell
        )
        self.notice_desk.follow(viewer, viewer.canvas)
        self.centre.proposal_bar.placed.connect(self.notice_desk.place)
        self._focus_areas = FocusAreas(self, self._areas)
        self._home = KeyboardHome(self, viewer.canvas, self.dock_host.isVisible)
        self.command_actions.serve(self._key_widgets())
        viewer.cursor_moved.connect(self.status_bar.show_reading)
        viewer.zoom_changed.connect(self._on_viewer_zoom_changed)
        self.work_pages.zoom_shown = self._show_zoom
        self._watch(context)
        self.show_welcome()
        self._theme.lay_sheet()

    def _watch(self, context: "AppContext") -> None:
        context.session.files_changed.connect(self._on_session_files_changed)
        context.session.image_changed.connect(self._show_title)
        context.autosave.changed.connect(self._show_title)
        context.opening.changed.connect(self._on_opening_changed)
        context.settings.changed.connect(self._on_settings_changed)
        self._on_settings_changed(context.settings.preferences)
        self._theme.changed.connect(self._on_theme_changed)

    def _key_widgets(self) -> list[QWidget]:
        lists: list[QWidget] = list(self.dock_host.findChildren(QAbstractItemView))
        return [self._viewer, self._viewer.canvas, *lists]

    @property
    def options_bar(self) -> QWidget:
        """The bar that is over the canvas now."""
        return self.centre.options_bar

    # ------------------------------------------------------------ the window's port

    def show_palette(self, prefix: str = "") -> None:
        """Open the command palette with `prefix` typed."""
        if self._palette is None:
            from segdesk.gui.command_palette import CommandPalette

            self._palette = CommandPalette(self._context, self)
        tips.hide()
        self._palette.open(prefix)

    def show_welcome(self) -> None:
        """Show the welcome page."""
        self._stack.setCurrentWidget(self.welcome)
        self.status_bar.hide()
        self.app_bar.layout_switch.hide()
        self.welcome.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_title()
        self.notice_desk.place()

    def show_viewer(self) -> None:
        """Show the canvas with its docks."""
        if self._layout.page:
            self._lay_out(self._canvas_layout)
        self._show_work()

    def _show_work(self) -> None:
        """Show the canvas with its docks, or the page of the layout in force."""
        page = self.work_pages.page(self._layout.page)
        shown = page or self.dock_host
        if self._stack.currentWidget() is shown:
            return
        self._stack.setCurrentWidget(shown)
        self._show_zoom()
        self.status_bar.show()
        self.app_bar.layout_switch.show()
        if page is None:
            self._home.take()
        else:
            page.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_title()
        QTimer.singleShot(0, self.notice_desk, self.notice_desk.place)

    def show_dock(self, dock_id: str) -> None:
        """Open and raise a dock: "files", "classes", "models" or "jobs"."""
        self.show_viewer()
        self.dock_host.show_dock(dock_id)

    @property
    def zooming(self) -> "ZoomPort":
        """The picture in sight: the viewer's, or that of a page."""
        return self.work_pages.zoomed or self._context.viewer

    @property
    def layout_id(self) -> str:
        """The layout in force, such as "annotate" or "review"."""
        return self._layout.id

    def set_layout(self, layout_id: str) -> None:
        """Lay docks and bars for another kind of work; zoom and place stay."""
        if layout_id != self._layout.id:
            self._lay_out(layout_id)
        self._show_work()

    def _lay_out(self, layout_id: str) -> None:
        before = self._canvas_layout
        self._layout = LAYOUTS.get(layout_id, LAYOUTS[FIRST])
        self.command_actions.refresh_soon()
        if self._layout.page or self._layout.id == before:
            return
        if before:
            self._dock_states[before] = self.dock_host.state()
        self._canvas_layout = str(self._layout.id)
        kept = self._dock_states.get(self._layout.id, DockState())
        self.dock_host.restore(kept, self._layout.docks, self.width())
        self.centre.set_has_tools(self._layout.has_tools)
        for panel in self._panels:
            told = getattr(panel, "set_layout", None)
            if told is not None:
                told(self._layout.id)

    def name_class(self, index: int | None) -> None:
        """Let the user type the name of a class; None: of a new one."""
        self.show_dock("classes")
        begin = getattr(self.dock_host.dock("classes").panel, "begin_naming", None)
        if begin is not None:
            begin(index)

    def toggle_docks(self) -> None:
        """Hide all docks, or bring them back."""
        self.show_viewer()
        self.dock_host.set_docks_shown(not self.dock_host.are_docks_shown)

    def toggle_full_screen(self) -> None:
        """Enter or leave full screen."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def focus_filter(self) -> None:
        """Put the cursor into the file filter."""
        focus = getattr(self.dock_host.dock("files").panel, "focus_filter", None)
        if focus is not None:
            focus()

    def set_theme(self, name: str) -> None:
        """Switch to "system", "dark" or "light"."""
        self._theme.set_name(name)

    # ------------------------------------------------------------ events

    def showEvent(self, event: QShowEvent) -> None:
        """Take up the maximized state of the last sitting."""
        super().showEvent(event)
        if self._state.maximized and not event.spontaneous():
            self.setWindowState(Qt.WindowState.WindowMaximized)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep where everything was, unless something speaks against it."""
        tips.hide()
        if not self.may_close():
            event.ignore()
            return
        if self._column.count():
            self._dock_states[self._canvas_layout] = self.dock_host.state()
            self._state = state_of(self, self._canvas_layout, self._dock_states)
            if self._keeps_state:
                write_state(self._state_path, self._state)
        super().closeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go back to the picture with Esc."""
        if event.key() == Qt.Key.Key_Escape:
            if self.isFullScreen():
                self.toggle_full_screen()
            elif self._stack.currentWidget() is self.dock_host:
                self._home.escape(self._context.session)
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files anywhere in the window."""
        if dropped_paths(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        open_dropped(self._context, dropped_paths(event))
        event.acceptProposedAction()

    # ------------------------------------------------------------ slots

    def _on_session_files_changed(self, files: "FileList") -> None:
        if files.paths and files.root != self._root:
            self.show_viewer()
        elif files.paths:
            self._show_work()
        self._root = files.root
        self._show_title()

    def _on_opening_changed(self) -> None:
        if self._context.opening.is_busy:
            self._show_work()

    def _on_settings_changed(self, preferences: "Preferences") -> None:
        self.notice_desk.animated = not preferences.reduce_motion
        self.notice_desk.toast_s = preferences.toast_s
        tips.turn(on=preferences.tooltips)
        self._theme.follow(preferences)

    def _on_theme_changed(self) -> None:
        self.update()
        grown, self._text_scale = self._text_scale, self._theme.text_scale
        for child in self.findChildren(QWidget):
            if grown != self._text_scale:
                child.updateGeometry()
            child.update()

    def _on_viewer_zoom_changed(self, zoom: float) -> None:
        self._viewer_zoom = zoom
        self._show_zoom()

    def _show_zoom(self) -> None:
        page = self.work_pages.zoomed
        zoom = self._viewer_zoom if page is None else page.zoom
        self.status_bar.show_zoom(zoom or None)

    def _on_bell_clicked(self) -> None:
        from segdesk.gui.notice_list import NoticeList

        self.notice_desk.all_seen()
        notices = NoticeList(self._context.notices.history, self)
        notices.show_below(self.app_bar.bell)

    def _show_title(self, _image: object = None) -> None:
        files = self._context.session.files
        path = files.current_path
        annotation = self._context.annotations.current
        is_dirty = annotation is not None and annotation.is_dirty
        parts = [("● " if is_dirty else "") + path.name] if path else []
        folder = files.root or (path.parent if path else None)
        if folder is not None:
            parts.append(folder.name)
        self.setWindowTitle(" — ".join((*parts, "SegDesk")))

    def _notice_area(self) -> QRect:
        shown = self._stack.currentWidget()
        inside = self._viewer if shown in (self.dock_host, None) else shown
        corner = inside.mapTo(self, QPoint(0, 0))
        lift = self.centre.proposal_bar.lift if inside is self._viewer else 0
        return QRect(corner, inside.size()).adjusted(0, 0, 0, -lift)

    def _areas(self) -> list[QWidget]:
        if self._stack.currentWidget() is self.welcome:
            return [self.app_bar, self.welcome]
        if (page := self.work_pages.shown) is not None:
            return [self.app_bar, page, self.status_bar]
        docks = self.dock_host.areas
        return [
            self.app_bar,
            docks[Area.LEFT],
            self.centre.options_bar,
            self.centre.strip,
            self._viewer,
            docks[Area.RIGHT],
            docks[Area.BOTTOM],
            self.status_bar,
        ]

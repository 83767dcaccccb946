"""The viewer: the canvas, what lies on it, and the session that both follow."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QMimeData, QRect, QRectF, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from segdesk.app.annotate.unlabelled_view import UnlabelledView
from segdesk.app.commands import CommandRegistry
from segdesk.app.keys.keymap import Keymap
from segdesk.app.proposals.alignment import with_extra
from segdesk.app.scribble.book import ScribbleBook
from segdesk.app.session import Session
from segdesk.app.settings.settings import Preferences, Settings
from segdesk.app.window_ports import AnnotatingPort
from segdesk.core.classes import ClassList, is_background_name
from segdesk.core.geometry import Rect
from segdesk.core.language import tr
from segdesk.gui import theme
from segdesk.gui.viewer.canvas import Canvas
from segdesk.gui.viewer.canvas_keys import HeldKeys
from segdesk.gui.viewer.drop_zone import DropVeil, DropZone
from segdesk.gui.viewer.frame import Labels, Scene
from segdesk.gui.viewer.hud import Hud
from segdesk.gui.viewer.wheel import WheelHabits
from segdesk.gui.wording import put

_UNNAMED = ClassList.from_names((tr("Class 0"),))


class Viewer(QWidget):
    """Shows the session's image with what the model says of it.

    `cursor_moved` carries a `PixelReading`, or None outside of the image;
    `zoom_changed` the zoom, 1.0 for 100 %, 0.0 without an image; `files_dropped` a list
    of paths.

    Parameters
    ----------
    session
        What is open; the viewer follows its signals.
    commands
        What the buttons of the empty viewer run.
    """

    cursor_moved = Signal(object)
    zoom_changed = Signal(float)
    files_dropped = Signal(list)

    def __init__(
        self, session: Session, commands: CommandRegistry, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._commands = commands
        self._annotating: AnnotatingPort | None = None
        self._unlabelled: UnlabelledView | None = None
        self._hide_held = False
        self._zoom = 0.0
        self.canvas = Canvas(self)
        self._hud = Hud(session, self.canvas)
        self._drop_zone = DropZone(commands, self)
        self._drop_veil = DropVeil(self)
        self.setFocusProxy(self.canvas)
        self.setAcceptDrops(True)
        self.canvas.hovered.connect(self.cursor_moved)
        self.canvas.moved.connect(self._on_canvas_moved)
        self.canvas.hide_held.connect(self._on_canvas_hide_held)
        self.canvas.hand.opened.connect(self._show_scene)
        self.canvas.opacity_stepped.connect(self._on_canvas_opacity_stepped)
        session.image_changed.connect(self._on_session_changed)
        session.proposal_changed.connect(self._on_session_changed)
        session.doubts_changed.connect(self._on_session_changed)
        session.classes_changed.connect(self._on_session_changed)
        session.view_changed.connect(self._on_session_changed)
        theme.active().changed.connect(self._on_theme_changed)
        self._show_scene()

    def attach(
        self, annotating: AnnotatingPort, settings: Settings, keymap: Keymap
    ) -> None:
        """Show the annotation that is open, and let tools work on it."""
        self._follow_keys(keymap)
        keymap.changed.connect(lambda: self._follow_keys(keymap))
        self._annotating = annotating
        self._unlabelled = UnlabelledView(self._session, annotating)
        self.canvas.hand.attach(annotating)
        settings.changed.connect(self._on_settings_changed)
        self._on_settings_changed(settings.preferences)
        self._show_scene()

    def show_scribbles(self, book: ScribbleBook) -> None:
        """Draw the scribbles of the image while their tool is in the hand."""
        self.canvas.hand.follow_scribbles(book)

    def _follow_keys(self, keymap: Keymap) -> None:
        self.canvas.held = HeldKeys.of(keymap)

    @property
    def zoom(self) -> float:
        """Device pixels for one image pixel; 0.0 without an image."""
        has_image = self.canvas.stage.scene is not None
        return self.canvas.stage.viewport.scale if has_image else 0.0

    def visible_rect(self) -> QRectF:
        """Return the part of the image in view, in image pixels."""
        part = self.canvas.stage.viewport.visible
        return QRectF(*part) if part else QRectF()

    def keep_clear(self, card: QRect) -> None:
        """Let a fitted picture and the navigator lie clear of a card on the canvas.

        It stays so when the card goes: the picture would jump with every image.

        Parameters
        ----------
        card
            At the lower edge, in logical px.
        """
        viewport = self.canvas.stage.viewport
        foot = max(0, self.height() - card.top())
        self._hud.keep_clear(card)
        viewport.foot = round(foot * self.canvas.stage.ratio)
        if viewport.is_fitted:
            self.canvas.fit()
        else:
            self._hud.place()

    def grab_view(self) -> QImage:
        """Return what the panes show, in device pixels, without tags and handles."""
        return self.canvas.picture()

    def copy_view(self) -> None:
        """Put what the panes show on the clipboard."""
        QGuiApplication.clipboard().setImage(self.grab_view())

    def fit(self) -> None:
        """Show the whole image."""
        self.canvas.fit()

    def actual_size(self) -> None:
        """Show one image pixel as one screen pixel."""
        self.canvas.actual_size()

    def zoom_in(self) -> None:
        """Zoom in one step about the middle of the view."""
        self.canvas.zoom_step(closer=True)

    def zoom_out(self) -> None:
        """Zoom out one step about the middle of the view."""
        self.canvas.zoom_step(closer=False)

    def show_part(self, part: Rect) -> None:
        """Zoom to a part of the image, in its pixels, with some room round it."""
        viewport = self.canvas.stage.viewport
        viewport.zoom_to_part(part)
        self.canvas.centre_on(part.x + part.width / 2, part.y + part.height / 2)

    def look_at(self, x: float, y: float, zoom: float) -> None:
        """Show a place of the image in the middle, at a zoom; 1.0 is 100 %."""
        self.canvas.stage.viewport.zoom_to(zoom)
        self.canvas.centre_on(x, y)

    def reveal(self, part: Rect) -> None:
        """Bring a part of the image into view, at the same zoom, unless it is there."""
        seen, wanted = self.visible_rect(), QRectF(*part)
        fits = wanted.width() <= seen.width() and wanted.height() <= seen.height()
        if not (seen.contains(wanted) if fits else seen.intersects(wanted)):
            self.canvas.centre_on(wanted.center().x(), wanted.center().y())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give canvas and drop zone the whole room."""
        super().resizeEvent(event)
        for part in (self.canvas, self._drop_zone, self._drop_veil):
            part.setGeometry(self.rect())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Show that files may be dropped here."""
        if _paths_in(event.mimeData()):
            event.acceptProposedAction()
            self._show_drop_target(shown=True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Look as before."""
        super().dragLeaveEvent(event)
        self._show_drop_target(shown=False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Tell which files were dropped."""
        self._show_drop_target(shown=False)
        paths = _paths_in(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.files_dropped.emit(paths)

    def _show_drop_target(self, *, shown: bool) -> None:
        empty = self._session.image is None
        self._drop_zone.set_lit(shown and empty)
        self._drop_veil.setVisible(shown and not empty)
        self._drop_veil.raise_()

    def _show_scene(self) -> None:
        scene = self._scene()
        self.canvas.set_scene(scene)
        put(self.canvas.setAccessibleDescription, _described(scene))
        self.canvas.setVisible(scene is not None)
        self._drop_zone.setVisible(scene is None)

    def _scene(self) -> Scene | None:
        session = self._session
        if session.image is None:
            return None
        prediction = session.proposal.prediction if session.proposal else None
        size = (session.image.height, session.image.width)
        if prediction is not None and prediction.labels.shape != size:
            prediction = None
        classes = session.classes or (prediction.classes if prediction else _UNNAMED)
        view = session.view
        if prediction is not None:
            count, classes = len(classes), with_extra(classes, prediction.classes)
            ground = frozenset(
                index
                for index in range(count, len(classes))
                if is_background_name(classes.names[index])
            )
            if ground:  # there is no row in the legend to hide it by
                view = replace(view, hidden=view.hidden | ground)
        return Scene(
            session.image,
            prediction,
            classes,
            view,
            bare=self._hide_held,
            labels=self._labels(size),
            doubts=session.doubts,
        )

    def _labels(self, size: tuple[int, int]) -> Labels | None:
        document = self._annotating.document if self._annotating else None
        if document is None or document.labels.shape != size:
            return None
        return Labels(document.labels, document.unlabelled)

    def _on_session_changed(self, _value: object) -> None:
        self._show_scene()

    def _on_settings_changed(self, preferences: Preferences) -> None:
        self.canvas.hand.is_animated = not preferences.reduce_motion
        self.canvas.wheel = WheelHabits.of(preferences)

    def _on_theme_changed(self) -> None:
        for part in (self.canvas, self._drop_zone, self._drop_veil):
            part.update()

    def _on_canvas_moved(self) -> None:
        self._hud.place()
        zoom = self.zoom
        if zoom != self._zoom:
            self._zoom = zoom
            self.zoom_changed.emit(zoom)

    def _on_canvas_hide_held(self, held: bool) -> None:
        self._hide_held = held
        self._show_scene()

    def _on_canvas_opacity_stepped(self, step: int) -> None:
        self._commands.run("view.opacity_up" if step > 0 else "view.opacity_down")


def _described(scene: Scene | None) -> str:
    if scene is None:
        return tr("No image")
    image = scene.image
    return tr(
        "{name}, {width} × {height} px",
        name=image.path.name,
        width=image.width,
        height=image.height,
    )


def _paths_in(data: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]

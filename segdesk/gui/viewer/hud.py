"""What lies on the canvas: tags, the heat map's scale, the handle, the navigator."""

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

from segdesk.app.session import Session
from segdesk.app.view_state import HEATS, Compare, Layer
from segdesk.core.language import tr
from segdesk.gui.viewer.busy_tag import BusyTag
from segdesk.gui.viewer.canvas import Canvas
from segdesk.gui.viewer.cards import ErrorKey, HeatScale
from segdesk.gui.viewer.layer_tag import LayerTag
from segdesk.gui.viewer.navigator import FRAME_PX, Navigator
from segdesk.gui.viewer.panes import Side
from segdesk.gui.viewer.split_handle import STEPS, WIDTH_PX, SplitHandle

_INSET_PX = 12
_NAVIGATOR_INSET_PX = 16


class Hud:
    """Keeps the things on the canvas in their places and in step with the session."""

    def __init__(self, session: Session, canvas: Canvas) -> None:
        self._session = session
        self._canvas = canvas
        self._card = QRect()
        self.navigator = Navigator(canvas)
        canvas.let_float(self.navigator)
        self.other_tag = LayerTag(canvas)
        self.main_tag = LayerTag(canvas)
        self.scale = HeatScale(canvas)
        self.error_key = ErrorKey(canvas)
        self.handle = SplitHandle(canvas)
        self.busy = BusyTag(canvas)
        canvas.hand.worked.connect(self.busy.show_work)
        canvas.hand.painted.connect(self.navigator.touch)
        self.handle.valueChanged.connect(self._on_handle_value_changed)
        self.navigator.aimed.connect(canvas.centre_on)
        self.other_tag.chosen.connect(self._on_other_tag_chosen)
        self.main_tag.chosen.connect(self._on_main_tag_chosen)

    def keep_clear(self, card: QRect) -> None:
        """Let nothing lie under a card at the lower edge of the canvas."""
        self._card = card

    def place(self) -> None:
        """Put everything where it belongs now."""
        self._place_tags()
        self._place_card(self.scale, *HEATS)
        self._place_card(self.error_key, Layer.ERRORS)
        self._place_handle()
        self._place_navigator()
        self.busy.place()

    def _place_tags(self) -> None:
        sides = self._canvas.stage.sides
        for tag in (self.other_tag, self.main_tag):
            side = next(
                (side for side in sides if side.is_main is (tag is self.main_tag)), None
            )
            if side is None or len(sides) < 2:
                tag.hide()
                continue
            tag.show_layer(side.layer, tr("Left") if side is sides[0] else tr("Right"))
            clip = self._logical(side)
            tag.move(clip.x() + _INSET_PX, _INSET_PX)
            tag.setVisible(clip.width() >= tag.width() + 2 * _INSET_PX)

    def _place_card(self, card: QWidget, *layers: Layer) -> None:
        """Put what explains a layer's colours on the side that shows it."""
        stage = self._canvas.stage
        scene = stage.scene
        side = next(
            (
                side
                for side in stage.sides
                if scene and scene.seen(side.layer) in layers
            ),
            None,
        )
        if side is None:
            card.hide()
            return
        if card is self.scale:
            self.scale.show_layer(side.layer)
        clip = self._logical(side)
        tag = self.main_tag if side.is_main else self.other_tag
        beside = tag.width() + card.width() + 3 * _INSET_PX
        tagged = len(stage.sides) > 1
        below = tagged and clip.width() < beside
        card.move(
            clip.x() + _INSET_PX
            if below
            else clip.right() + 1 - _INSET_PX - card.width(),
            _INSET_PX + (tag.height() + 8 if below else 0),
        )
        card.setVisible(clip.width() >= card.width() + 2 * _INSET_PX)

    def _place_handle(self) -> None:
        view = self._session.view
        shown = bool(self._canvas.stage.sides) and view.compare is Compare.SPLIT
        self.handle.setVisible(shown)
        if not shown:
            return
        self.handle.blockSignals(True)
        self.handle.setValue(round(view.split * STEPS))
        self.handle.blockSignals(False)
        x = round(self._canvas.width() * view.split) - WIDTH_PX // 2
        self.handle.setGeometry(x, 0, WIDTH_PX, self._canvas.height())

    def _place_navigator(self) -> None:
        viewport, scene = self._canvas.stage.viewport, self._canvas.stage.scene
        visible = viewport.visible
        shown = (
            scene is not None
            and visible is not None
            and self._session.view.navigator
            and not viewport.shows_all
            and self.navigator.suits(scene.size)
        )
        self.navigator.setVisible(shown)
        if scene is None or visible is None or not shown:
            return
        self.navigator.show_part(scene, visible)
        inset = _NAVIGATOR_INSET_PX - FRAME_PX
        spot = QRect(self.navigator.rect()).translated(
            self._canvas.width() - self.navigator.width() - inset,
            self._canvas.height() - self.navigator.height() - inset,
        )
        if spot.intersects(self._card):
            spot.moveBottom(self._card.top() - inset)
        self.navigator.move(spot.topLeft())

    def _logical(self, side: Side) -> QRect:
        ratio = self._canvas.stage.ratio
        clip = side.clip
        left, right = round(clip.x() / ratio), round((clip.right() + 1) / ratio)
        return QRect(left, 0, right - left, self._canvas.height())

    def _on_handle_value_changed(self, value: int) -> None:
        self._session.update_view(split=value / STEPS)

    def _on_other_tag_chosen(self, layer: Layer) -> None:
        self._session.update_view(other=layer)

    def _on_main_tag_chosen(self, layer: Layer) -> None:
        self._session.update_view(main=layer)

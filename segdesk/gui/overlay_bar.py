"""How the overlay looks: its opacity, and whether regions are filled or outlined."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from segdesk.app.view_state import OverlayLook
from segdesk.core.language import tr
from segdesk.gui.components import Label, Segment, Segmented, Slider, Tip
from segdesk.gui.components.tips import give
from segdesk.gui.item_models import figures
from segdesk.gui.key_following import follow_keys
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.context import AppContext

_NAME_FROM_PX = 280
_LOOKS = (
    Segment(
        OverlayLook.FILL_AND_CONTOUR,
        icon="square-half",
        tip=Tip(tr("Fill and contour")),
    ),
    Segment(OverlayLook.CONTOUR, icon="bounding-box", tip=Tip(tr("Contour alone"))),
    Segment(OverlayLook.FILL, icon="square-fill", tip=Tip(tr("Fill alone"))),
)


class OverlayBar(QWidget):
    """Opacity and look of the overlay.

    Parameters
    ----------
    context
        The application.
    """

    def __init__(self, context: "AppContext") -> None:
        super().__init__()
        self._context = context
        self._session = context.session
        self.opacity = Slider(tr("Overlay opacity"), default=45)
        self.look = Segmented(_LOOKS, tr("Look of the overlay"), height=26)
        self._percent = Label("", "small", "text2", tabular=True)
        self._percent.setMinimumWidth(36)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        self._percent.setAlignment(right)
        self._name = Label(tr("Overlay"), "small", "text2")
        self._name.setMinimumWidth(56)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 2, 10, 6)
        row.setSpacing(8)
        row.addWidget(self._name)
        row.addWidget(self.opacity, 1)
        row.addWidget(self._percent)
        row.addWidget(self.look)
        follow_keys(context, self, self._show_keys)
        self.opacity.moved.connect(self._on_opacity_moved)
        self.look.chosen.connect(self._on_look_chosen)

    def _show_keys(self) -> None:
        keymap = self._context.keymap
        keys = tr(
            "{less} {more}",
            less=keymap.shown("view.opacity_down"),
            more=keymap.shown("view.opacity_up"),
        )
        sentence = tr(
            "How strongly the classes cover the picture. Double click resets."
        )
        give(self.opacity, Tip(tr("Overlay opacity"), keys.strip(), sentence))

    def minimumSizeHint(self) -> QSize:
        """Return the width without the name of the slider."""
        return QSize(200, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the name out where there is little room."""
        super().resizeEvent(event)
        self._name.setVisible(event.size().width() >= _NAME_FROM_PX)

    def show_view(self) -> None:
        """Take over what the session says now."""
        view = self._session.view
        self.opacity.setValue(round(view.opacity * 100))
        self.look.choose(view.look)
        put(self._percent.setText, figures.whole_percent(view.opacity))

    def _on_opacity_moved(self, value: int) -> None:
        self._session.update_view(opacity=value / 100)

    def _on_look_chosen(self, look: str) -> None:
        self._session.update_view(look=OverlayLook(look))

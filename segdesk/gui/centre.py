"""The middle of the window: the canvas, the bar over it, the tools beside it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from segdesk.core.shapes import Point
from segdesk.gui.accept_gesture import AcceptGesture, Gesture
from segdesk.gui.options_bar import OptionsBar
from segdesk.gui.proposal_bar import ProposalBar
from segdesk.gui.tool_options import ToolOptionsBar
from segdesk.gui.tool_strip import ToolStrip

if TYPE_CHECKING:
    from segdesk.app.context import AppContext
    from segdesk.app.tools.preview import MaskPreview
    from segdesk.gui.actions import Actions
    from segdesk.gui.viewer.hand import ToolHand
    from segdesk.gui.viewer.stage import Stage

_HAND = "pan"


class Centre(QWidget):
    """The canvas with what belongs to it.

    Parameters
    ----------
    context
        The application.
    actions
        The commands' rows and states.
    viewer
        Holds the canvas.
    canvas
        What is clicked.
    """

    def __init__(
        self,
        context: "AppContext",
        actions: "Actions",
        viewer: QWidget,
        canvas: QWidget,
    ) -> None:
        super().__init__()
        self._context = context
        self._viewer, self._canvas = viewer, canvas
        self._tool_before = ""
        self.review_bar = OptionsBar(context, actions)
        self.tool_bar = ToolOptionsBar(context, actions)
        self.strip = ToolStrip(context, actions)
        self.proposal_bar = ProposalBar(context, actions, viewer)
        self.gesture = AcceptGesture(context, canvas, self._to_image, self._outline)
        self.proposal_bar.asked.connect(self._on_asked)
        self.proposal_bar.placed.connect(self._on_bar_placed)
        self.gesture.armed_changed.connect(self.proposal_bar.show_armed)
        self._has_tools = True
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.review_bar)
        column.addWidget(self.tool_bar)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.strip)
        row.addWidget(viewer, 1)
        column.addLayout(row, 1)
        self._show_bars()

    @property
    def options_bar(self) -> QWidget:
        """The bar that is over the canvas now."""
        return self.tool_bar if self._has_tools else self.review_bar

    def set_has_tools(self, has_tools: bool) -> None:
        """Show the tools and their options, or model and comparison.

        Without the tools in sight the hand pans; the tool comes back with them.
        """
        annotating = self._context.annotating
        if has_tools is not self._has_tools:
            tool = annotating.choices.tool
            if not has_tools:
                self._tool_before = tool
            annotating.choose(tool=self._tool_before or tool if has_tools else _HAND)
        self._has_tools = has_tools
        self._show_bars()

    def _show_bars(self) -> None:
        self.strip.setVisible(self._has_tools)
        self.tool_bar.setVisible(self._has_tools)
        self.review_bar.setVisible(not self._has_tools)

    def _on_bar_placed(self) -> None:
        keep_clear = getattr(self._viewer, "keep_clear", None)
        if keep_clear is not None and not self.proposal_bar.isHidden():
            keep_clear(self.proposal_bar.card)

    def _on_asked(self, gesture: str) -> None:
        self.gesture.arm(Gesture(gesture))

    def _outline(self, region: "MaskPreview | None") -> None:
        hand: ToolHand | None = getattr(self._canvas, "hand", None)
        if hand is not None:
            hand.outline(region)

    def _to_image(self, at: QPointF) -> Point | None:
        stage: Stage | None = getattr(self._canvas, "stage", None)
        if stage is None:
            return None
        x, y = at.x() * stage.ratio, at.y() * stage.ratio
        side = stage.side_at(QPoint(round(x), round(y)))
        return None if side is None else Point(*stage.to_image(side, x, y))

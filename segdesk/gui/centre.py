"""The middle of the window: the canvas, the bar over it, the tools beside it."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from segdesk.gui.options_bar import OptionsBar
from segdesk.gui.proposal_bar import ProposalBar
from segdesk.gui.tool_options import ToolOptionsBar
from segdesk.gui.tool_strip import ToolStrip

if TYPE_CHECKING:
    from segdesk.app.context import AppContext
    from segdesk.gui.actions import Actions


class Centre(QWidget):
    """The canvas with what belongs to it.

    Parameters
    ----------
    context
        The application.
    actions
        The commands' rows and states.
    viewer
        The canvas.
    """

    def __init__(
        self, context: "AppContext", actions: "Actions", viewer: QWidget
    ) -> None:
        super().__init__()
        self.review_bar = OptionsBar(context, actions)
        self.tool_bar = ToolOptionsBar(context, actions)
        self.strip = ToolStrip(context, actions)
        self.proposal_bar = ProposalBar(context, actions, viewer)
        self._has_tools = False
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
        self.set_has_tools(True)

    @property
    def options_bar(self) -> QWidget:
        """The bar that is over the canvas now."""
        return self.tool_bar if self._has_tools else self.review_bar

    def set_has_tools(self, has_tools: bool) -> None:
        """Show the tools and their options, or model and comparison."""
        self._has_tools = has_tools
        self.strip.setVisible(has_tools)
        self.tool_bar.setVisible(has_tools)
        self.review_bar.setVisible(not has_tools)

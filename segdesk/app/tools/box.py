"""The tool box: one of each tool."""

from collections.abc import Iterator, Mapping

from segdesk.app.tools.base import Tool
from segdesk.app.tools.box_cut import BoxCutTool
from segdesk.app.tools.box_shape import EllipseTool, RectangleTool
from segdesk.app.tools.brush import BrushTool, EraserTool
from segdesk.app.tools.edge_lasso import EdgeLassoTool
from segdesk.app.tools.edit import EditTool
from segdesk.app.tools.fill import FillTool
from segdesk.app.tools.pan import PanTool
from segdesk.app.tools.pick import PickTool, WithPicker
from segdesk.app.tools.points import PolygonTool, PolylineTool
from segdesk.app.tools.prompt import PromptTool
from segdesk.app.tools.scribble import ScribbleTool
from segdesk.app.tools.superpixel import SuperpixelTool
from segdesk.app.tools.wand import WandTool


class ToolBox(Mapping[str, Tool]):
    """All tools by id, in the order of the strip: see `catalog.TOOLS`.

    Attributes
    ----------
    edit
        The tool that knows which shape is chosen.
    """

    def __init__(self) -> None:
        self.edit = EditTool()
        tools: tuple[Tool, ...] = (
            PanTool(),
            self.edit,
            PickTool(),
            WithPicker(BrushTool()),
            WithPicker(EraserTool()),
            WithPicker(FillTool()),
            PolygonTool(),
            RectangleTool(),
            EllipseTool(),
            PolylineTool(),
            WithPicker(WandTool()),
            BoxCutTool(),
            EdgeLassoTool(),
            PromptTool(),
            WithPicker(SuperpixelTool()),
            WithPicker(ScribbleTool()),
        )
        self._tools = {tool.id: tool for tool in tools}

    def __getitem__(self, tool_id: str) -> Tool:
        """Return one tool."""
        return self._tools[tool_id]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the ids in the order of the strip."""
        return iter(self._tools)

    def __len__(self) -> int:
        """Return the number of tools."""
        return len(self._tools)

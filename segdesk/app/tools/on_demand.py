"""The tool box, made when the first tool is asked for: the window opens without it."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from segdesk.app.tools.base import Tool
from segdesk.app.tools.catalog import TOOL_IDS

if TYPE_CHECKING:
    from segdesk.app.tools.box import ToolBox


class ToolsOnDemand(Mapping[str, Tool]):
    """All tools by id, in the order of the strip."""

    def __init__(self) -> None:
        self._box: ToolBox | None = None

    @property
    def box(self) -> "ToolBox":
        """The tools themselves."""
        if self._box is None:
            from segdesk.app.tools.box import ToolBox

            self._box = ToolBox()
        return self._box

    def __getitem__(self, tool_id: str) -> Tool:
        """Return one tool."""
        return self.box[tool_id]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the ids in the order of the strip."""
        return iter(TOOL_IDS)

    def __len__(self) -> int:
        """Return the number of tools."""
        return len(TOOL_IDS)


def import_tools() -> None:
    """Read the modules of the tools, on a worker, before anybody needs them."""
    import segdesk.app.tools.box  # noqa: F401

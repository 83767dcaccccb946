"""The shapes of the open annotation as a list: chosen, ordered, changed, hidden."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, cast

from segdesk.app.annotate.annotating import Annotating
from segdesk.app.signal import Signal
from segdesk.app.tools.base import Tool, ToolContext, ToolResult
from segdesk.core.geometry import Rect

if TYPE_CHECKING:
    from segdesk.app.tools.edit import EditTool
    from segdesk.core.shapes import Shape

_EDITS = "edit"


class ShapeList:
    """Lets a list do to shapes what the edit tool does on the picture.

    Parameters
    ----------
    tools
        The tool box; the list takes up its edit tool.

    Attributes
    ----------
    changed
        Fires when the shapes are others, or which of them are hidden.
    chosen_changed
        Fires when another shape is chosen, here or on the picture.
    """

    def __init__(self, annotating: Annotating, tools: Mapping[str, Tool]) -> None:
        self.changed: Signal[()] = Signal()
        self.chosen_changed: Signal[()] = Signal()
        self._annotating = annotating
        self._tools = tools
        self._told: Shape | None = None
        annotating.shapes_changed.connect(self.changed.emit)
        annotating.opened.connect(lambda _: self.changed.emit())
        annotating.previewed.connect(lambda _: self._look())
        annotating.chosen.connect(lambda _: self._look())

    @property
    def shapes(self) -> "tuple[Shape, ...]":
        """All shapes, in the order in which they are painted."""
        document = self._annotating.document
        return document.shapes if document else ()

    @property
    def chosen(self) -> int | None:
        """Index of the chosen shape."""
        shape = self._chosen_shape
        found = (at for at, one in enumerate(self.shapes) if one is shape)
        return None if shape is None else next(found, None)

    def size_of(self, index: int) -> tuple[int, int]:
        """Return width and height of a shape in whole pixels."""
        rect = self.bounds_of(index)
        return rect.width, rect.height

    def bounds_of(self, index: int) -> Rect:
        """Return the part of the image that a shape covers."""
        document = self._annotating.document
        if document is None:
            return Rect(0, 0, 0, 0)
        return document.index.bounds(document.shapes[index])

    def is_hidden(self, index: int) -> bool:
        """Tell whether a shape cannot be taken hold of on the picture."""
        return self._tool.is_hidden(self.shapes[index])

    def choose(self, index: int | None) -> None:
        """Take up the edit tool and choose a shape; None: choose none."""
        if index == self.chosen and self._annotating.choices.tool == _EDITS:
            return
        if index is not None:
            self._annotating.choose(tool=_EDITS)
        self._ask(lambda tool, context: tool.choose(index, context), writes=False)

    def remove(self, index: int) -> None:
        """Delete a shape; its pixels become what lies below."""
        self._change(lambda tool, context: tool.remove(index, context))

    def reclass(self, index: int, class_index: int) -> None:
        """Give a shape and its pixels another class."""
        if self.shapes[index].class_index != class_index:
            self._change(
                lambda tool, context: tool.reclass(index, class_index, context)
            )

    def reorder(self, index: int, to: int) -> None:
        """Give a shape another place in the order in which shapes are painted."""
        to = min(max(to, 0), len(self.shapes) - 1)
        if to != index:
            self._change(lambda tool, context: tool.reorder(index, to, context))

    def toggle_hidden(self, index: int) -> None:
        """Leave a shape alone on the picture, or not any more; its pixels stay."""
        hidden = not self.is_hidden(index)
        self._annotating.choose(tool=_EDITS)
        self._ask(
            lambda tool, context: tool.hide(index, context, hidden=hidden),
            writes=False,
        )
        self.changed.emit()

    @property
    def _tool(self) -> "EditTool":
        return cast("EditTool", self._tools[_EDITS])

    @property
    def _chosen_shape(self) -> "Shape | None":
        if self._annotating.choices.tool != _EDITS:
            return None
        return self._tool.chosen_shape

    def _change(self, deed: "Callable[[EditTool, ToolContext], ToolResult]") -> None:
        self._annotating.choose(tool=_EDITS)
        self._ask(deed, writes=True)

    def _ask(
        self, deed: "Callable[[EditTool, ToolContext], ToolResult]", *, writes: bool
    ) -> None:
        self._annotating.ask(
            lambda tool, context: deed(cast("EditTool", tool), context), writes=writes
        )

    def _look(self) -> None:
        shape = self._chosen_shape
        if shape is not self._told:
            self._told = shape
            self.chosen_changed.emit()

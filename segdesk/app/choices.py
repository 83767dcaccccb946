"""What the user paints with."""

from dataclasses import dataclass, field

from segdesk.app.tools.options import ToolOptions
from segdesk.core.rules import PaintRule


@dataclass(frozen=True, slots=True)
class Choices:
    """What the user paints with.

    Parameters
    ----------
    tool
        Name in the tool box.
    class_index
        The class to paint; 255 paints ignore.
    """

    tool: str = "brush"
    class_index: int = 0
    options: ToolOptions = field(default_factory=ToolOptions)
    rule: PaintRule = field(default_factory=PaintRule)

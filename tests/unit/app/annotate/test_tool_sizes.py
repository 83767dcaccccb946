"""The size of a tool by steps."""

import pytest

from segdesk.app.annotate.tool_sizes import resized, size_option
from segdesk.app.tools.options import ToolOptions


@pytest.mark.parametrize(
    ("tool", "field"),
    [
        ("brush", "brush_size"),
        ("eraser", "brush_size"),
        ("polyline", "line_width"),
        ("superpixels", "superpixel_size"),
    ],
)
def test_resized_changes_the_tools_own_size_when_stepped(tool, field):
    options = ToolOptions()
    larger = resized(tool, options, larger=True)
    assert size_option(tool) == field
    assert getattr(larger, field) > getattr(options, field)
    back = resized(tool, larger, larger=False, fine=True)
    assert getattr(back, field) == getattr(larger, field) - 1
    for _ in range(200):
        options = resized(tool, options, larger=False)
    assert getattr(options, field) >= 1


def test_resized_changes_nothing_when_the_tool_has_no_size():
    options = ToolOptions()
    assert size_option("polygon") is None
    assert resized("polygon", options, larger=True) is options
    assert resized("unheard of", options, larger=True) is options

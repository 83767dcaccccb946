"""Tools that are there when they are asked for."""

import subprocess
import sys

from segdesk.app.tools.catalog import TOOL_IDS
from segdesk.app.tools.on_demand import ToolsOnDemand


def test_tools_are_those_of_the_strip_when_asked_for():
    tools = ToolsOnDemand()
    assert tuple(tools) == TOOL_IDS
    assert [tools[tool_id].id for tool_id in tools] == list(TOOL_IDS)
    assert tools["brush"] is tools["brush"]


def test_tools_are_not_imported_when_nobody_asks():
    code = (
        "import sys; from segdesk.app.tools.on_demand import ToolsOnDemand; "
        "len(ToolsOnDemand()); sys.exit('segdesk.app.tools.box' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

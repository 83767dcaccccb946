"""`segdesk demo`: the sample model on the sample images, in the real window."""

import os
from pathlib import Path
from typing import Annotated

import typer

from segdesk.cli.display import probe_display
from segdesk.cli.output import print_line, say

_DEFAULT_SCREENSHOT = "segdesk-demo.png"


def demo(
    screenshot: Annotated[
        Path | None,
        typer.Option(help="Write a picture of the window and close it."),
    ] = None,
) -> None:
    """Predict the sample images in the window.

    Without a display the window is drawn unseen and its picture is written.
    """
    display = probe_display()
    if not display.visible:
        say(display.problem)
        say("The window is drawn unseen, and its picture is written.")
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        screenshot = screenshot or Path(_DEFAULT_SCREENSHOT)
    if screenshot is not None:
        screenshot = screenshot.expanduser().absolute()

    from segdesk.gui.demo import demo as run_demo

    code = run_demo(screenshot)
    if screenshot is not None and code == 0:
        print_line(f"The picture of the window is in {screenshot}")
    raise typer.Exit(code)

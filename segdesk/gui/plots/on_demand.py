"""The one place that imports pyqtgraph: on a worker, when curves are wanted first."""

import sys
import threading
from importlib import import_module


def import_plots() -> None:
    """Import what draws curves; slow the first time.

    pyqtgraph puts a hook of its own over the one that tells the user of a crash; the
    user's goes back.
    """
    before = sys.excepthook, threading.excepthook
    import_module("segdesk.gui.plots.plot_view")
    sys.excepthook, threading.excepthook = before


def are_imported() -> bool:
    """Tell whether a plot can be made at once."""
    return "segdesk.gui.plots.plot_view" in sys.modules

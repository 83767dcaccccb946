"""Types of Qt are made on the window's thread, before workers ask for them."""

import subprocess
import sys

_ON_A_WORKER = """
import sys, threading
from PySide6.QtWidgets import QApplication
from segdesk.gui import qt_types
from segdesk.gui.plots.on_demand import import_plots

app = QApplication([])
steps = qt_types.make()
count = sum(1 for _ in steps)
assert qt_types.are_made()
assert count > 3, count
made = []
import PySide6.QtCore, PySide6.QtGui, PySide6.QtWidgets
for module in (PySide6.QtCore, PySide6.QtGui, PySide6.QtWidgets):
    made += [name for name in vars(module) if not name.startswith("_")]
worker = threading.Thread(target=import_plots)
worker.start()
while worker.is_alive():  # what ended the program while the types were half made
    for name in made:
        getattr(PySide6.QtWidgets, name, None)
worker.join()
assert "pyqtgraph" in sys.modules
print("lives")
"""


def test_worker_imports_plots_while_the_window_works_when_types_are_made():
    done = subprocess.run(
        [sys.executable, "-c", _ON_A_WORKER],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout.strip() == "lives", done.stderr

"""Try in a process of its own whether a window can be opened.

Qt aborts the whole process when it cannot load its platform plugin, so nobody who
wants to live on may try it in his own.
"""

import json
import sys

from PySide6 import __version__ as pyside_version
from PySide6.QtCore import qVersion
from PySide6.QtGui import QFontDatabase, QGuiApplication, QWindow


def main() -> int:
    """Open and close a small window and print what was found as JSON.

    Returns
    -------
    int
        Exit code of the process.
    """
    application = QGuiApplication(sys.argv[:1])
    window = QWindow()
    window.resize(64, 64)
    window.create()
    screens = [
        {
            "name": screen.name(),
            "width": screen.geometry().width(),
            "height": screen.geometry().height(),
            "scale": screen.devicePixelRatio(),
        }
        for screen in application.screens()
    ]
    facts = {
        "pyside": pyside_version,
        "qt": qVersion(),
        "platform": application.platformName(),
        "screens": screens,
        "fonts": len(QFontDatabase.families()),
    }
    window.destroy()
    sys.stdout.write(json.dumps(facts) + "\n")
    return 0

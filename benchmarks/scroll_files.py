"""Scroll through the files of a folder in a real window; one way for each process.

Usage: python benchmarks/scroll_files.py WAY FOLDER [--frames N]

WAY is "segdesk": the program's own window with its files panel; "grid": the same, with
the files beside each other; "thumbnails": a
QListView whose model makes an icon with Pillow when it is asked for one; or "names": a
QListWidget with nothing but names. `open_folder.py` runs all three beside each other.

By pixels: every 1/60 s the wheel turns and moves the list by 24 px, from the top, the
middle and near the end; a frame's time runs from when it is due until it is painted, so
whatever else the thread does (thumbnails arrive) counts. By pages: each page as soon as
the one before is painted, for 10 s at most, the pointer moving as it does on a scroll
bar. Both come as the system sends them, to the window. Prints, by pixels and by pages,
the number of frames, their median, 99th percentile and longest in ms, and how many took
over 1/60 s.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from PySide6.QtWidgets import QAbstractItemView, QApplication

FRAME_S = 1 / 60
_STEP_PX, _NOTCH = 24, 120
_SIZE = (272, 700)
_PAGES_S = 10  # a way that has not reached the end by then is stopped
_ENDS = {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".bmp"}


def segdesk_view(
    app: "QApplication", folder: Path, *, grid: bool = False
) -> "QAbstractItemView":
    """Open a folder in the program's window; return its list once it is whole."""
    from segdesk.gui.application import Desktop
    from segdesk.gui.docks.files import FilesDock
    from segdesk.gui.starting import settle

    desktop = Desktop()
    desktop.context.settings.update(files_grid=grid)
    app.setProperty("desktop", desktop)
    app.aboutToQuit.connect(desktop.close)
    desktop.window.resize(1600, 1000)
    desktop.window.show()
    desktop.start([folder])
    dock = desktop.window.findChild(FilesDock)
    assert isinstance(dock, FilesDock)
    _wait(app, lambda: bool(dock.count_text) and desktop.context.session.image)
    _wait(app, lambda: desktop.context.projects.project is not None)
    settle()  # as the program does once its window is there
    return dock.view


def thumbnails_view(app: "QApplication", folder: Path) -> "QAbstractItemView":
    """Return a list whose icons are made by Pillow when they are asked for."""
    from PIL import Image, ImageQt
    from PySide6.QtCore import QAbstractListModel, QModelIndex, QSize, Qt
    from PySide6.QtGui import QIcon, QPixmap
    from PySide6.QtWidgets import QListView

    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _ENDS)

    class Files(QAbstractListModel):
        def __init__(self) -> None:
            super().__init__()
            self.icons: dict[int, QIcon] = {}

        def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008, N802
            return 0 if parent.isValid() else len(paths)

        def data(self, index: QModelIndex, role: int = 0) -> object:
            row = index.row()
            if role == Qt.ItemDataRole.DisplayRole:
                return paths[row].name
            if role != Qt.ItemDataRole.DecorationRole:
                return None
            if row not in self.icons:
                with Image.open(paths[row]) as picture:
                    picture.thumbnail((50, 40))
                    made = ImageQt.ImageQt(picture.convert("RGB"))
                self.icons[row] = QIcon(QPixmap.fromImage(made))
            return self.icons[row]

    view = QListView()
    view.setUniformItemSizes(True)
    view.setIconSize(QSize(50, 40))
    view.setModel(Files())
    app.setProperty("model", view.model())
    return _shown(app, view)


def names_view(app: "QApplication", folder: Path) -> "QAbstractItemView":
    """Return a list of names alone."""
    from PySide6.QtWidgets import QListWidget

    view = QListWidget()
    view.setUniformItemSizes(True)
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in _ENDS:
            view.addItem(str(path))
    return _shown(app, view)


WAYS = {
    "segdesk": segdesk_view,
    "grid": partial(segdesk_view, grid=True),
    "thumbnails": thumbnails_view,
    "names": names_view,
}


def _shown(app: "QApplication", view: "QAbstractItemView") -> "QAbstractItemView":
    view.setVerticalScrollMode(view.ScrollMode.ScrollPerPixel)
    view.resize(*_SIZE)
    view.show()
    app.setProperty("view", view)
    _wait(app, lambda: view.verticalScrollBar().maximum() > 0)
    return view


def _wait(app: "QApplication", ready: Callable[[], object]) -> None:
    until = time.perf_counter() + 120
    while not ready():
        app.processEvents()
        if time.perf_counter() > until:
            msg = "the list did not come"
            raise TimeoutError(msg)


def scroll(app: "QApplication", view: "QAbstractItemView", frames: int) -> list[str]:
    """Scroll by pixels, then by pages; return the words of the result."""
    bar = view.verticalScrollBar()
    until = time.perf_counter() + 2
    _wait(app, lambda: time.perf_counter() > until)  # what comes after opening
    by_pixels = []
    for part in (0.0, 0.5, 0.9):
        bar.setValue(round(bar.maximum() * part))
        app.processEvents()
        by_pixels += _paced(app, view, frames // 3)
    bar.setValue(0)
    app.processEvents()
    by_pages = []
    page = view.viewport().height()
    until = time.perf_counter() + _PAGES_S
    while bar.value() < bar.maximum() and time.perf_counter() < until:
        began = time.perf_counter()
        _drag(app, view, len(by_pages))
        bar.setValue(bar.value() + page)
        _paint(app, view)
        by_pages.append(time.perf_counter() - began)
    return [_words(by_pixels), _words(by_pages)]


def _paced(app: "QApplication", view: "QAbstractItemView", frames: int) -> list[float]:
    times = []
    due = time.perf_counter() + FRAME_S
    for _ in range(frames):
        while time.perf_counter() < due:
            app.processEvents()
            time.sleep(0.0005)
        _turn_wheel(app, view)
        _paint(app, view)
        now = time.perf_counter()
        times.append(now - due)
        due = max(due + FRAME_S, now)
    return times


def _turn_wheel(app: "QApplication", view: "QAbstractItemView") -> None:
    """Turn the wheel so far that the list moves by some pixels."""
    from PySide6.QtCore import QPoint, QPointF, Qt
    from PySide6.QtGui import QWheelEvent

    notch_px = app.wheelScrollLines() * view.verticalScrollBar().singleStep()
    turn = QPoint(0, -round(_NOTCH * _STEP_PX / notch_px))
    middle = view.viewport().rect().center()
    window = view.window()
    event = QWheelEvent(
        QPointF(view.viewport().mapTo(window, middle)),
        QPointF(view.viewport().mapToGlobal(middle)),
        QPoint(),
        turn,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    app.sendEvent(window.windowHandle(), event)


def _drag(app: "QApplication", view: "QAbstractItemView", turn: int) -> None:
    """Move the pointer where the scroll bar is."""
    from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
    from PySide6.QtGui import QMouseEvent

    bar = view.verticalScrollBar()
    place = QPoint(bar.width() // 2, turn % max(1, bar.height()))
    none = Qt.MouseButton.NoButton
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(bar.mapTo(view.window(), place)),
        QPointF(bar.mapToGlobal(place)),
        none,
        none,
        Qt.KeyboardModifier.NoModifier,
    )
    app.sendEvent(view.window().windowHandle(), event)


def _paint(app: "QApplication", view: "QAbstractItemView") -> None:
    view.viewport().repaint()
    app.processEvents()


def _words(times: list[float]) -> str:
    p50, p99, longest = np.percentile(np.array(times) * 1e3, [50, 99, 100])
    late = sum(one > FRAME_S for one in times)
    return f"{len(times)} {p50:.2f} {p99:.2f} {longest:.2f} {late}"


def main() -> int:
    """Scroll one list and print two lines of figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("way", choices=tuple(WAYS))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--frames", type=int, default=1200)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["SEGDESK_HOME"] = home
        from segdesk.gui.application import make_application

        app = make_application()
        view = WAYS[arguments.way](app, arguments.folder)
        print(*scroll(app, view, arguments.frames), sep="\n", flush=True)
        desktop = app.property("desktop")
        if desktop is not None:
            desktop.window.hide()
            desktop.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

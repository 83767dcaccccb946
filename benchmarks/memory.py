"""Memory of the window's process with a 100 MP image open, its labels, and undo.

Usage: python benchmarks/memory.py [--side-px 10000] [--brush 1000] [--strokes 200]

Opens a picture of 10,000 × 10,000 px with a label map of 8 classes in the real window,
with its autosave and its journal, and paints 200 strokes, each with the same tool the
mouse drives; then takes half of them back. The figures are what the system counts for
the process. The peer, in a process of its own, is the plain way of a simple editor: the
picture as numpy and as a pixmap, and a copy of the label map for each step; it paints
20 strokes only. Linux only. Runs on the display there is;
`QT_QPA_PLATFORM=offscreen` needs none.
"""

import argparse
import gc
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from segdesk.app.context import AppContext

TARGET_MB = 700
PEER_STROKES = 20
_NAMES = ("background", "road", "water", "wood", "field", "roof", "wall", "rail")
_MOVES = 24


def resident(field: str = "VmRSS") -> float:
    """Return megabytes of this process; "VmHWM" for the most there ever were."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024 / 1e6
    raise LookupError(field)


def report(name: str, note: str = "") -> None:
    """Print one line."""
    print(
        f"{name:<44}{resident():8.0f} MB   peak {resident('VmHWM'):6.0f} MB  {note}",
        flush=True,
    )


def make_project(root: Path, side: int) -> None:
    """Write a picture, its annotation and the project file."""
    from segdesk.core.classes import ClassList
    from segdesk.core.cv import load_cv2
    from segdesk.core.project import Project
    from segdesk.formats.native import AnnotationState, Expected, write_annotation
    from segdesk.formats.project_file import write_project

    cv2 = load_cv2()
    rng = np.random.default_rng(7)
    grain = rng.integers(0, 256, (side // 8, side // 8, 3), dtype=np.uint8)
    pixels = cv2.resize(grain, (side, side), interpolation=cv2.INTER_LINEAR)
    cv2.imwrite(str(root / "large.jpg"), pixels)
    classes = ClassList.from_names(_NAMES)
    project = Project(root, classes)
    write_project(project)
    coarse = rng.random((len(_NAMES), 40, 40), dtype=np.float32)
    fields = np.stack([cv2.resize(one, (side // 10, side // 10)) for one in coarse])
    labels = cv2.resize(
        fields.argmax(axis=0).astype(np.uint8),
        (side, side),
        interpolation=cv2.INTER_NEAREST,
    )
    state = AnnotationState("large.jpg", np.ascontiguousarray(labels))
    write_annotation(project.annotation_path("large.jpg"), state, classes, Expected())


def way(stroke: int, side: int) -> list[tuple[float, float]]:
    """Return the places of a stroke that turns all over the picture."""
    steps = [stroke * 2.4 + step * 0.16 for step in range(_MOVES)]
    return [
        (
            side * (0.5 + 0.42 * math.sin(step * 1.3)),
            side * (0.5 + 0.42 * math.cos(step * 1.9 + stroke)),
        )
        for step in steps
    ]


def spin(until: Callable[[], object], timeout_s: float = 120) -> None:
    """Let the window work until something holds."""
    from PySide6.QtCore import QCoreApplication

    end = time.monotonic() + timeout_s
    while not until():
        if time.monotonic() > end:
            raise TimeoutError
        QCoreApplication.processEvents()
        time.sleep(0.002)


def paint(context: "AppContext", stroke: int, side: int) -> None:
    """Paint one stroke as the mouse does."""
    from segdesk.app.tools.pointer import Button, PointerEvent

    annotating = context.annotating
    annotating.choose(class_index=1 + stroke % (len(_NAMES) - 1))
    events = [PointerEvent(x, y, Button.LEFT) for x, y in way(stroke, side)]
    annotating.press(events[0])
    for event in events[1:]:
        annotating.move(event)
    annotating.release(events[-1])
    tool = annotating.tool
    spin(lambda: tool is None or not tool.is_open)  # a worker may end the stroke


def measure_ours(root: Path, side: int, brush: int, strokes: int) -> int:
    """Open, paint, take back; returns 0 when the target is met."""
    from dataclasses import replace

    from segdesk.gui.application import Desktop, make_application

    make_application()
    desktop = Desktop()
    desktop.window.resize(1600, 1000)
    desktop.window.show()
    desktop.start()
    context = desktop.context
    started = time.monotonic()
    spin(lambda: time.monotonic() > started + 2)
    report("window open")
    context.opening.open_paths([root])
    spin(lambda: context.annotating.current is not None)
    spin(lambda: time.monotonic() > started + 6)
    report("picture and labels open")
    annotating, annotation = context.annotating, context.annotating.current
    assert annotation is not None
    options = replace(annotating.choices.options, brush_size=float(brush))
    for stroke in range(strokes):
        annotating.choose(tool="brush", options=options)
        paint(context, stroke, side)
    history = annotation.document.history
    report(
        f"{strokes} strokes",
        f"undo {history.size_bytes / 1e6:.0f} MB, {len(history)} steps kept",
    )
    spin(lambda: not annotation.is_dirty)
    rested = time.monotonic()
    spin(lambda: time.monotonic() > rested + 1)
    held = resident()
    report("saved, at rest")
    for _ in range(strokes // 2):
        annotating.undo()
        spin(lambda: True)
    spin(lambda: not annotation.is_dirty)
    report(f"{strokes // 2} taken back and saved")
    worst = max(held, resident())
    verdict = "ok" if worst <= TARGET_MB else "over"
    print(f"at rest {worst:.0f} MB, to be at most {TARGET_MB} MB: {verdict}")
    desktop.close()
    return 0 if worst <= TARGET_MB else 1


def measure_peer(root: Path, side: int, brush: int) -> int:
    """Do the same the plain way."""
    from PySide6.QtGui import QImage, QPixmap
    from PySide6.QtWidgets import QApplication, QLabel

    from segdesk.core.cv import load_cv2

    cv2 = load_cv2()
    app = QApplication([])
    pixels = cv2.imread(str(root / "large.jpg"), cv2.IMREAD_COLOR_RGB)
    shown = QImage(pixels.data, side, side, 3 * side, QImage.Format.Format_RGB888)
    label = QLabel()
    label.setPixmap(QPixmap.fromImage(shown))
    label.resize(1014, 850)
    label.show()
    app.processEvents()
    labels = np.ones((side, side), np.uint8)
    report("peer: picture and labels open")
    undo = []
    before = resident()
    for stroke in range(PEER_STROKES):
        undo.append(labels.copy())
        for x, y in way(stroke, side):
            cv2.circle(labels, (int(x), int(y)), brush // 2, 1 + stroke % 7, -1)
    each = (resident() - before) / PEER_STROKES
    report(f"peer: {PEER_STROKES} strokes", f"{each:.0f} MB for each more")
    return 0


def main() -> int:
    """Measure both, each in its own process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side-px", type=int, default=10_000)
    parser.add_argument("--brush", type=int, default=1000)
    parser.add_argument("--strokes", type=int, default=200)
    parser.add_argument("--of", choices=("ours", "peer"))
    parser.add_argument("--root", type=Path)
    given = parser.parse_args()
    if given.of == "ours":
        return measure_ours(given.root, given.side_px, given.brush, given.strokes)
    if given.of == "peer":
        return measure_peer(given.root, given.side_px, given.brush)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "project"
        root.mkdir()
        make_project(root, given.side_px)
        gc.collect()
        environment = dict(os.environ, SEGDESK_HOME=str(Path(folder) / "home"))
        command = [sys.executable, str(Path(__file__).resolve()), *sys.argv[1:]]
        codes = [
            subprocess.call([*command, "--root", root, "--of", of], env=environment)
            for of in ("ours", "peer")
        ]
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())

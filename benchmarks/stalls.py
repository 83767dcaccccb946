"""Lateness of an 8 ms timer in the window while long work goes on beside it.

Usage: python benchmarks/stalls.py [--images 72] [--items 10000] [--side-px 10000]
                                   [--data FOLDER]

Runs the real window through what touches many files or a large one: opening a project
of 10,000 items, looking at colour masks, deciding on their classes, writing them,
merging and deleting a class in all annotations, taking that back, exporting as COCO,
and saving an annotation of 100 MP after a stroke. `--data` takes a folder with `images`
and `masks` somewhere below instead of the masks that are drawn here; it is copied.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from memory import make_project, paint, spin
from ui_latency import Lateness

if TYPE_CHECKING:
    from segdesk.app.context import AppContext

P99_MS, MOST_MS = 16.0, 50.0
_COLOURS = ("#3C1098", "#8429F6", "#6EC1E4", "#FEDD3A", "#E2A929", "#9B9B9B")
_MASK_SIDE = 800


def make_masks(root: Path, count: int) -> None:
    """Write images and masks of six colours."""
    from segdesk.core.classes import hex_to_rgb
    from segdesk.core.cv import load_cv2

    cv2, rng = load_cv2(), np.random.default_rng(5)
    palette = np.array([hex_to_rgb(one) for one in _COLOURS], np.uint8)[:, ::-1]
    for folder in ("images", "masks"):
        (root / folder).mkdir(parents=True)
    for number in range(count):
        coarse = rng.random((len(_COLOURS), 12, 12), dtype=np.float32)
        fields = np.stack([cv2.resize(one, (_MASK_SIDE,) * 2) for one in coarse])
        mask = palette[fields.argmax(axis=0)]
        name = f"part_{number:03}"
        noise = rng.integers(0, 60, mask.shape, dtype=np.uint8)
        cv2.imwrite(str(root / "images" / f"{name}.jpg"), mask // 2 + noise)
        cv2.imwrite(str(root / "masks" / f"{name}.png"), mask)


def make_many(root: Path, count: int) -> None:
    """Write a project of many items, half of them labelled, over one small image."""
    from dataclasses import replace

    from segdesk.core.classes import ClassList
    from segdesk.core.cv import load_cv2
    from segdesk.core.item_status import ItemFacts, ItemStatus
    from segdesk.core.project import Project
    from segdesk.formats.project_file import write_project

    root.mkdir()
    first = root / "000000.jpg"
    grey = np.full((64, 64, 3), 90, np.uint8)
    load_cv2().imwrite(str(first), grey)
    names = [f"{number:06}.jpg" for number in range(count)]
    for name in names[1:]:
        os.link(first, root / name)
    project = Project(root, ClassList.from_names(("background", "road", "water")))
    draft = replace(ItemFacts(), status=ItemStatus.DRAFT, classes=(0, 1))
    write_project(project.with_all_facts(dict.fromkeys(names[::2], draft)))


class Probe:
    """Runs parts of the journey, each with a timer beside it."""

    def __init__(self) -> None:
        self.missed: list[str] = []

    def run(self, name: str, start: Callable[[], object], until: Callable) -> None:
        """Do something and wait until it is done."""
        lateness = Lateness()
        lateness.start()
        began = time.perf_counter()
        start()
        self._wait(until)
        took = time.perf_counter() - began
        ordered = sorted(lateness.late_ms) or [0.0]
        p99, most = ordered[int(len(ordered) * 0.99)], ordered[-1]
        verdict = "ok" if p99 <= P99_MS and most <= MOST_MS else "over"
        if verdict != "ok":
            self.missed.append(name)
        print(
            f"{name:<28}{took:8.1f} s {len(ordered):7} {p99:9.1f} {most:9.1f}  "
            f"{verdict}",
            flush=True,
        )

    def _wait(self, until: Callable[[], object]) -> None:
        from PySide6.QtCore import QEventLoop, QTimer

        loop, watch = QEventLoop(), QTimer()
        watch.timeout.connect(lambda: loop.quit() if until() else None)
        watch.start(20)
        QTimer.singleShot(300_000, loop.quit)
        loop.exec()
        if not until():
            raise TimeoutError


def after(seconds: float) -> Callable[[], bool]:
    """Return what holds some time from now."""
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end


def import_masks(probe: Probe, context: "AppContext", folder: Path) -> None:
    """Look at the masks in the dialog, decide on all classes, write them."""
    from segdesk.app.exchange.import_classes import to_class
    from segdesk.gui.dialogs.import_preview import ImportDialog
    from segdesk.gui.main_window import MainWindow

    context.opening.open_paths([folder])
    spin(lambda: context.projects.project is not None and not context.opening.is_busy)
    spin(after(2))
    importing = context.importing
    draft = importing.draft()
    assert draft is not None
    assert isinstance(context.window, MainWindow)
    dialog = ImportDialog(context.window, draft)
    dialog.show()
    probe.run(
        "import: look",
        lambda: dialog.open_path(folder),
        lambda: draft.look is not None or draft.failure is not None,
    )
    probe.run("import: first picture", lambda: None, after(1))

    def decide() -> None:
        for place, row in enumerate(draft.rows):
            draft.set_target(place, to_class(f"Class {row.name.strip('#')}"))

    probe.run("import: decide", decide, after(1.5))
    decide()

    def write() -> None:
        dialog.accept()
        importing.run(draft)

    probe.run("import: write", write, lambda: not importing.is_busy)
    draft.close()
    dialog.deleteLater()


def change_classes(probe: Probe, context: "AppContext") -> None:
    """Merge, delete, and take the deletion back."""
    remapping = context.class_remapping

    def rested() -> bool:
        return not remapping.is_busy

    probe.run("classes: merge", lambda: remapping.merge(1, 2), rested)
    probe.run("classes: delete", lambda: remapping.delete(1), rested)
    probe.run("classes: undo", remapping.undo, rested)


def export(probe: Probe, context: "AppContext", folder: Path) -> None:
    """Export every annotation."""
    from segdesk.app.exchange.exporting import ExportChoice, Scope

    def run(format_id: str) -> None:
        choice = ExportChoice(format_id, Scope.LABELLED, folder / format_id, False)
        probe.run(
            f"export: {format_id}",
            lambda: context.exporting.run(choice),
            lambda: not context.jobs.live(),
        )

    for format_id in ("mmseg", "coco"):
        run(format_id)


def save_large(probe: Probe, context: "AppContext", root: Path, side: int) -> None:
    """Open a large picture, paint, and wait until it is saved."""
    probe.run(
        "100 MP: open",
        lambda: context.opening.open_paths([root]),
        lambda: (
            context.annotating.current is not None
            and context.annotating.current.place.image.name == "large.jpg"
        ),
    )
    annotation = context.annotating.current
    assert annotation is not None
    spin(after(3))
    paint(context, 1, side)
    probe.run("100 MP: save", lambda: None, lambda: not annotation.is_dirty)
    probe.run("100 MP: after the save", lambda: None, after(2))


def measure(root: Path, side: int) -> int:
    """Run the real window; returns 0 when every part keeps the figures."""
    from segdesk.gui.application import Desktop, make_application

    make_application()
    desktop = Desktop()
    desktop.window.resize(1600, 1000)
    desktop.window.show()
    desktop.start()
    spin(after(3))
    probe, context = Probe(), desktop.context
    print(f"{'':28}{'time':>10} {'ticks':>7} {'p99 ms':>9} {'max ms':>9}")
    try:
        probe.run(
            "open many items",
            lambda: context.opening.open_paths([root / "many"]),
            lambda: context.session.image is not None and not context.opening.is_busy,
        )
        probe.run("afterwards", lambda: None, after(2))
        import_masks(probe, context, root / "masks")
        change_classes(probe, context)
        export(probe, context, root / "out")
        save_large(probe, context, root / "large", side)
    finally:
        desktop.close()
    print("over:", ", ".join(probe.missed) if probe.missed else "nothing")
    return 1 if probe.missed else 0


def main() -> int:
    """Make the data and measure in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=72)
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--side-px", type=int, default=10_000)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--root", type=Path)
    given = parser.parse_args()
    if given.root:
        return measure(given.root, given.side_px)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make_many(root / "many", given.items)
        if given.data:
            shutil.copytree(given.data, root / "masks")
        else:
            make_masks(root / "masks", given.images)
        (root / "large").mkdir()
        make_project(root / "large", given.side_px)
        environment = dict(os.environ, SEGDESK_HOME=str(root / "home"))
        command = [sys.executable, str(Path(__file__).resolve()), *sys.argv[1:]]
        return subprocess.call([*command, "--root", root], env=environment)


if __name__ == "__main__":
    sys.exit(main())

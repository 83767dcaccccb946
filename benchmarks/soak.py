"""A seeded robot at the real window for hours: crashes, leaks, lost edits, lateness.

Usage: python benchmarks/soak.py [--minutes 120] [--seed 0] [--lap-s 150]
                                 [--log soak.jsonl] [--warm-up 3]

The robot opens folders and projects, paints with every tool, takes back, switches
images faster than they are read, predicts, takes proposals over and rejects them,
trains, runs batches, plays a video, opens and leaves dialogs, changes layout and theme.
All of it is done twice before the first lap. Laps end in the same quiet place: the
project's first image, no proposals, nothing to be undone, all saved; there memory is
measured, and every annotation that was touched is read from the disk and compared. Each
lap is a line of a JSON-lines file. On a private X server (xvfb-run); `--here` takes the
display there is.
"""

import argparse
import faulthandler
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from soak_hands import Wait

MOST_GROWTH_MB = 50
_SCREEN = "-screen 0 1640x1040x24"
_SIZES = ((640, 480), (512, 512), (900, 700), (1600, 1200), (320, 240), (2400, 1800))
_FIRST = "field_00.jpg"
_NAMES = ("background", "nucleus", "water", "wood", "roof", "field")
_DEED_S = 90
_HANGS_S = 400


def make_pictures(root: Path, count: int, seed: int) -> None:
    """Write pictures of soft spots, of different sizes."""
    from segdesk.core.cv import load_cv2

    cv2, rng = load_cv2(), np.random.default_rng(seed)
    root.mkdir(parents=True)
    for number in range(count):
        width, height = _SIZES[number % len(_SIZES)]
        coarse = rng.integers(0, 256, (height // 40, width // 40, 3), dtype=np.uint8)
        pixels = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
        cv2.imwrite(str(root / f"field_{number:02}.jpg"), pixels)


def make_data(root: Path) -> dict[str, Path]:
    """Write a project, a folder of pictures, a set to train on, and a film."""
    from segdesk.core.classes import ClassList
    from segdesk.core.cv import load_cv2
    from segdesk.core.project import Project
    from segdesk.core.video_source import load_av
    from segdesk.formats.project_file import write_project

    cv2, rng = load_cv2(), np.random.default_rng(3)
    make_pictures(root / "project", 18, 1)
    write_project(Project(root / "project", ClassList.from_names(_NAMES)))
    make_pictures(root / "bare", 8, 2)
    for split, count in (("train", 6), ("val", 2)):
        for kind in ("img_dir", "ann_dir"):
            (root / "discs" / kind / split).mkdir(parents=True)
        for number in range(count):
            mask = np.zeros((80, 90), np.uint8)
            cv2.circle(mask, tuple(map(int, rng.integers(25, 55, 2))), 18, 1, -1)
            picture = mask[..., None] * 150 + rng.integers(0, 60, (80, 90, 3))
            for kind, pixels in (("img_dir", picture), ("ann_dir", mask)):
                path = root / "discs" / kind / split / f"{number}.png"
                cv2.imwrite(str(path), pixels.astype(np.uint8))
    (root / "discs" / "classes.json").write_text('["background", "disc"]')
    av = load_av()
    with av.open(str(root / "film.mp4"), "w") as container:
        film = container.add_stream("libx264", rate=25)
        film.width, film.height, film.pix_fmt = 480, 360, "yuv420p"
        for number in range(100):
            pixels = np.full((360, 480, 3), 60, np.uint8)
            cv2.circle(pixels, (40 + 4 * number, 180), 60, (220, 200, 90), -1)
            container.mux(film.encode(av.VideoFrame.from_ndarray(pixels, "rgb24")))
        container.mux(film.encode(None))
    return {name: root / name for name in ("project", "bare", "discs", "film.mp4")}


class Soak:
    """Laps of deeds, driven by a timer of the window's own loop."""

    def __init__(self, given: argparse.Namespace) -> None:
        import logging

        from PySide6.QtCore import QTimer
        from soak_robot import Robot
        from soak_watch import Book, Complaints, Edits, Lateness, Memory

        from segdesk.gui import crash
        from segdesk.gui.application import Desktop, make_application, start_log
        from segdesk.gui.faults import FaultWatch
        from segdesk.gui.starting import settle

        self.given = given
        self.book = Book(given.log)
        self.doing = "start"
        self.app = make_application()
        self.faults = FaultWatch(start_log().parent)
        self.desktop = Desktop()
        self.context = self.desktop.context
        crash.install(self.context)
        data = make_data(given.root / "data")
        self.robot = Robot(
            self.desktop,
            given.seed,
            [data["project"], data["bare"]],
            data=data["discs"],
            film=data["film.mp4"],
            out=given.root / "out",
        )
        self.lateness = Lateness(lambda: self.doing)
        self.complaints = Complaints(self.book, lambda: self.doing)
        logging.getLogger("segdesk").addHandler(self.complaints)
        self.context.notices.posted.connect(self.complaints.on_notice)
        self.edits, self.memory = Edits(self.context), Memory()
        self.quiet_mb: list[float] = []
        self.begun = time.monotonic()
        self.desktop.window.resize(1600, 1000)
        self.desktop.window.show()
        settle()
        self.desktop.start()
        self._course = self._all()
        self._wait: Wait = 2.0
        self._since = time.monotonic()
        self._is_inside = False
        self._modal: tuple[int, float] = (0, 0.0)
        self._timers = [QTimer(), QTimer()]
        for timer, call, every in zip(
            self._timers, (self._turn, self._leave_dialogs), (4, 100), strict=True
        ):
            timer.timeout.connect(call)
            timer.start(every)

    # ------------------------------------------------------------ driving

    def _turn(self) -> None:
        """Go on with the course once what it waits for is so."""
        if self._is_inside:  # a dialog runs its own loop in the middle of a deed
            return
        waited = time.monotonic() - self._since
        if callable(self._wait):
            if not self._wait():
                if waited < _DEED_S:
                    return
                self.complaints.tell("timeout", "", f"{self.doing} was not done")
        elif waited < self._wait:
            return
        self._is_inside = True
        try:
            self._wait = next(self._course)
        except StopIteration:
            self.app.quit()
        finally:
            self._is_inside = False
        self._since = time.monotonic()

    def _leave_dialogs(self) -> None:
        """Leave what stands open for a while: Enter for a number, else Escape."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest
        from PySide6.QtWidgets import QApplication

        from segdesk.gui.dialogs.number import NumberDialog

        shown = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if shown is None:
            self._modal = (0, 0.0)
            return
        if self._modal[0] != id(shown):
            self._modal = (id(shown), time.monotonic())
            return
        stood = time.monotonic() - self._modal[1]
        if stood > 6:
            shown.close()
        elif stood > 0.6:
            is_number = isinstance(shown, NumberDialog) and self.robot.count % 3
            key = Qt.Key.Key_Return if is_number else Qt.Key.Key_Escape
            QTest.keyClick(shown, key)
            if stood > 4:
                self.complaints.tell("stays", "", type(shown).__name__)

    # ------------------------------------------------------------ the course

    def _all(self) -> Iterator["Wait"]:
        """Return the whole course: lap after lap until the time is over."""
        self.context.opening.open_paths([self.robot.places[0]])
        yield lambda: self.context.annotations.current is not None
        for name, deed in self.robot.round():
            self.doing = name
            yield from _safely(deed)
        yield from self._rest()
        end = self.begun + 60 * self.given.minutes
        lap = 0
        while time.monotonic() < end:
            lap += 1
            lap_end = min(end, time.monotonic() + self.given.lap_s)
            self.lateness.start()
            while time.monotonic() < lap_end:
                faulthandler.dump_traceback_later(_HANGS_S, exit=True)
                self.doing, deed = self.robot.next()
                yield from _safely(deed)
            self.lateness.stop()
            yield from self._rest()
            self._report(lap)
        yield from self._rest()

    def _rest(self) -> Iterator["Wait"]:
        """Come to the quiet place."""
        context, robot = self.context, self.robot
        self.doing = "rest"
        for command in ("train.stop", "batch.cancel", "evaluation.stop"):
            if not context.commands.disabled_why(command):
                robot.run(command)
        yield lambda: not context.training.live and context.batches.live is None
        yield lambda: not context.jobs.live() and not context.preparing.is_busy
        context.videos.close()
        robot.run("view.annotate")
        robot.run("file.save")
        robot.run("file.sort_name")
        self.edits.note()
        robot.run("file.close")
        yield lambda: not context.autosave.unsaved
        for wrong in self.edits.check():
            self.complaints.tell("lost", "", wrong)
        self._let_go()
        root = robot.places[0]
        context.opening.open_at(root, root / _FIRST)
        yield 0.2
        yield lambda: not context.opening.is_busy
        for index in (1, 0):  # the same pictures are kept then
            context.opening.show(index)
            yield 0.3
            yield lambda: not context.opening.is_busy
        yield lambda: context.annotations.current is not None
        robot.run("view.fit")
        robot.run("view.theme_dark")
        yield 2.5
        self.memory.collect()
        yield 0.5
        self.memory.collect()
        yield 0.5

    def _let_go(self) -> None:
        """Drop what is kept for the user's sake up to a budget, and old runs."""
        context = self.context
        context.predicting.kept.clear()
        context.session.settled.clear()
        context.session.rejected.clear()
        context.annotations.histories.replace_all({})
        context.jobs.clear_ended()
        for run in tuple(context.runs.all):
            if not run.is_here:
                context.runs.forget(run)
        for folder in ("runs", "batches"):
            shutil.rmtree(self.robot.out / folder, ignore_errors=True)

    def _report(self, lap: int) -> None:
        from soak_watch import growth

        figures = self.memory.sample()
        self.quiet_mb.append(float(figures["Rss"]))
        grown = growth(self.quiet_mb, self.given.warm_up)
        late = self.lateness.take()
        self.book.write(
            "lap",
            lap=lap,
            deeds=self.robot.count,
            memory=figures,
            grown_mb=round(grown, 1),
            lost=self.edits.lost,
            checked=self.edits.checked,
            painted=self.edits.painted,
            errors=self.complaints.errors,
            late=late,
            complaints=dict(self.complaints.seen.most_common(40)),
        )
        minutes = (time.monotonic() - self.begun) / 60
        over = late["over_ms"]
        slow = f"late >16 ms {over['>16']}, >100 ms {over['>100']} of {late['ticks']}"
        print(
            f"lap {lap:3} {minutes:6.1f} min {self.robot.count:6} deeds "
            f"{figures['Rss']:7} MB {grown:+6.1f} MB "
            f"{figures['widgets']:5} widgets {figures['children']} children "
            f"{self.edits.painted:6} painted {self.edits.checked:4} checked "
            f"{self.edits.lost} lost "
            f"{self.complaints.errors} errors  {slow}, most {late['worst'][:1]}",
            flush=True,
        )

    def run(self) -> int:
        """Run until the time is over; returns 0 when the figures are kept."""
        from soak_watch import growth

        self.app.exec()
        grown = growth(self.quiet_mb, self.given.warm_up)
        self.desktop.close()
        self.faults.close()
        good = not (self.edits.lost or self.complaints.errors)
        good = good and grown <= MOST_GROWTH_MB
        self.book.write("end", grown_mb=grown, lost=self.edits.lost, good=good)
        print(
            f"no crash; {grown:+.1f} MB; {self.edits.lost} of {self.edits.checked} "
            f"edits lost; {self.complaints.errors} errors: {'ok' if good else 'not ok'}"
        )
        return 0 if good else 1


def _safely(deed: Iterator["Wait"]) -> Iterator["Wait"]:
    """Yield what a deed waits for; an error under the robot's hands ends that deed.

    PySide6 hands what an event raised to whoever sent the event from Python.
    """
    while True:
        try:
            wait = next(deed)
        except StopIteration:
            return
        except Exception as error:  # noqa: BLE001 - told as any other in the window
            sys.excepthook(type(error), error, error.__traceback__)
            return
        yield wait


def watched(given: argparse.Namespace) -> int:
    """Run the window in a process of its own, and tell when it dies."""
    from soak_watch import Book

    inside = f"exec {sys.executable} {Path(__file__).resolve()} --here"
    inside += f" --root {given.root} --log {given.log} --minutes {given.minutes}"
    inside += f" --seed {given.seed} --lap-s {given.lap_s} --warm-up {given.warm_up}"
    if shutil.which("openbox"):
        inside = f"openbox & sleep 0.7; {inside}"
    home = os.environ.get("SEGDESK_HOME", str(given.root / "home"))
    environment = dict(os.environ, SEGDESK_HOME=home, QT_QPA_PLATFORM="xcb")
    command = ["xvfb-run", "-a", "-s", _SCREEN, "sh", "-c", inside]
    code = subprocess.call(command, env=environment)
    if code not in (0, 1):
        Book(given.log).write("died", code=code)
        print(f"the window died: {code}")
    return code


def main() -> int:
    """Soak."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--lap-s", type=float, default=150)
    parser.add_argument("--warm-up", type=int, default=3)
    parser.add_argument("--log", type=Path, default=Path("soak.jsonl"))
    parser.add_argument("--root", type=Path)
    parser.add_argument("--here", action="store_true")
    given = parser.parse_args()
    given.log = given.log.resolve()
    if given.here:
        from segdesk.gui.starting import hurry

        hurry()  # as the program does before it imports anything else
        faulthandler.enable()
        given.root = given.root or Path(tempfile.mkdtemp())
        return Soak(given).run()
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    given.root = given.root or folder
    try:
        return watched(given)
    finally:
        with suppress(OSError):
            shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())

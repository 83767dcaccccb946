"""Kill a program that paints and saves, 200 times, and count what is lost.

Usage: python benchmarks/kill.py [--kills N] [--seed N] [--side PX]

A child paints strokes into two images, undoes some, switches between them and saves
all the time, through the program's own journey, autosave and journal; quiet is 40 ms
instead of 2 s, so that most kills fall into or beside a save. It is killed with SIGKILL
at a random moment; the journals are replayed, and both annotations are compared with
what the same moves give without a kill. POSIX only: the child is forked.
"""

import argparse
import multiprocessing
import os
import queue
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from segdesk.app.annotate.annotating import Annotating
from segdesk.app.annotate.autosave import Autosave
from segdesk.app.annotate.journal import journal_dir
from segdesk.app.annotate.opening_annotations import OpenAnnotations
from segdesk.app.annotate.recovery import recover_journals
from segdesk.app.desk import Desk
from segdesk.app.files.opened_image import open_image
from segdesk.app.job_center import JobCenter
from segdesk.app.notices import Notices
from segdesk.app.project.shelf import ProjectShelf
from segdesk.app.session import Session
from segdesk.app.settings.settings import Settings
from segdesk.core.brush import Brush, Stroke
from segdesk.core.classes import ClassList
from segdesk.core.cv import load_cv2
from segdesk.core.document import AnnotationDocument, Change
from segdesk.core.errors import SegDeskError
from segdesk.core.geometry import Size
from segdesk.core.history import Step
from segdesk.core.project import Project
from segdesk.core.shapes import Point
from segdesk.formats.native import read_annotation
from segdesk.formats.project_file import write_project

CLASSES = ClassList.from_names(("background", "road", "tree", "water"))
NAMES = ("a.png", "b.png")
_QUICKER = 0.02  # 2 s of quiet become 40 ms
_LONGEST_S = 0.5


@dataclass(frozen=True)
class Move:
    """One thing the child does: a stroke, or an undo, on one of the images."""

    image: int
    undo: bool
    value: int
    places: tuple[Point, ...]
    size: float
    pause_s: float


def moves(seed: int, side: int) -> Iterator[Move]:
    """Yield what a child does, for ever."""
    chance = random.Random(seed)  # noqa: S311 - a seed
    image = chance.randrange(2)
    while True:
        if chance.random() < 0.1:
            image = 1 - image
        places = tuple(
            Point(chance.uniform(0, side), chance.uniform(0, side)) for _ in range(3)
        )
        size = chance.uniform(5, side / 6)
        pause = chance.choice((0.0, 0.005, 0.02, 0.08))
        undo, value = chance.random() < 0.15, chance.randrange(4)
        yield Move(image, undo, value, places, size, pause)


def stroke(document: AnnotationDocument, move: Move) -> Change | None:
    """Do a move as the brush does it."""
    if move.undo:
        return document.undo()
    allowed = np.ones(256, np.bool_)
    painting = Stroke(document.labels, move.value, allowed)
    for place in move.places:
        painting.to(place, Brush(move.size))
    edit = painting.finish()
    if edit is None:
        return None
    return document.record(Step("Brush", "paint-brush", move.value, (edit,)))


class Loop:
    """What the window gives in the program: an executor and a timer, with one queue."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1)
        self._answers: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()
        self._calls: list[tuple[float, Callable[[], object]]] = []
        self._busy = 0

    def submit(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], object],
        failed: Callable[[SegDeskError], object],
    ) -> None:
        """Run work on a worker."""
        self._busy += 1

        def run() -> None:
            try:
                result = work()
            except SegDeskError as error:
                told = error
                self._answers.put(lambda: failed(told))
            else:
                self._answers.put(lambda: done(result))

        self._pool.submit(run)

    def after(self, seconds: float, call: Callable[[], object]) -> Callable[[], None]:
        """Call later."""
        entry = (time.monotonic() + seconds * _QUICKER, call)
        self._calls.append(entry)

        def drop() -> None:
            if entry in self._calls:
                self._calls.remove(entry)

        return drop

    def turn(self) -> None:
        """Do what is due."""
        while not self._answers.empty():
            self._busy -= 1
            self._answers.get()()
        now = time.monotonic()
        for entry in [one for one in self._calls if one[0] <= now]:
            self._calls.remove(entry)
            entry[1]()

    def settle(self) -> None:
        """Wait for all work."""
        while self._busy:
            self.turn()
            time.sleep(0.001)


def child(root: Path, seed: int, side: int, said: Connection) -> None:
    """Paint and save until killed; say the number of moves that are done."""
    loop = Loop()
    desk = Desk(Session(), Settings(root / "no.toml"), Notices(), JobCenter())
    desk.notices.posted.connect(lambda notice: said.send(notice.message))
    autosave = Autosave(loop, loop, desk.notices)
    shelf = ProjectShelf(loop, desk.notices)
    annotations = OpenAnnotations(desk, loop, autosave, shelf)
    annotating = Annotating(desk, loop, annotations, autosave, shelf, {})
    images = [open_image(root / name) for name in NAMES]
    shown = -1
    for number, move in enumerate(moves(seed, side), 1):
        if move.image != shown:
            shown = move.image
            desk.session.set_image(images[shown])
            loop.settle()
        if move.undo:
            annotating.undo()
        else:
            annotating.apply(lambda document, move=move: stroke(document, move))
        said.send(number)
        until = time.monotonic() + move.pause_s
        while True:
            loop.turn()
            if time.monotonic() >= until:
                break
            time.sleep(0.001)


@dataclass
class Outcome:
    """What was seen."""

    lost: Counter[int]
    damaged: int = 0
    copies: int = 0
    replayed: int = 0
    moves: int = 0
    notices: int = 0


class Bench:
    """The project, and what its annotations should hold."""

    def __init__(self, root: Path, side: int) -> None:
        self.root, self.side = root, side
        self.size = Size(side, side)
        self.project = Project(root, CLASSES)
        write_project(self.project)
        for name in NAMES:
            Image.new("RGB", self.size, "grey").save(root / name)
        self.labels = [self._empty(), self._empty()]
        self.outcome = Outcome(Counter())

    def _empty(self) -> NDArray[np.uint8]:
        return np.zeros((self.side, self.side), np.uint8)

    def kill_once(self, seed: int, wait_s: float) -> None:
        """Run a child, kill it, recover, compare."""
        hears, says = multiprocessing.Pipe(duplex=False)
        process = multiprocessing.get_context("fork").Process(
            target=child, args=(self.root, seed, self.side, says)
        )
        process.start()
        says.close()
        done = hears.recv()
        time.sleep(wait_s)
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        try:
            while True:
                said = hears.recv()
                if isinstance(said, str):
                    print("the child said:", said)
                    self.outcome.notices += 1
                else:
                    done = said
        except (EOFError, OSError):
            hears.close()
        self.outcome.moves += done
        self._judge(seed, done)

    def _judge(self, seed: int, done: int) -> None:
        for one in recover_journals():
            self.outcome.copies += one.is_copy
            self.outcome.damaged += one.problem is not None
            self.outcome.replayed += one.steps
        found = []
        for name in NAMES:
            read = read_annotation(self.project.annotation_path(name), self.size)
            self.outcome.damaged += read.problem is not None
            found.append(self._empty() if read.state is None else read.state.labels)
        lost = self._lost(seed, done, found)
        if lost is None:
            self.outcome.damaged += 1
        else:
            self.outcome.lost[max(0, lost)] += 1
        self.labels = found

    def _lost(self, seed: int, done: int, found: list[NDArray[np.uint8]]) -> int | None:
        """Return how many moves are missing; -1: even the untold one is there."""
        documents = [AnnotationDocument(labels.copy(), 0) for labels in self.labels]
        fits: int | None = None
        planned = moves(seed, self.side)
        for number in range(done + 2):
            same = all(
                np.array_equal(document.labels, labels)
                for document, labels in zip(documents, found, strict=True)
            )
            if same:
                fits = done - number
            move = next(planned)
            stroke(documents[move.image], move)
        return fits


def main() -> int:
    """Kill and count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--side", type=int, default=700)
    arguments = parser.parse_args()
    load_cv2().setNumThreads(1)
    chance = random.Random(arguments.seed)  # noqa: S311 - a seed
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SEGDESK_HOME"] = str(Path(folder) / "home")
        root = Path(folder) / "project"
        root.mkdir()
        bench = Bench(root, arguments.side)
        for number in range(arguments.kills):
            wait_s = chance.uniform(0, _LONGEST_S)
            bench.kill_once(arguments.seed * 100_000 + number, wait_s)
        left = len(list(journal_dir().glob("*")))
        aside = len(list(root.rglob("*.damaged-*")))
    seen = bench.outcome
    print(f"kills                      {arguments.kills}")
    print(f"moves made                 {seen.moves}")
    print(f"moves replayed             {seen.replayed}")
    print(f"annotations damaged        {seen.damaged + aside}")
    print(f"copies beside the original {seen.copies}")
    print(f"journals left over         {left}")
    print(f"kills by finished moves lost: {dict(sorted(seen.lost.items()))}")
    good = not (seen.damaged or seen.copies or aside or left or seen.notices)
    return 0 if good and max(seen.lost, default=0) <= 1 else 1


if __name__ == "__main__":
    sys.exit(main())

"""What a soak looks at: memory, children, errors, lateness, and every edit on disk."""

import ctypes
import gc
import hashlib
import json
import logging
import os
import statistics
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import psutil
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QImage, QPixmap, QPixmapCache
from PySide6.QtWidgets import QApplication

from segdesk.app.annotate.journal import journal_dir
from segdesk.app.notices import Level
from segdesk.formats.native import read_annotation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segdesk.app.annotate.open_annotation import OpenAnnotation
    from segdesk.app.context import AppContext
    from segdesk.app.notices import Notice
    from segdesk.core.geometry import Size

PERIOD_MS = 8
STEPS_MS = (2, 4, 8, 16, 33, 50, 100, 250, 1000)
_MANY = 200
_SAMPLES = 5
_GROWING = 12
_LARGE_BYTES = 50_000


class Book:
    """A JSON-lines file; each line is there even if the next moment ends everything."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")
        self._began = time.monotonic()

    def write(self, kind: str, **facts: object) -> None:
        """Add a line."""
        at = round(time.monotonic() - self._began, 1)
        self._file.write(json.dumps({"at_s": at, "kind": kind, **facts}) + "\n")
        self._file.flush()


class Lateness:
    """How late an 8 ms timer fires, as counts; and what the worst ones fell into."""

    def __init__(self, doing: Callable[[], str]) -> None:
        self._doing = doing
        self._last = time.perf_counter()
        self._is_on = False
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(PERIOD_MS)
        self._timer.timeout.connect(self._tick)
        self.counts: Counter[int] = Counter()
        self.worst: list[tuple[float, str]] = []

    def start(self) -> None:
        """Begin, or go on."""
        self._last = time.perf_counter()
        self._is_on = True
        self._timer.start()

    def stop(self) -> None:
        """Stop: what comes now is the robot's own work."""
        self._is_on = False
        self._timer.stop()

    def take(self) -> dict[str, object]:
        """Return what was counted since the last time."""
        total = sum(self.counts.values()) or 1
        over = {
            f">{step}": sum(n for at, n in self.counts.items() if at > place)
            for place, step in enumerate(STEPS_MS)
        }
        told = {"ticks": total, "over_ms": over, "worst": sorted(self.worst)[::-1]}
        self.counts, self.worst = Counter(), []
        return told

    def _tick(self) -> None:
        now = time.perf_counter()
        late, self._last = (now - self._last) * 1000 - PERIOD_MS, now
        self.counts[sum(late > step for step in STEPS_MS)] += 1
        if len(self.worst) < 5 or late > self.worst[0][0]:
            self.worst = sorted([*self.worst, (round(late), self._doing())])[-5:]


class Complaints(logging.Handler):
    """Warnings and errors of the log, and notices of them; the first ones are kept."""

    def __init__(self, book: Book, doing: Callable[[], str]) -> None:
        super().__init__(logging.WARNING)
        self._book = book
        self._doing = doing
        self.errors = 0
        self.seen: Counter[str] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        """Take a line of the log."""
        trace = ""
        if record.exc_info and record.exc_info[0] is not None:
            trace = "".join(traceback.format_exception(*record.exc_info))
        if record.levelno >= logging.ERROR:
            self.errors += 1
        self.tell("log", record.levelname, record.getMessage(), trace)

    def on_notice(self, notice: "Notice") -> None:
        """Take a notice."""
        if notice.level in (Level.ERROR, Level.WARNING):
            words = f"{notice.message} {notice.cause}"
            self.tell("notice", str(notice.level), words, notice.detail)

    def tell(self, kind: str, level: str, words: str, trace: str = "") -> None:
        """Count something; the first of its kind is written down."""
        key = f"{kind} {level} {words[:90]}"
        self.seen[key] += 1
        if self.seen[key] == 1 and len(self.seen) < _MANY:
            facts = {"level": level, "words": words, "trace": trace[-4000:]}
            self._book.write(kind, doing=self._doing(), **facts)


class Edits:
    """Knows what each annotation must be, and compares it with its file."""

    def __init__(self, context: "AppContext") -> None:
        self._context = context
        self._expected: dict[Path, tuple[str, Size]] = {}
        self.checked = self.lost = self.painted = 0
        context.annotations.leaving.connect(self.note)
        context.annotating.painted.connect(self._on_painted)

    def note(self, annotation: "OpenAnnotation | None" = None) -> None:
        """Remember how an annotation is; None: the one on screen."""
        annotation = annotation or self._context.annotations.current
        if annotation is not None and annotation.document.revision:
            document = annotation.document
            told = _digest(document.labels), document.size
            self._expected[annotation.place.path] = told

    def _on_painted(self, _: object) -> None:
        self.painted += 1

    def check(self) -> list[str]:
        """Read all that was changed from the disk; returns what is another there."""
        wrong = []
        for path, (digest, size) in self._expected.items():
            read = read_annotation(path, size)
            self.checked += 1
            if read.state is None or read.problem is not None:
                wrong.append(f"{path.name}: {read.problem or 'nothing there'}")
            elif _digest(read.state.labels) != digest:
                wrong.append(f"{path.name}: other labels")
        wrong += [f"journal left: {one.name}" for one in journal_dir().glob("*")]
        self.lost += len(wrong)
        self._expected.clear()
        return wrong


def _digest(labels: "NDArray") -> str:
    return hashlib.blake2b(labels.tobytes(), digest_size=16).hexdigest()


class Memory:
    """What the window's process and its children have, at a quiet moment."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._types: Counter[str] = Counter()

    def collect(self) -> None:
        """Let everything go that nobody holds."""
        QPixmapCache.clear()
        gc.collect()
        with suppress(AttributeError, OSError):
            ctypes.CDLL(None).malloc_trim(0)

    def sample(self) -> dict[str, object]:
        """Return the figures; memory in MB of 10⁶ bytes."""
        rolls = [self._rollup() for _ in range(_SAMPLES)]
        told: dict[str, object] = {
            name: round(statistics.median(roll[name] for roll in rolls) * 1024 / 1e6, 1)
            for name in ("Rss", "Pss", "Anonymous")
        }
        children = self._process.children(recursive=True)
        told["children"] = len(children)
        told["children_rss"] = 0
        for child in children:
            with suppress(psutil.Error):
                told["children_rss"] += round(child.memory_info().rss / 1e6)
        told["threads"] = self._process.num_threads()
        told["files"] = self._process.num_fds()
        told["widgets"] = len(QApplication.allWidgets())
        told["windows"] = len(QApplication.topLevelWidgets())
        told["objects"] = len(gc.get_objects())
        told["blocks"] = sys.getallocatedblocks()
        told["growing"] = self._growing()
        told["held_mb"] = _held()
        told["malloc_mb"] = _allocated()
        return told

    def _growing(self) -> dict[str, int]:
        """Return the types of which there are more than the last time."""
        types = Counter(type(one).__qualname__ for one in gc.get_objects())
        before, self._types = self._types, types
        return dict((types - before).most_common(_GROWING))

    @staticmethod
    def _rollup() -> dict[str, int]:
        text = Path(f"/proc/{os.getpid()}/smaps_rollup").read_text("ascii")
        lines = (line.split() for line in text.splitlines()[1:])
        return {words[0].rstrip(":"): int(words[1]) for words in lines}


def _held() -> dict[str, float]:
    """Return who holds arrays, pictures and bytes, the largest first; MB by type."""
    gc.unfreeze()  # what the start has made holds most of it
    seen: set[int] = set()
    held: Counter[str] = Counter()
    for owner in gc.get_objects():
        for part in gc.get_referents(owner):
            found = part
            while isinstance(found, np.ndarray) and isinstance(found.base, np.ndarray):
                found = found.base
            size = _size(found)
            if size > _LARGE_BYTES and id(found) not in seen:
                seen.add(id(found))
                held[f"{type(owner).__qualname__} {type(found).__name__}"] += size
    gc.freeze()
    return {name: round(size / 1e6, 1) for name, size in held.most_common(_GROWING)}


class _MallInfo(ctypes.Structure):
    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    ]


def _allocated() -> dict[str, float]:
    """Return what the allocator of Linux has given out, and what it keeps free."""
    with suppress(AttributeError, OSError):
        library = ctypes.CDLL(None)
        library.mallinfo2.restype = _MallInfo
        info = library.mallinfo2()
        used, mapped, free = info.uordblks, info.hblkhd, info.fordblks
        sizes = {"used": used, "mapped": mapped, "free": free}
        return {name: round(size / 1e6, 1) for name, size in sizes.items()}
    return {}


def _size(part: object) -> int:
    if isinstance(part, np.ndarray):
        return int(part.nbytes)
    if isinstance(part, bytes | bytearray):
        return len(part)
    if isinstance(part, QImage):
        return int(part.sizeInBytes())
    if isinstance(part, QPixmap):
        return part.width() * part.height() * part.depth() // 8
    return 0


def growth(laps: list[float], warm_up: int) -> float:
    """Return by how much memory grew: the last laps beside the first warm ones.

    Medians of three on both sides; a single lap that was caught at a bad moment does
    not decide.
    """
    warm = laps[warm_up:]
    if len(warm) < 2:
        return 0.0
    width = min(3, len(warm) // 2)
    return statistics.median(warm[-width:]) - statistics.median(warm[:width])

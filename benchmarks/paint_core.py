"""What tools cost on 100 MP, without a window, beside undo by whole copies.

Usage: python benchmarks/paint_core.py [--side N] [--events N]

Works each tool on a square label map of N × N px (default 10,000) as a hand does, and
takes the time of every event on the thread of the window: wall time, and the time of
the processor, which a busy machine does not stretch. A dab is one event: it paints the
way from the place before. Then undo: memory of 200 strokes in the history, and the
time to take them back. The peer, in the same run, keeps a copy of the label map for
each stroke, as simple editors do.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from segdesk.app.tools.base import Tool, ToolContext, ToolResult
from segdesk.app.tools.box import ToolBox
from segdesk.app.tools.options import ToolOptions
from segdesk.app.tools.pointer import Button, Key, Mod, PointerEvent
from segdesk.core.cv import load_cv2
from segdesk.core.document import AnnotationDocument
from segdesk.core.rules import NOT_LOCKED
from segdesk.core.shapes import Polygon, ring

DAB_MS, EVENT_MS = 4.0, 16.0
Way = list[tuple[float, float]]


class Clock:
    """Times of one kind of event, in milliseconds."""

    def __init__(self) -> None:
        self.wall: list[float] = []
        self.cpu: list[float] = []

    def measure(self, act: Callable[[], ToolResult]) -> ToolResult:
        """Do it and keep how long it took."""
        wall, cpu = time.perf_counter(), time.thread_time()
        result = act()
        self.cpu.append((time.thread_time() - cpu) * 1000)
        self.wall.append((time.perf_counter() - wall) * 1000)
        return result

    def line(self, name: str, target: float) -> str:
        """Return medians, 99th percentiles and the verdict as one line."""
        if not self.wall:
            return f"  {name:<46}   never"
        wall = np.percentile(self.wall, [50, 99])
        cpu = np.percentile(self.cpu, [50, 99])
        verdict = "ok" if cpu[1] <= target else "over"
        return (
            f"  {name:<46}{wall[0]:8.2f}{wall[1]:8.2f}{cpu[0]:9.2f}{cpu[1]:8.2f}"
            f"   {verdict} ({target:.0f})"
        )


def wander(rng: np.random.Generator, side: int, step: float, count: int) -> Way:
    """Return the way of a pen that turns slowly and stays inside."""
    place, angle = rng.uniform(0.3, 0.7, 2) * side, rng.uniform(0, 6)
    way = []
    for _ in range(count):
        angle += rng.uniform(-0.4, 0.5)
        place = np.clip(
            place + step * np.array([np.cos(angle), np.sin(angle)]), 0, side
        )
        way.append((float(place[0]), float(place[1])))
    return way


class Hand:
    """Works tools; what they call slow is done without being counted.

    Taking over what a worker found is counted, in `delivered`.
    """

    def __init__(self, side: int) -> None:
        rng = np.random.default_rng(7)
        cv2 = load_cv2()
        coarse = rng.integers(0, 6, (side // 250, side // 250), dtype=np.uint8)
        labels = cv2.resize(coarse, (side, side), interpolation=cv2.INTER_NEAREST)
        small = rng.integers(0, 256, (side // 50, side // 50, 3), dtype=np.uint8)
        image = cv2.resize(small, (side, side), interpolation=cv2.INTER_LINEAR)
        self.document = AnnotationDocument(labels, unlabelled=0)
        self.context = ToolContext(
            self.document, image, 7, 0, frozenset({5}), NOT_LOCKED
        )

        self.delivered = Clock()

    def use(self, **options: object) -> None:
        """Change options."""
        self.context = replace(self.context, options=ToolOptions(**options))  # type: ignore[arg-type]

    def stroke(self, tool: Tool, way: Way, clocks: dict[str, Clock]) -> None:
        """Draw a way; the first press, moves and the release are kept apart."""
        first, *others = [PointerEvent(x, y, Button.LEFT, pixel=4.0) for x, y in way]
        self.take(
            tool, clocks["press"].measure(lambda: tool.press(first, self.context))
        )
        for event in others:
            act = clocks["move"].measure(partial(tool.move, event, self.context))
            self.take(tool, act)
        last = others[-1] if others else first
        act = clocks["release"].measure(partial(tool.release, last, self.context))
        self.take(tool, act)

    def take(self, tool: Tool, result: ToolResult) -> None:
        """Do what a result has done on a worker."""
        while result.work:
            token, value = result.work.token, result.work()
            result = self.delivered.measure(
                partial(tool.deliver, token, value, self.context)
            )


def clocks() -> dict[str, Clock]:
    """Return a clock for each kind of event."""
    return {"press": Clock(), "move": Clock(), "release": Clock()}


def brushes(hand: Hand, tool: Tool, side: int, events: int) -> None:
    """Measure strokes of several sizes and speeds."""
    rng = np.random.default_rng(1)
    for size, step in ((1, 3), (42, 15), (1000, 40), (1000, 400), (2000, 100)):
        hand.use(brush_size=float(size))
        times = clocks()
        for _ in range(4):
            hand.stroke(tool, wander(rng, side, step, events // 4), times)
        name = f"brush {size:,} px, {step} px an event"
        target = DAB_MS if size <= 1000 else EVENT_MS
        print(times["move"].line(f"{name}: dab", target))
        print(times["release"].line(f"{name}: release", EVENT_MS))


def other_tools(hand: Hand, box: ToolBox, side: int) -> None:
    """Measure presses, drags and hovers of the other tools."""
    rng = np.random.default_rng(2)
    hand.use(brush_size=300.0, fill_closed=True)
    for tool, count in (("brush", 40), ("fill", 1), ("wand", 12), ("superpixels", 30)):
        times = clocks()
        for _ in range(12):
            hand.stroke(box[tool], wander(rng, side, 40, count), times)
        for kind, clock in times.items():
            name = "brush, fill closed" if tool == "brush" else tool
            print(clock.line(f"{name}: {kind}", EVENT_MS))
    shapes(hand, box, rng, side)
    print(hand.delivered.line("all: taking over a worker's result", EVENT_MS))
    hand.delivered = Clock()
    hand.document.labels[...] = 3
    hand.context = replace(hand.context, locked=frozenset())
    hand.stroke(box["fill"], [(side / 2, side / 2)], clocks())
    print(hand.delivered.line("fill of the whole image: taking it over", EVENT_MS))


def shapes(hand: Hand, box: ToolBox, rng: np.random.Generator, side: int) -> None:
    """Measure drawing and editing, with 3,000 shapes there already."""
    hand.document.shapes = tuple(many_shapes(rng, side))
    for tool, extent in (("polygon", 900), ("edge_lasso", 900)):
        hover, close = Clock(), Clock()
        for _ in range(12):
            centre = rng.uniform(0.2, 0.8, 2) * side
            way = [
                tuple(centre + rng.uniform(-extent, extent, 2) / 2) for _ in range(6)
            ]
            for x, y in way:
                for mods in (Mod.NONE, Mod.CTRL):
                    event = PointerEvent(x, y, Button.NONE, mods, pixel=4.0)
                    hover.measure(partial(box[tool].hover, event, hand.context))
                event = PointerEvent(x, y, Button.LEFT, pixel=4.0)
                hand.take(box[tool], box[tool].press(event, hand.context))
                hand.take(box[tool], box[tool].release(event, hand.context))
            hand.take(
                box[tool],
                close.measure(
                    partial(box[tool].key, Key.ENTER, Mod.NONE, hand.context)
                ),
            )
        print(hover.line(f"{tool}: hover, with and without snapping", EVENT_MS))
        print(close.line(f"{tool}: close", EVENT_MS))
    times = clocks()
    for x, y in rng.uniform(0.1, 0.7, (12, 2)) * side:
        hand.stroke(box["rectangle"], [(x, y), (x + 1500, y + 1200)], times)
    print(times["release"].line("rectangle, 1,500 × 1,200 px: release", EVENT_MS))
    hover, times = Clock(), clocks()
    for x, y in wander(rng, side, 200, 60):
        event = PointerEvent(x, y, pixel=4.0)
        hover.measure(partial(box["edit"].hover, event, hand.context))
    for shape in hand.document.shapes[:12]:
        x, y = shape.handles[0]
        hand.stroke(box["edit"], [(x, y), (x + 30, y + 30), (x + 60, y + 20)], times)
    print(hover.line("edit: hover", EVENT_MS))
    for kind, clock in times.items():
        print(clock.line(f"edit: {kind}", EVENT_MS))


def many_shapes(rng: np.random.Generator, side: int) -> Iterator[Polygon]:
    """Yield polygons of 40 vertices."""
    angles = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    for x, y in rng.uniform(0.02, 0.98, (3000, 2)) * side:
        reach = rng.uniform(20, 120) * rng.uniform(0.8, 1.2, 40)
        points = np.stack([x + reach * np.cos(angles), y + reach * np.sin(angles)], 1)
        yield Polygon(class_index=1, rings=(ring(points),))


def undo(hand: Hand, tool: Tool, side: int) -> None:
    """Measure 200 strokes in the history, and a copy for each as the peer."""
    rng = np.random.default_rng(3)
    hand.use(brush_size=200.0)
    document = hand.document
    document.history.clear()
    first = document.labels.copy()
    for number in range(200):
        hand.context = replace(hand.context, selected_class=number % 5)
        hand.stroke(tool, wander(rng, side, 60, 30), clocks())
    history = document.history
    steps, size = history.position, history.size_bytes
    times = []
    while document.history.undoable:
        start = time.thread_time()
        document.undo()
        times.append((time.thread_time() - start) * 1000)
    same = np.array_equal(first, document.labels)
    start = time.thread_time()
    copy = document.labels.copy()
    peer_ms = (time.thread_time() - start) * 1000
    print(
        f"\nUndo of {steps} strokes, 200 px wide, 1,800 px long: "
        f"{size / 1e6:.2f} MB in all, {size / steps / 1e3:.1f} kB a stroke; "
        f"one undo {np.median(times):.1f} ms, at most {max(times):.1f} ms; "
        f"first array back bit for bit: {same}"
    )
    print(
        f"Peer, a copy for each: {copy.nbytes * steps / 1e9:.1f} GB, {peer_ms:.0f} ms "
        f"for each stroke: {copy.nbytes * steps / size:,.0f} times the memory."
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--side", type=int, default=10_000)
    parser.add_argument("--events", type=int, default=200)
    arguments = parser.parse_args()
    load_cv2().setNumThreads(1)
    hand, box = Hand(arguments.side), ToolBox()
    print(f"{arguments.side:,} × {arguments.side:,} px, 3,000 shapes, one thread")
    print(f"  {'':<46}{'wall':>8}{'p99':>8}{'cpu':>9}{'p99':>8}   target, cpu p99")
    brushes(hand, box["brush"], arguments.side, arguments.events)
    other_tools(hand, box, arguments.side)
    undo(hand, box["brush"], arguments.side)


if __name__ == "__main__":
    main()

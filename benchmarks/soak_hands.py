"""What a robot does with mouse and keys over the canvas: it paints with every tool.

Each deed is a generator. It yields seconds to wait, or a condition to wait for; the
window goes on meanwhile.
"""

import random
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

if TYPE_CHECKING:
    from segdesk.gui.application import Desktop

Wait = float | Callable[[], object]
Deed = Iterator[Wait]
Key = Qt.Key
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
DRAGGED = ("brush", "brush", "brush", "eraser", "rectangle", "ellipse", "superpixels")
CLICKED = ("polygon", "polyline", "edge_lasso")
POINTED = ("fill", "wand", "pick")


class Hands:
    """Paints random things.

    Parameters
    ----------
    seed
        Of all that is left to chance.
    """

    def __init__(self, desktop: "Desktop", seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - a seed
        self.context = desktop.context
        self.window = desktop.window
        self.canvas = desktop.context.viewer.canvas

    def run(self, command_id: str) -> None:
        """Run a command, as menu and palette do."""
        self.context.commands.run(command_id)

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        """Press a key over the canvas."""
        self.window.activateWindow()
        self.canvas.setFocus()
        QTest.keyClick(self.canvas, key, modifiers)

    def at(self) -> QPoint:
        """Return a place on the canvas, more often in the middle."""
        x, y = (self.chance.betavariate(2, 2) for _ in range(2))
        return QPoint(int(self.canvas.width() * x), int(self.canvas.height() * y))

    def near(self, place: QPoint) -> QPoint:
        """Return a place not far from another one."""
        step = QPoint(*(self.chance.randint(-60, 60) for _ in range(2)))
        moved = place + step
        return QPoint(
            min(max(2, moved.x()), self.canvas.width() - 3),
            min(max(2, moved.y()), self.canvas.height() - 3),
        )

    @property
    def can_paint(self) -> bool:
        """Whether an annotation is on screen."""
        return self.canvas.isVisible() and self.context.annotations.current is not None

    def paint(self) -> Deed:
        """Paint with some tool."""
        if not self.can_paint:
            self.run("view.annotate")
            yield 0.2
        kind = self.chance.choices(
            (self.drag, self.points, self.point, self.cut), (9, 2, 2, 1)
        )
        if self.context.annotations.current is None:
            return
        self.key(Key(Key.Key_1 + self.chance.randrange(5)))
        yield from kind[0]()

    def drag(self) -> Deed:
        """Draw with a button held."""
        self.run(f"tool.{self.chance.choice(DRAGGED)}")
        if self.chance.random() < 0.3:
            self.run(self.chance.choice(("tool.size_up", "tool.size_down")))
        place = self.at()
        button = RIGHT if self.chance.random() < 0.1 else LEFT
        QTest.mouseMove(self.canvas, place)
        QTest.mousePress(self.canvas, button, NONE, place)
        for _ in range(self.chance.randint(3, 25)):
            place = self.near(place)
            QTest.mouseMove(self.canvas, place)
            yield 0.01
        QTest.mouseRelease(self.canvas, button, NONE, place)
        yield 0.05

    def points(self) -> Deed:
        """Click the corners of something."""
        self.run(f"tool.{self.chance.choice(CLICKED)}")
        place = self.at()
        for _ in range(self.chance.randint(3, 8)):
            QTest.mouseMove(self.canvas, place)
            QTest.mouseClick(self.canvas, LEFT, NONE, place)
            yield self._rested
            place = self.near(place)
        self.key(Key.Key_Escape if self.chance.random() < 0.2 else Key.Key_Return)
        yield 0.05

    def point(self) -> Deed:
        """Click once."""
        self.run(f"tool.{self.chance.choice(POINTED)}")
        QTest.mouseClick(self.canvas, LEFT, NONE, self.at())
        yield 0.1
        self.key(Key.Key_Return)
        yield self._rested

    def cut(self) -> Deed:
        """Cut something out of a box."""
        self.run("tool.box_cut")
        corner = self.at()
        QTest.mousePress(self.canvas, LEFT, NONE, corner)
        end = corner + QPoint(
            self.chance.randint(30, 120), self.chance.randint(30, 120)
        )
        QTest.mouseMove(self.canvas, end)
        yield 0.02
        QTest.mouseRelease(self.canvas, LEFT, NONE, end)
        yield self._rested
        self.key(Key.Key_Return)
        yield 0.1

    def _rested(self) -> bool:
        tool = self.context.annotating.tool
        return not getattr(tool, "is_waiting", False)

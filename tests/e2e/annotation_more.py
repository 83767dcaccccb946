"""What a user does beside the tools of the strip: refinements, parts of a proposal."""

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest

from segdesk.gui.accept_gesture import Gesture
from segdesk.gui.components.buttons import Button
from segdesk.gui.dialogs.number import NumberDialog
from segdesk.gui.proposal_bar import ProposalBar

if TYPE_CHECKING:
    from annotation_driver import User

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
Key = Qt.Key
# By the class menu, in turn, on a ring; those that ask for a number.
REFINEMENTS = ("fill_holes", "grow", "shrink", "smooth", "remove_specks")
_RING = ((0.6, 0.6), (0.7, 0.6), (0.7, 0.72), (0.6, 0.72), (0.6, 0.6))


def line_and_loop(user: "User") -> None:
    """Click, Shift+click, and a stroke that closes and is filled."""
    user.choose((0.25, 0.2), (0.35, 0.22))
    user.key(Key.Key_B)
    user.step("dot", lambda: user.click((0.25, 0.2)))
    end = user.at((0.35, 0.22))
    user.step("line", lambda: QTest.mouseClick(user.canvas, LEFT, SHIFT, end))
    user.choose(*_RING)
    user.context.commands.run("tool.fill_closed")
    user.step("closed stroke", lambda: user.drag(*_RING))
    user.context.commands.run("tool.fill_closed")


def press_verb(dialog: NumberDialog) -> None:
    """Press the button that does it, once it is there to be pressed."""
    if dialog.isVisible():
        buttons = dialog.findChildren(Button)
        QTest.mouseClick(next(one for one in buttons if one.isDefault()), LEFT)
        QTimer.singleShot(100, lambda: press_verb(dialog))


def refine(user: "User") -> None:
    """Change the selected class as a whole, in every way there is."""
    chosen = user.context.annotating.choices.class_index
    user.step("ring", lambda: user.drag((0.2, 0.6), (0.26, 0.6), (0.26, 0.7)))
    for name in REFINEMENTS:
        user.answer(NumberDialog, press_verb)
        before = user.steps
        user.context.commands.run(f"class.{name}")
        told = user.notes
        user.until(
            lambda before=before, told=told: user.steps > before or user.notes > told,
            name,
        )
    user.step("keep largest", lambda: user.context.commands.run("class.keep_largest"))
    user.key(Key.Key_I)
    user.click((0.65, 0.65))
    before = user.context.annotating.choices.class_index
    user.key(Key.Key_X)
    user.key(Key.Key_X)
    if user.context.annotating.choices.class_index != before:
        sys.exit("X twice did not bring the class back")
    user.key(Key.Key_X, SHIFT)
    user.key(Key.Key_B)
    user.step("ignore", lambda: user.drag((0.2, 0.8), (0.24, 0.8)))
    user.key(Key(Key.Key_1 + chosen))


def accept_parts(user: "User") -> None:
    """Take a region, a lasso, a class, what is sure, and all over; and all back."""
    session = user.context.session
    bar = user.desktop.window.findChild(ProposalBar)
    first = user.steps

    def arm(gesture: Gesture) -> None:
        bar.asked.emit(gesture)

    def accept(what: str, deed: object) -> None:
        """Wait for a step, or for the words that nothing would change."""
        before, notes = user.steps, user.notes
        deed()
        user.until(lambda: user.steps > before or user.notes > notes, what)

    arm(Gesture.REGION)
    accept("region", lambda: user.click((0.5, 0.5)))
    arm(Gesture.LASSO)
    lasso = ((0.3, 0.3), (0.45, 0.3), (0.45, 0.45), (0.3, 0.45))
    accept("lasso", lambda: user.drag(*lasso))
    arm(Gesture.NONE)
    user.key(Key.Key_2)
    accept("class", lambda: user.key(Key.Key_Return, SHIFT))
    session.update_view(min_confidence=0.6)
    accept("what is sure", lambda: user.key(Key.Key_Return))
    session.update_view(min_confidence=0.0)
    if session.proposal is not None:
        accept("all", lambda: user.key(Key.Key_Return))
    user.until(lambda: session.proposal is None, "end of the proposal")
    user.until(lambda: not bar.isVisible(), "bar that goes")
    user.shot("6 accepted all")
    user.key(Key.Key_Z, CTRL)
    user.until(bar.isVisible, "bar that comes back")
    while user.steps > first:
        user.key(Key.Key_Z, CTRL)

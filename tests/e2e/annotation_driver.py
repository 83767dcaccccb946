"""A user at the window: imports masks, corrects with each tool, comes back, exports.

    python annotation_driver.py paint FOLDER     until it is killed
    python annotation_driver.py resume FOLDER OUT
    python annotation_driver.py accept FOLDER MODEL   with the real engine

Every wish is a mouse or key event; what is asked of the program's insides only tells
when it is done. Pictures of the window go to the folder that SEGDESK_SHOTS names.
"""

import faulthandler
import hashlib
import json
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from annotation_more import accept_parts, line_and_loop, refine
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from segdesk.app.exchange.import_classes import IGNORE, to_class
from segdesk.app.notices import Notice
from segdesk.core.classes import ClassList
from segdesk.core.paths import user_data_dir
from segdesk.gui.application import Desktop, make_application
from segdesk.gui.dialogs.export_labels import ExportDialog
from segdesk.gui.dialogs.import_preview import ImportDialog
from segdesk.library.model_card import ModelCard, write_card

WAIT_S = 60
LOAD_S = 180  # torch, on a machine that does other things too
ENGINE = [sys.executable, "-P", str(Path(__file__).parents[1] / "fake_engine.py")]
# The stand-in for a model knows brightness: two classes are named after it.
NAMES = {
    "#3C1098": "grey",
    "#8429F6": "bright",
    "#6EC1E4": "road",
    "#FEDD3A": "vegetation",
    "#E2A929": "water",
}
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
NONE = Qt.KeyboardModifier.NoModifier
Key = Qt.Key
Place = tuple[float, float]
_CORNERS = ((0.5, 0.3), (0.6, 0.32), (0.58, 0.45), (0.5, 0.42))
_ROUND = ((0.5, 0.52), (0.58, 0.54), (0.56, 0.62), (0.5, 0.6))


class User:
    """A user in front of the running program."""

    def __init__(self, engine: list[str] | None = ENGINE) -> None:
        self.app = make_application()
        self.desktop = Desktop(engine)
        self.context = self.desktop.context
        self.canvas = self.context.viewer.canvas
        self._toasts: list[object] = []
        self.context.notices.toasted.connect(self._toasts.append)
        window = self.desktop.window
        window.resize(1500, 940)
        window.show()
        window.activateWindow()

    def open(self, folder: Path) -> None:
        self.desktop.start((folder,))
        self.until(lambda: self.context.annotations.current is not None, "annotation")

    def until(
        self, done: Callable[[], object], what: str, wait_s: float = WAIT_S
    ) -> None:
        end = time.monotonic() + wait_s
        while not done():
            self.app.processEvents()
            if time.monotonic() > end:
                self.shot("stuck")
                told = [str(notice) for notice in self.context.notices.history]
                sys.exit(f"no {what} after {wait_s} s: {told}")
            time.sleep(0.002)

    def shot(self, name: str) -> None:
        folder = os.environ.get("SEGDESK_SHOTS")
        if folder:
            self.app.processEvents()
            shown = QApplication.activeModalWidget() or self.desktop.window
            shown.grab().save(f"{folder}/{name}.png")

    # ------------------------------------------------------------ hands

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        window = self.desktop.window
        if not window.isActiveWindow():
            window.activateWindow()
            self.until(window.isActiveWindow, "active window")
        self.canvas.setFocus()
        QTest.keyClick(self.canvas, key, modifiers)

    def at(self, place: Place) -> QPoint:
        x, y = place
        return QPoint(round(self.canvas.width() * x), round(self.canvas.height() * y))

    def click(self, place: Place, button: Qt.MouseButton = LEFT) -> None:
        QTest.mouseClick(self.canvas, button, NONE, self.at(place))

    def drag(self, *way: Place, button: Qt.MouseButton = LEFT) -> None:
        QTest.mousePress(self.canvas, button, NONE, self.at(way[0]))
        for place in way[1:]:
            QTest.mouseMove(self.canvas, self.at(place))
            self.app.processEvents()
        QTest.mouseRelease(self.canvas, button, NONE, self.at(way[-1]))

    def drag_right(self, *way: Place) -> None:
        self.drag(*way, button=RIGHT)

    def points(self, *places: Place) -> None:
        for place in places:
            self.click(place)
        self.key(Key.Key_Return)

    def answer(self, kind: type[QWidget], act: Callable[[QWidget], None]) -> None:
        """Act on a dialog once it is on screen."""

        def look() -> None:
            dialog = QApplication.activeModalWidget()
            if isinstance(dialog, kind):
                act(dialog)
            else:
                QTimer.singleShot(20, look)

        QTimer.singleShot(20, look)

    # ------------------------------------------------------------ what there is

    @property
    def notes(self) -> int:
        """Number of notices and passing lines so far."""
        return len(self.context.notices.history) + len(self._toasts)

    @property
    def steps(self) -> int:
        document = self.context.annotating.document
        return document.history.position if document else -1

    def labels(self) -> str:
        return hashlib.sha256(self.context.annotating.document.labels).hexdigest()

    def choose(self, *places: Place) -> None:
        """Choose by its digit a class that none of these places has."""
        stage, document = self.canvas.stage, self.context.annotating.document
        taken = set()
        for place in places:
            at = self.at(place)
            side = stage.side_at(at)
            taken.add(document.label_at(*stage.to_image(side, at.x(), at.y())))
        free = next(index for index in range(5) if index not in taken)
        self.key(Key(Key.Key_1 + free))

    def step(self, what: str, deed: Callable[[], object]) -> None:
        """Do something that is one step or more of the history."""
        before, shown = self.steps, self.labels()
        deed()
        self.until(lambda: self.steps > before, f"step of {what}")
        if self.labels() == shown:
            sys.exit(f"{what} changed no pixel")


def import_masks(user: User) -> None:
    """Follow the notice that tells of masks, name the colours, import."""

    def decide(dialog: ImportDialog) -> None:
        draft = dialog.draft
        for place, row in enumerate(draft.rows):
            name = NAMES.get(row.name)
            draft.set_target(place, to_class(name) if name else IGNORE)
        user.shot("2 import")
        QTest.mouseClick(dialog.verb, LEFT)

    def begin(dialog: ImportDialog) -> None:
        def look() -> None:
            if dialog.draft.look is None or dialog.draft.is_looking:
                QTimer.singleShot(20, look)
            else:
                decide(dialog)

        look()

    user.shot("1 opened")
    user.answer(ImportDialog, begin)
    notices = user.context.notices

    def offers() -> list[Notice]:
        return [one for one in notices.history if "masks" in one.message and one.verbs]

    user.until(offers, "notice of masks")
    offers()[0].verbs[0].run()
    user.until(
        lambda: any("imported from" in one.message for one in notices.history), "import"
    )
    user.until(lambda: user.context.annotations.current is not None, "annotation")
    user.shot("3 imported")


def correct(user: User) -> None:
    """Correct the image with each tool: its key, then the hand."""
    for what, key, modifiers, places, deed in (
        ("brush", Key.Key_B, NONE, ((0.3, 0.3), (0.4, 0.3), (0.45, 0.35)), User.drag),
        ("brush", Key.Key_B, NONE, ((0.3, 0.34), (0.4, 0.36)), User.drag),
        ("eraser", Key.Key_E, NONE, ((0.34, 0.3), (0.36, 0.34)), User.drag),
        ("right button", Key.Key_B, NONE, ((0.4, 0.3), (0.42, 0.3)), User.drag_right),
        ("fill", Key.Key_G, NONE, ((0.38, 0.36),), User.click),
        ("polygon", Key.Key_P, NONE, _CORNERS, User.points),
        ("rectangle", Key.Key_R, NONE, ((0.55, 0.35), (0.66, 0.5)), User.drag),
        ("ellipse", Key.Key_O, NONE, ((0.3, 0.5), (0.42, 0.62)), User.drag),
        (
            *("polyline", Key.Key_B, SHIFT),
            *(((0.3, 0.7), (0.4, 0.72), (0.5, 0.66)), User.points),
        ),
        ("wand", Key.Key_W, NONE, ((0.36, 0.56),), User.points),
        ("box cut", Key.Key_R, SHIFT, ((0.44, 0.52), (0.54, 0.64)), cut_box),
        ("edge lasso", Key.Key_P, SHIFT, _ROUND, lasso),
        ("superpixels", Key.Key_S, SHIFT, ((0.4, 0.4), (0.47, 0.44)), superpixels),
        ("edit", Key.Key_V, NONE, ((0.6, 0.45), (0.64, 0.5)), User.drag),
    ):
        user.choose(*places)
        user.key(key, modifiers)
        user.step(what, partial(deed, user, *places))
    line_and_loop(user)
    refine(user)
    user.shot("4 corrected")


def cut_box(user: User, *places: Place) -> None:
    tool = user.context.annotating.tool
    (left, top), (right, bottom) = places
    middle = ((left + right) / 2, (top + bottom) / 2)
    inside = (middle[0] + 0.02, middle[1] + 0.02)
    for way in (places, (middle, inside)):  # a box, then a stroke that corrects
        user.drag(*way)
        user.until(lambda: not tool.is_waiting, "cut")
    user.key(Key.Key_Return)


def lasso(user: User, *places: Place) -> None:
    tool = user.context.annotating.tool
    for place in places:
        user.click(place)
        user.until(lambda: not tool.is_waiting, "edge")
    user.key(Key.Key_Return)


def superpixels(user: User, *places: Place) -> None:
    QTest.mouseMove(user.canvas, user.at(places[0]))
    user.drag(*places)


def accept(user: User) -> None:
    """Load a model, take its proposal over, take that back."""
    shelf, session = user.context.shelf, user.context.session
    user.until(lambda: shelf.entries, "model")
    name = next(one.id for one in shelf.entries if one.name == "By brightness")
    shelf.load(name)
    user.until(lambda: session.proposal is not None, "proposal")
    user.shot("5 proposal")
    before = user.labels()
    user.key(Key.Key_V)  # Enter belongs to the proposal, not to a tool
    user.step("acceptance", lambda: user.key(Key.Key_Return))
    user.key(Key.Key_Z, CTRL)
    accept_parts(user)
    if user.labels() != before:
        sys.exit("undo did not bring the labels back")


def put_model() -> None:
    folder = user_data_dir() / "models" / "brightness"
    folder.mkdir(parents=True)
    (folder / "model.pth").write_bytes(b"weights")
    write_card(
        ModelCard(
            id="brightness",
            name="By brightness",
            architecture="Fake",
            classes=ClassList.from_names(("background", "grey", "bright")),
            checkpoint="model.pth",
            sha256="0" * 64,
            size_bytes=7,
        ),
        folder,
    )


def paint(folder: Path) -> None:
    put_model()
    user = User()
    user.open(folder)
    import_masks(user)
    correct(user)
    accept(user)
    user.choose((0.62, 0.7), (0.66, 0.74))
    user.key(Key.Key_B)
    user.step("last stroke", lambda: user.drag((0.62, 0.7), (0.66, 0.74)))
    facts = {"labels": user.labels(), "steps": user.steps}
    facts["item"] = user.context.annotations.current.place.item
    sys.stdout.write(f"{json.dumps(facts)}\n")
    sys.stdout.flush()
    time.sleep(WAIT_S)  # killed before anything is saved


def resume(folder: Path, out: Path) -> None:
    user = User()
    user.open(folder)
    notices = user.context.notices
    user.until(
        lambda: any("recovered" in one.message for one in notices.history), "recovery"
    )
    facts = {"labels": user.labels(), "steps": user.steps}
    facts["item"] = user.context.annotations.current.place.item
    user.shot("6 back")
    for format_id in ("mmseg", "labelme", "cvat"):
        export(user, format_id, out / format_id)
    sys.stdout.write(f"{json.dumps(facts)}\n")
    sys.stdout.flush()
    user.desktop.close()


def export(user: User, format_id: str, folder: Path) -> None:
    def choose(dialog: ExportDialog) -> None:
        dialog.format.setCurrentIndex(dialog.format.findData(format_id))
        dialog.set_folder(folder)
        user.shot(f"7 export {format_id}")
        QTest.mouseClick(dialog.verb, LEFT)

    notices = user.context.notices
    count = len(notices.history)
    user.answer(ExportDialog, choose)
    user.key(Key.Key_E, CTRL | SHIFT)
    user.until(
        lambda: any("exported" in one.message for one in notices.history[count:]),
        f"export as {format_id}",
    )


def accept_real(folder: Path, model: Path) -> None:
    """Take a real model's proposal over: undone, done once more, saved."""
    user = User(None)
    user.open(folder)
    context, session = user.context, user.context.session
    user.until(lambda: context.shelf.entries, "model")
    context.shelf.load(str(model))
    user.until(lambda: session.proposal is not None, "proposal", LOAD_S)
    proposed = session.proposal.prediction.labels.copy()
    user.key(Key.Key_V)
    facts = context.proposal_facts
    user.until(lambda: facts.regions and facts.regions.total, "regions")
    user.shot("real proposal")
    user.step("acceptance", lambda: user.key(Key.Key_Return))
    accepted = context.annotating.document.labels
    told = {"is_as_proposed": bool((accepted == proposed).all())}
    user.key(Key.Key_Z, CTRL)
    told["is_undone"] = not context.annotating.document.labels.any()
    user.key(Key.Key_Z, CTRL | SHIFT)
    told["proposed_px"] = int((proposed == 1).sum())
    user.key(Key.Key_S, CTRL)
    user.until(lambda: not context.autosave.unsaved, "saved file")
    user.shot("real accepted")
    sys.stdout.write(f"{json.dumps(told)}\n")
    sys.stdout.flush()
    user.desktop.close()


if __name__ == "__main__":
    faulthandler.dump_traceback_later(4 * WAIT_S, exit=True)  # a dialog may stay open
    deed, *paths = sys.argv[1:]
    deeds = {"paint": paint, "resume": resume, "accept": accept_real}
    deeds[deed](*map(Path, paths))

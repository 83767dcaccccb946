"""The hands of a soak: what a user does at the window, in a seeded order.

Each deed is a generator. It yields seconds to wait, or a condition to wait for; the
window goes on meanwhile. What can be done with the mouse or a key is done so.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from soak_hands import CTRL, Deed, Hands

from segdesk.app.batch.finding import BatchSource, SourceKind
from segdesk.app.exchange.exporting import ExportChoice, Scope
from segdesk.core.shapes import Point
from segdesk.jobs.specs import TrainSpec

if TYPE_CHECKING:
    from segdesk.gui.application import Desktop

Key = Qt.Key
DIALOGS = (
    *("app.settings", "app.keys", "app.about", "app.commands", "app.jobs"),
    *("model.zoo", "model.card", "model.export", "train.open", "batch.open"),
    *("file.split", "file.export_labels", "file.import_labels", "file.filters"),
    *("file.open_folder", "file.open_files", "model.add", "view.bands"),
)
REFINEMENTS = ("fill_holes", "grow", "shrink", "smooth", "remove_specks")
LAYOUTS = ("annotate", "review", "train", "evaluate", "batch", "video")
LOOKS = (
    *("view.overlay", "view.contour_mode", "view.opacity_down", "view.opacity_up"),
    *("view.confidence", "view.solo_class", "view.split", "view.compare_one"),
    *("view.fit", "view.actual_size", "view.zoom_in", "view.zoom_out"),
    *("view.linked", "view.pixel_grid", "view.navigator", "view.docks", "file.grid"),
    *("view.hide_class", "view.show_classes", "view.sort_by_share", "tool.rule_next"),
    *("file.sort_name", "file.sort_status", "file.sort_size", "file.sort_date"),
    *("view.theme_dark", "view.theme_light", "view.full_screen", "tool.brush_shape"),
)


class Robot(Hands):
    """Does random things, the same for a seed as far as the engine's pace allows.

    Parameters
    ----------
    places
        Folders that can be opened; the first one is the project.
    data
        A folder to train on.
    film
        A video.
    out
        Gets batches, exports and runs.
    """

    def __init__(
        self,
        desktop: "Desktop",
        seed: int,
        places: list[Path],
        *,
        data: Path,
        film: Path,
        out: Path,
    ) -> None:
        super().__init__(desktop, seed)
        self.places, self.data, self.film, self.out = places, data, film, out
        self.count = self.trainings = self.batches = self.missed = 0
        self.deeds: tuple[tuple[int, Callable[[], Deed]], ...] = (
            (45, self.paint),
            (10, self.undo_redo),
            (12, self.switch),
            (10, self.predict),
            (8, self.look),
            (6, self.dialog),
            (3, self.refine),
            (4, self.layout),
            (3, self.open_place),
            (3, self.status),
            (2, self.train),
            (2, self.batch),
            (2, self.video),
            (2, self.search),
            (1, self.add_class),
            (1, self.evaluate),
            (1, self.export),
            (1, self.prepare),
            (1, self.restart),
        )

    def round(self) -> Iterator[tuple[str, Deed]]:
        """Yield every deed, and every dialog: what is loaded late is there then."""
        for command_id in DIALOGS:
            yield command_id, self.dialog(command_id)
        for _, deed in self.deeds * 2:
            yield deed.__name__, deed()

    def next(self) -> tuple[str, Deed]:
        """Return the next deed and its name."""
        self.count += 1
        weights = [weight for weight, _ in self.deeds]
        (_, deed), *_ = self.chance.choices(self.deeds, weights)
        return deed.__name__, deed()

    # ------------------------------------------------------------ deeds

    def undo_redo(self) -> Deed:
        """Take some steps back, and some of them forward again."""
        for key, most in ((Key.Key_Z, 8), (Key.Key_Y, 6)):
            for _ in range(self.chance.randint(1, most)):
                self.key(key, CTRL)
                yield 0.02

    def switch(self) -> Deed:
        """Go to other images, often faster than they are read."""
        for _ in range(self.chance.randint(1, 5)):
            self.key(self.chance.choice((Key.Key_D, Key.Key_D, Key.Key_A)))
            yield self.chance.choice((0.0, 0.02, 0.3))
        if self.chance.random() < 0.3 and self.context.session.files.paths:
            paths = self.context.session.files.paths
            self.context.opening.show(self.chance.randrange(len(paths)))
        yield lambda: not self.context.opening.is_busy

    def predict(self) -> Deed:
        """Let the model say something, and take it, a part of it, or nothing."""
        predicting, session = self.context.predicting, self.context.session
        if predicting.model is None:
            self.context.shelf.load_sample()
        self.run("view.review")
        if session.image is None:
            return
        if session.proposal is None:
            self.key(Key.Key_Return, CTRL)
        yield lambda: session.proposal is not None or not self._is_at_work()
        yield 0.2
        deed = self.chance.randrange(5)
        if deed == 0:
            self.key(Key.Key_Return)
        elif deed == 1:
            self.run("model.accept_class")
        elif deed == 2 and session.image is not None:
            size = session.image
            place = Point(size.width * self.chance.random(), size.height / 2)
            self.context.accepting.accept_region(place)
        elif deed == 3:
            self.run("model.reject")
        yield 0.3

    def _is_at_work(self) -> bool:
        predicting = self.context.predicting
        return predicting.is_loading or predicting.is_predicting

    def look(self) -> Deed:
        """Look at it in another way."""
        for _ in range(self.chance.randint(1, 6)):
            self.run(self.chance.choice(LOOKS))
            yield 0.05
        if self.window.isFullScreen():
            self.run("view.full_screen")
            yield 0.3

    def dialog(self, command_id: str = "") -> Deed:
        """Open a dialog; it is left by Escape a while later."""
        self.run(command_id or self.chance.choice(DIALOGS))
        yield 1.0
        yield self._no_dialog

    def _no_dialog(self) -> bool:
        popup = QApplication.activePopupWidget()
        return QApplication.activeModalWidget() is None and popup is None

    def refine(self) -> Deed:
        """Change a class of the annotation as a whole."""
        self.run(f"class.{self.chance.choice(REFINEMENTS)}")
        yield 0.8
        yield self._no_dialog

    def layout(self) -> Deed:
        """Lay the window out for another kind of work."""
        for _ in range(self.chance.randint(1, 3)):
            self.run(f"view.{self.chance.choice(LAYOUTS)}")
            yield 0.4
        self.run(f"view.{self.chance.choice(('annotate', 'review'))}")
        yield 0.1

    def open_place(self) -> Deed:
        """Open a folder, more often the project."""
        place = self.chance.choices(self.places, (5, *[2] * (len(self.places) - 1)))
        self.context.window.show_viewer()
        self.context.opening.open_paths(place)
        yield 0.2
        yield lambda: not self.context.opening.is_busy

    def status(self) -> Deed:
        """Say how far an image is; save."""
        self.run(self.chance.choice(("file.done", "file.review", "file.save")))
        yield 0.1

    def train(self) -> Deed:
        """Start a short training; stop it at some time, or let it come to its end."""
        training = self.context.training
        if training.live:
            self.run(self.chance.choice(("train.pause", "train.go_on", "train.stop")))
            yield 0.3
            return
        self.trainings += 1
        spec = TrainSpec(
            data_dir=self.data,
            work_dir=self.out / "runs" / f"run-{self.trainings:04}",
            architecture="unet-small",
            max_iters=self.chance.choice((2, 4, 6)),
            val_interval=2,
            checkpoint_interval=2,
            log_interval=1,
            batch_size=2,
            crop_size=64,
            device="cpu",
        )
        training.start(spec)
        if self.chance.random() < 0.5:
            self.run("view.train")
            yield self.chance.uniform(0.5, 4)
        if self.chance.random() < 0.4:
            yield self.chance.uniform(0, 6)
            self.run("train.stop")
        self.run("view.annotate")

    def batch(self) -> Deed:
        """Predict some images into a folder; stop it at times."""
        batches, paths = self.context.batches, self.context.session.files.paths
        if batches.live or not paths or self.context.predicting.model is None:
            return
        self.batches += 1
        root = self.context.session.files.root or paths[0].parent
        few = tuple(self.chance.sample(paths, min(4, len(paths))))
        source = BatchSource(SourceKind.FILES, root, few, "Some images")
        form = self.context.batch_forms.open(source)
        form.open()
        form.set_into(self.out / "batches" / f"{self.batches:04}")
        yield lambda: not form.blocker
        if not form.blocker:
            form.start()
        form.close()
        yield 0.3
        if self.chance.random() < 0.3:
            yield self.chance.uniform(0, 8)
            self.run("batch.cancel")
        yield lambda: batches.live is None
        self.run("batch.show_image")
        yield 0.3
        self.run("view.annotate")

    def video(self) -> Deed:
        """Play a video, at times with the model."""
        videos = self.context.videos
        self.context.opening.open_paths([self.film])
        videos.open(self.film)
        yield lambda: videos.film is not None
        yield 0.3
        if self.chance.random() < 0.4:
            self.run("video.predict")
        self.run("video.play")
        yield self.chance.uniform(0.5, 3)
        for name in ("video.forward", "video.back", "video.mark_in", "video.end"):
            self.run(name)
            yield 0.1
        videos.close()
        self.run("view.annotate")
        yield 0.1

    def search(self) -> Deed:
        """Type into the palette, or into the filter of the files."""
        if self.chance.random() < 0.5:
            self.run("app.commands")
        else:
            self.run("view.annotate")
            self.run("file.filter")
        yield 0.2
        field = QApplication.focusWidget()
        for letter in self.chance.choice(("train", "0", "class", "xq")):
            if field is not None:
                QTest.keyClicks(field, letter)
            yield 0.05
        for key in (Key.Key_Down, Key.Key_Up):
            if field is not None:
                QTest.keyClick(field, key)
            yield 0.05
        if field is not None and hasattr(field, "clear"):
            field.clear()
        yield 0.2
        yield self._no_dialog

    def add_class(self) -> Deed:
        """Name another class, up to a dozen."""
        classes = self.context.session.classes
        project = self.context.projects.project
        if project is None or project.root != self.places[0] or classes is None:
            return
        if len(classes.names) >= 12:
            return
        self.run("class.add")
        yield 0.3
        field = QApplication.focusWidget()
        if field is not None and field is not self.canvas:
            QTest.keyClicks(field, f"kind {len(classes.names)}")
            QTest.keyClick(field, Key.Key_Return)
        yield 0.3

    def evaluate(self) -> Deed:
        """Measure the model on what is labelled."""
        self.run("view.evaluate")
        yield 0.3
        self.run("evaluation.run")
        yield self.chance.uniform(1, 6)
        self.run("evaluation.stop")
        self.run("view.annotate")
        yield 0.1

    def export(self) -> Deed:
        """Write the project's labels as another format."""
        if self.context.projects.project is None:
            return
        folder = self.out / "export"
        shutil.rmtree(folder, ignore_errors=True)
        format_id = self.chance.choice(("mmseg", "coco", "labelme"))
        choice = ExportChoice(format_id, Scope.LABELLED, folder, copies_images=False)
        if not self.context.exporting.problem(choice):
            self.context.exporting.run(choice)
        yield 0.5

    def prepare(self) -> Deed:
        """Predict the next images ahead."""
        self.run("model.prepare")
        yield self.chance.uniform(0, 4)

    def restart(self) -> Deed:
        """Let go of the model, or start the engine anew."""
        self.run(self.chance.choice(("model.unload", "model.restart_engine")))
        yield 0.5

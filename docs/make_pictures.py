"""Make the pictures of the documentation from the real window.

    python docs/make_pictures.py [NAME …]

Everything on them comes with SegDesk or is made here: the sample images with their
true masks, the sample model, a short training, a short film. It takes some minutes, in
a home folder of its own.
"""

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from segdesk.app.context import AppContext
    from segdesk.gui.application import Desktop

IMAGES = Path(__file__).parent / "images"
SIZE = (1600, 1000)
PATIENCE_S = 600
SETTLE_S = 1.2
QUALITY = 92
TRAINING = {"max_iters": 60, "val_interval": 15, "log_interval": 3, "batch_size": 4}


class Camera:
    """Works the window, waits for what it does, and takes pictures.

    Parameters
    ----------
    wanted
        Names of pictures; empty: all.
    """

    def __init__(self, desktop: "Desktop", wanted: frozenset[str]) -> None:
        from PySide6.QtWidgets import QApplication

        self.desktop = desktop
        self.context: AppContext = desktop.context
        self._wanted = wanted
        self._events = QApplication.processEvents

    def settle(self, seconds: float = SETTLE_S) -> None:
        """Let the window do what is due."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._events()
            time.sleep(0.005)

    def wait(self, what: str, is_so: Callable[[], object]) -> None:
        """Wait until something is so.

        Raises
        ------
        TimeoutError
            It is not so after ten minutes.
        """
        end = time.monotonic() + PATIENCE_S
        while not is_so():
            if time.monotonic() > end:
                msg = f"waited in vain for: {what}"
                raise TimeoutError(msg)
            self.settle(0.05)

    def take(self, name: str, widget: "QWidget | None" = None) -> None:
        """Write a picture of the window, or of a part of it."""
        if self._wanted and name not in self._wanted:
            return
        for notice in self.context.notices.history:
            self.context.notices.withdraw(notice)
        self.settle()
        path = IMAGES / f"{name}.webp"
        (widget or self.desktop.window).grab().save(str(path), "WEBP", QUALITY)
        sys.stdout.write(f"{path.name} {path.stat().st_size / 1e3:.0f} kB\n")
        sys.stdout.flush()

    def take_dialog(self, name: str, command: str, seconds: float) -> None:
        """Open a dialog that waits for an answer, take its picture, leave it."""
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QApplication, QDialog

        def shown() -> None:
            dialog = QApplication.activeModalWidget()
            if not isinstance(dialog, QDialog):
                QTimer.singleShot(100, shown)
                return
            self.settle(seconds)
            self.take(name, dialog)
            dialog.reject()

        QTimer.singleShot(100, shown)
        self.run(command)
        self.settle(0.3)

    def run(self, command: str) -> None:
        """Run a command as its key would."""
        self.context.commands.run(command)


def make_training_set(root: Path) -> Path:
    """Lay the sample images and their true masks as a training wants them."""
    from segdesk.core.paths import resource_path

    root = root / "Nuclei"
    for number, image in enumerate(sorted(resource_path("sample", "images").iterdir())):
        split = "val" if number % 4 == 3 else "train"
        for folder in ("img_dir", "ann_dir"):
            (root / folder / split).mkdir(parents=True, exist_ok=True)
        shutil.copyfile(image, root / "img_dir" / split / image.name)
        mask = resource_path("sample", "masks") / image.name
        with Image.open(mask) as stored:
            labels = (np.asarray(stored) > 0).astype(np.uint8)
        Image.fromarray(labels).save(root / "ann_dir" / split / image.name)
    classes = [
        {"name": "background", "color": "#8A8F98"},
        {"name": "nucleus", "color": "#3D6DFA"},
    ]
    (root / "classes.json").write_text(json.dumps(classes))
    return root


def make_film(path: Path) -> Path:
    """Write a film that wanders over a sample image, four seconds."""
    from segdesk.core.paths import resource_path
    from segdesk.core.video_source import load_av

    with Image.open(resource_path("sample", "images", "nuclei_08.png")) as stored:
        picture = np.asarray(stored.convert("RGB"))
    side = 320
    with load_av().open(path, "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width = stream.height = side
        stream.pix_fmt = "yuv420p"
        for number in range(100):
            turn = 2 * np.pi * number / 100
            left = int(96 + 90 * np.cos(turn))
            top = int(96 + 90 * np.sin(turn))
            part = np.ascontiguousarray(picture[top : top + side, left : left + side])
            frame = load_av().VideoFrame.from_ndarray(part, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def take_sample(camera: Camera) -> None:
    """Take what the sample shows: welcome page, annotation, review."""
    context = camera.context
    camera.take("welcome")
    camera.run("file.open_sample")
    camera.wait("a proposal", lambda: context.session.proposal)
    camera.run("model.accept_all")
    camera.wait("labels", lambda: context.deeds.position)
    camera.settle(3)
    camera.take("annotate")
    camera.run("view.review")
    camera.run("file.next")
    camera.wait("a proposal", lambda: context.session.proposal)
    camera.run("view.split")
    camera.take("review")
    camera.run("view.compare_one")
    camera.run("view.annotate")


def take_training(camera: Camera, data: Path, work_dir: Path) -> None:
    """Take the form of a training, its curves, an evaluation."""
    from segdesk.jobs.specs import TrainSpec

    context = camera.context
    context.opening.open_paths((data,))
    camera.wait("the project", lambda: context.projects.project)
    camera.settle(2)
    camera.take_dialog("training", "train.open", 20)
    context.training.start(
        TrainSpec(
            data_dir=data, architecture="unet-small", work_dir=work_dir, **TRAINING
        )
    )
    camera.run("view.train")
    camera.wait("the training", lambda: context.training.runs[0].is_over)
    camera.take("train")
    camera.run("view.evaluate")
    context.evaluating.choose(model_id="nuclei-unet", split="val")
    context.evaluating.evaluate()
    camera.wait("the evaluation", lambda: context.evaluating.shown)
    camera.settle(3)
    camera.take("evaluate")


def take_scale(camera: Camera, root: Path) -> None:
    """Take a batch and a video."""
    context = camera.context
    camera.run("file.open_sample")
    camera.wait("the sample", lambda: context.session.image)
    context.shelf.load("nuclei-unet")
    camera.wait("the model", lambda: context.predicting.is_ready)
    form = context.batch_forms.open(None)
    form.open()
    camera.wait("the images", lambda: not form.is_finding and not form.blocker)
    form.set_into(root / "results")
    camera.wait("the folder", lambda: not form.blocker)
    form.start()
    camera.wait("the batch", lambda: context.batches.live)
    camera.run("view.batch")
    camera.wait("its end", lambda: context.batches.live is None)
    camera.settle(2)
    camera.take("batch")
    context.opening.open_paths((make_film(root / "nuclei.mp4"),))
    camera.wait("the film", lambda: context.videos.film)
    camera.settle(4)
    camera.run("video.predict")
    camera.settle(8)
    camera.take("video")


def main() -> None:
    """Make all pictures, or those that are named."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="segdesk-pictures-") as home:
        os.environ["SEGDESK_HOME"] = str(Path(home) / "home")
        screen = {"name": "paper", "x": 0, "y": 0, "width": 1680, "height": 1050}
        config = Path(home) / "screens.json"
        config.write_text(json.dumps({"screens": [screen]}))
        os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={config}"
        from segdesk.gui.application import Desktop, make_application

        make_application()
        desktop = Desktop()
        desktop.window.resize(*SIZE)
        desktop.window.show()
        desktop.start()
        camera = Camera(desktop, frozenset(sys.argv[1:]))
        camera.settle(2)
        try:
            take_sample(camera)
            data = make_training_set(Path(home))
            take_training(camera, data, Path(home) / "runs" / "nuclei")
            take_scale(camera, Path(home))
        finally:
            desktop.window.hide()
            desktop.close()


if __name__ == "__main__":
    main()

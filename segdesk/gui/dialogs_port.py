"""Questions to the user: the system's file dialogs, and our own."""

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from segdesk.core.language import joined, shown, tr
from segdesk.core.video_source import VIDEO_SUFFIXES

if TYPE_CHECKING:
    from segdesk.app.batch.finding import BatchSource
    from segdesk.app.classes.question import ClassQuestion
    from segdesk.app.context import AppContext
    from segdesk.app.exchange.exporting import ExportChoice, Exporting
    from segdesk.app.exchange.import_draft import ImportDraft
    from segdesk.app.exchange.mask_finding import MaskFinding
    from segdesk.app.files.view_question import ViewQuestion
    from segdesk.app.models.export import ModelExportChoice, ModelExporting
    from segdesk.app.number_question import NumberQuestion, Tried
    from segdesk.app.project.shelf import ProjectShelf
    from segdesk.app.training.form import TrainingTarget
    from segdesk.app.video.export import VideoChoice, VideoExporting
    from segdesk.app.video.places import FramesQuestion
    from segdesk.app.video.sources import LiveSources
    from segdesk.core.classes import ClassList
    from segdesk.core.image_view import ImageView
    from segdesk.core.splits import SplitPlan, SplitRule
    from segdesk.gui.dialogs.number import NumberQuestions
    from segdesk.gui.dialogs.training.dialog import TrainingDialog

_IMAGES = tr(
    "Images (*.jpg *.jpeg *.png *.tif *.tiff *.webp *.bmp *.gif);;All files (*)"
)
_CHECKPOINTS = tr("Models (*.pth *.pt *.onnx);;All files (*)")
_CONFIGS = tr("Configs (*.py *.json *.yaml *.yml);;All files (*)")


class Dialogs:
    """Asks in front of a window.

    Parameters
    ----------
    parent
        The window.
    """

    def __init__(self, parent: QWidget) -> None:
        self._parent = parent
        self._folder = ""
        self._numbers: NumberQuestions | None = None
        self._training: TrainingDialog | None = None

    def choose_images(self) -> tuple[Path, ...] | None:
        """Ask for image files."""
        names, _ = QFileDialog.getOpenFileNames(
            self._parent, shown(tr("Open files")), self._folder, shown(_IMAGES)
        )
        return tuple(self._chosen(name) for name in names) or None

    def choose_video(self) -> Path | None:
        """Ask for a video file."""
        names = joined(" ", (f"*{suffix}" for suffix in sorted(VIDEO_SUFFIXES)))
        kinds = tr("Videos ({names});;All files (*)", names=names)
        return self._choose_file(tr("Open video"), self._folder, kinds)

    def choose_folder(self, title: str) -> Path | None:
        """Ask for a folder."""
        name = QFileDialog.getExistingDirectory(
            self._parent, shown(title), self._folder
        )
        return self._chosen(name) if name else None

    def ask_live_source(self, sources: "LiveSources") -> str | None:
        """Ask for a camera or the address of a stream, and where recordings go."""
        from segdesk.gui.dialogs.live_source import ask_live_source

        return ask_live_source(self._parent, sources)

    def ask_frames_place(self, question: "FramesQuestion") -> Path | None:
        """Ask for the folder that the frames of a video go into."""
        from segdesk.gui.dialogs.frames_place import ask_frames_place

        return ask_frames_place(self._parent, question)

    def choose_checkpoint(self) -> Path | None:
        """Ask for a `.pth` or `.onnx` file."""
        return self._choose_file(tr("Add model file"), self._folder, _CHECKPOINTS)

    def choose_file(self, title: str, kinds: str) -> Path | None:
        """Ask for a file; `kinds` as "CSV (*.csv)"."""
        return self._choose_file(title, self._folder, kinds)

    def choose_file_to_write(self, name: str, kinds: str) -> Path | None:
        """Ask where to write a file."""
        start = str(Path(self._folder) / name) if self._folder else name
        chosen, _ = QFileDialog.getSaveFileName(self._parent, "", start, kinds)
        return self._chosen(chosen) if chosen else None

    def choose_config(self, checkpoint: Path) -> Path | None:
        """Ask for the config that belongs to a checkpoint."""
        title = tr("Config of {name}", name=checkpoint.name)
        return self._choose_file(title, str(checkpoint.parent), _CONFIGS)

    def ask_classes(self, model_name: str, num_classes: int) -> "ClassList | None":
        """Ask for the names of a model's classes; exactly `num_classes` of them."""
        from segdesk.gui.dialogs.classes import ask_classes

        return ask_classes(self._parent, model_name, num_classes)

    def ask_trust(self, config: Path, why: str) -> bool:
        """Ask whether a Python config may be executed."""
        from segdesk.gui.dialogs.trust import ask_trust

        return ask_trust(self._parent, config, why)

    def confirm(
        self, question: str, detail: str, verb: str, icon: str = "trash"
    ) -> bool:
        """Ask before something that cannot be undone; `verb` is the button."""
        from segdesk.gui.dialogs.confirm import confirm

        return confirm(self._parent, question, detail, verb, icon)

    def ask_number(
        self, question: "NumberQuestion", tried: "Tried | None" = None
    ) -> int | None:
        """Ask for the number that a deed needs; `tried` gets each one on the way."""
        from segdesk.gui.dialogs.number import NumberQuestions

        self._numbers = self._numbers or NumberQuestions()
        return self._numbers.ask(self._parent, question, tried)

    def ask_image_view(self, question: "ViewQuestion") -> "ImageView | None":
        """Ask which bands of an image are shown, and how they are stretched."""
        from segdesk.gui.dialogs.image_view import ask_image_view

        return ask_image_view(self._parent, question)

    def ask_class(self, question: "ClassQuestion") -> int | None:
        """Ask for the class that a deed needs."""
        from segdesk.gui.dialogs.class_choice import ask_class

        return ask_class(self._parent, question)

    def ask_import(self, draft: "ImportDraft") -> bool:
        """Let the user decide on an import; tells whether it shall be done."""
        from segdesk.gui.dialogs.import_preview import ask_import

        return ask_import(self._parent, draft)

    def ask_where_masks(self, finding: "MaskFinding") -> bool:
        """Ask for folders of images and masks; tells whether to make a project."""
        from segdesk.gui.dialogs.where_masks import ask_where_masks

        return ask_where_masks(self._parent, finding)

    def ask_export(self, exporting: "Exporting") -> "ExportChoice | None":
        """Ask what is exported, as which format, and where to."""
        from segdesk.gui.dialogs.export_labels import ask_export

        return ask_export(self._parent, exporting)

    def ask_model_export(
        self, exporting: "ModelExporting"
    ) -> "ModelExportChoice | None":
        """Ask how the loaded model is exported, and where to."""
        from segdesk.gui.dialogs.export_model import ask_model_export

        return ask_model_export(self._parent, exporting)

    def ask_video_export(self, exporting: "VideoExporting") -> "VideoChoice | None":
        """Ask how the open video is exported, and where to."""
        from segdesk.gui.dialogs.video_export import ask_video_export

        return ask_video_export(self._parent, exporting)

    def ask_split(
        self, projects: "ProjectShelf"
    ) -> "tuple[SplitRule, SplitPlan] | None":
        """Ask how the images are divided."""
        from segdesk.gui.dialogs.splits import ask_split

        return ask_split(self._parent, projects)

    def show_training(self, context: "AppContext", target: "TrainingTarget") -> None:
        """Show the form of a training; the one that was left is there again."""
        from segdesk.gui.dialogs.training.dialog import show_training

        self._training = show_training(self._parent, self._training, context, target)

    def show_batch(self, context: "AppContext", source: "BatchSource | None") -> None:
        """Show the form of a batch."""
        from segdesk.gui.dialogs.batch import show_batch

        show_batch(self._parent, context, source)

    def reveal(self, path: Path) -> None:
        """Show a file or folder in the system's file manager."""
        if path.is_file() and sys.platform == "win32":
            subprocess.Popen(["explorer", "/select,", str(path)])
        elif path.is_file() and sys.platform == "darwin":
            subprocess.Popen(["open", "-R", str(path)])
        else:
            folder = path if path.is_dir() else path.parent
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def open_file(self, path: Path) -> None:
        """Open a file with the program that the system has for it."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    def _choose_file(self, title: str, folder: str, kinds: str) -> Path | None:
        name, _ = QFileDialog.getOpenFileName(self._parent, shown(title), folder, kinds)
        return self._chosen(name) if name else None

    def _chosen(self, name: str) -> Path:
        path = Path(name)
        self._folder = str(path if path.is_dir() else path.parent)
        return path

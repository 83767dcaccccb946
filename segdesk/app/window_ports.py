"""What the application and its window ask of each other, as protocols."""

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from segdesk.core.classes import ClassList

if TYPE_CHECKING:
    from segdesk.app.batch.finding import BatchSource
    from segdesk.app.choices import Choices
    from segdesk.app.classes.question import ClassQuestion
    from segdesk.app.context import AppContext
    from segdesk.app.exchange.exporting import ExportChoice, Exporting
    from segdesk.app.exchange.import_draft import ImportDraft
    from segdesk.app.exchange.mask_finding import MaskFinding
    from segdesk.app.files.view_question import ViewQuestion
    from segdesk.app.models.export import ModelExportChoice, ModelExporting
    from segdesk.app.number_question import NumberQuestion, Tried
    from segdesk.app.project.shelf import ProjectShelf
    from segdesk.app.scribble.book import ScribbleBook
    from segdesk.app.signal import Signal
    from segdesk.app.tools.base import Tool
    from segdesk.app.tools.options import ToolOptions
    from segdesk.app.tools.pointer import Key, Mod, PointerEvent
    from segdesk.app.tools.preview import Preview
    from segdesk.app.training.form import TrainingTarget
    from segdesk.app.video.export import VideoChoice, VideoExporting
    from segdesk.app.video.places import FramesQuestion
    from segdesk.app.video.sources import LiveSources
    from segdesk.core.document import AnnotationDocument
    from segdesk.core.geometry import Rect
    from segdesk.core.image_view import ImageView
    from segdesk.core.shapes import Point
    from segdesk.core.splits import SplitPlan, SplitRule


class ZoomPort(Protocol):
    """A picture that can be zoomed."""

    def fit(self) -> None:
        """Show the whole image."""
        ...

    def actual_size(self) -> None:
        """Show one image pixel as one screen pixel."""
        ...

    def zoom_in(self) -> None:
        """Zoom in one step about the middle of the view."""
        ...

    def zoom_out(self) -> None:
        """Zoom out one step about the middle of the view."""
        ...


class ViewerPort(ZoomPort, Protocol):
    """The canvas."""

    def show_scribbles(self, book: "ScribbleBook") -> None:
        """Draw the scribbles of the image while their tool is in the hand."""
        ...

    def show_part(self, part: "Rect") -> None:
        """Zoom to a part of the image, in its pixels, with some room round it."""
        ...

    def look_at(self, x: float, y: float, zoom: float) -> None:
        """Show a place of the image in the middle, at a zoom; 1.0 is 100 %."""
        ...

    def reveal(self, part: "Rect") -> None:
        """Bring a part of the image into view, at the same zoom, unless it is there."""
        ...

    def copy_view(self) -> None:
        """Put what the viewer shows on the clipboard."""
        ...


class WindowPort(Protocol):
    """The main window."""

    def show_palette(self, prefix: str = "") -> None:
        """Open the command palette with `prefix` typed."""
        ...

    def show_welcome(self) -> None:
        """Show the welcome page."""
        ...

    def show_viewer(self) -> None:
        """Show the canvas with its docks."""
        ...

    def show_settings(self, name: str = "") -> None:
        """Show the settings; `name` is the one to begin with."""
        ...

    def show_keys(self, command_id: str = "") -> None:
        """Show the list of keys; `command_id` is the one to begin with."""
        ...

    def show_about(self) -> None:
        """Show version, licences and folders."""
        ...

    def show_zoo(self) -> None:
        """Show the model zoo."""
        ...

    def show_model_card(self, model_id: str) -> None:
        """Show everything a model's card says."""
        ...

    def show_promptable(self) -> None:
        """Show which promptable models there are, and which files fit."""
        ...

    def show_explain(self) -> None:
        """Show where the loaded model looks when it says a class."""
        ...

    def show_dock(self, dock_id: str) -> None:
        """Open and raise a dock: "files", "classes", "models" or "jobs"."""
        ...

    @property
    def zooming(self) -> ZoomPort:
        """The picture in sight: the viewer's, or that of a page."""
        ...

    @property
    def layout_id(self) -> str:
        """The layout in force: "annotate", "review" or "evaluate"."""
        ...

    def set_layout(self, layout_id: str) -> None:
        """Lay docks and bars for another kind of work."""
        ...

    def name_class(self, index: int | None) -> None:
        """Let the user type the name of a class; None: of a new one."""
        ...

    def toggle_docks(self) -> None:
        """Hide all docks, or bring them back."""
        ...

    def toggle_full_screen(self) -> None:
        """Enter or leave full screen."""
        ...

    def focus_filter(self) -> None:
        """Put the cursor into the file filter."""
        ...

    def set_theme(self, name: str) -> None:
        """Switch to "system", "dark" or "light"."""
        ...

    def close(self) -> object:
        """Close the window."""
        ...


class DialogsPort(Protocol):
    """Questions to the user. None means: the user left it."""

    def choose_images(self) -> tuple[Path, ...] | None:
        """Ask for image files."""
        ...

    def choose_video(self) -> Path | None:
        """Ask for a video file."""
        ...

    def choose_folder(self, title: str) -> Path | None:
        """Ask for a folder."""
        ...

    def ask_live_source(self, sources: "LiveSources") -> str | None:
        """Ask for a camera or the address of a stream, and where recordings go."""
        ...

    def ask_frames_place(self, question: "FramesQuestion") -> Path | None:
        """Ask for the folder that the frames of a video go into."""
        ...

    def choose_checkpoint(self) -> Path | None:
        """Ask for a `.pth` or `.onnx` file."""
        ...

    def choose_file(self, title: str, kinds: str) -> Path | None:
        """Ask for a file; `kinds` as "CSV (*.csv)"."""
        ...

    def choose_file_to_write(self, name: str, kinds: str) -> Path | None:
        """Ask where to write a file; `name` is proposed, `kinds` as "CSV (*.csv)"."""
        ...

    def choose_config(self, checkpoint: Path) -> Path | None:
        """Ask for the config that belongs to a checkpoint."""
        ...

    def ask_classes(self, model_name: str, num_classes: int) -> ClassList | None:
        """Ask for the names of a model's classes; exactly `num_classes` of them."""
        ...

    def ask_trust(self, config: Path, why: str) -> bool:
        """Ask whether a Python config may be executed."""
        ...

    def confirm(
        self, question: str, detail: str, verb: str, icon: str = "trash"
    ) -> bool:
        """Ask before something that cannot be undone; `verb` is the button."""
        ...

    def ask_number(
        self, question: "NumberQuestion", tried: "Tried | None" = None
    ) -> int | None:
        """Ask for the number that a deed needs; `tried` gets each one on the way."""
        ...

    def ask_image_view(self, question: "ViewQuestion") -> "ImageView | None":
        """Ask which bands of an image are shown, and how they are stretched."""
        ...

    def ask_class(self, question: "ClassQuestion") -> int | None:
        """Ask for the class that a deed needs."""
        ...

    def ask_import(self, draft: "ImportDraft") -> bool:
        """Let the user decide on an import; tells whether it shall be done."""
        ...

    def ask_where_masks(self, finding: "MaskFinding") -> bool:
        """Ask for folders of images and masks; tells whether to make a project."""
        ...

    def ask_export(self, exporting: "Exporting") -> "ExportChoice | None":
        """Ask what is exported, as which format, and where to."""
        ...

    def ask_model_export(
        self, exporting: "ModelExporting"
    ) -> "ModelExportChoice | None":
        """Ask how the loaded model is exported, and where to."""
        ...

    def ask_video_export(self, exporting: "VideoExporting") -> "VideoChoice | None":
        """Ask how the open video is exported, and where to."""
        ...

    def ask_split(
        self, projects: "ProjectShelf"
    ) -> "tuple[SplitRule, SplitPlan] | None":
        """Ask how the images are divided; tells the rule and what it makes of them."""
        ...

    def show_training(self, context: "AppContext", target: "TrainingTarget") -> None:
        """Show the form of a training for some data."""
        ...

    def show_batch(self, context: "AppContext", source: "BatchSource | None") -> None:
        """Show the form of a batch; None: of what is open."""
        ...

    def reveal(self, path: Path) -> None:
        """Show a file or folder in the system's file manager."""
        ...

    def open_file(self, path: Path) -> None:
        """Open a file with the program that the system has for it."""
        ...


class AnnotatingPort(Protocol):
    """What the canvas asks of the journey that annotates.

    Attributes
    ----------
    history_changed
        Fires when the annotation is another one, or its steps are.
    painted
        Fires with the parts of the label map to draw again.
    previewed
        Fires with what the tool shows over the picture.
    panned
        Fires with image pixels by which the picture shall follow the hand.
    chosen
        Fires when tool, class, options or rule are others.
    worked
        Fires with what a worker does for the tool: "Cutting out"; "": it is done.
    """

    history_changed: "Signal[()]"
    painted: "Signal[tuple[Rect, ...]]"
    previewed: "Signal[Preview]"
    panned: "Signal[Point]"
    chosen: "Signal[Choices]"
    worked: "Signal[str]"

    @property
    def document(self) -> "AnnotationDocument | None":
        """The annotation of the image on screen."""

    @property
    def choices(self) -> "Choices":
        """Tool, class, options and rule."""

    @property
    def tool(self) -> "Tool | None":
        """The active tool."""

    def choose(self, *, options: "ToolOptions") -> None:
        """Take other options."""

    def press(self, event: "PointerEvent") -> bool:
        """Take a button that went down; tells whether the tool used it."""

    def move(self, event: "PointerEvent") -> bool:
        """Follow the pointer with a button down."""

    def release(self, event: "PointerEvent") -> bool:
        """Take a button that went up."""

    def hover(self, event: "PointerEvent") -> bool:
        """Follow the pointer with no button down."""

    def key(self, key: "Key", modifiers: "Mod") -> bool:
        """Take a key; tells whether the tool used it."""

    def abort(self) -> None:
        """Drop what is half done, and the work that is under way."""

"""The open files, the open image, its prediction, and how they are looked at.

One writer: everything here is read and changed on the window's thread only.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segdesk.app.signal import Signal
from segdesk.app.view_state import ViewState
from segdesk.core.classes import ClassList
from segdesk.core.image_view import AS_STORED, ImageView

if TYPE_CHECKING:
    from segdesk.app.files.opened_image import OpenedImage
    from segdesk.core.doubt import DoubtMaps
    from segdesk.core.history import Step
    from segdesk.core.label_map import ClassStats
    from segdesk.core.prediction import Prediction


@dataclass(frozen=True, slots=True)
class FileList:
    """The images that are open.

    Parameters
    ----------
    root
        The folder they come from; None for single files.
    paths
        In natural order.
    current
        Index of the image on screen; None if there is none.
    unread
        Index of the image that was asked for after it and could not be read; None:
        the one on screen is the one that was asked for.
    """

    root: Path | None = None
    paths: tuple[Path, ...] = ()
    current: int | None = None
    unread: int | None = None

    @property
    def row(self) -> int | None:
        """Index of the image that was asked for last, read or not."""
        return self.current if self.unread is None else self.unread

    @property
    def current_path(self) -> Path | None:
        """The image on screen."""
        return None if self.current is None else self.paths[self.current]


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A prediction with what the panels say of it.

    Parameters
    ----------
    statistics
        Share and mean confidence of each class.
    """

    prediction: "Prediction"
    statistics: "ClassStats"


class Session:
    """What is open. Its signals fire after the state has changed."""

    def __init__(self) -> None:
        self.files_changed: Signal[FileList] = Signal()
        self.image_changed: Signal[OpenedImage | None] = Signal()
        self.proposal_changed: Signal[ProposalView | None] = Signal()
        self.doubts_changed: Signal[DoubtMaps | None] = Signal()
        self.classes_changed: Signal[ClassList | None] = Signal()
        self.view_changed: Signal[ViewState] = Signal()
        self.image_view_changed: Signal[ImageView] = Signal()
        self.files = FileList()
        self.image: OpenedImage | None = None
        self.proposal: ProposalView | None = None
        self.doubts: DoubtMaps | None = None
        self.classes: ClassList | None = None
        self.view = ViewState()
        self.image_view = AS_STORED  # bands and stretch of the open files
        # (image, model id) of proposals that are taken over: not shown again by itself
        self.settled: dict[tuple[Path, str], Step] = {}
        self.rejected: set[tuple[Path, str]] = set()  # the same; they were dropped
        self._project_classes: ClassList | None = None
        self._model_classes: ClassList | None = None

    def set_files(self, files: FileList) -> None:
        """Replace the open files, or move to another of them."""
        if files != self.files:
            self.files = files
            self.files_changed.emit(files)

    def set_image(self, image: "OpenedImage | None") -> None:
        """Show another image; its prediction is gone with the one before."""
        self.image = image
        self.set_proposal(None)
        self.image_changed.emit(image)

    def set_image_view(self, view: ImageView) -> None:
        """Read the open files with other bands, or stretched in another way."""
        if view != self.image_view:
            self.image_view = view
            self.image_view_changed.emit(view)

    def set_proposal(self, proposal: ProposalView | None) -> None:
        """Show a prediction of the open image, or none."""
        if proposal is None and self.proposal is None:
            return
        self.proposal = proposal
        self.proposal_changed.emit(proposal)

    def set_doubts(self, doubts: "DoubtMaps | None") -> None:
        """Hold entropy and margin of the proposal, or none."""
        if doubts is not self.doubts:
            self.doubts = doubts
            self.doubts_changed.emit(doubts)

    def is_decided(self, path: Path, model_id: str) -> bool:
        """Tell whether a proposal was taken over or dropped: it stays away then."""
        return (path, model_id) in self.settled or (path, model_id) in self.rejected

    def set_classes(self, classes: ClassList | None) -> None:
        """Show another class list in the legend and the overlay."""
        if classes == self.classes:
            return
        if (
            classes is None
            or self.classes is None
            or classes.names != self.classes.names
        ):
            hidden: frozenset[int] = frozenset()
            if classes is not None and classes.background_index is not None:
                hidden = frozenset({classes.background_index})
            self.update_view(hidden=hidden, solo=None, selected_class=None)
        self.classes = classes
        self.classes_changed.emit(classes)

    @property
    def model_classes(self) -> ClassList | None:
        """The classes of the resident model."""
        return self._model_classes

    def set_model_classes(self, classes: ClassList | None) -> None:
        """Show a model's classes, unless the project names its own."""
        self._model_classes = classes
        if self._project_classes is None:
            self.set_classes(classes)

    def set_project_classes(self, classes: ClassList | None) -> None:
        """Show a project's classes; None: those of the model, if there is one."""
        if classes == self._project_classes:
            return
        self._project_classes = classes
        self.set_classes(self._model_classes if classes is None else classes)

    def recolour(self, index: int, colour: str) -> None:
        """Give one class another colour, "#RRGGBB"."""
        if self.classes is not None:
            palette = list(self.classes.palette)
            palette[index] = colour
            self.set_classes(ClassList(self.classes.names, tuple(palette)))

    def update_view(self, **changes: Any) -> None:  # noqa: ANN401 - ViewState's fields
        """Change how the picture is looked at; takes the fields of `ViewState`."""
        view = replace(self.view, **changes)
        if view != self.view:
            self.view = view
            self.view_changed.emit(view)

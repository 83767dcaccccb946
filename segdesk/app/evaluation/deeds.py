"""What is done about a region that a model got wrong; each deed is one step of undo."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.app.annotate.annotating import Annotating
from segdesk.app.annotate.open_annotation import OpenAnnotation
from segdesk.app.annotate.opening_annotations import OpenAnnotations
from segdesk.app.desk import Desk
from segdesk.app.evaluation.look import FoundRegion, region_mask
from segdesk.app.files.opening import Opening
from segdesk.app.ports import ExecutorPort
from segdesk.app.project.shelf import ProjectShelf
from segdesk.app.session import ProposalView
from segdesk.app.window_ports import ViewerPort, WindowPort
from segdesk.core.classes import ClassList
from segdesk.core.edits import RasterEdit, plan_mask
from segdesk.core.geometry import Rect
from segdesk.core.history import BY_HAND, Source, SourceKind, Step
from segdesk.core.language import tr
from segdesk.core.prediction import Prediction
from segdesk.jobs.training_events import EvaluationDone, ItemEvaluated

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

_TRIES = 3
_ICON = "check-square"


@dataclass(frozen=True, slots=True)
class _Wish:
    done: EvaluationDone
    found: FoundRegion
    to_model: bool
    then: Callable[[], None]

    @property
    def classes(self) -> tuple[int, int]:
        """The evaluation's class that gives way, and the one that is painted."""
        cell = self.found.cell
        both = cell.truth, cell.said
        return both if self.to_model else (both[1], both[0])

    @property
    def words(self) -> str:
        return tr("Accept model") if self.to_model else tr("Accept truth")


class EvaluationDeeds:
    """Opens the images of an evaluation and corrects their labels.

    Parameters
    ----------
    executor
        Reads masks and finds out which pixels change.
    """

    def __init__(
        self,
        desk: Desk,
        executor: ExecutorPort,
        annotations: OpenAnnotations,
        annotating: Annotating,
        shelf: ProjectShelf,
    ) -> None:
        self._session = desk.session
        self._notices = desk.notices
        self._executor = executor
        self._annotations = annotations
        self._annotating = annotating
        self._shelf = shelf
        self._opening: Opening | None = None
        self._window: WindowPort | None = None
        self._viewer: ViewerPort | None = None
        # of regions that were relabelled: their masks say something else by now
        self._masks: dict[FoundRegion, Pixels] = {}
        self._waiting: tuple[Path, Callable[[OpenAnnotation], None]] | None = None
        annotations.opened.connect(self._on_opened)

    def attach(self, opening: Opening, window: WindowPort, viewer: ViewerPort) -> None:
        """Tell where images are opened and shown."""
        self._opening, self._window, self._viewer = opening, window, viewer

    def show(self, done: EvaluationDone, found: FoundRegion) -> None:
        """Show a region in the viewer, with what the model said of the image."""
        self._show(done, found.item, _box(found), "review")

    def show_image(self, done: EvaluationDone, item: ItemEvaluated) -> None:
        """Show an image in the viewer, with what the model said of it."""
        self._show(done, item, None, "review")

    def paint(self, done: EvaluationDone, found: FoundRegion) -> None:
        """Show a region with the brush in hand, in the class that is true."""
        self._show(done, found.item, _box(found), "annotate")
        index = self._class_of(done.classes, found.cell.truth)
        self._annotating.choose(tool="brush", class_index=index)

    def relabel(
        self,
        done: EvaluationDone,
        found: FoundRegion,
        *,
        to_model: bool,
        then: Callable[[], None],
    ) -> None:
        """Give a region the class that the model said, or the true one again.

        Parameters
        ----------
        then
            Called once the labels are so.
        """
        wish = _Wish(done, found, to_model, then)
        self._with_annotation(
            found.image, lambda annotation: self._relabel(annotation, wish, _TRIES)
        )

    def _show(
        self,
        done: EvaluationDone,
        item: ItemEvaluated,
        box: Rect | None,
        layout: str,
    ) -> None:
        if self._window is not None:
            self._window.set_layout(layout)

        def ready(annotation: OpenAnnotation) -> None:
            if self._viewer is not None and box is not None:
                self._viewer.show_part(box)
            self._propose(done, item, annotation)

        self._with_annotation(item.image, ready)

    def _propose(
        self, done: EvaluationDone, item: ItemEvaluated, annotation: OpenAnnotation
    ) -> None:
        """Show what was evaluated as the proposal, where there is none."""

        def show(view: ProposalView) -> None:
            same = annotation is self._annotations.current
            shape = annotation.document.labels.shape
            if same and view.prediction.labels.shape == shape:
                self._session.set_proposal(view)

        self._executor.submit(lambda: _proposal(done, item), show, self._notices.error)

    def _relabel(self, annotation: OpenAnnotation, wish: "_Wish", tries: int) -> None:
        project = self._shelf.project
        if project is None or not self._annotations.may_paint():
            return
        replaced, value = (
            self._class_of(wish.done.classes, index) for index in wish.classes
        )
        allowed = self._annotating.choices.rule.locks_alone().allows(
            value, project.locked, annotation.document.unlabelled
        )
        allowed[:replaced] = allowed[replaced + 1 :] = False
        labels, version = annotation.document.labels, annotation.version
        known = self._masks.get(wish.found)

        def planned(plan: "tuple[Pixels, RasterEdit | None]") -> None:
            if annotation is not self._annotations.current:
                return
            if annotation.version == version:
                self._masks[wish.found] = plan[0]
                self._apply(annotation, wish, value, plan[1])
            elif tries > 1:
                self._relabel(annotation, wish, tries - 1)

        self._executor.submit(
            lambda: _plan(labels, wish.found, known, value, allowed),
            planned,
            self._notices.error,
        )

    def _apply(
        self,
        annotation: OpenAnnotation,
        wish: "_Wish",
        value: int,
        edit: RasterEdit | None,
    ) -> None:
        wish.then()
        if edit is None:
            if wish.to_model:
                self._notices.remark(
                    tr("{words}: no pixel would change there", words=wish.words)
                )
            return
        by_model = Source(SourceKind.MODEL, wish.done.model_id)
        source = by_model if wish.to_model else BY_HAND
        step = Step(wish.words, _ICON, value, (edit,), source)
        words = tr(
            "{words}: {changed_px:,} px of {name}",
            words=wish.words,
            changed_px=edit.changed_px,
            name=wish.found.image.name,
        )

        def done() -> None:
            self._notices.toast(words, lambda: self._take_back(annotation, step))

        self._annotating.do(step, done)

    def _take_back(self, annotation: OpenAnnotation, step: Step) -> None:
        """Undo a step where it is the last one of the image on screen."""

        def undo(opened: OpenAnnotation) -> None:
            if opened.document.history.undoable is step:
                self._annotating.undo()
            else:
                self._notices.remark(tr("Other steps came after it: use Undo"))

        self._with_annotation(annotation.place.image, undo)

    def _class_of(self, classes: ClassList, index: int) -> int:
        """Return the project's index of a class of the evaluation."""
        project = self._shelf.project
        if project is None or project.classes is None:
            return index
        names = [name.strip().casefold() for name in project.classes.names]
        wanted = classes.names[index].strip().casefold()
        return names.index(wanted) if wanted in names else index

    def _with_annotation(
        self, image: Path, do: Callable[[OpenAnnotation], None]
    ) -> None:
        """Call `do` as soon as the annotation of an image is open."""
        current = self._annotations.current
        if current is not None and current.place.image == image:
            self._waiting = None
            do(current)
            return
        if self._opening is None:
            return
        self._waiting = image, do
        paths = self._session.files.paths
        if image in paths:
            self._opening.show(paths.index(image))
        else:
            self._opening.open_paths((image,))

    def _on_opened(self, annotation: OpenAnnotation | None) -> None:
        if annotation is None or self._waiting is None:
            return
        (image, do), self._waiting = self._waiting, None
        if annotation.place.image == image:
            do(annotation)


def _box(found: FoundRegion) -> Rect:
    region = found.region
    return Rect(region.x, region.y, region.width, region.height)


def _plan(
    labels: "Pixels",
    found: FoundRegion,
    known: "Pixels | None",
    value: int,
    allowed: "NDArray[np.bool_]",
) -> "tuple[Pixels, RasterEdit | None]":
    """Return a region's mask and what relabelling it changes; runs on a worker."""
    mask = region_mask(found) if known is None else known
    return mask, plan_mask(labels, mask, _box(found), value, allowed)


def _proposal(done: EvaluationDone, item: ItemEvaluated) -> ProposalView:
    """Return what was evaluated as a proposal; runs on a worker."""
    from segdesk.core.label_map import class_stats
    from segdesk.formats.png_mask import read_mask

    labels = read_mask(item.prediction)
    prediction = Prediction(labels, None, done.classes, done.model_id, done.device, {})
    return ProposalView(prediction, class_stats(labels, len(done.classes)))

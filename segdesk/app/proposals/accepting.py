"""Taking a model's proposal over into the annotation, all of it or parts."""

from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.app.annotate.annotating import Annotating
from segdesk.app.annotate.open_annotation import OpenAnnotation
from segdesk.app.annotate.opening_annotations import OpenAnnotations
from segdesk.app.desk import Desk
from segdesk.app.ports import ExecutorPort
from segdesk.app.project.shelf import ProjectShelf
from segdesk.app.proposals.acceptance import (
    Select,
    Sureness,
    plan_part,
    what_is_left,
    whole,
)
from segdesk.app.proposals.mapping import ProposalMapping
from segdesk.app.proposals.proposals import unpack
from segdesk.app.proposals.region_hover import RegionHover
from segdesk.app.signal import Signal
from segdesk.core.accept import (
    AcceptRule,
    inside_lasso,
    of_class,
    region_at,
)
from segdesk.core.edits import RasterEdit
from segdesk.core.errors import InputError
from segdesk.core.flood import Patch
from segdesk.core.history import Source, SourceKind, Step
from segdesk.core.language import joined, tr
from segdesk.core.prediction import Prediction
from segdesk.core.shapes import Point, Ring

if TYPE_CHECKING:
    from segdesk.app.proposals.kept_proposals import KeptProposals
    from segdesk.app.session import ProposalView

_ICON = "check-square"
_TRIES = 3

Key = tuple[Path, str]  # image, id of the model


class Accepting:
    """Accepts proposals; each acceptance is one step that undo takes back.

    Which pixels change is found out on a worker; when somebody painted meanwhile, it is
    found out anew.

    Parameters
    ----------
    executor
        Finds out which pixels change.

    Attributes
    ----------
    accepted
        Fires when pixels were taken over.
    unchanged
        Fires where no pixel was, for all of them are so already.
    accepted_from_changed
        Fires when `accepted_from` may be another value.
    kept
        Proposals of the sitting; one that was accepted in whole and taken back after
        its image was left comes from there.
    mapping
        Which class of the project takes which of the model.
    hover
        The region that `accept_region` would take, while the cursor is on it.
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
        self.accepted: Signal[()] = Signal()
        self.unchanged: Signal[()] = Signal()
        self.accepted_from_changed: Signal[()] = Signal()
        self.kept: KeptProposals | None = None
        self.mapping = ProposalMapping(desk, annotations, shelf)
        self.hover = RegionHover(desk.session, executor)
        self._whole: tuple[Step, ProposalView] | None = None  # taken over, of the image
        self._sure: tuple[Step, ProposalView, float] | None = None
        self._taken_back: dict[Key, Step] = {}
        annotating.history_changed.connect(self._on_history)
        desk.session.image_changed.connect(lambda _: self._forget())

    @property
    def accepted_from(self) -> float | None:
        """From which confidence on the last step took all over; None: it did not.

        What is less sure is left of the proposal.
        """
        annotation = self._annotations.current
        if self._sure is None or annotation is None:
            return None
        step, proposal, at_least = self._sure
        is_last = annotation.document.history.undoable is step
        return at_least if is_last and self._session.proposal is proposal else None

    @property
    def is_all_accepted(self) -> bool:
        """Whether the last step took over all that is sure enough to be drawn."""
        known = self.accepted_from
        return known is not None and self._session.view.min_confidence >= known

    def accept_all(self) -> None:
        """Take over all that is sure enough to be drawn."""
        self._accept(tr("Accept all"), None, whole)

    def accept_class(self, index: int, *more: int) -> None:
        """Take over one class of the model, or all that one of the project takes."""

        def select(found: Prediction) -> Patch:
            return of_class(found.labels, index, *more)

        self._accept(tr("Accept class"), index, select)

    def accept_region(self, place: Point) -> None:
        """Take over the connected region round a place."""
        prediction = self._prediction()
        if prediction is None:
            return
        height, width = prediction.labels.shape
        if 0 <= place.x < width and 0 <= place.y < height:
            index = int(prediction.labels[int(place.y), int(place.x)])
            self._accept(
                tr("Accept region"), index, lambda found: region_at(found.labels, place)
            )

    def accept_lasso(self, lasso: Ring, title: str = "") -> None:
        """Take over what a closed line goes round; `title` names the step."""
        title = title or tr("Accept lasso")
        self._accept(title, None, lambda found: inside_lasso(found.labels, lasso))

    def reject(self) -> None:
        """Drop the proposal; it stays away until the image is predicted anew."""
        image, proposal = self._session.image, self._session.proposal
        if image is None or proposal is None:
            return
        key = image.path, proposal.prediction.model_id
        if self.kept is not None:
            self.kept.drop(*key)
        self._session.rejected.add(key)
        self._session.set_proposal(None)

        def bring_back() -> None:
            self._session.rejected.discard(key)
            now = self._session.image
            if now is not None and now.path == key[0]:
                self._session.set_proposal(proposal)

        self._notices.toast(tr("Proposal rejected"), bring_back)

    def _prediction(self) -> Prediction | None:
        proposal = self._session.proposal
        return proposal.prediction if proposal else None

    def _accept(
        self, title: str, index: int | None, select: Select, tries: int = _TRIES
    ) -> None:
        annotation, prediction = self._annotations.current, self._prediction()
        if annotation is None or prediction is None or annotation.is_painting:
            return
        labels = annotation.document.labels
        rule = self._rule(annotation, prediction)
        if rule is None:
            return
        sure = Sureness.of(self._session.view)
        version = annotation.version

        def plan() -> RasterEdit | None:
            return plan_part(labels, prediction, select, sure, rule)

        def planned(edit: RasterEdit | None) -> None:
            if annotation is not self._annotations.current:
                return
            if annotation.version != version:
                if tries > 1:
                    self._accept(title, index, select, tries - 1)
                else:
                    self._notices.remark(tr("Not accepted: it was painted meanwhile."))
                return
            painted = None if index is None else int(rule.class_map[index])
            if edit is None:
                self._tell_nothing(title, index, select)
                return
            self._tell_left_out(index)
            self._apply(annotation, title, painted, edit, prediction)

        self._executor.submit(plan, planned, self._notices.error)

    def _rule(
        self, annotation: OpenAnnotation, prediction: Prediction
    ) -> AcceptRule | None:
        may_paint = self._annotations.may_paint()  # it may give the project its classes
        project = self._shelf.project
        if project is None or not may_paint:
            return None
        if prediction.labels.shape != annotation.document.labels.shape:
            self._notices.error(_other_size())
            return None
        return AcceptRule(
            self._annotating.choices.rule,
            project.locked,
            annotation.document.unlabelled,
            self.mapping.table(
                prediction.classes, project.classes or annotation.classes
            ),
        )

    def _apply(
        self,
        annotation: OpenAnnotation,
        title: str,
        index: int | None,
        edit: RasterEdit,
        prediction: Prediction,
    ) -> None:
        source = Source(SourceKind.MODEL, prediction.model_id)
        step = Step(title, _ICON, index, (edit,), source)
        share = edit.changed_px / annotation.document.labels.size
        words = tr(
            "{title}: {changed_px:,} px ({share:.1%}).",
            title=title,
            changed_px=edit.changed_px,
            share=share,
        )

        def done() -> None:
            self.accepted.emit()
            self._notices.toast(words, self._annotating.undo)
            if annotation.document.history.undoable is step:
                self._settle_if_done(annotation, prediction, step)

        self._annotating.do(step, done)

    def _settle_if_done(
        self, annotation: OpenAnnotation, prediction: Prediction, step: Step
    ) -> None:
        """Withdraw the proposal when accepting all of it would change no pixel.

        When that is so of what is sure enough only, the rest stays to be decided on.
        """
        rule = self._rule(annotation, prediction)
        if rule is None:
            return
        labels, revision = annotation.document.labels, annotation.document.revision
        sure = Sureness.of(self._session.view)

        def left() -> tuple[bool, bool]:
            return what_is_left(labels, prediction, sure, rule)

        def settle(rest: tuple[bool, bool]) -> None:
            is_sure_left, is_any_left = rest
            proposal, now = self._session.proposal, self._annotations.current
            if is_sure_left or proposal is None or now is not annotation:
                return
            if proposal.prediction.model_id != prediction.model_id:
                return
            if annotation.document.revision != revision:
                return
            if proposal.prediction is not prediction:  # numbered anew meanwhile
                self._settle_if_done(annotation, proposal.prediction, step)
                return
            if is_any_left:
                self._sure = step, proposal, sure.at_least
                self.accepted_from_changed.emit()
                return
            self._session.settled[annotation.place.image, prediction.model_id] = step
            self._whole = step, proposal
            self._session.set_proposal(None)

        self._executor.submit(left, settle, self._notices.error)

    def _on_history(self) -> None:
        """Follow undo and redo: the proposal comes back, and goes again."""
        if self._sure is not None:
            self.accepted_from_changed.emit()
        annotation = self._annotations.current
        if annotation is None:
            return
        image, history = annotation.place.image, annotation.document.history
        in_force = {id(step) for step in history.steps[: history.position]}
        undone = {id(step) for step in history.steps[history.position :]}
        settled = self._session.settled
        for key, step in tuple(settled.items()):
            if key[0] == image and id(step) in undone:
                del settled[key]
                self._taken_back[key] = step
                self._bring_back(key, step)
        for key, step in tuple(self._taken_back.items()):
            if key[0] == image and id(step) not in undone:
                del self._taken_back[key]
                if id(step) in in_force:
                    self._settle_again(key, step)

    def _bring_back(self, key: Key, step: Step) -> None:
        if self._session.proposal is not None:
            return
        if self._whole is not None and self._whole[0] is step:
            self._session.set_proposal(self._whole[1])
            return
        packed = None if self.kept is None else self.kept.get(*key)
        if packed is not None:  # the image was left and is here again
            self._executor.submit(
                lambda: unpack(packed),
                lambda view: self._show_again(key, view),
                self._notices.error,
            )

    def _show_again(self, key: Key, view: "ProposalView") -> None:
        image, session = self._session.image, self._session
        is_open = image is not None and image.path == key[0]
        if is_open and key in self._taken_back and session.proposal is None:
            session.set_proposal(view)

    def _settle_again(self, key: Key, step: Step) -> None:
        self._session.settled[key] = step
        proposal = self._session.proposal
        if proposal is not None and proposal.prediction.model_id == key[1]:
            self._whole = step, proposal
            self._session.set_proposal(None)

    def _forget(self) -> None:
        self._whole = self._sure = None

    def _tell_nothing(self, title: str, index: int | None, select: Select) -> None:
        """Say why no pixel changed; where a class is missing, offer it."""
        proposal = self._session.proposal
        names = self.mapping.unknown(proposal, index) if proposal else ()
        if names:
            self.mapping.tell(names, lambda: self._accept(title, index, select))
        else:
            self._notices.remark(tr("Nothing to accept there: no pixel would change."))
            self.unchanged.emit()

    def _tell_left_out(self, index: int | None) -> None:
        proposal = self._session.proposal
        names = self.mapping.unknown(proposal, index) if proposal else ()
        if names:
            self._notices.remark(
                tr(
                    "The project has no class {names}: left out.",
                    names=joined(", ", names),
                )
            )


def _other_size() -> InputError:
    return InputError(
        tr("The proposal was not accepted."),
        cause=tr("It is of another size than the annotation."),
        hint=tr("Predict the image again."),
    )

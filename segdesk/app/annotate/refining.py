"""Deeds on the whole of the selected class, worked out while the user looks on."""

from segdesk.app.annotate.annotating import Annotating
from segdesk.app.annotate.opening_annotations import OpenAnnotations
from segdesk.app.annotate.trying import Trying
from segdesk.app.desk import Desk
from segdesk.app.ports import ExecutorPort
from segdesk.app.tools.refining import Refinement, plan_refinement
from segdesk.core.history import Step
from segdesk.core.language import tr

_TRIES = 3


class Refining:
    """Grows, smooths or cleans a class; each deed is one step that undo takes back.

    Parameters
    ----------
    executor
        Finds out which pixels change; when somebody painted meanwhile, anew.

    Attributes
    ----------
    trying
        Shows what a deed would change.
    """

    def __init__(
        self,
        desk: Desk,
        executor: ExecutorPort,
        annotations: OpenAnnotations,
        annotating: Annotating,
    ) -> None:
        self.trying = Trying(executor, annotating)
        self._notices = desk.notices
        self._executor = executor
        self._annotations = annotations
        self._annotating = annotating

    def refine(self, refinement: Refinement, amount: int, tries: int = _TRIES) -> None:
        """Do it to the selected class.

        Parameters
        ----------
        amount
            The number that the refinement asks for; 0 when it asks for none.
        """
        annotation, context = self._annotations.current, self._annotating.context()
        if annotation is None or context is None or not self._annotations.may_paint():
            return
        revision = annotation.document.revision
        name = context.name_of(context.selected_class)

        def planned(step: Step | None) -> None:
            if annotation is not self._annotations.current:
                return
            if annotation.document.revision != revision:
                if tries > 1:
                    self.refine(refinement, amount, tries - 1)
                return
            if step is None:
                self._notices.remark(
                    tr(
                        "{title}: nothing to change in {name}",
                        title=refinement.title,
                        name=name,
                    )
                )
                return
            words = tr(
                "{title}: {changed_px:,} px of {name}",
                title=refinement.title,
                changed_px=step.changed_px,
                name=name,
            )
            self._annotating.do(
                step, lambda: self._notices.toast(words, self._annotating.undo)
            )

        plan = plan_refinement(refinement, amount, context)
        self._executor.submit(plan, planned, self._notices.error)

"""What a deed on a class would change, shown while its number is chosen."""

from collections.abc import Callable

from segdesk.app.annotate.annotating import Annotating
from segdesk.app.number_question import Say
from segdesk.app.ports import ExecutorPort
from segdesk.app.tools.preview import MaskPreview, Preview
from segdesk.app.tools.refining import Refinement, plan_refinement
from segdesk.core.classes import IGNORE_INDEX
from segdesk.core.edit_preview import changed_patch
from segdesk.core.edits import RasterEdit
from segdesk.core.errors import SegDeskError
from segdesk.core.geometry import Size
from segdesk.core.history import Step
from segdesk.core.language import tr

_ADDS = frozenset({"grow", "fill_holes"})
_Wanted = tuple[Refinement, int, Say]


class Trying:
    """Finds out on a worker what a deed would change; only the newest number counts.

    Parameters
    ----------
    executor
        Plans the deed; while it does, only the newest wish waits.
    """

    def __init__(self, executor: ExecutorPort, annotating: Annotating) -> None:
        self._executor = executor
        self._annotating = annotating
        self._wanted: _Wanted | None = None
        self._is_planning = False

    def show(self, refinement: Refinement, amount: int, say: Say) -> None:
        """Show what a deed on the selected class would change.

        Parameters
        ----------
        say
            Takes how much that is.
        """
        self._wanted = (refinement, amount, say)
        say("…")
        self._plan()

    def hide(self) -> None:
        """Show nothing any more; what is planned is dropped."""
        if self._wanted is not None:
            self._wanted = None
            self._annotating.previewed.emit(Preview())

    def _plan(self) -> None:
        wanted, context = self._wanted, self._annotating.context()
        if wanted is None or context is None or self._is_planning:
            return
        refinement, amount, _ = wanted
        plan = plan_refinement(refinement, amount, context)
        gains = refinement.id in _ADDS
        index = context.selected_class if gains else IGNORE_INDEX
        size = context.document.size
        self._is_planning = True
        self._executor.submit(
            lambda: _shown(plan, size, index),
            lambda found: self._take(wanted, found),
            lambda error: self._fail(wanted, error),
        )

    def _take(self, wanted: _Wanted, found: tuple[MaskPreview, int] | None) -> None:
        self._is_planning = False
        if self._wanted is not wanted:  # another number by now, or none
            self._plan()
            return
        say = wanted[2]
        if found is None:
            say(tr("Nothing would change"))
            self._annotating.previewed.emit(Preview())
            return
        mask, pixels = found
        say(tr("{pixels:,} px would change", pixels=pixels))
        self._annotating.previewed.emit(Preview(mask=mask))

    def _fail(self, wanted: _Wanted, error: SegDeskError) -> None:
        self._is_planning = False
        if self._wanted is wanted:
            wanted[2](error.message)
        else:
            self._plan()


def _shown(
    plan: Callable[[], Step | None], size: Size, index: int
) -> tuple[MaskPreview, int] | None:
    """Return the pixels that change; runs on a worker."""
    step = plan()
    edits = step.edits if step else ()
    raster = next((edit for edit in edits if isinstance(edit, RasterEdit)), None)
    if raster is None:
        return None
    patch = changed_patch(raster, size)
    return MaskPreview(patch.rect, patch.mask, index), raster.changed_px

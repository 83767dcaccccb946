"""What is said when the engine or its GPU is gone, and what helps."""

from collections.abc import Callable

from segdesk.app.notices import Notice, Notices, Verb
from segdesk.core.errors import EngineDiedError, GpuLostError
from segdesk.core.language import tr
from segdesk.jobs.events import Failed

_LOSSES = frozenset({EngineDiedError.__name__, GpuLostError.__name__})


def is_loss(failed: Failed) -> bool:
    """Tell whether a job failed for the engine or its GPU, not for what it did."""
    return failed.kind in _LOSSES


class EngineLosses:
    """Tells of a loss, one notice at a time, with what brings the model back.

    Parameters
    ----------
    restart
        Loads the model again, where it was.
    use_cpu
        Loads it on the processor.
    """

    def __init__(
        self,
        notices: Notices,
        restart: Callable[[], None],
        use_cpu: Callable[[], None],
    ) -> None:
        self._notices = notices
        self._restart = restart
        self._use_cpu = use_cpu
        self._told: Notice | None = None

    def tell(self, failed: Failed) -> None:
        """Say it, in place of what was said before."""
        self.over()
        verbs: tuple[Verb, ...] = (Verb(tr("Start again"), self._restart),)
        if failed.kind == GpuLostError.__name__:
            verbs = (
                Verb(tr("Go on with the CPU"), self._use_cpu),
                Verb(tr("Try the GPU again"), self._restart),
            )
        self._told = self._notices.error(failed, verbs)

    def over(self) -> None:
        """Take back what was said: somebody acted on it."""
        if self._told is not None:
            self._notices.withdraw(self._told)
            self._told = None

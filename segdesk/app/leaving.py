"""What is asked before the window closes."""

from typing import TYPE_CHECKING

from segdesk.core.language import tr

if TYPE_CHECKING:
    from segdesk.app.context import AppContext


def may_leave(context: "AppContext") -> bool:
    """Ask whether to close while a training runs; without one there is no question."""
    count = len(context.training.live)
    if not count:
        return True
    question = tr("A training is running")
    detail = tr("Closing stops it and keeps a checkpoint; it can be resumed.")
    if count > 1:
        question = tr("{count} trainings are running", count=count)
        detail = tr(
            "Closing stops them and keeps a checkpoint of each; they can be resumed."
        )
    if context.training.queue:
        detail += tr(" What waits in the queue is there again next time.")
    return context.dialogs.confirm(question, detail, tr("Stop and close"), "stop")

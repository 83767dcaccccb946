"""What is asked before the window closes."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segdesk.app.context import AppContext


def may_leave(context: "AppContext") -> bool:
    """Ask whether to close while a training runs; without one there is no question."""
    count = len(context.training.live)
    if not count:
        return True
    question = "A training is running"
    detail = "Closing stops it and keeps a checkpoint; it can be resumed."
    if count > 1:
        question = f"{count} trainings are running"
        detail = "Closing stops them and keeps a checkpoint of each; they can be "
        detail += "resumed."
    if context.training.queue:
        detail += " What waits in the queue is there again next time."
    return context.dialogs.confirm(question, detail, "Stop and close", "stop")

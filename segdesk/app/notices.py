"""What the user is told: notices that stay, toasts that pass."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count

from segdesk.app.signal import Signal
from segdesk.core.errors import SegDeskError
from segdesk.jobs.events import Failed, Noted

_ids = count(1)
_KEPT = 100


class Level(StrEnum):
    """How much a notice matters. Errors stay until they are closed."""

    INFO = "info"
    DONE = "done"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Verb:
    """A button on a notice: its words, and what it does."""

    title: str
    run: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Notice:
    """What happened, why, what to do.

    Parameters
    ----------
    message
        What happened: "road.jpg was not opened."
    cause
        Why, and what is still safe.
    hint
        What to do.
    detail
        Technical text behind a button.
    verbs
        Buttons, the most useful first.
    """

    level: Level
    message: str
    cause: str = ""
    hint: str = ""
    detail: str = ""
    verbs: tuple[Verb, ...] = ()
    id: int = field(default_factory=lambda: next(_ids))


@dataclass(frozen=True, slots=True)
class Toast:
    """One passing line; with an undo it stays 8 s, else 4 s.

    Parameters
    ----------
    level
        `DONE` for a deed that is done, `INFO` for one that was refused or came to
        nothing.
    """

    message: str
    undo: Callable[[], None] | None = None
    level: Level = Level.DONE


class Notices:
    """The one door for messages to the user."""

    def __init__(self) -> None:
        self.posted: Signal[Notice] = Signal()
        self.withdrawn: Signal[int] = Signal()
        self.toasted: Signal[Toast] = Signal()
        self.history: list[Notice] = []

    def post(self, notice: Notice) -> Notice:
        """Show a notice and keep it behind the bell."""
        self.history.append(notice)
        del self.history[:-_KEPT]
        self.posted.emit(notice)
        return notice

    def withdraw(self, notice: Notice) -> None:
        """Take a notice away because its cause is gone."""
        self.withdrawn.emit(notice.id)

    def toast(self, message: str, undo: Callable[[], None] | None = None) -> None:
        """Say in one passing line that something is done."""
        self.toasted.emit(Toast(message, undo))

    def remark(self, message: str) -> None:
        """Say in one passing line that something was not done, or not needed."""
        self.toasted.emit(Toast(message, level=Level.INFO))

    def error(
        self, error: SegDeskError | Failed | Noted, verbs: tuple[Verb, ...] = ()
    ) -> Notice:
        """Show an error of the house or of a job."""
        level = Level.ERROR
        if isinstance(error, Noted):
            level = Level.WARNING if error.level == "warning" else Level.INFO
        detail = "" if isinstance(error, Noted) else error.detail
        return self.post(
            Notice(level, error.message, error.cause, error.hint, detail, verbs)
        )

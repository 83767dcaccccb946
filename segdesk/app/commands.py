"""Every verb of the program is a command; menus, keys and the palette list ids."""

import logging
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from segdesk.app.notices import Level, Notice
from segdesk.app.signal import Signal
from segdesk.core.errors import SegDeskError
from segdesk.core.language import tr

if TYPE_CHECKING:
    from segdesk.app.context import AppContext

log = logging.getLogger(__name__)


class Where(StrEnum):
    """Where a command's keys work."""

    EVERYWHERE = "everywhere"
    CANVAS = "canvas"  # canvas or a list has the focus; single letters belong here


@dataclass(frozen=True, slots=True)
class Command:
    """One verb.

    Parameters
    ----------
    id
        "area.verb".
    title
        Sentence case, a verb first: "Open folder".
    icon
        Name in the Phosphor set, without prefix: "folder-open".
    category
        Where it is told under: "File", "View".
    run
        What it does; raises SegDeskError when it cannot.
    keys
        Default keys, portable text ("Ctrl+U"), the first is shown.
    tip
        One sentence of at most 90 letters.
    disabled_why
        Returns why it cannot run now, or None when it can.
    checked
        For switches: whether it is on.
    """

    id: str
    title: str
    icon: str
    category: str
    run: Callable[["AppContext"], None]
    keys: tuple[str, ...] = ()
    tip: str = ""
    where: Where = Where.EVERYWHERE
    disabled_why: Callable[["AppContext"], str | None] | None = None
    checked: Callable[["AppContext"], bool] | None = None


class CommandRegistry:
    """All commands, and the one place where their errors are caught."""

    def __init__(self) -> None:
        self.ran: Signal[str] = Signal()
        self._commands: dict[str, Command] = {}
        self._context: AppContext | None = None

    def bind(self, context: "AppContext") -> None:
        """Give the commands what they work on."""
        self._context = context

    def add(self, *commands: Command) -> None:
        """Add commands; an id is given once."""
        for command in commands:
            if command.id in self._commands:
                msg = f"command {command.id} is there already"
                raise ValueError(msg)
            self._commands[command.id] = command

    def __iter__(self) -> Iterator[Command]:
        """Iterate over all commands in the order of their adding."""
        return iter(self._commands.values())

    def __getitem__(self, command_id: str) -> Command:
        """Return one command."""
        return self._commands[command_id]

    def disabled_why(self, command_id: str) -> str | None:
        """Return why a command cannot run now, or None when it can."""
        command = self._commands[command_id]
        return command.disabled_why(self._bound) if command.disabled_why else None

    def is_checked(self, command_id: str) -> bool:
        """Tell whether a switch is on."""
        command = self._commands[command_id]
        return bool(command.checked and command.checked(self._bound))

    def run(self, command_id: str) -> None:
        """Run a command; whatever goes wrong becomes a notice."""
        context = self._bound
        command = self._commands[command_id]
        why = self.disabled_why(command_id)
        if why:
            context.notices.remark(tr("{title}: {why}", title=command.title, why=why))
            return
        try:
            command.run(context)
        except SegDeskError as error:
            context.notices.error(error)
        except Exception as error:
            log.exception("command %s failed", command_id)
            context.notices.post(
                Notice(
                    Level.ERROR,
                    tr(
                        "“{title}” ended with an unexpected error.", title=command.title
                    ),
                    tr(
                        "{name}: {error}. Your work is not affected.",
                        name=type(error).__name__,
                        error=error,
                    ),
                    tr("The details say where it happened."),
                    traceback.format_exc(),
                )
            )
        self.ran.emit(command_id)

    @property
    def _bound(self) -> "AppContext":
        if self._context is None:
            msg = "the registry is not bound to a context yet"
            raise RuntimeError(msg)
        return self._context

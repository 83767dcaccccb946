"""What the commands work on."""

from dataclasses import dataclass

from segdesk.app.commands import CommandRegistry
from segdesk.app.job_center import JobCenter
from segdesk.app.keymap import Keymap
from segdesk.app.model_shelf import ModelShelf
from segdesk.app.notices import Notices
from segdesk.app.opening import Opening
from segdesk.app.ports import DialogsPort, ViewerPort, WindowPort
from segdesk.app.predicting import Predicting
from segdesk.app.session import Session
from segdesk.app.settings import Settings


@dataclass(frozen=True, slots=True)
class AppContext:
    """The application, handed to every command.

    Parameters
    ----------
    session
        What is open.
    opening, predicting, shelf
        The journeys: files, predictions, models.
    window, viewer, dialogs
        The doors to the screen.
    """

    session: Session
    settings: Settings
    keymap: Keymap
    notices: Notices
    jobs: JobCenter
    commands: CommandRegistry
    opening: Opening
    predicting: Predicting
    shelf: ModelShelf
    window: WindowPort
    viewer: ViewerPort
    dialogs: DialogsPort

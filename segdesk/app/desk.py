"""What every journey works with."""

from dataclasses import dataclass

from segdesk.app.job_center import JobCenter
from segdesk.app.notices import Notices
from segdesk.app.session import Session
from segdesk.app.settings.settings import Settings


@dataclass(frozen=True, slots=True)
class Desk:
    """The state of the application, apart from its doors to disk and engine.

    Parameters
    ----------
    session
        What is open.
    settings
        What the user prefers.
    notices
        What the user is told.
    jobs
        What runs.
    """

    session: Session
    settings: Settings
    notices: Notices
    jobs: JobCenter

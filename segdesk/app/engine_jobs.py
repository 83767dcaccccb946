"""A job of the engine with its row in the jobs panel."""

from collections.abc import Callable
from dataclasses import dataclass

from segdesk.app.job_center import JobCenter
from segdesk.app.notices import Notices
from segdesk.app.ports import EnginePort
from segdesk.jobs.events import Noted, Report, Terminal
from segdesk.jobs.specs import JobSpec


@dataclass(frozen=True, slots=True)
class JobTitle:
    """How a job's row looks.

    Parameters
    ----------
    fleeting
        The row goes when the job is done.
    """

    title: str
    icon: str
    fleeting: bool = False


@dataclass(frozen=True, slots=True)
class JobDoors:
    """Starts jobs that the panel shows and can cancel.

    Parameters
    ----------
    engine
        Runs them.
    jobs
        Has a row for each.
    notices
        Tell what a job notes.
    """

    engine: EnginePort
    jobs: JobCenter
    notices: Notices

    def start(
        self, spec: JobSpec, title: JobTitle, ended: Callable[[Terminal], None]
    ) -> Callable[[], None]:
        """Start a job and return what cancels it.

        Parameters
        ----------
        ended
            Takes the terminal event, after the row has.
        """
        cancels: list[Callable[[], None]] = []

        def cancel() -> None:
            for each in cancels:
                each()

        row = self.jobs.open(title.title, title.icon, cancel, fleeting=title.fleeting)

        def report(event: Report) -> None:
            self.jobs.report(row, event)
            if isinstance(event, Noted):
                self.notices.error(event)

        def close(terminal: Terminal) -> None:
            self.jobs.close(row, terminal)
            ended(terminal)

        cancels.append(self.engine.start(spec, report, close))
        return lambda: self.jobs.cancel(row)

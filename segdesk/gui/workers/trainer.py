"""The window's door to trainings: an engine process for each, gone with its end."""

from collections.abc import Callable, Sequence

from segdesk.app.ports import TrainHandle
from segdesk.gui.workers.engine import Engine
from segdesk.jobs.control import JobContext, StopFlag
from segdesk.jobs.events import Report, Terminal
from segdesk.jobs.process import EngineProcess
from segdesk.jobs.specs import JobSpec


class Trainer:
    """Runs trainings beside the engine that predicts.

    A process of its own gives all memory back at its end, whatever happened.

    Parameters
    ----------
    engine
        Drives them on threads of its own and waits for them when the window closes.
    command
        What starts the process; None: SegDesk's own.
    """

    def __init__(self, engine: Engine, command: Sequence[str] | None = None) -> None:
        self._engine = engine
        self._command = command

    def train(
        self,
        spec: JobSpec,
        report: Callable[[Report], None],
        ended: Callable[[Terminal], None],
    ) -> TrainHandle:
        """Start a training, or another long job; returns what it can be told."""
        process = EngineProcess(self._command)
        # Also before the job's thread has its own flag.
        wish = StopFlag()
        flags = [wish]

        def work(context: JobContext) -> Terminal:
            flags.append(context.stop)
            if wish.is_paused():
                context.stop.pause()
            try:
                return process.run(spec, context.report, context.stop)
            finally:
                process.close()

        stop = self._engine.start_work(work, report, ended, ended)

        def pause() -> None:
            for flag in flags:
                flag.pause()

        def go_on() -> None:
            for flag in flags:
                flag.go_on()

        return TrainHandle(stop, pause, go_on)

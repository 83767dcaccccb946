"""The connection to a camera or a stream, made anew whenever it breaks."""

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

from segdesk.app.desk import Desk
from segdesk.app.ports import EnginePort, ExecutorPort, TimerPort
from segdesk.app.signal import Signal
from segdesk.core.language import tr
from segdesk.core.video_live import LiveSource, open_live
from segdesk.core.video_source import named
from segdesk.jobs.events import Cancelled, Failed, Progress

if TYPE_CHECKING:
    from segdesk.core.errors import SegDeskError
    from segdesk.jobs.control import JobContext

_FIRST_WAIT_S, _MOST_WAIT_S = 1.0, 10.0


class LinkState(StrEnum):
    """What a live source does."""

    CLOSED = "closed"
    CONNECTING = "connecting"
    LIVE = "live"
    LOST = "lost"


class LiveLink:
    """Connects to one source at a time.

    Parameters
    ----------
    engine
        Gives the wait for a connection a thread of its own.
    executor
        Lets a source go.
    timer
        Waits before it connects again.

    Attributes
    ----------
    changed
        Fires when the state is another one, or the reason why it is lost.
    connected
        Fires with the source whenever a connection comes about.
    source
        What is watched, as it was given; "": nothing.
    state
        What it does.
    stream
        The connection, while there is one.
    problem
        Why it is lost.
    attempt
        How many times it was connected to in vain since it was lost.
    """

    def __init__(
        self, desk: Desk, engine: EnginePort, executor: ExecutorPort, timer: TimerPort
    ) -> None:
        self.changed: Signal[()] = Signal()
        self.connected: Signal[LiveSource] = Signal()
        self.source = ""
        self.state = LinkState.CLOSED
        self.stream: LiveSource | None = None
        self.problem = ""
        self.attempt = 0
        self._desk = desk
        self._engine = engine
        self._executor = executor
        self._timer = timer
        self._turn = 0
        self._cancel: Callable[[], None] = _nothing
        self._stop_waiting: Callable[[], None] = _nothing

    @property
    def name(self) -> str:
        """What is watched, without a password."""
        return named(self.source)

    def open(self, source: str) -> None:
        """Connect to a source; a notice tells why it cannot be opened."""
        self.close()
        self.source = source
        self._set(LinkState.CONNECTING)
        jobs = self._desk.jobs
        row = jobs.open(
            tr("Connect to {name}", name=self.name),
            "broadcast",
            self.close,
            fleeting=True,
        )
        jobs.report(row, Progress(0, None, "steps", tr("Waiting for a picture")))

        def told(terminal: Failed | Cancelled | None) -> None:
            if terminal is None:
                jobs.finish(row)
                return
            jobs.close(row, terminal)
            if isinstance(terminal, Failed):
                self._desk.notices.error(terminal)
                self.close()

        self._connect(told)

    def close(self) -> None:
        """Let the source go."""
        if self.state is LinkState.CLOSED:
            return
        self._let_go()
        self.source, self.problem, self.attempt = "", "", 0
        self._set(LinkState.CLOSED)

    def lose(self, error: "SegDeskError") -> None:
        """Say that it is lost, and connect again soon."""
        self._let_go()
        self.problem = error.cause or error.message
        self._set(LinkState.LOST)
        self._wait()

    def try_now(self) -> None:
        """Connect again without waiting any longer."""
        if self.state is LinkState.LOST:
            self._stop_waiting()
            self._again()

    def _connect(self, told: Callable[[Failed | Cancelled | None], None]) -> None:
        self._turn += 1
        turn, source = self._turn, self.source

        def work(context: "JobContext") -> LiveSource:
            return open_live(source, context.check)

        def done(stream: LiveSource) -> None:
            if turn != self._turn:
                self._put_away(stream)
                told(Cancelled())
                return
            told(None)
            self.stream = stream
            self.problem, self.attempt = "", 0
            self._set(LinkState.LIVE)
            self.connected.emit(stream)

        def ended(terminal: Failed | Cancelled) -> None:
            told(terminal if turn == self._turn else Cancelled())

        self._cancel = self._engine.start_work(work, lambda _report: None, done, ended)

    def _wait(self) -> None:
        wait_s = min(_MOST_WAIT_S, _FIRST_WAIT_S * 2**self.attempt)
        self._stop_waiting = self._timer.after(wait_s, self._again)

    def _again(self) -> None:
        self._stop_waiting = _nothing
        if self.state is not LinkState.LOST:
            return

        def told(terminal: Failed | Cancelled | None) -> None:
            if isinstance(terminal, Failed) and self.state is LinkState.LOST:
                self.attempt += 1
                self.problem = terminal.cause or terminal.message
                self.changed.emit()
                self._wait()

        self._connect(told)

    def _let_go(self) -> None:
        self._turn += 1
        self._cancel()
        self._stop_waiting()
        self._cancel = self._stop_waiting = _nothing
        stream, self.stream = self.stream, None
        if stream is not None:
            self._put_away(stream)

    def _put_away(self, stream: LiveSource) -> None:
        self._executor.submit(stream.close, lambda _none: None, lambda _error: None)

    def _set(self, state: LinkState) -> None:
        self.state = state
        self.changed.emit()


def _nothing() -> None:
    """Do nothing."""

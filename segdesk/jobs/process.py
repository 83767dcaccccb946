"""The parent's side: one engine process, jobs one after the other."""

import logging
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import count
from types import MappingProxyType

import msgspec

from segdesk.core.frozen import is_frozen, own_program
from segdesk.core.language import tr
from segdesk.jobs.codec import (
    EXIT_SPENT,
    Pause,
    Request,
    Start,
    Stop,
    decode_said,
    encode,
)
from segdesk.jobs.control import StopFlag
from segdesk.jobs.events import (
    Cancelled,
    Event,
    Failed,
    Report,
    Succeeded,
    Terminal,
    TrainStep,
)
from segdesk.jobs.specs import JobSpec

log = logging.getLogger(__name__)

_POLL_S = 0.05
_STEPS_OF_GRACE = 2.0
_NOBODY = -1  # the job of an event that is none
_STDERR_LINES = 200
_ENGINE_FLAG = "--engine"
_KILL = getattr(signal, "SIGKILL", signal.SIGTERM)


def engine_command() -> list[str]:
    """Return the command that starts the engine, also in a frozen program.

    `-P` keeps the working directory off the import path: a `numpy.py` lying beside the
    user's images is not executed.
    """
    if is_frozen():
        return [own_program(), _ENGINE_FLAG]
    return [sys.executable, "-P", "-m", "segdesk", _ENGINE_FLAG]


class EngineProcess:
    """Runs jobs in a child process that stays alive between them.

    Call `run` from one thread at a time, never from the window's. The child is started
    by the first job, and again after it died.

    Parameters
    ----------
    command
        What starts the engine; the tests give a fake one.
    environment
        Variables that the child gets beside those of this process.
    grace_s
        Seconds between the steps of the cancel ladder: message, terminate, kill. A
        training gets two of its iterations more, as it ends after one of them.
    """

    def __init__(
        self,
        command: Sequence[str] | None = None,
        *,
        environment: Mapping[str, str] = MappingProxyType({}),
        grace_s: float = 8.0,
    ) -> None:
        self._environment = environment
        self._command = list(command) if command else engine_command()
        self._grace_s = grace_s
        self._ids = count(1)
        self._child: _Child | None = None
        self._lock = threading.Lock()

    @property
    def pid(self) -> int | None:
        """Id of the living child, or None."""
        child = self._child
        return child.process.pid if child and child.process.poll() is None else None

    def run(
        self, spec: JobSpec, report: Callable[[Report], None], stop: StopFlag
    ) -> Terminal:
        """Run one job in the child to its end and return its terminal event."""
        if stop.is_set():
            return Cancelled()
        try:
            child = self._living_child()
        except OSError as error:
            return Failed(
                kind="EngineDiedError",
                message=tr("The engine did not start."),
                cause=str(error),
                hint=tr("Run `segdesk doctor`; it says what is missing."),
            )
        job = next(self._ids)
        with suppress(OSError, ValueError):  # it is gone: following it tells how
            child.send(Start(job, spec))
        with stop.watched(child.wake):
            terminal = self._follow(child, job, report, stop)
        if terminal is not None:
            return terminal
        code = self._bury(child)
        if code == EXIT_SPENT:  # after the job before this one
            return self.run(spec, report, stop)
        return Cancelled() if stop.is_set() else _death(code, child.stderr)

    def close(self) -> None:
        """Let the child save and leave; kill it if it does not."""
        with self._lock:
            child, self._child = self._child, None
        if child:
            child.close(self._grace_s)

    def kill(self) -> None:
        """End the child and all it started, at once."""
        with self._lock:
            child, self._child = self._child, None
        if child:
            child.signal_group(_KILL)
            child.close(1.0)

    def _living_child(self) -> "_Child":
        with self._lock:
            if self._child and self._child.process.poll() is not None:
                self._child.close(1.0)
                self._child = None
            if self._child is None:
                self._child = _Child(self._command, self._environment)
            return self._child

    def _follow(
        self,
        child: "_Child",
        job: int,
        report: Callable[[Report], None],
        stop: StopFlag,
    ) -> Terminal | None:
        """Pass the job's reports on until its end; None: the child is gone."""
        ladder = _CancelLadder(child, job, self._grace_s)
        paused = False
        while True:
            if stop.is_set():
                ladder.climb()
            elif stop.is_paused() != paused:
                paused = not paused
                with suppress(OSError, ValueError):
                    child.send(Pause(job, paused))
            try:
                said = child.said.get(timeout=_POLL_S)
            except queue.Empty:
                continue
            if said is None:
                return None
            said_job, event = said
            if said_job != job:
                continue
            if isinstance(event, Succeeded | Failed | Cancelled):
                return event
            ladder.take(event)
            report(event)

    def _bury(self, child: "_Child") -> int | None:
        child.close(1.0)
        with self._lock:
            if self._child is child:
                self._child = None
        return child.process.returncode


class _CancelLadder:
    """Message, then terminate, then kill the process group."""

    def __init__(self, child: "_Child", job: int, grace_s: float) -> None:
        self._child = child
        self._job = job
        self._grace_s = grace_s
        self._slowest_s = 0.0
        self._rung = 0
        self._next = 0.0

    def take(self, event: Event) -> None:
        """Learn how long a step of a training takes: a stop waits for its end."""
        if isinstance(event, TrainStep):
            self._slowest_s = max(self._slowest_s, event.iter_time_s)

    def climb(self) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + self._grace_s + _STEPS_OF_GRACE * self._slowest_s
        self._rung += 1
        if self._rung == 1:
            with suppress(OSError, ValueError):
                self._child.send(Stop(self._job))
        elif self._rung == 2:
            self._child.signal_group(signal.SIGTERM)
        else:
            self._child.signal_group(_KILL)


class _Child:
    """The process, with one thread for its events and one for its stderr."""

    def __init__(self, command: list[str], more: Mapping[str, str]) -> None:
        environment = dict(os.environ, PYTHONUNBUFFERED="1", **more)
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            start_new_session=os.name == "posix",
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self.said: queue.SimpleQueue[tuple[int, Event] | None] = queue.SimpleQueue()
        self.stderr: deque[str] = deque(maxlen=_STDERR_LINES)
        self._threads = [
            threading.Thread(target=self._read_events, name="engine events"),
            threading.Thread(target=self._read_stderr, name="engine stderr"),
        ]
        for thread in self._threads:
            thread.daemon = True
            thread.start()

    def send(self, request: Request) -> None:
        assert self.process.stdin is not None  # noqa: S101 - a PIPE was asked for
        self.process.stdin.write(encode(request) + b"\n")
        self.process.stdin.flush()

    def wake(self) -> None:
        """Let who waits for an event look up."""
        self.said.put((_NOBODY, Cancelled()))

    def signal_group(self, number: int) -> None:
        with suppress(ProcessLookupError, PermissionError):
            if os.name == "posix":
                os.killpg(self.process.pid, number)
            else:
                self.process.terminate()

    def close(self, grace_s: float) -> None:
        """Close stdin, wait, then terminate and kill; join the threads."""
        if self.process.stdin:
            with suppress(OSError):
                self.process.stdin.close()
        for number in (None, signal.SIGTERM, _KILL):
            if number is not None:
                self.signal_group(number)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(grace_s)
                break
        if os.name == "posix":  # its data loaders may have outlived it
            self.signal_group(_KILL)
        for thread, pipe in zip(
            self._threads, (self.process.stdout, self.process.stderr), strict=True
        ):
            thread.join(2.0)
            if pipe and not thread.is_alive():
                pipe.close()

    def _read_events(self) -> None:
        assert self.process.stdout is not None  # noqa: S101 - a PIPE was asked for
        for line in self.process.stdout:
            try:
                said = decode_said(line)
            except msgspec.MsgspecError as error:
                log.warning("unreadable event %r: %s", line[:200], error)
                continue
            self.said.put((said.job, said.event))
        self.said.put(None)

    def _read_stderr(self) -> None:
        assert self.process.stderr is not None  # noqa: S101 - a PIPE was asked for
        for line in self.process.stderr:
            self.stderr.append(line.decode(errors="replace").rstrip())


def _death(code: int | None, stderr: Sequence[str]) -> Failed:
    return Failed(
        kind="EngineDiedError",
        message=tr("The engine stopped."),
        cause=tr(
            "{ending} The window and your work are not affected.",
            ending=_exit_words(code),
        ),
        hint=tr("Start it again; a smaller image or model helps if memory ran out."),
        detail="\n".join(stderr),
    )


def _exit_words(code: int | None) -> str:
    if code is None:
        return tr("It does not answer.")
    if code < 0:
        with suppress(ValueError):
            return tr("It was ended by {name}.", name=signal.Signals(-code).name)
    return tr("It ended with exit code {code}.", code=code)

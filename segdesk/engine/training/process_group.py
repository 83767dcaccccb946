"""A training on several devices: starts its processes and passes on what they say.

torchrun starts one process for each device; each opens a channel back and says events
there, as the engine process does to the window: lines of `segdesk.jobs.codec`.
"""

import os
import secrets
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import AuthenticationError
from multiprocessing.connection import Connection, Listener
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import BinaryIO

import msgspec

from segdesk.core.errors import JobCancelledError, ModelError
from segdesk.core.frozen import is_frozen, own_program
from segdesk.core.language import tr
from segdesk.jobs.codec import Pause, Request, Said, Stop, decode_said, encode
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import Cancelled, Failed, Succeeded, Terminal, TrainDone
from segdesk.jobs.runner import error_from
from segdesk.jobs.specs import TrainSpec

KEY_VARIABLE = "SEGDESK_CHANNEL_KEY"

_POLL_S = 0.05
_LAST_BYTES = 6000
_CLOSE_S = 40.0


def train_together(spec: TrainSpec, context: JobContext) -> TrainDone:
    """Train in one process for each of `spec.devices` and pass their reports on.

    Parameters
    ----------
    spec
        With several devices. Where its device is "cpu", each process is on the CPU.
    context
        As for a training in one process: a stop or a pause reaches all of them.

    Raises
    ------
    SegDeskError
        What a process says of why it cannot train.
    ModelError
        A process ended without a word.
    JobCancelledError
        The user stopped it; `kept` names the checkpoint.
    """
    with tempfile.TemporaryDirectory(prefix="segdesk-group-") as name:
        folder = Path(name)
        path = folder / "spec.json"
        path.write_bytes(encode(msgspec.structs.replace(spec, launcher="pytorch")))
        key = secrets.token_bytes(32)
        with (
            Listener(authkey=key) as listener,
            (folder / "said.txt").open("w+b") as said,
        ):
            hub = _Hub(listener)
            command = _command(len(spec.devices), path, str(listener.address))
            with _started(command, key, said) as process:
                terminals = _relay(hub, process, context)
            return _end(terminals, process.returncode, said)


def _command(count: int, spec: Path, address: str) -> list[str]:
    group = ["--standalone", "--nproc-per-node", str(count)]
    if is_frozen():  # there is no `-m`: the bundle's program takes flags instead
        member = ["--no-python", own_program(), "--group-member", str(spec), address]
        return [own_program(), "--group", *group, *member]
    member = ["-m", "segdesk.engine.group_main", str(spec), address]
    return [sys.executable, "-P", "-m", "torch.distributed.run", *group, *member]


@contextmanager
def _started(
    command: list[str], key: bytes, said: BinaryIO
) -> Iterator[subprocess.Popen[bytes]]:
    # Their working directory is no place to import from.
    environment = {**os.environ, KEY_VARIABLE: key.hex(), "PYTHONSAFEPATH": "1"}
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=environment
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(_CLOSE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class _Hub:
    """Takes the processes' channels and puts what they say into one queue."""

    def __init__(self, listener: Listener) -> None:
        self.said: SimpleQueue[Said] = SimpleQueue()
        self._channels: dict[Connection, None] = {}
        self._listener = listener
        threading.Thread(target=self._accept, name="channels", daemon=True).start()

    def tell(self, request: Request) -> None:
        """Tell every process; one that is gone needs no telling."""
        for channel in tuple(self._channels):
            with suppress(OSError):
                channel.send_bytes(encode(request))

    @property
    def is_open(self) -> bool:
        return bool(self._channels)

    def _accept(self) -> None:
        while True:
            try:
                channel = self._listener.accept()
            except AuthenticationError:
                continue
            except (OSError, EOFError):
                return  # closed, as the training is over
            self._channels[channel] = None
            reader = threading.Thread(target=self._read, args=(channel,), daemon=True)
            reader.start()

    def _read(self, channel: Connection) -> None:
        with suppress(EOFError, OSError):
            while True:
                self.said.put(decode_said(channel.recv_bytes()))
        self._channels.pop(channel, None)


def _relay(
    hub: _Hub, process: subprocess.Popen[bytes], context: JobContext
) -> dict[int, Terminal]:
    """Pass reports and wishes on until the processes are gone; returns their ends."""
    terminals: dict[int, Terminal] = {}
    told: Request | None = None
    while True:
        is_over = process.poll() is not None and not hub.is_open
        if (wish := _wish(context, told)) is not None and hub.is_open:
            told = wish
            hub.tell(wish)
        elif context.stop.is_set() and not hub.is_open and not terminals:
            return {0: Cancelled()}  # stopped while they start
        try:
            said = hub.said.get(timeout=_POLL_S)
        except Empty:
            if is_over:
                return terminals
            continue
        if isinstance(said.event, Succeeded | Failed | Cancelled):
            terminals[said.job] = said.event
        elif said.job == 0:
            context.report(said.event)


def _wish(context: JobContext, told: Request | None) -> Request | None:
    """Return what the processes are to be told, unless they were told already."""
    if context.stop.is_set():
        wish: Request = Stop(0)
    else:
        wish = Pause(0, context.stop.is_paused())
    return None if wish == (told or Pause(0, paused=False)) else wish


def _end(terminals: dict[int, Terminal], code: int | None, said: BinaryIO) -> TrainDone:
    first = terminals.get(0)
    if isinstance(first, Succeeded) and isinstance(first.result, TrainDone):
        return first.result
    failed = [end for end in terminals.values() if isinstance(end, Failed)]
    if failed:  # in the order of time: the others miss the one that failed
        raise error_from(failed[0])
    if isinstance(first, Cancelled):
        raise JobCancelledError(first.kept)
    said.seek(max(0, said.seek(0, os.SEEK_END) - _LAST_BYTES))
    raise ModelError(
        tr("The training was stopped."),
        cause=tr(
            "One of its processes ended without a word (exit code {code}).", code=code
        ),
        hint=tr("Go on from its last checkpoint (resume), or train on one device."),
        detail=said.read().decode(errors="replace"),
    )

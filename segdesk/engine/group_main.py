"""The entry of one process among those that the engine starts to train together."""

import logging
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from multiprocessing.connection import Client, Connection
from pathlib import Path

from segdesk.engine.dispatch import Engine
from segdesk.engine.training.launching import process_rank
from segdesk.engine.training.process_group import KEY_VARIABLE
from segdesk.jobs.codec import Pause, Said, Stop, decode_request, decode_spec, encode
from segdesk.jobs.control import JobContext, StopFlag
from segdesk.jobs.events import Event, Failed
from segdesk.jobs.runner import run_job
from segdesk.jobs.specs import TrainSpec

_ORPHAN_GRACE_S = 60.0
_EXIT_ORPHANED = 70


def main(spec_path: str, address: str) -> int:
    """Train one spec beside the other processes and say events on a channel.

    Parameters
    ----------
    spec_path
        File with the spec; its launcher is "pytorch".
    address
        Of the channel. The end of it means that the engine is gone.

    Returns
    -------
    code
        Exit code: 1 where the training failed, so that torchrun ends the others.
    """
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    spec = decode_spec(Path(spec_path).read_bytes())
    assert isinstance(spec, TrainSpec)  # noqa: S101 - the engine wrote it
    rank = process_rank(spec)
    stop = StopFlag()
    signal.signal(signal.SIGINT, lambda _number, _frame: stop.set())
    channel = Client(address, authkey=bytes.fromhex(os.environ.pop(KEY_VARIABLE)))
    threading.Thread(target=_listen, args=(channel, stop), daemon=True).start()

    def say(event: Event) -> None:
        with suppress(OSError):
            channel.send_bytes(encode(Said(rank, event)))

    terminal = run_job(spec, JobContext(say, stop), Engine().handle)
    say(terminal)
    channel.close()
    return 1 if isinstance(terminal, Failed) else 0


def start_group(arguments: list[str]) -> int:
    """Be torchrun, where there is no Python to start it with `-m`.

    Parameters
    ----------
    arguments
        As torchrun takes them.

    Returns
    -------
    code
        Exit code; a process that failed ends this one with an exception.
    """
    from torch.distributed.run import main as torchrun

    torchrun(arguments)
    return 0


def _listen(channel: Connection, stop: StopFlag) -> None:
    """Do what the engine asks; stop when it is gone, and leave for good in a while."""
    with suppress(EOFError, OSError):
        while True:
            request = decode_request(channel.recv_bytes())
            if isinstance(request, Stop):
                stop.set()
            elif isinstance(request, Pause):
                (stop.pause if request.paused else stop.go_on)()
    stop.set()
    time.sleep(_ORPHAN_GRACE_S)
    os._exit(_EXIT_ORPHANED)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

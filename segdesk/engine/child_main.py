"""The entry of the engine process.

Nothing here imports torch: requests are read, and a cancel is understood, while the
first job is still importing it.
"""

import ctypes
import logging
import os
import sys
from contextlib import suppress
from pathlib import Path

from segdesk.engine.dispatch import Engine
from segdesk.jobs.child import private_channel, serve

_NICENESS = 5
_BELOW_NORMAL = 0x4000  # Windows' priority class
_AUTOGROUP = Path("/proc/self/autogroup")


def main() -> None:
    """Serve jobs on stdin and a private stdout until the parent is gone."""
    channel = private_channel()
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(name)s: %(message)s"
    )
    _be_modest()
    engine = Engine()
    code = serve(engine.handle, channel, is_spent=engine.is_spent)
    channel.close()
    logging.shutdown()
    # The thread that reads stdin cannot be woken, and Python would wait for its lock.
    sys.stderr.flush()
    os._exit(code)


def _be_modest() -> None:
    """Compute with one thread for each core, and let the window go first."""
    os.environ.setdefault("OMP_NUM_THREADS", str(physical_cores()))
    if sys.platform == "win32":
        kernel = ctypes.windll.kernel32
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), _BELOW_NORMAL)
        return
    with suppress(OSError):
        os.nice(_NICENESS)
    # Linux weighs whole sessions against each other where nobody grouped processes
    # otherwise, and this process has a session of its own: see sched(7), autogroup.
    with suppress(OSError):
        _AUTOGROUP.write_text(str(_NICENESS))


def physical_cores() -> int:
    """Return the number of cores this process may use, hyper-threads not counted."""
    try:
        allowed = os.sched_getaffinity(0)
    except AttributeError:  # not on this system
        return os.cpu_count() or 1
    cores = set()
    for number in allowed:
        core = Path(f"/sys/devices/system/cpu/cpu{number}/topology/core_cpus_list")
        try:
            cores.add(core.read_text())
        except OSError:
            return len(allowed)
    return len(cores)

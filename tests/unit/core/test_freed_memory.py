"""Memory that workers free serves the next worker."""

import platform
import subprocess
import sys

import pytest

_WORKERS = """
import sys, threading
from pathlib import Path
import numpy as np
from segdesk.core.freed_memory import reuse_freed, share_freed

if sys.argv[1] == "shared":
    share_freed()
reuse_freed()

def resident():
    text = Path("/proc/self/status").read_text("ascii")
    line = next(one for one in text.splitlines() if one.startswith("VmRSS"))
    return int(line.split()[1]) / 1000

def work(turn, done):
    turn.wait()
    np.ones(24_000_000, np.uint8).sum()  # freed at once
    done.set()
    end.wait()

before, end, turns = resident(), threading.Event(), []
for _ in range(8):  # all live on, as workers do, and work one after the other
    turn, done = threading.Event(), threading.Event()
    threading.Thread(target=work, args=(turn, done), daemon=True).start()
    turns.append((turn, done))
for turn, done in turns:
    turn.set()
    done.wait()
print(resident() - before)
"""


def grown_mb(how: str) -> float:
    done = subprocess.run(
        [sys.executable, "-c", _WORKERS, how],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return float(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="of glibc alone")
def test_workers_leave_little_behind_when_they_share_what_was_freed():
    assert grown_mb("shared") < 80  # of 192 MB that each would keep for itself

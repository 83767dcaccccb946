"""What a training frees stays with it, and goes back to the system at its end."""

import subprocess
import sys

import pytest

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(sys.platform != "linux", reason="glibc's allocator"),
]

# In a process of its own: in a long one, other things come and go meanwhile.
BUFFERS = """
import resource
from pathlib import Path

import torch

from segdesk.engine.training.kept_memory import freed_memory_kept


def resident_mb():
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def new_pages_of_a_buffer():  # of 16 MB
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    torch.ones(4 << 20)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


torch.ones(1)
before = resident_mb()
with freed_memory_kept():
    for _ in range(20):  # it may take turns between a few places
        new_pages_of_a_buffer()
    print(new_pages_of_a_buffer())
    print(resident_mb() - before)
print(resident_mb() - before)
"""


def test_freed_memory_kept_takes_the_same_pages_when_a_buffer_comes_again():
    child = subprocess.run(
        [sys.executable, "-c", BUFFERS], capture_output=True, text=True, check=True
    )
    new_pages, kept_mb, left_mb = map(float, child.stdout.split())

    assert new_pages < 400  # of 4,096
    assert kept_mb > 12
    assert left_mb < 4

"""What a training frees stays with it, and goes back to the system at its end."""

import resource
import sys

import pytest

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(sys.platform != "linux", reason="glibc's allocator"),
]

FLOATS = 4 << 20  # 16 MB: 4,096 pages


def faults_of_a_buffer() -> int:
    """Take a buffer, write to it and free it; return the pages that were new."""
    import torch

    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    torch.ones(FLOATS)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def test_freed_memory_kept_takes_the_same_pages_when_a_buffer_comes_again():
    from segdesk.engine.training.kept_memory import freed_memory_kept

    with freed_memory_kept():
        for _ in range(4):  # it may take turns between two places
            faults_of_a_buffer()
        again = faults_of_a_buffer()
    after = faults_of_a_buffer()

    assert again < 400
    assert after > 3600

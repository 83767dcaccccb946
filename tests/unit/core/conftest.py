"""One picture for all tests of reading."""

import numpy as np
import pytest


@pytest.fixture(scope="session")
def scene():
    """Return (60, 80, 3): smooth for JPEG, and different in every corner."""
    y, x = np.mgrid[0:60, 0:80]
    return np.dstack([x * 3, y * 4, (x + y) * 1.5]).astype(np.uint8)

"""What every test gets: a home of its own, and the real data where there is some."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A busy machine draws slowly; that says nothing of the program.
settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("house")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_CHECKOUT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def segdesk_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch) -> Path:
    """Give SegDesk an empty home, so no test reads or writes the user's own."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("SEGDESK_HOME", str(home))
    return home


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of real data, or skip."""
    default = _CHECKOUT.parent / "shared" / "data"
    folder = Path(os.environ.get("SEGDESK_DATA", default))
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}; SEGDESK_DATA names another folder")
    return folder

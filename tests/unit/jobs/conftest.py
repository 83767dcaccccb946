"""The fake engine as a child process, and a net for processes that outlive a test."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import psutil
import pytest

from segdesk.jobs.process import EngineProcess

_FAKE = Path(__file__).resolve().parents[2] / "fake_engine.py"


@pytest.fixture(scope="session")
def fake() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fake_engine", _FAKE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def engine(fake: ModuleType) -> Iterator[EngineProcess]:
    process = EngineProcess(fake.COMMAND, grace_s=0.3)
    yield process
    process.close()


@pytest.fixture(autouse=True)
def no_child_left() -> Iterator[None]:
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    yield
    left = [
        child
        for child in psutil.Process().children(recursive=True)
        if child.pid not in before
    ]
    for child in left:
        child.kill()
    assert not left

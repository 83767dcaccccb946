"""The whole window with a real child process as its engine, but no torch."""

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdesk.core.classes import ClassList
from segdesk.core.paths import user_data_dir
from segdesk.gui.application import Desktop
from segdesk.library.model_card import ModelCard, write_card

_FAKE = Path(__file__).resolve().parents[2] / "fake_engine.py"


def fake_engine_command() -> list[str]:
    spec = importlib.util.spec_from_file_location("fake_engine", _FAKE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.COMMAND


@pytest.fixture
def make_model(segdesk_home) -> Callable[[str, str], None]:
    return put_model


def put_model(model_id: str, name: str) -> None:
    folder = user_data_dir() / "models" / model_id
    folder.mkdir(parents=True)
    (folder / "model.pth").write_bytes(b"weights")
    card = ModelCard(
        id=model_id,
        name=name,
        architecture="Fake",
        classes=ClassList.from_names(("background", "grey", "bright")),
        checkpoint="model.pth",
        sha256="0" * 64,
        size_bytes=7,
    )
    write_card(card, folder)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "my pictures"
    folder.mkdir()
    for number in range(3):
        pixels = np.zeros((60, 80, 3), np.uint8)
        pixels[:, 20:50] = 120
        pixels[:, 50 + number :] = 240
        Image.fromarray(pixels).save(folder / f"pic {number}.png")
    return folder


@pytest.fixture
def again(qtbot, segdesk_home) -> Iterator[Callable[[], Desktop]]:
    """Start the program once more, with what it wrote before."""
    made: list[Desktop] = []

    def start() -> Desktop:
        desktop = Desktop(fake_engine_command())
        made.append(desktop)
        qtbot.addWidget(desktop.window)
        desktop.window.resize(1400, 900)
        with qtbot.waitExposed(desktop.window):
            desktop.window.show()
        desktop.start()
        return desktop

    yield start
    for desktop in made:
        desktop.close()


@pytest.fixture
def desktop(qtbot, make_model, again) -> Desktop:
    make_model("steady", "Steady model")
    made = again()
    qtbot.waitUntil(lambda: len(made.context.shelf.entries) >= 1)
    return made

"""A calibration stays with the weights that it belongs to."""

import os

import pytest

from segdesk.core.calibration import Calibration, ReliabilityBin
from segdesk.core.classes import ClassList
from segdesk.core.temperature import FittedTemperature
from segdesk.library.calibrations import calibration_beside, keep_beside, keep_for
from segdesk.library.model_card import ModelCard, write_card
from segdesk.library.model_library import ModelLibrary

FITTED = FittedTemperature(
    (1.5,),
    Calibration(8.0, (ReliabilityBin(10, 0.9, 0.8),)),
    Calibration(1.0, (ReliabilityBin(10, 0.8, 0.8),)),
    5,
    10_000,
    "coast, val",
)


@pytest.fixture
def library(tmp_path):
    """Return a library with one model of its own and one that was shipped."""
    for root, name in (("own", "mine"), ("shipped", "theirs")):
        folder = tmp_path / root / name
        folder.mkdir(parents=True)
        (folder / "model.pth").write_bytes(b"weights")
        card = ModelCard(
            id=name,
            name=name,
            architecture="U-Net",
            classes=ClassList.from_names(("ground", "road")),
            checkpoint="model.pth",
            sha256="0" * 64,
            size_bytes=7,
        )
        write_card(card, folder)
    return ModelLibrary(tmp_path / "own", tmp_path / "shipped")


@pytest.mark.parametrize("name", ["mine", "theirs"])
def test_model_is_run_with_its_temperature_when_it_is_calibrated(library, name):
    assert library.get(name).temperature == ()
    keep_for(library.entry(name), library.root, FITTED)
    assert library.entry(name).card.calibration == FITTED
    assert library.get(name).temperature == (1.5,)


def test_shipped_model_is_not_written_to_when_it_is_calibrated(library):
    folder = library.entry("theirs").folder
    before = {path: path.read_bytes() for path in folder.iterdir()}
    keep_for(library.entry("theirs"), library.root, FITTED)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert [entry.id for entry in library.list()] == ["mine", "theirs"]


def test_calibration_is_void_when_the_weights_are_written_anew(tmp_path, library):
    checkpoint = tmp_path / "run.pth"
    checkpoint.write_bytes(b"weights")
    keep_beside(checkpoint, FITTED)
    assert calibration_beside(checkpoint) == FITTED
    assert library.get(str(checkpoint)).temperature == (1.5,)
    checkpoint.write_bytes(b"others!")
    os.utime(checkpoint, ns=(1, 1))
    assert calibration_beside(checkpoint) is None
    assert library.get(str(checkpoint)).temperature == ()


def test_damaged_calibration_counts_for_nothing(tmp_path):
    checkpoint = tmp_path / "run.pth"
    checkpoint.write_bytes(b"weights")
    keep_beside(checkpoint, FITTED).write_text("{")
    assert calibration_beside(checkpoint) is None

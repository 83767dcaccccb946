"""Import, correct with each tool, be killed, come back, export: as a user would."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdesk.formats import registry
from segdesk.formats.png_mask import read_mask

_DRIVER = Path(__file__).parent / "annotation_driver.py"
_COLOURS = np.array(
    [(60, 16, 152), (132, 41, 246), (110, 193, 228), (254, 221, 58), (226, 169, 41)],
    np.uint8,
)
_SIZE = (300, 420)
TIMEOUT_S = 150


def made_folder(folder: Path) -> None:
    """Make two tiles of two pictures each, with masks as RGB and as palette PNG."""
    generator = np.random.default_rng(7)
    rows, columns = np.mgrid[: _SIZE[0], : _SIZE[1]]
    for tile in ("Tile 1", "Tile 2"):
        for kind in ("images", "masks"):
            (folder / tile / kind).mkdir(parents=True)
        for number in (1, 2):
            labels = (columns // 70 + rows // (90 + 10 * number)) % 5
            grey = 40 * labels + generator.integers(0, 20, _SIZE)
            disc = (columns - 206) ** 2 + (rows - 180) ** 2 < 14**2
            grey[disc] += 60  # something to cut out
            picture = np.dstack([grey] * 3).astype(np.uint8)
            name = f"image_part_00{number}"
            Image.fromarray(picture).save(folder / tile / "images" / f"{name}.jpg")
            mask = Image.fromarray(_COLOURS[labels])
            if number == 2:  # its palette has an order of its own
                mask = mask.quantize(5)
            mask.save(folder / tile / "masks" / f"{name}.png")


@pytest.fixture(params=["made", "real"])
def folder(request, tmp_path) -> Path:
    folder = tmp_path / "aerial"
    if request.param == "made":
        made_folder(folder)
    else:
        source = request.getfixturevalue("real_data") / "aerial_dubai"
        for tile in ("Tile 1", "Tile 2"):
            shutil.copytree(source / tile, folder / tile)
    return folder


def facts_of(text: str) -> dict[str, object]:
    return json.loads(text.strip().splitlines()[-1])


def test_work_is_whole_when_the_program_is_killed_and_exported_later(folder, tmp_path):
    command = [sys.executable, str(_DRIVER)]
    with subprocess.Popen(
        [*command, "paint", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as painting:
        line = painting.stdout.readline()
        if not line:
            pytest.fail(painting.stderr.read())
        os.kill(painting.pid, signal.SIGKILL)
    before = facts_of(line)
    out = tmp_path / "out"
    done = subprocess.run(
        [*command, "resume", str(folder), str(out)],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    after = facts_of(done.stdout)
    assert (after["labels"], after["item"]) == (before["labels"], before["item"])

    item = str(before["item"])
    truth = read_mask(folder / "annotations" / Path(item).with_suffix(".png"))
    for format_id in ("mmseg", "labelme", "cvat"):
        _, found = registry.read(out / format_id)
        shown = [one for one in found.items if one.name.endswith(Path(item).stem)]
        assert len(found.items) >= 4, format_id
        assert any(
            one.read().labels.shape == truth.shape
            and (one.read().labels == truth).all()
            for one in shown
        ), format_id

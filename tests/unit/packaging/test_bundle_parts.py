"""What a bundle is made of, without making one."""

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

PACKAGING = Path(__file__).resolve().parents[3] / "packaging"

pytestmark = pytest.mark.skipif(
    not PACKAGING.is_dir(), reason="bundles are made in the checkout"
)


@pytest.fixture(autouse=True)
def beside_the_spec(monkeypatch):
    monkeypatch.syspath_prepend(str(PACKAGING))
    monkeypatch.syspath_prepend(str(PACKAGING / "bundle"))
    yield
    for name in ("left_out", "listing", "version_resource", "make_icons"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("torch/include/ATen/ATen.h", True),
        ("torch/bin/torch_shm_manager", False),
        ("torch/lib/libtorch_cpu.so", False),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", False),
        ("PySide6/Qt/translations/qtbase_fr.qm", True),
        ("PySide6/Qt/translations/qtbase_zh_CN.qm", False),
        ("segdesk/resources/translations/segdesk_fr.qm", False),
    ],
)
def test_is_left_out_tells_tests_from_what_is_used_when_asked(place, expected):
    from left_out import is_left_out

    assert is_left_out(place) is expected


def test_modules_of_finds_what_is_imported_by_name_when_listed():
    from listing import modules_of

    found = modules_of("segdesk", without=("segdesk.cli",))
    assert {"segdesk", "segdesk.gui.pages.video", "segdesk.engine.batch.batch"} <= set(
        found
    )
    assert not [name for name in found if name.startswith("segdesk.cli")]


@pytest.mark.parametrize(
    ("version", "expected"),
    [("1.2.3", (1, 2, 3, 0)), ("0.10rc1", (0, 10, 0, 0)), ("1.2.3.4.5", (1, 2, 3, 4))],
)
def test_four_numbers_counts_as_windows_does_when_given_a_version(version, expected):
    from version_resource import four_numbers

    assert four_numbers(version) == expected


def test_write_icons_cuts_the_corners_when_it_renders(tmp_path, qapp):
    from make_icons import write_icons

    write_icons(tmp_path)
    with Image.open(tmp_path / "segdesk.png") as picture:
        pixels = np.asarray(picture)
    assert pixels.shape == (512, 512, 4)
    assert pixels[0, 0, 3] == 0
    assert tuple(pixels[150, 60]) == (0x2E, 0x6F, 0xE6, 255)
    with Image.open(tmp_path / "segdesk.ico") as icon:
        assert {(16, 16), (32, 32), (256, 256)} <= icon.info["sizes"]

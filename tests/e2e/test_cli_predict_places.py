"""`segdesk predict` on images with many bands, wide numbers and a place on earth."""

import json

import numpy as np
import pytest
import tifffile

from segdesk.cli import run_command
from segdesk.formats.png_mask import read_mask

pytestmark = pytest.mark.engine

_PIXEL_SIZE, _TIE_POINT, _KEYS = 33_550, 33_922, 34_735


@pytest.fixture
def scene(tmp_path, nuclei):
    """A picture of nuclei as bands 5, 3 and 1 of a GeoTIFF of 12-bit numbers."""
    from segdesk.core.imaging import read_image

    nuclei(tmp_path / "plain" / "a.png")
    pixels = read_image(tmp_path / "plain" / "a.png").pixels.astype(np.uint16)
    bands = np.full((*pixels.shape[:2], 6), 9, np.uint16)
    bands[:, :, [4, 2, 0]] = pixels * 16
    tags = [
        (_PIXEL_SIZE, "d", 3, (0.5, 0.5, 0.0), True),
        (_TIE_POINT, "d", 6, (0.0, 0.0, 0.0, 500_000.0, 5_400_000.0, 0.0), True),
        (_KEYS, "H", 8, (1, 1, 0, 1, 3072, 0, 1, 32_632), True),
    ]
    path = tmp_path / "scene.tif"
    options = {"photometric": "minisblack", "planarconfig": "contig"}
    tifffile.imwrite(path, bands, tile=(64, 64), extratags=tags, **options)
    return path


def test_predict_sees_chosen_bands_and_keeps_the_place_when_a_geotiff_is_given(
    tmp_path, scene, sample_model, capfd
):
    def predict(source, out, *words):
        call = ["predict", source, "--out", out, "--model", sample_model, "--json"]
        call += ["--save", "mask,geotiff", "--device", "cpu", *words]
        assert run_command([str(word) for word in call]) == 0
        (item,) = json.loads(capfd.readouterr().out)["items"]
        return item["outputs"]

    plain = predict(tmp_path / "plain" / "a.png", tmp_path / "one")
    made = predict(scene, tmp_path / "two", "--bands", "5,3,1")
    labels = read_mask(tmp_path / "two" / made["mask"])
    same = labels == read_mask(tmp_path / "one" / plain["mask"])
    assert labels.any()
    assert same.mean() > 0.99
    with tifffile.TiffFile(tmp_path / "two" / made["geotiff"]) as written:
        page = written.pages[0]
        assert np.array_equal(page.asarray(), labels)
        values = [page.tags[tag].value for tag in (_PIXEL_SIZE, _TIE_POINT, _KEYS)]
    assert values[0] == (0.5, 0.5, 0.0)
    assert values[1][3:5] == (500_000.0, 5_400_000.0)
    assert values[2][-1] == 32_632


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (("--bands", "0,1,2"), "--bands is '0,1,2'."),
        (("--bands", "1,2"), "--bands is '1,2'."),
        (("--bands", "red"), "--bands is 'red'."),
        (("--stretch", "log"), "--stretch is 'log'."),
    ],
)
def test_predict_refuses_when_bands_or_stretch_make_no_sense(
    words, cause, tmp_path, scene, capfd
):
    call = ["predict", str(scene), "--out", str(tmp_path / "out"), *words]
    assert run_command(call) == 2
    assert cause in capfd.readouterr().err

"""A predicted label map lies where its image does."""

import numpy as np
import tifffile

from segdesk.core.classes import ClassList
from segdesk.formats.geotiff import encode_geotiff, place_tags
from segdesk.formats.png_mask import read_mask

_PLACE = [
    (33550, "d", 3, (0.5, 0.5, 0.0), True),
    (33922, "d", 6, (0.0, 0.0, 0.0, 399_000.0, 2_785_000.0, 0.0), True),
    (34735, "H", 8, (1, 1, 0, 1, 3072, 0, 1, 32_640), True),
    (34737, "s", 0, "WGS 84 / UTM zone 40N|", True),
]


def test_geotiff_keeps_the_place_of_its_image_when_labels_are_written(tmp_path):
    image = tmp_path / "scene.tif"
    tifffile.imwrite(image, np.zeros((40, 60, 3), np.uint8), extratags=_PLACE)
    labels = np.arange(40 * 60, dtype=np.uint8).reshape(40, 60) % 3
    classes = ClassList.from_names(("land", "water", "road"))
    written = tmp_path / "labels.tif"
    written.write_bytes(encode_geotiff(labels, classes, place_tags(image)))
    with tifffile.TiffFile(written) as tiff:
        tags = tiff.pages[0].tags
        for code, _, _, value, _ in _PLACE:
            assert tags[code].value == value
        assert np.array_equal(tiff.asarray(), labels)
        red, green, blue = (tiff.pages[0].colormap >> 8)[:, 1]
    assert (red, green, blue) == tuple(classes.rgb[1])
    assert np.array_equal(read_mask(written), labels)


def test_place_tags_are_none_when_an_image_has_no_place(tmp_path):
    plain = tmp_path / "a.tif"
    tifffile.imwrite(plain, np.zeros((8, 8), np.uint8))
    assert place_tags(plain) == ()

"""Label maps as palette PNGs."""

import io

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from PIL import Image

from segdesk.core.classes import ClassList
from segdesk.core.cv import load_cv2
from segdesk.core.errors import ImageReadError, InputError
from segdesk.formats.png_mask import encode_mask, read_mask, write_mask

CLASSES = ClassList(("background", "road"), ("#8A8F98", "#EE6A05"))


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(labels=npst.arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9))))
def test_read_mask_returns_indices_when_written_by_write_mask(tmp_path, labels):
    path = tmp_path / "mask.png"
    write_mask(path, labels, CLASSES)
    assert np.array_equal(read_mask(path), labels)


def test_encode_mask_is_read_alike_by_others_when_palette_is_kept():
    labels = np.array([[0, 1, 1], [255, 0, 1]], np.uint8)
    data = encode_mask(labels, CLASSES)
    image = Image.open(io.BytesIO(data))
    image.load()
    assert image.mode == "P"
    assert np.array_equal(np.asarray(image), labels)
    assert image.getpalette()[:6] == [138, 143, 152, 238, 106, 5]
    assert image.getpalette()[765:] == [224, 224, 192]
    colours = load_cv2().imdecode(np.frombuffer(data, np.uint8), 1)
    assert colours[0, 1].tolist() == [5, 106, 238]


def test_encode_mask_takes_view_when_map_is_cut_from_a_larger_one():
    large = np.arange(100, dtype=np.uint8).reshape(10, 10)
    data = encode_mask(large[2:8:2, ::-1], CLASSES)
    read = np.asarray(Image.open(io.BytesIO(data)))
    assert np.array_equal(read, large[2:8:2, ::-1])


@pytest.mark.parametrize("mode", ["L", "1", "P", "I;16"])
def test_read_mask_takes_values_when_mask_is_from_elsewhere(tmp_path, mode):
    values = np.array([[0, 1], [1, 0]], np.uint8)
    image = Image.fromarray(values)
    if mode == "1":
        image = Image.fromarray(values.astype(bool))
    elif mode == "P":
        image.putpalette([255, 0, 0, 0, 255, 0])
    elif mode == "I;16":
        image = Image.fromarray(values.astype(np.uint16))
    path = tmp_path / "mask.png"
    image.save(path)
    assert np.array_equal(read_mask(path), values)


def test_read_mask_refuses_when_file_holds_no_indices(tmp_path):
    path = tmp_path / "mask.png"
    Image.new("RGB", (2, 2)).save(path)
    with pytest.raises(InputError, match="It holds colours \\(RGB\\)"):
        read_mask(path)
    Image.fromarray(np.array([[0, 300]], np.uint16)).save(path)
    with pytest.raises(InputError, match="from 0 to 300"):
        read_mask(path)
    path.write_bytes(b"")
    with pytest.raises(ImageReadError, match="0 bytes"):
        read_mask(path)


def test_encode_mask_keeps_every_row_when_a_large_map_is_packed_in_bands(monkeypatch):
    monkeypatch.setattr("segdesk.formats.png_mask._WHOLE_BYTES", 0)
    monkeypatch.setattr("segdesk.formats.png_mask._BAND_PX", 300)
    labels = np.random.default_rng(0).integers(0, 5, (50, 90), np.uint8)
    read = np.asarray(Image.open(io.BytesIO(encode_mask(labels, CLASSES))))
    assert np.array_equal(read, labels)

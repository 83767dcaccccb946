"""Every file that is no readable image is refused with a sentence of its own."""

import io
import os
import shutil
import struct
import tempfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdesk.core.cv import load_cv2
from segdesk.core.errors import ImageReadError
from segdesk.core.imaging import find_images, read_image, read_size


def refusal(path):
    with pytest.raises(ImageReadError) as caught:
        read_image(path)
    error = caught.value
    assert error.message == f"{path.name} was not opened."
    assert error.hint.endswith(".")
    return error.cause


def png_chunk(kind, data):
    checksum = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + checksum


def png(width, height):
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + png_chunk(b"IDAT", zlib.compress(b""))
        + png_chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".gif", ".bmp", ".tif", ".webp"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_read_image_says_file_ends_early_when_cut_off(tmp_path, scene, suffix, part):
    load_cv2()  # OpenCV would fill what is missing with grey.
    noise = np.random.default_rng(0).integers(0, 64, scene.shape, np.uint8)
    path = tmp_path / f"a{suffix}"
    Image.fromarray(scene // 2 + noise).save(path)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * part)])
    cause = refusal(path)
    assert cause.startswith("The file ends before the picture does")
    assert f"{path.stat().st_size:,} bytes" in cause


def test_read_image_says_damaged_when_data_are_overwritten(tmp_path, scene):
    path = tmp_path / "a.png"
    Image.fromarray(scene).save(path)
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 40] = bytes(40)
    path.write_bytes(data)
    assert refusal(path) == "It begins like a PNG, but its data are damaged."


def test_read_image_says_empty_when_zero_bytes(tmp_path):
    path = tmp_path / "a.png"
    path.touch()
    assert refusal(path) == "The file is empty: 0 bytes."


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".jpg", ".ppm"])
def test_read_image_says_no_pixels_when_a_side_is_zero(tmp_path, scene, suffix):
    buffer = io.BytesIO()
    Image.fromarray(scene).save(buffer, {".jpg": "JPEG"}.get(suffix, "BMP"))
    data = bytearray(buffer.getvalue())
    if suffix == ".png":
        data = png(0, 60)
    elif suffix == ".bmp":
        struct.pack_into("<ii", data, 18, 80, 0)
    elif suffix == ".jpg":
        struct.pack_into(">HH", data, data.index(b"\xff\xc0") + 5, 0, 80)
    else:
        data = b"P6\n80 0\n255\n"
    path = tmp_path / f"a{suffix}"
    path.write_bytes(data)
    assert refusal(path) == "Its width or height is 0: it has no pixels."


def test_read_image_names_limit_when_pixels_are_too_many(tmp_path):
    path = tmp_path / "bomb.png"
    path.write_bytes(png(60_000, 50_000))
    cause = refusal(path)
    assert "60,000 × 50,000 pixels; the limit is 500 million" in cause


@pytest.mark.parametrize(
    "data",
    [b"hello, I am text", b"%PDF-1.7", b"%!PS-Adobe-3.0 EPSF-3.0", b"\x80\x02}q\x00."],
)
def test_read_image_says_not_an_image_when_content_is_other(tmp_path, data):
    path = tmp_path / "a.png"
    path.write_bytes(data)
    assert refusal(path).startswith("It is not an image")


def test_read_image_says_so_when_file_is_missing_or_folder(tmp_path):
    assert refusal(tmp_path / "gone.png") == "There is no such file."
    (tmp_path / "folder.png").mkdir()
    assert refusal(tmp_path / "folder.png") == "It is a folder."
    assert "does not open it" in refusal(tmp_path / ("x" * 300))


@pytest.mark.skipif(os.name != "posix", reason="file rights are POSIX ones")
def test_read_image_says_so_when_not_permitted():
    folder = Path(tempfile.mkdtemp(prefix="segdesk-test-"))
    folder.chmod(0o755)
    path = folder / "a.png"
    path.write_bytes(png(1, 1))
    path.chmod(0)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        assert refusal(path) == "You may not read it."
    finally:
        os.seteuid(user)
        shutil.rmtree(folder)


def test_read_size_reads_header_only_when_data_are_missing(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(png(4000, 3000))
    assert read_size(path) == (4000, 3000)


def test_find_images_refuses_when_folder_is_missing(tmp_path):
    with pytest.raises(ImageReadError, match="There is no such folder"):
        find_images(tmp_path / "gone")

"""Every kind of image file is read right or refused with its own sentence."""

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdesk.core.cv import load_cv2
from segdesk.core.imaging import (
    find_images,
    is_image_path,
    read_image,
    read_size,
    read_thumbnail,
)


def save(path, image, **options):
    image.save(path, **options)
    return path


# ------------------------------------------------------------------ pixels


@pytest.mark.parametrize("suffix", [".png", ".tif", ".bmp", ".ppm"])
def test_read_image_returns_stored_pixels_when_lossless(tmp_path, scene, suffix):
    path = save(tmp_path / f"a{suffix}", Image.fromarray(scene))
    image = read_image(path)
    assert np.array_equal(image.pixels, scene)
    assert image.pixels.flags.c_contiguous
    assert image.pixels.flags.writeable
    assert (image.size, image.mode, image.bit_depth) == ((80, 60), "RGB", 8)
    assert (image.frames, image.exif_rotated, image.notes) == (1, False, ())


@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:0"])
@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("direct", [False, True], ids=["pillow", "direct"])
def test_read_image_gives_opencv_pixels_when_jpeg(
    tmp_path, scene, monkeypatch, subsampling, progressive, mode, direct
):
    cv2 = load_cv2()
    path = save(
        tmp_path / "a.jpg",
        Image.fromarray(scene).convert(mode),
        subsampling=subsampling,
        progressive=progressive,
    )
    if not direct:
        monkeypatch.setitem(sys.modules, "imagecodecs", None)
    expected = cv2.imread(str(path), cv2.IMREAD_COLOR)[:, :, ::-1]
    assert np.array_equal(read_image(path).pixels, expected)


@pytest.mark.parametrize("suffix", [".webp", ".gif"])
def test_read_image_gives_opencv_pixels_when_lossy(tmp_path, scene, suffix):
    cv2 = load_cv2()
    path = save(tmp_path / f"a{suffix}", Image.fromarray(scene))
    expected = cv2.imread(str(path), cv2.IMREAD_COLOR)[:, :, ::-1]
    assert np.array_equal(read_image(path).pixels, expected)


@pytest.mark.real_data
def test_read_image_gives_opencv_pixels_when_real(real_data):
    cv2 = load_cv2()
    paths = find_images(real_data / "aerial_dubai" / "Tile 7" / "images")
    paths += find_images(real_data / "nuclei_dsb2018")[:20]
    assert len(paths) > 20
    for path in paths:
        expected = cv2.imread(str(path), cv2.IMREAD_COLOR)[:, :, ::-1]
        assert np.array_equal(read_image(path).pixels, expected), path


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(
    ("suffix", "deep"),
    [(".jpg", 0), (".png", 0), (".tif", 0), (".webp", 0), (".tif", 1), (".png", 1)],
)
def test_read_image_turns_upright_when_exif_says_so(
    tmp_path, scene, orientation, suffix, deep
):
    # How a camera held that way stores the scene: the inverse of EXIF's table.
    stored = {
        1: scene,
        2: scene[:, ::-1],
        3: scene[::-1, ::-1],
        4: scene[::-1],
        5: scene.swapaxes(0, 1),
        6: np.rot90(scene, 1),
        7: scene[::-1, ::-1].swapaxes(0, 1),
        8: np.rot90(scene, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    expected = scene
    image = Image.fromarray(np.ascontiguousarray(stored))
    if deep:
        image = Image.fromarray(np.ascontiguousarray(stored[:, :, 0]) * np.uint16(200))
        wide = scene[:, :, 0].astype(float)
        expected = np.rint(wide / wide.max() * 255)[:, :, None].repeat(3, axis=2)
    path = tmp_path / f"a{suffix}"
    image.save(path, exif=exif, **({"lossless": True} if suffix == ".webp" else {}))
    loaded = read_image(path)
    assert loaded.size == (80, 60)
    limit = 8 if suffix == ".jpg" else 1
    assert np.abs(loaded.pixels.astype(int) - expected).max() <= limit
    assert loaded.exif_rotated == (orientation != 1)
    assert read_size(path) == (80, 60)
    small = read_thumbnail(path, 20)
    assert small.shape == (15, 20, 3)
    assert np.abs(small[0, 0].astype(int) - expected[:4, :4].mean((0, 1))).max() < 12


# ------------------------------------------------------------------ odd modes


@pytest.mark.parametrize("kind", ["RGBA", "LA"])
def test_read_image_drops_alpha_and_says_so_when_transparent(tmp_path, scene, kind):
    image = Image.fromarray(scene).convert(kind[:-1])
    expected = np.array(image.convert("RGB"))
    image.putalpha(Image.fromarray(scene[:, :, 0]))
    loaded = read_image(save(tmp_path / "a.png", image))
    assert np.array_equal(loaded.pixels, expected)
    assert loaded.mode == kind
    assert loaded.notes == ("Transparency was dropped.",)


def test_read_image_says_nothing_when_alpha_is_opaque(tmp_path, scene):
    loaded = read_image(
        save(tmp_path / "a.png", Image.fromarray(scene).convert("RGBA"))
    )
    assert np.array_equal(loaded.pixels, scene)
    assert loaded.notes == ()


def test_read_image_resolves_palette_when_transparent(tmp_path):
    image = Image.new("P", (4, 2))
    image.putpalette([10, 20, 30, 200, 100, 50])
    image.putpixel((3, 1), 1)
    loaded = read_image(save(tmp_path / "a.png", image, transparency=b"\x00\xff"))
    assert loaded.pixels[1, 3].tolist() == [200, 100, 50]
    assert loaded.pixels[0, 0].tolist() == [10, 20, 30]
    assert (loaded.mode, loaded.notes) == ("P", ("Transparency was dropped.",))


def test_read_image_reads_black_and_white_when_1_bit(tmp_path):
    bits = np.eye(9, dtype=bool)
    loaded = read_image(save(tmp_path / "a.tif", Image.fromarray(bits)))
    assert np.array_equal(loaded.pixels, np.repeat(bits[..., None] * 255, 3, axis=2))
    assert loaded.bit_depth == 1


def test_read_image_converts_cmyk_when_jpeg(tmp_path):
    red = Image.new("RGB", (16, 16), (200, 40, 30)).convert("CMYK")
    loaded = read_image(save(tmp_path / "a.jpg", red, quality=95))
    assert np.abs(loaded.pixels[8, 8].astype(int) - (200, 40, 30)).max() <= 4
    assert loaded.notes == ("CMYK was converted to RGB without its colour profile.",)


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_read_image_stretches_range_when_16_bit_grey(tmp_path, suffix):
    wide = np.array([[100, 2147, 4195]], np.uint16)
    loaded = read_image(save(tmp_path / f"a{suffix}", Image.fromarray(wide)))
    assert loaded.pixels[0, :, 0].tolist() == [0, 127, 255]
    assert np.ptp(loaded.pixels, axis=2).max() == 0
    assert loaded.bit_depth == 16
    assert loaded.notes == ("Values from 100 to 4195 were stretched to 0–255.",)


def test_read_image_keeps_values_when_16_bit_file_holds_8_bit(tmp_path):
    wide = np.array([[0, 7, 250]], np.uint16)
    loaded = read_image(save(tmp_path / "a.png", Image.fromarray(wide)))
    assert loaded.pixels[0, :, 1].tolist() == [0, 7, 250]
    assert loaded.notes == ()


@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize("bands", [3, 4])
def test_read_image_stretches_colours_alike_when_16_bit(tmp_path, suffix, bands):
    wide = np.zeros((2, 2, bands), np.uint16)
    wide[0, 0, :3] = 40_000, 20_000, 10_000  # R, G, B
    path = tmp_path / f"a{suffix}"
    order = [2, 1, 0, 3][:bands]
    load_cv2().imwrite(str(path), wide[:, :, order])
    loaded = read_image(path)
    assert loaded.pixels[0, 0].tolist() == [255, 128, 64]
    assert loaded.notes[-1] == "Values from 0 to 40000 were stretched to 0–255."
    assert read_thumbnail(path, 8)[0, 0].tolist() == [255, 128, 64]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("bands", [1, 3])
def test_read_image_stretches_range_when_float_tiff(tmp_path, dtype, bands):
    real = np.full((4, 5, bands), -1.0, dtype)
    real[0, 0] = [3.0, 1.0, -1.0][:bands]
    real[3, 4] = np.nan
    path = tmp_path / "a.tif"
    load_cv2().imwrite(str(path), real[:, :, ::-1])
    loaded = read_image(path)
    assert loaded.pixels[0, 0].tolist() == [[255, 255, 255], [255, 128, 0]][bands // 2]
    assert loaded.pixels[3, 4].tolist() == [0, 0, 0]
    assert loaded.size == read_size(path) == (5, 4)


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".tif", ".png"])
def test_read_image_takes_first_frame_when_animated(tmp_path, suffix):
    frames = [Image.new("RGB", (8, 6), colour) for colour in ("red", "lime", "blue")]
    path = tmp_path / f"a{suffix}"
    frames[0].save(path, save_all=True, append_images=frames[1:])
    loaded = read_image(path)
    assert np.abs(loaded.pixels[3, 4].astype(int) - (255, 0, 0)).max() <= 3
    assert loaded.frames == 3
    assert "Only the first of 3 frames was read." in loaded.notes


def test_read_image_goes_by_content_when_suffix_lies(tmp_path, scene):
    path = tmp_path / "photo.jpg"
    Image.fromarray(scene).save(path, format="WEBP", lossless=True)
    loaded = read_image(path)
    assert np.array_equal(loaded.pixels, scene)
    assert loaded.format == "WEBP"


def test_read_image_opens_path_when_it_has_spaces_and_unicode(tmp_path, scene):
    path = tmp_path / "Straße 図 1" / "ein bild №7.png"
    path.parent.mkdir()
    save(path, Image.fromarray(scene))
    assert np.array_equal(read_image(path).pixels, scene)


# ------------------------------------------------------------------ headers, folders


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_read_thumbnail_looks_like_image_when_jpeg_is_large(tmp_path, scene, mode):
    large = Image.fromarray(scene).resize((1600, 1200), Image.Resampling.BICUBIC)
    path = save(tmp_path / "a.jpg", large.convert(mode), quality=95)
    small = read_thumbnail(path, 64)
    assert small.shape == (48, 64, 3)
    expected = np.array(large.convert(mode).convert("RGB").resize((64, 48)))
    assert np.abs(small.astype(int) - expected)[2:-2, 2:-2].max() <= 6


def test_find_images_sorts_naturally_and_skips_litter_when_recursive(tmp_path):
    names = ["tile 10.png", "Tile 2.JPG", "tile 1.tif", "b/x1.webp", "b/x.txt"]
    litter = ["._tile 1.png", "__MACOSX/tile 1.png", ".ipynb_checkpoints/a.png"]
    for name in [*names, *litter, ".DS_Store", ".git/a.png"]:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    found = [path.relative_to(tmp_path).as_posix() for path in find_images(tmp_path)]
    assert found == ["b/x1.webp", "tile 1.tif", "Tile 2.JPG", "tile 10.png"]
    assert len(find_images(tmp_path, recursive=False)) == 3
    assert not is_image_path(Path("data/__MACOSX/tile 1.png"))

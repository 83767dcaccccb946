"""TIFF files in pieces: bands, tiles, BigTIFF, wide numbers, large ones on disk."""

import tracemalloc

import numpy as np
import pytest
import tifffile

from segdesk.core import image_source, mapped
from segdesk.core.band_sample import read_band_sample
from segdesk.core.cv import load_cv2
from segdesk.core.errors import ImageReadError, JobCancelledError
from segdesk.core.image_view import ImageView
from segdesk.core.imaging import read_image, read_size, read_thumbnail

_RNG = np.random.default_rng(5)


def _scene(bands: int, dtype: type = np.uint16) -> np.ndarray:
    return _RNG.integers(0, 4000, (70, 90, bands)).astype(dtype)


@pytest.mark.parametrize(
    "layout",
    [
        {"planarconfig": "contig", "tile": (32, 32), "compression": "lzw"},
        {"planarconfig": "separate", "rowsperstrip": 16, "compression": "deflate"},
        {"planarconfig": "separate", "tile": (32, 48), "bigtiff": True},
    ],
)
def test_read_image_shows_chosen_bands_when_a_tiff_has_many(tmp_path, layout):
    scene = _scene(6)
    path = tmp_path / "a.tif"
    stored = scene if layout["planarconfig"] == "contig" else np.moveaxis(scene, 2, 0)
    tifffile.imwrite(path, stored, photometric="minisblack", **layout)
    loaded = read_image(path, ImageView(bands=(4, 2, 0)))
    chosen = scene[:, :, [4, 2, 0]].astype(np.float64)
    low, high = chosen.min(), chosen.max()
    wanted = np.rint((chosen - low) * 255 / (high - low))
    assert np.abs(loaded.pixels - wanted).max() <= 1
    assert (loaded.bands, loaded.bit_depth, loaded.mode) == (6, 16, "6 × uint16")
    assert loaded.notes[0] == "Of 6 bands these are shown: 5, 3, 1."
    assert read_image(path).notes[0] == "Of 6 bands these are shown: 1, 2, 3."
    assert read_size(path) == (90, 70)
    assert read_thumbnail(path, 30).shape == (23, 30, 3)


def test_read_image_leaves_out_tails_when_stretched_by_percentiles(tmp_path):
    scene = np.tile(np.linspace(1000, 2000, 100, dtype=np.uint16), (100, 1))
    scene[0, 0], scene[0, 1] = 0, 65_535
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, scene)
    plain = read_image(path).pixels
    assert np.ptp(plain[1:]) <= 5
    loaded = read_image(path, ImageView(stretch="percentiles"))
    assert np.ptp(loaded.pixels[1:]) == 255
    assert "were stretched" in loaded.notes[-1]
    by_piece = read_image(path, ImageView(bands=(0,), stretch="percentiles"))
    assert np.array_equal(by_piece.pixels, loaded.pixels)


def test_read_image_stretches_each_band_for_itself_when_asked(tmp_path):
    ramp = np.tile(np.arange(100, dtype=np.uint16), (100, 1))
    values = np.stack([ramp * 10 + 300, ramp * 100, ramp + 50, ramp * 0], axis=2)
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, values, photometric="minisblack", planarconfig="contig")
    alike, alone = (
        read_image(path, ImageView((0, 1, 2), each=each)) for each in (False, True)
    )
    assert [int(np.ptp(alike.pixels[..., band])) for band in range(3)] != [255] * 3
    assert [int(np.ptp(alone.pixels[..., band])) for band in range(3)] == [255] * 3
    assert alone.notes[-1] == (
        "Values from 300 to 1290, 0 to 9900, 50 to 149 were stretched to 0–255, each "
        "band for itself."
    )
    tails = read_image(path, ImageView((0, 1, 2), "percentiles", each=True))
    assert [int(np.ptp(tails.pixels[..., band])) for band in range(3)] == [255] * 3


def test_read_image_tells_how_far_it_is_and_stops_when_it_is_told_to(tmp_path):
    path = tmp_path / "a.tif"
    values = np.arange(64 * 64 * 4, dtype=np.uint16).reshape(64, 64, 4)
    kind = {"photometric": "minisblack", "planarconfig": "contig"}
    tifffile.imwrite(path, values, tile=(16, 16), **kind)
    shares: list[float] = []
    read_image(path, ImageView((0, 1, 2)), tell=shares.append)
    assert shares == sorted(shares)
    assert (len(shares), shares[-1]) == (32, 1)  # once for the range, once for pixels

    def stop(_share: float) -> None:
        raise JobCancelledError

    with pytest.raises(JobCancelledError):
        read_image(path, ImageView((0, 1, 2)), tell=stop)


def test_read_image_reads_sparse_tiles_and_palettes_when_large(tmp_path, monkeypatch):
    monkeypatch.setattr(image_source, "MAPPED_PIXELS", 1)
    colours = np.zeros((3, 256), np.uint16)
    colours[0, 3], colours[2, 7] = 65_535, 32_768
    values = np.full((64, 64), 3, np.uint8)
    values[:32, 32:] = 7
    path = tmp_path / "a.tif"
    tifffile.imwrite(
        path, values, photometric="palette", colormap=colours, tile=(32, 32)
    )
    pixels = read_image(path).pixels
    assert pixels[40, 5].tolist() == [255, 0, 0]
    assert pixels[5, 40].tolist() == [0, 0, 128]


def test_read_image_keeps_a_large_image_in_a_file_when_given_a_folder(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(image_source, "MAPPED_PIXELS", 1000)
    monkeypatch.setattr(mapped, "MAPPED_PIXELS", 1000)
    scene = _RNG.integers(0, 256, (60, 80, 3)).astype(np.uint8)
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, scene, photometric="rgb", tile=(32, 32))
    folder = tmp_path / "cache"
    loaded = read_image(path, mapped_in=folder)
    assert not loaded.pixels.flags.owndata
    mapped.let_go(loaded.pixels)
    assert np.array_equal(loaded.pixels, scene)
    assert np.array_equal(read_image(path).pixels, scene)
    assert not list(folder.iterdir())  # it has no name, or goes with the array


def test_read_image_says_so_when_pieces_are_damaged(tmp_path, monkeypatch):
    monkeypatch.setattr(image_source, "MAPPED_PIXELS", 1)
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, _scene(3, np.uint8), compression="lzw", tile=(32, 32))
    data = bytearray(path.read_bytes())
    with tifffile.TiffFile(path) as tiff:
        at = tiff.pages[0].dataoffsets[2]
    data[at : at + 200] = bytes(200)
    path.write_bytes(data)
    with pytest.raises(ImageReadError, match="damaged"):
        read_image(path)
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(ImageReadError):
        read_image(path)


def test_read_image_stretches_numbers_alone_when_tiles_are_blank(tmp_path):
    scene = np.full((64, 128, 5), np.nan, np.float32)
    scene[:, 64:] = np.linspace(1000, 2000, 64, dtype=np.float32)[:, None]
    path = tmp_path / "a.tif"
    layout = {"planarconfig": "contig", "tile": (64, 64)}
    tifffile.imwrite(path, scene, photometric="minisblack", **layout)
    loaded = read_image(path)
    assert "Values from 1000 to 2000 were stretched to 0–255." in loaded.notes
    assert np.ptp(loaded.pixels[:, 64:]) == 255
    assert not loaded.pixels[:, :64].any()


def test_read_image_reads_pieces_alone_when_pillow_does_not_know_the_tiff(tmp_path):
    scene = np.zeros((512, 512, 5), np.float32)
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, scene, photometric="minisblack", tile=(64, 64))
    tracemalloc.start()
    read_size(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < scene.nbytes / 4


@pytest.mark.parametrize("tile", [None, (32, 32)])
def test_read_image_gives_the_pixels_when_a_tiff_is_packed_as_webp(tmp_path, tile):
    values = np.random.default_rng(0).integers(0, 256, (70, 90, 3), np.uint8)
    how = {"compression": "webp", "compressionargs": {"lossless": True}}
    tifffile.imwrite(tmp_path / "a.tif", values, photometric="rgb", tile=tile, **how)
    image = read_image(tmp_path / "a.tif")
    assert np.array_equal(image.pixels, values)
    assert read_size(tmp_path / "a.tif") == (90, 70)


def test_read_thumbnail_shows_chosen_bands_of_a_turned_tiff(tmp_path):
    scene = np.zeros((60, 80, 5), np.uint8)
    scene[:, :40, 3] = 200
    path = tmp_path / "a.tif"
    tag = [(274, "H", 1, 6, True)]
    options = {"photometric": "minisblack", "tile": (32, 32), "extratags": tag}
    tifffile.imwrite(path, scene, planarconfig="contig", **options)
    small = read_thumbnail(path, 40, ImageView(bands=(3,)))
    assert small.shape == (40, 30, 3)
    assert (small[:15] == 200).all()
    assert not small[25:].any()


def test_band_sample_shows_what_the_image_shows_when_bands_are_chosen(tmp_path):
    scene = _scene(6)
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, scene, photometric="minisblack", planarconfig="contig")
    sample = read_band_sample(path, 640)
    assert (sample.bands, sample.has_choice) == (6, True)
    for view in (ImageView(), ImageView((4, 2, 0), "percentiles"), ImageView((5,))):
        shown = sample.shown(view).astype(int)
        assert np.abs(shown - read_image(path, view).pixels).max() <= 1
    deep = tmp_path / "b.png"
    load_cv2().imwrite(str(deep), scene[:, :, 0])
    sample = read_band_sample(deep, 30)
    assert (sample.values.shape, sample.has_choice) == ((24, 30, 1), False)
    assert sample.shown(ImageView((1, 2, 3))).shape == (24, 30, 3)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_read_image_turns_pieces_as_they_come_when_a_large_tiff_lies(
    tmp_path, monkeypatch, orientation
):
    values = np.random.default_rng(1).integers(0, 256, (50, 70, 3), np.uint8)
    path = tmp_path / "a.tif"
    tag = (274, "H", 1, orientation, False)
    tifffile.imwrite(path, values, tile=(16, 16), extratags=[tag])
    usual = read_image(path).pixels
    monkeypatch.setattr(image_source, "MAPPED_PIXELS", 1)
    loaded = read_image(path)
    assert loaded.mode == "3 × uint8"
    assert loaded.pixels.flags.c_contiguous
    assert np.array_equal(loaded.pixels, usual)

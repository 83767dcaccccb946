"""Masks are decoded once, however often their set is gone through."""

import os
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from segdesk.formats.folder_tree import FolderTree
from segdesk.formats.import_preview import preview
from segdesk.formats.labelled import ReadOptions
from segdesk.formats.mask_set import paired_masks, read_mask_set
from segdesk.formats.raster_file import PackedRaster, read_raster


@pytest.fixture
def folder(tmp_path):
    for part in ("images", "masks"):
        (tmp_path / part).mkdir()
    for name in ("a.png", "b.png"):
        Image.new("RGB", (40, 30), "grey").save(tmp_path / "images" / name)
        mask = Image.new("RGB", (40, 30), (255, 0, 0))
        mask.paste((0, 0, 255), (5, 5, 20, 25))
        mask.save(tmp_path / "masks" / name)
    return tmp_path


def test_mask_is_decoded_once_when_its_set_is_counted_and_read(folder):
    decoded = Counter()

    def read(path):
        decoded[path.name] += 1
        return read_raster(path)

    options = ReadOptions(meaning="colour")
    source = replace(paired_masks(FolderTree.of(folder), options), read=read)
    labelled = read_mask_set(source, options)
    shown = preview(labelled)
    labels = labelled.items[0].read().labels
    assert sorted(row.pixels for row in shown.classes) == [600, 1800]
    assert np.bincount(labels.reshape(-1)).tolist() in ([300, 900], [900, 300])
    assert decoded == {"a.png": 1, "b.png": 1}

    path = folder / "masks" / "a.png"
    Image.new("RGB", (40, 30), (255, 0, 0)).save(path)
    os.utime(path, (1, 1))
    assert len(np.unique(labelled.items[0].read().labels)) == 1
    assert decoded["a.png"] == 2


@pytest.mark.parametrize("mode", ["L", "P", "RGB"])
def test_packed_raster_comes_back_when_it_is_unpacked(tmp_path, mode):
    rng = np.random.default_rng(3)
    image = Image.fromarray(rng.integers(0, 9, (20, 30), np.uint8)).convert(mode)
    image.save(tmp_path / "a.png")
    raster = read_raster(tmp_path / "a.png")
    again = PackedRaster.of(raster).unpacked()
    assert np.array_equal(again.values, raster.values)
    assert again.values.dtype == raster.values.dtype
    assert again.counts() == raster.counts()
    assert (again.palette is None) == (raster.palette is None)

"""What the fixes make of broken data, and what they keep."""

import json

import numpy as np
import pytest
from PIL import Image

from segdesk.core.errors import InputError, JobCancelledError, StorageError
from segdesk.formats.doctor.backup import LIST_FILE
from segdesk.formats.mmseg_dataset import check_masks, read_mmseg_dataset


def state(root):
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


def three_bands(data, labels, path):
    data.save(path, np.stack([labels] * 3, 2))


def wide(data, labels, path):
    data.save(path, labels.astype(np.uint16))


def black_and_white(data, labels, path):
    data.save(path, labels * 255)


def as_bmp(data, labels, path):
    path.unlink()
    data.save(path.with_suffix(".bmp"), labels)


def as_jpeg(data, labels, path):
    path.unlink()
    data.save(path.with_suffix(".jpg"), labels * 255, quality=95)


def blurred(data, labels, path):
    rng = np.random.default_rng(2)
    noisy = labels.astype(int) * 255 + rng.integers(-5, 6, labels.shape)
    data.save(path, noisy.clip(0, 255).astype(np.uint8))


def in_colours(data, labels, path):
    data.name_classes(
        {"name": "background", "color": "#C80000"}, {"name": "t", "color": "#0000C8"}
    )
    table = np.array([[200, 0, 0], [2, 0, 198]], np.uint8)
    data.save(path, table[labels])


def palette_that_moves(data, labels, path):
    data.name_classes(
        {"name": "background", "color": "#C80000"}, {"name": "t", "color": "#0000C8"}
    )
    swapped = path.stem in "ace"
    picture = Image.fromarray(1 - labels if swapped else labels)
    order = [200, 0, 0, 0, 0, 200]
    picture.putpalette(order[3:] + order[:3] if swapped else order)
    data.save(path, picture)


@pytest.mark.parametrize(
    "spoil",
    [
        three_bands,
        wide,
        black_and_white,
        as_bmp,
        as_jpeg,
        blurred,
        in_colours,
        palette_that_moves,
    ],
)
def test_fixes_give_the_labels_back_when_masks_are_of_another_kind(dataset, spoil):
    truth = {path: dataset.read(path) for path in dataset.masks()}
    for path, labels in truth.items():
        spoil(dataset, labels, path)
    before = state(dataset.root)

    found = dataset.check(fixes=("all",))

    assert found.count("red") == 0
    assert found.fixed
    for path, labels in truth.items():
        assert np.array_equal(dataset.read(path), labels)
    check_masks(read_mmseg_dataset(dataset.root))
    now = state(dataset.root)
    kept = state(found.backup)
    changed = {name for name in before if now.get(name) != before[name]}
    assert {name: before[name] for name in changed} == {
        name: data for name, data in kept.items() if name != LIST_FILE
    }
    told = json.loads(kept[LIST_FILE])["changes"]
    assert {one["file"] for one in told} == {str(dataset.root / one) for one in changed}


def test_fix_turns_the_mask_when_the_image_is_turned_by_its_note(dataset):
    from segdesk.core.imaging import read_image

    labels = dataset.read(dataset.mask("a")).copy()
    picture = Image.fromarray(np.repeat(labels[:, :, None] * 255, 3, axis=2))
    exif = Image.Exif()
    exif[0x0112] = 8
    dataset.image("a").unlink()
    image = dataset.image("a", end=".jpg")
    dataset.save(image, picture, exif=exif, quality=100)

    dataset.check(fixes=("turn-mask",))

    shown = read_image(image).pixels[:, :, 0] > 128
    assert np.array_equal(dataset.read(dataset.mask("a")), shown)


def test_fix_scales_the_mask_when_only_its_size_is_off(dataset):
    half = Image.open(dataset.mask("a")).resize((24, 20), Image.Resampling.NEAREST)
    dataset.save(dataset.mask("a"), half)

    found = dataset.check(fixes=("resize-mask",))

    labels = dataset.read(dataset.mask("a"))
    assert labels.shape == (40, 48)
    assert np.array_equal(labels[::2, ::2], np.asarray(half))
    assert found.fixed == ("1 file scaled to the size of their images.",)


def test_fix_moves_leaks_out_of_train_and_nothing_else(dataset):
    dataset.image("d").write_bytes(dataset.image("a").read_bytes())

    found = dataset.check(fixes=("drop-leaks",))

    assert not dataset.image("a").exists()
    assert not dataset.mask("a").exists()
    assert dataset.image("d").exists()
    assert [split.pairs for split in found.splits] == [2, 2]


def test_fix_adds_background_when_there_is_one_class(dataset):
    dataset.name_classes({"name": "thing", "color": "#010203"})
    for path in dataset.masks():
        dataset.save(path, dataset.read(path) * 255)

    found = dataset.check(fixes=("all",))

    assert found.count("red") == 0
    assert found.classes.names == ("background", "thing")
    assert found.classes.palette[1] == "#010203"


def test_fix_stretches_deep_images_as_a_prediction_does(dataset):
    from segdesk.core.imaging import read_image

    deep = np.arange(40 * 48, dtype=np.uint16).reshape(40, 48) * 8
    dataset.save(dataset.image("a"), deep)
    before = read_image(dataset.image("a")).pixels

    dataset.check(fixes=("image-to-8-bit",))

    assert read_image(dataset.image("a")).bit_depth == 8
    assert np.array_equal(read_image(dataset.image("a")).pixels, before)


def test_check_changes_nothing_when_no_fix_is_asked_for(dataset):
    for path in dataset.masks():
        dataset.save(path, dataset.read(path) * 255)
    before = state(dataset.root.parent)

    found = dataset.check()

    assert found.backup is None
    assert state(dataset.root.parent) == before


def test_fix_changes_nothing_when_the_backup_cannot_be_made(dataset, monkeypatch):
    for path in dataset.masks():
        dataset.save(path, dataset.read(path) * 255)
    before = state(dataset.root)

    def full(_source, _target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("segdesk.formats.doctor.backup.shutil.copy2", full)
    with pytest.raises(StorageError, match="No space left"):
        dataset.check(fixes=("all",))

    assert state(dataset.root) == before


def test_check_ends_at_once_when_stopped(dataset):
    from segdesk.formats.doctor.check import CheckRequest, check_data

    seen = []

    def looked_at(done, _total):
        seen.append(done)
        if done == 2:
            raise JobCancelledError

    with pytest.raises(JobCancelledError):
        check_data(CheckRequest(data_dir=dataset.root), looked_at, lambda: None)
    assert seen == [0, 1, 2]


def test_check_names_the_rules_when_one_is_unknown(dataset):
    with pytest.raises(InputError, match="binary-255"):
        dataset.check(rules=("binary",))

"""`segdesk check` as a user calls it."""

import json
import shutil
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from segdesk.cli import run_command
from segdesk.formats.mmseg_dataset import check_masks, read_mmseg_dataset


@pytest.fixture
def data(tmp_path):
    """Make a data set whose masks hold 0 and 255."""
    root = tmp_path / "my data"
    rng = np.random.default_rng(7)
    for split, count in (("train", 4), ("val", 2)):
        for number in range(count):
            name = f"{split} {number}.png"
            photo = Image.fromarray(rng.integers(0, 255, (4, 4, 3), np.uint8))
            labels = np.zeros((32, 32), np.uint8)
            labels[6:20, 4 : 9 + number] = 255
            for folder, picture in (
                ("img_dir", photo.resize((32, 32))),
                ("ann_dir", Image.fromarray(labels)),
            ):
                path = root / folder / split / name
                path.parent.mkdir(parents=True, exist_ok=True)
                picture.save(path)
    (root / "classes.json").write_text('["background", "cell"]')
    return root


def check(*words):
    return run_command(["check", *map(str, words)])


def test_check_reports_and_mends_when_masks_hold_255(data, capfd):
    assert check(data) == 1
    told = capfd.readouterr().out
    assert "6 masks hold 0 and 255 alone" in told
    assert "1 red" in told

    assert check(data, "--fix") == 0
    told = capfd.readouterr().out
    assert "6 files written with 1 for 255." in told
    assert len(list(data.parent.glob("doctor-backup-*/ann_dir/*/*.png"))) == 6
    check_masks(read_mmseg_dataset(data))

    assert check(data, "--json") == 0
    document = json.loads(capfd.readouterr().out)
    assert [split["pairs"] for split in document["splits"]] == [4, 2]
    assert document["fingerprint"]["widths"] == [32] * 5


def test_check_looks_for_one_rule_when_asked(data, capfd):
    assert check(data, "--rule", "label-beyond-classes") == 0
    assert check(data, "--rule", "binary-255", "--json") == 1
    out = capfd.readouterr().out
    document = json.loads(out[out.index("{") :])
    assert [one["rule"] for one in document["findings"]] == ["binary-255"]


def test_check_knows_the_planned_training_when_named(data, capfd):
    options = ("--arch", "pspnet-r18", "--batch-size", "1", "--crop", "64")
    assert check(data, "--rule", "batch-of-one", *options) == 1
    assert "PSPHead" in capfd.readouterr().out


def test_check_reads_a_config_of_the_users_when_given(data, tmp_path, capfd):
    config = tmp_path / "mine.py"
    config.write_text(
        "model = dict(type='EncoderDecoder', decode_head=dict(type='FCNHead', "
        "in_channels=4, num_classes=19, ignore_index=0))\n"
        "train_pipeline = [dict(type='LoadAnnotations', reduce_zero_label=True)]\n"
        "train_dataloader = dict(dataset=dict(reduce_zero_label=False))\n"
    )
    assert check(data, "--config", config, "--json") == 1
    rules = {one["rule"] for one in json.loads(capfd.readouterr().out)["findings"]}
    assert {"heads-differ", "zero-differs", "zero-reduced", "ignore-differs"} <= rules


def test_check_knows_every_recipe_without_torch():
    code = (
        "import sys; from pathlib import Path;"
        "from segdesk.core.paths import config_path;"
        "from segdesk.engine.training.data_check import planned_training;"
        "from segdesk.jobs.specs import CheckSpec;"
        "plans = {name: planned_training(CheckSpec(data_dir=Path(), architecture=name))"
        " for name in (path.stem for path in config_path().glob('*.py'))};"
        "assert 'torch' not in sys.modules;"
        "assert plans['pspnet-r50'].pooling == 'PSPHead';"
        "assert plans['segformer-b0'].pooling == '';"
        "assert plans['unet-small'].crop and plans['pspnet-r18'].crop == 512"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("nowhere",), "is not a folder"),
        ((".", "--rule", "nothing"), "There is no rule 'nothing'"),
        ((".", "--arch", "nothing"), "There is no architecture 'nothing'"),
    ],
)
def test_check_is_a_wrong_call_when_it_cannot_begin(
    words, told, data, monkeypatch, capfd
):
    monkeypatch.chdir(data)

    assert check(*words) == 2
    assert told in capfd.readouterr().err


def test_check_judges_real_data_rightly(real_data, tmp_path, capfd):
    cells = tmp_path / "cells"
    for kind in ("images", "masks"):
        (cells / kind).mkdir(parents=True)
        for path in sorted((real_data / "nuclei_merged" / kind).iterdir())[:20]:
            shutil.copy(path, cells / kind)
    assert check(cells, "--json") == 0
    found = json.loads(capfd.readouterr().out)
    rules = {one["rule"] for one in found["findings"]}
    assert rules == {"not-a-training-set", "classes-missing"}

    for tile in ("Tile 1", "Tile 2"):
        shutil.copytree(real_data / "aerial_dubai" / tile, tmp_path / "air" / tile)
    assert check(tmp_path / "air", "--json") == 1
    found = json.loads(capfd.readouterr().out)
    reds = {one["rule"] for one in found["findings"] if one["level"] == "red"}
    assert reds == {"mask-not-indexed", "palette-unsteady"}

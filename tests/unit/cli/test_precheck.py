"""Wrong calls are refused before torch is imported."""

import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from segdesk.cli import run_command
from segdesk.cli.precheck import check_call
from segdesk.core.classes import ClassList
from segdesk.core.errors import InputError, StorageError
from segdesk.formats.classes_file import ModelMark, write_classes
from segdesk.jobs.specs import TrainSpec
from segdesk.library import zoo_package

# Runs commands one after the other; prints their exit codes and the slow packages.
IN_TURN = """
import json, sys
from segdesk.cli import run_command
codes = [run_command(call) for call in json.loads(sys.argv[1])]
slow = [name for name in ("torch", "mmengine", "mmcv") if name in sys.modules]
print(json.dumps([codes, slow]))
"""


@pytest.fixture
def data(tmp_path):
    """A picture and its mask in both splits."""
    for split in ("train", "val"):
        for kind in ("img_dir", "ann_dir"):
            folder = tmp_path / "data" / kind / split
            folder.mkdir(parents=True)
            Image.fromarray(np.zeros((8, 9), np.uint8)).save(folder / "a.png")
    (tmp_path / "data" / "classes.json").write_text('["ground", "cell"]')
    return tmp_path / "data"


@pytest.fixture
def training(data):
    """Make the spec of a training that could be run, with changes."""

    def make(**changes):
        fields = {"data_dir": data, "work_dir": data.with_name("run"), **changes}
        return TrainSpec(**{"architecture": "unet-small", **fields})

    return make


def test_run_command_imports_no_torch_when_calls_are_wrong(tmp_path, data):
    text, image = tmp_path / "notes.pth", data / "img_dir" / "train" / "a.png"
    text.write_text("not a checkpoint")
    config = tmp_path / "config.py"
    config.write_text("import os\n")
    weights = tmp_path / "weights.pth"
    weights.write_bytes(b"\x80\x02.")
    others = tmp_path / "others"
    mark = ModelMark("another", 1, 2)
    write_classes(others / "classes.json", ClassList.from_names(("a", "b")), mark)
    train = ["train", "--arch", "unet-small", "--work-dir", f"{tmp_path}/run"]
    predict = ["predict", str(image), "--out", str(tmp_path / "out")]
    calls = [
        [*train, "--data", f"{tmp_path}/none"],
        [*train, "--data", str(data), "--device", "gpu"],
        [*train, "--data", str(data), "--load-from", str(text)],
        ["models", "add", str(text)],
        ["models", "add", str(weights), "--config", str(config)],
        [*predict, "--model", str(text)],
        [*predict, "--model", "nuclei-unet", "--device", "gpu"],
        [*predict, "--out", str(text / "out")],
        [*predict, "--out", str(others)],
    ]
    ran = subprocess.run(
        [sys.executable, "-P", "-c", IN_TURN, json.dumps(calls)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(ran.stdout) == [[2] * len(calls), []]
    assert f"{others} holds results of model another" in ran.stderr
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "run").exists()


def test_check_call_is_silent_when_training_can_start(training, data):
    check_call(training())
    data.with_name("run").mkdir()
    data.with_name("run").joinpath("notes.txt").touch()
    check_call(training())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"architecture": "u-nett"}, "no architecture 'u-nett'"),
        ({"max_iters": 0}, "max_iters is 0"),
        ({"lr": -1.0}, "learning rate is -1.0"),
    ],
)
def test_check_call_refuses_training_when_spec_is_wrong(training, change, words):
    with pytest.raises(InputError) as refused:
        check_call(training(**change))
    assert words in refused.value.cause


def test_check_call_refuses_training_when_an_extra_is_missing(training, monkeypatch):
    monkeypatch.setattr(zoo_package, "_is_installed", lambda name: name != "mmdet")
    with pytest.raises(InputError) as refused:
        check_call(training(architecture="mask2former-r18"))
    assert "onedl-mmdetection" in refused.value.cause
    assert "pip install 'segdesk[mask2former]'" in refused.value.hint


@pytest.mark.parametrize(
    ("path", "content", "words"),
    [
        ("classes.json", None, "holds no classes.json"),
        ("classes.json", b"{", "is not a JSON file"),
        ("ann_dir/val/a.png", None, "have no counterpart in ann_dir/val"),
        ("ann_dir/train/a.png", b"GIF8", "cannot identify image file"),
        ("img_dir/train/a.png", b"", "cannot identify image file"),
    ],
)
def test_check_call_refuses_training_when_data_are_unreadable(
    training, data, path, content, words
):
    file = data / path
    file.unlink() if content is None else file.write_bytes(content)
    with pytest.raises(InputError) as refused:
        check_call(training())
    assert words in refused.value.cause


def test_check_call_refuses_training_when_mask_has_another_size(training, data):
    Image.new("L", (4, 4)).save(data / "ann_dir" / "val" / "a.png")
    with pytest.raises(InputError) as refused:
        check_call(training())
    assert refused.value.cause == "The mask is 4×4 px, its picture 9×8 px."


def test_check_call_names_what_lies_there_when_folder_holds_a_run(training, data):
    run = data.with_name("run")
    run.mkdir()
    for name in ("best_mIoU_iter_5.pth", "iter_5.pth", "model.pth", "z.pth"):
        (run / name).write_bytes(b"kept")
    with pytest.raises(InputError) as refused:
        check_call(training())
    assert f"{run} holds an earlier run: best_mIoU_iter_5.pth" in refused.value.cause
    assert "and 1 more" in refused.value.cause
    assert "--work-dir" in refused.value.hint


def test_check_call_refuses_training_when_folder_cannot_be(training, data):
    with pytest.raises(StorageError) as refused:
        check_call(training(work_dir=data / "classes.json" / "run"))
    assert "classes.json is a file, not a folder" in refused.value.cause


def test_train_prints_the_reason_as_json_when_folder_holds_a_run(training, data, capfd):
    run = data.with_name("run")
    run.mkdir()
    (run / "model.pth").write_bytes(b"kept")
    call = ["train", "--data", str(data), "--arch", "unet-small", "--json"]
    assert run_command([*call, "--work-dir", str(run)]) == 2
    assert "earlier run" in json.loads(capfd.readouterr().out)["error"]["cause"]
    assert [path.name for path in run.iterdir()] == ["model.pth"]
    assert (run / "model.pth").read_bytes() == b"kept"

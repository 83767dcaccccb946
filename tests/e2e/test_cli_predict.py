"""`segdesk predict` from images to files."""

import csv
import json
import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from segdesk.cli import run_command
from segdesk.core.classes import ClassList
from segdesk.core.imaging import read_image
from segdesk.formats.mmseg_classes import read_classes
from segdesk.formats.png_mask import read_mask

pytestmark = pytest.mark.engine


def test_predict_writes_masks_and_one_json_document_when_files_are_mixed(
    tmp_path, nuclei, sample_model, segdesk
):
    images, out = tmp_path / "my images", tmp_path / "out"
    first = nuclei(images / "day 1" / "ä 核.png")
    nuclei(images / "b.jpg", seed=1, size=(101, 67))
    (images / "broken.png").write_bytes(first.read_bytes()[:200])
    ran = segdesk(
        "predict",
        images,
        "--model",
        sample_model,
        "--out",
        out,
        "--save",
        "mask,overlay,confidence,side",
        "--device",
        "cpu",
        "--json",
    )
    assert ran.returncode == 1, ran.stderr
    document = json.loads(ran.stdout)
    items = {item["path"]: item for item in document["items"]}
    item = items[str(first)]
    assert (item["status"], item["width"], item["height"]) == ("done", 160, 128)
    mask = read_mask(out / "masks" / "day 1" / "ä 核.png")
    assert item["outputs"]["mask"] == str(out / "masks" / "day 1" / "ä 核.png")
    assert mask.shape == (128, 160)
    bright = read_image(first).pixels[:, :, 0] > 80
    assert (mask[bright] == 1).mean() > 0.8
    assert (mask[~bright] == 0).mean() > 0.8
    assert item["shares"][1] == pytest.approx((mask == 1).mean(), abs=1e-4)
    assert read_mask(out / "masks" / "b.png").shape == (67, 101)
    for kind in ("overlays/b.jpg", "side/b.jpg", "confidence/b.png"):
        assert (out / kind).is_file()
    failed = items[str(images / "broken.png")]
    assert failed["status"] == "failed"
    assert "ends before the picture does" in failed["error"]["cause"]
    assert "broken.png was not opened" in ran.stderr
    with (out / "summary.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["path"]: row for row in csv.DictReader(file)}
    assert rows[str(first)]["status"] == "done"
    assert float(rows[str(first)]["share_nucleus"]) == pytest.approx(
        item["shares"][1], abs=1e-6
    )
    assert float(rows[str(first)]["mean_confidence"]) == pytest.approx(
        item["mean_confidence"], abs=1e-6
    )
    assert rows[str(images / "broken.png")]["mean_confidence"] == ""
    assert read_classes(out / "classes.json").names == ("background", "nucleus")


def test_predict_skips_then_overwrites_when_called_again(
    tmp_path, nuclei, sample_model, capfd
):
    nuclei(tmp_path / "a.png")
    call = ["predict", str(tmp_path / "*.png"), "--model", sample_model]
    call += ["--out", str(tmp_path / "out"), "--save", "mask", "--device", "cpu"]
    assert run_command(call) == 0
    assert "1 predicted" in capfd.readouterr().out
    assert run_command(call) == 0
    assert "1 there already" in capfd.readouterr().out
    assert run_command([*call, "--overwrite"]) == 0
    assert "1 predicted" in capfd.readouterr().out


@pytest.mark.skipif(os.name != "posix", reason="sends a POSIX signal")
def test_predict_keeps_what_is_done_when_ctrl_c_is_pressed(
    tmp_path, nuclei, sample_model
):
    images, out = tmp_path / "images", tmp_path / "out"
    count = 160  # so many that the batch is not over before it hears of it
    for index in range(count):
        nuclei(images / f"{index:03}.png", seed=index, size=(256, 256))
    # What is transparent is said when it is predicted: the sign to press Ctrl+C.
    image = Image.open(images / "002.png")
    image.putalpha(100)
    image.save(images / "002.png")
    words = ["predict", images, "--model", sample_model, "--out", out]
    words += ["--device", "cpu", "--json"]
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", "segdesk", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with child:
        for line in child.stderr:
            if "Transparency was dropped" in line:
                child.send_signal(signal.SIGINT)
                break
        stdout, stderr = child.communicate(timeout=120)
    assert child.returncode == 130, stderr
    document = json.loads(stdout)
    assert document["stopped"]
    statuses = [item["status"] for item in document["items"]]
    done = statuses.count("done")
    assert 1 <= done < count
    assert sorted(statuses) == ["done"] * done + ["stopped"] * (count - done)
    masks = sorted((out / "masks").iterdir())
    assert len(masks) == done
    for mask in masks:
        assert read_mask(mask).shape == (256, 256)
    with (out / "summary.csv").open(encoding="utf-8", newline="") as file:
        rows = [row["status"] for row in csv.DictReader(file)]
    assert rows == statuses
    assert f"{done} of {count} images are predicted" in stderr


def test_predict_refuses_and_executes_nothing_when_checkpoint_is_a_bomb(
    tmp_path, nuclei, capfd
):
    image, bomb, trace = tmp_path / "a.png", tmp_path / "bomb.pth", tmp_path / "trace"
    nuclei(image)
    bomb.write_bytes(
        b"\x80\x02cbuiltins\nexec\n(X" + _sized(f"open({str(trace)!r}, 'w')") + b"tR."
    )
    call = ["predict", str(image), "--model", str(bomb), "--out", str(tmp_path / "o")]
    assert run_command([*call, "--json"]) == 2
    said = capfd.readouterr()
    assert json.loads(said.out)["error"]["hint"]
    assert not trace.exists()
    assert "bomb.pth" in said.err


def _sized(text):
    data = text.encode()
    return len(data).to_bytes(4, "little") + data


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (["gone.png"], "gone.png was not found"),
        (["--model", "no-such-model"], "no-such-model"),
        (["--model", "gone.pth"], "gone.pth"),
        (["--save", "mask,masks"], "--save names 'masks'"),
        (["--save", ""], "--save is empty"),
        (["--opacity", "1.5"], "--opacity is 1.5"),
        (["--trust"], "--trust is about a config"),
        (["--classes", "gone.json"], "gone.json"),
        (["--colour"], "--colour"),
        (["--windows", "12:2"], "--windows is '12:2'"),
        (["--tta", "twice"], "--tta is 'twice'"),
        (["--drafts"], "--drafts makes annotations of a project"),
        (["--status", "done"], "--status and --split choose images of a project"),
        (["--watch"], "--watch waits for what arrives in folders"),
    ],
)
def test_predict_says_what_is_wrong_when_call_is_wrong(
    tmp_path, nuclei, sample_model, capfd, monkeypatch, change, sentence
):
    monkeypatch.setenv("COLUMNS", "200")
    image = nuclei(tmp_path / "a.png")
    call = ["predict", str(image), "--model", sample_model]
    call += ["--out", str(tmp_path / "out"), *change]
    assert run_command(call) == 2
    said = capfd.readouterr()
    assert sentence in said.err
    assert said.out == ""
    assert not (tmp_path / "out").exists()


def test_predict_says_why_when_folder_for_results_is_impossible(
    tmp_path, nuclei, sample_model, capfd
):
    image = nuclei(tmp_path / "a.png")
    call = ["predict", str(image), "--model", sample_model, "--device", "cpu"]
    assert run_command([*call, "--out", str(image / "out"), "--json"]) == 2
    said = capfd.readouterr()
    assert "is a file, not a folder" in json.loads(said.out)["error"]["cause"]
    assert "Nothing was predicted." in said.err


def test_predict_prints_json_too_when_call_lacks_an_option(tmp_path, nuclei, capfd):
    assert run_command(["predict", str(nuclei(tmp_path / "a.png")), "--json"]) == 2
    said = capfd.readouterr()
    assert "--out" in json.loads(said.out)["error"]["message"]
    assert "--out" in said.err


@pytest.mark.real_data
def test_predict_finds_nuclei_when_images_are_real(
    tmp_path, real_data, sample_model, capfd
):
    folder = real_data / "nuclei_dsb2018"
    ids = sorted(path.name for path in folder.iterdir() if path.is_dir())[:4]
    images = [str(folder / name / "images") for name in ids]
    out = tmp_path / "out"
    call = ["predict", *images, "--model", sample_model, "--out", str(out)]
    assert run_command([*call, "--device", "cpu", "--save", "mask", "--json"]) == 0
    document = json.loads(capfd.readouterr().out)
    for name, item in zip(ids, document["items"], strict=True):
        truth = np.zeros((item["height"], item["width"]), bool)
        for mask in (folder / name / "masks").iterdir():
            truth |= read_mask(mask) > 0
        found = read_mask(out / "masks" / f"{name}.png") == 1
        overlap = (truth & found).sum() / (truth | found).sum()
        assert overlap > 0.5, name


def test_predict_asks_for_classes_when_checkpoint_names_none(
    tmp_path, nuclei, unnamed_checkpoint, capfd
):
    image, names = nuclei(tmp_path / "a.png"), tmp_path / "names.txt"
    call = ["predict", str(image), "--model", str(unnamed_checkpoint)]
    call += ["--out", str(tmp_path / "out"), "--device", "cpu", "--save", "mask"]
    assert run_command(call) == 2
    assert "--classes FILE" in capfd.readouterr().err
    names.write_text("ground\ncell\n")
    assert run_command([*call, "--classes", str(names)]) == 0
    expected = ClassList.from_names(("ground", "cell"))
    assert read_classes(tmp_path / "out" / "classes.json") == expected

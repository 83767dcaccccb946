"""`segdesk convert` from one format to the next and back to the first pixels."""

import json

import numpy as np
import pytest
from PIL import Image

from segdesk.cli import run_command
from segdesk.formats.mmseg_dataset import check_masks, read_mmseg_dataset
from segdesk.formats.png_mask import read_mask

COLOURS = {"building": (60, 16, 152), "land": (132, 41, 246), "road": (110, 193, 228)}


@pytest.fixture
def tiles(tmp_path):
    """Make two tiles whose palettes are ordered differently, one with a stray."""
    rng = np.random.default_rng(3)
    truth = {}
    for place, name in enumerate(("a", "b")):
        labels = np.kron(rng.integers(0, 3, (5, 6)), np.ones((4, 4))).astype(np.uint8)
        order = list(COLOURS.values()) if place else list(COLOURS.values())[::-1]
        values = labels if place else np.uint8(2) - labels
        values[0, 0] = 3
        image = Image.fromarray(values)
        image.putpalette([*sum(order, ()), 0, 0, 0])
        for folder in ("images", "masks"):
            (tmp_path / "src" / "Tile 1" / folder).mkdir(parents=True, exist_ok=True)
        image.save(tmp_path / "src" / "Tile 1" / "masks" / f"{name}.png")
        photo = Image.new("RGB", image.size, (4, 90, 9))
        photo.save(tmp_path / "src" / "Tile 1" / "images" / f"{name}.jpg")
        labels[0, 0] = 255
        truth[name] = labels
    rows = "".join(f"{name},{r},{g},{b}\n" for name, (r, g, b) in COLOURS.items())
    (tmp_path / "colours.csv").write_text(rows)
    return truth


def convert(*words):
    return run_command(["convert", *map(str, words)])


def test_convert_gives_pixels_back_when_sent_round_through_formats(
    tmp_path, tiles, capfd
):
    chain = ["mmseg", "labelme", "cvat", "coco", "coco-panoptic", "cvat-mask", "mmseg"]
    source, options = tmp_path / "src", ["--classes", tmp_path / "colours.csv"]
    for step, target in enumerate(chain):
        out = tmp_path / f"{step} {target}"
        code = convert(source, "--to", target, "--out", out, *options)
        assert code == 0, capfd.readouterr().err
        source, options = out, []
    for name, labels in tiles.items():
        (mask,) = source.rglob(f"ann_dir/**/{name}.png")
        assert np.array_equal(read_mask(mask), labels)
        assert len(list(source.rglob(f"img_dir/**/{name}.jpg"))) == 1
    classes = json.loads((source / "classes.json").read_text())["classes"]
    assert [one["name"] for one in classes] == list(COLOURS)
    assert classes[0]["color"] == "#3C1098"


def test_convert_shows_what_does_not_match_when_asked_for_json(tmp_path, tiles, capfd):
    call = (tmp_path / "src", "--classes", tmp_path / "colours.csv", "--json")
    assert convert(*call, "--dry-run") == 0
    said = capfd.readouterr()
    document = json.loads(said.out)
    assert document["from"] == "mmseg"
    assert document["ignored_px"] == 2
    assert [row["name"] for row in document["classes"]] == list(COLOURS)
    found = {one["text"]: one["count"] for one in document["findings"]}
    assert found["colour #000000 is in no class and is ignored"] == 2
    assert "building" in said.err
    assert {path.name for path in tmp_path.iterdir()} == {"src", "colours.csv"}


def test_convert_maps_classes_when_given_a_map(tmp_path, tiles):
    (tmp_path / "map.txt").write_text("building=built\nroad=built\nland=ignore\n")
    call = (tmp_path / "src", "--classes", tmp_path / "colours.csv")
    call += ("--map", tmp_path / "map.txt", "--to", "mmseg", "--out", tmp_path / "out")
    assert convert(*call) == 0
    labels = read_mask(tmp_path / "out" / "ann_dir" / "train" / "Tile 1" / "a.png")
    expected = np.where(np.isin(tiles["a"], (0, 2)), 0, 255)
    assert np.array_equal(labels, expected)


def test_convert_makes_a_set_to_train_on_when_val_is_given(tmp_path, tiles):
    out = tmp_path / "out"
    call = (tmp_path / "src", "--to", "mmseg", "--out", out, "--val", 0.5)
    assert convert(*call, "--classes", tmp_path / "colours.csv") == 0
    dataset = read_mmseg_dataset(out)
    check_masks(dataset)
    assert (len(dataset.train), len(dataset.val)) == (1, 1)
    assert dataset.classes.names == tuple(COLOURS)


def test_convert_keeps_splits_when_lists_name_them(tmp_path, tiles):
    voc, out = tmp_path / "voc", tmp_path / "out"
    call = (tmp_path / "src", "--to", "voc", "--out", voc, "--val", 0.5)
    assert convert(*call, "--classes", tmp_path / "colours.csv") == 0
    assert convert(voc, "--to", "mmseg", "--out", out) == 0
    dataset = read_mmseg_dataset(out)
    assert (len(dataset.train), len(dataset.val)) == (1, 1)


def test_convert_fails_one_row_when_one_file_is_damaged(tmp_path, tiles, capfd):
    damaged = tmp_path / "src" / "Tile 1" / "masks" / "b.png"
    damaged.write_bytes(damaged.read_bytes()[:70])
    out = tmp_path / "out"
    code = convert(tmp_path / "src", "--to", "voc", "--out", out, "--json")
    document = json.loads(capfd.readouterr().out)
    assert code == 1
    rows = {row["name"]: row["status"] for row in document["items"]}
    assert rows == {"Tile 1/a": "done", "Tile 1/b": "failed"}
    assert (out / "SegmentationClass" / "Tile 1" / "a.png").is_file()
    assert not (out / "SegmentationClass" / "Tile 1" / "b.png").exists()
    assert not list(out.rglob("*.tmp"))


def test_convert_detects_format_when_asked(tmp_path, tiles, capfd):
    assert convert("--detect", tmp_path / "src", "--json") == 0
    document = json.loads(capfd.readouterr().out)
    assert document["formats"][0]["format"] == "mmseg"
    assert document["formats"][0]["why"]
    assert convert("--formats") == 0
    assert "labelme" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--to", "mmseg"], "--out is missing"),
        (["--out", "out"], "--to is missing"),
        (["--to", "psd", "--out", "out"], "not known"),
        (["--to", "instance", "--out", "out"], "read, not written"),
        (["--to", "mmseg", "--out", "src"], "the source"),
        (["--to", "mmseg", "--out", "full"], "holds files already"),
        (["--to", "mmseg", "--out", "out", "--meaning", "red"], "--meaning"),
        (["--to", "mmseg", "--out", "out", "--from", "cvat"], "No annotations"),
    ],
)
def test_convert_refuses_when_call_is_wrong(
    tmp_path, tiles, capfd, monkeypatch, words, said
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("mine")
    assert convert("src", *words) == 2
    assert said in capfd.readouterr().err
    assert not (tmp_path / "out").exists()


def test_convert_runs_as_program_when_started(tmp_path, tiles, segdesk):
    ran = segdesk("convert", tmp_path / "nothing", "--to", "mmseg", "--out", tmp_path)
    assert ran.returncode == 2
    ran = segdesk("convert", tmp_path / "src", "--to", "yolo", "--out", tmp_path / "o")
    assert ran.returncode == 0, ran.stderr
    assert "2 written" in ran.stdout

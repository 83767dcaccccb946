"""`segdesk evaluate` as a user calls it, with the model and images that ship."""

import json
import shutil

import pytest

from segdesk.cli import run_command
from segdesk.core.paths import resource_path


@pytest.fixture
def labelled(tmp_path):
    """Lay out three of the sample's images with their true masks."""
    root = tmp_path / "labelled cells"
    for number in ("01", "02", "03"):
        for folder, kind in (("img_dir", "images"), ("ann_dir", "masks")):
            target = root / folder / "test"
            target.mkdir(parents=True, exist_ok=True)
            name = f"nuclei_{number}.png"
            shutil.copy(resource_path("sample", kind, name), target / name)
    (root / "classes.json").write_text('["background", "nucleus"]')
    return root


def test_evaluate_measures_and_reports_when_the_model_is_the_sample(
    labelled, tmp_path, capfd
):
    report = tmp_path / "report"
    words = ("--model", "nuclei-unet", "--data", labelled, "--split", "test")

    code = run_command(
        ["evaluate", *map(str, words), "--report", str(report), "--json"]
    )

    told = json.loads(capfd.readouterr().out)
    assert code == 0
    assert told["images"] == 3
    assert told["metrics"]["fgIoU"] > 80
    assert [one["name"] for one in told["classes"]] == ["background", "nucleus"]
    assert told["images_per_second"] > 0
    assert sorted(path.name for path in report.iterdir()) == [
        "evaluation.json",
        "predictions",
        "regions.csv",
        "report.html",
    ]


def test_evaluate_says_what_is_wrong_when_the_split_is_missing(labelled, capfd):
    words = ("--model", "nuclei-unet", "--data", labelled, "--split", "train")

    code = run_command(["evaluate", *map(str, words), "--json"])

    told = json.loads(capfd.readouterr().out)
    assert code == 2
    assert "train" in told["error"]["cause"]

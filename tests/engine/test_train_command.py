"""`segdesk train` in this process, on pictures that the tests make."""

import json
import signal
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdesk.cli import run_command
from segdesk.jobs.events import Report, TrainStep

pytestmark = pytest.mark.engine


@pytest.fixture
def halves(tmp_path: Path) -> Path:
    """Make 2 + 1 pictures, bright on the right where the class is."""
    root = tmp_path / "data set"
    mask = np.repeat(np.uint8([0, 1]), 24)[None].repeat(40, 0)
    for split, count in (("train", 2), ("val", 1)):
        for number in range(count):
            for kind, array in (("img", mask * 200), ("ann", mask)):
                folder = root / f"{kind}_dir" / split
                folder.mkdir(parents=True, exist_ok=True)
                Image.fromarray(array).save(folder / f"{number}.png")
    (root / "classes.json").write_text('["left", "right"]')
    return root


def _arguments(root: Path, **options: object) -> list[str]:
    values = {
        "data": root,
        "arch": "fast-scnn",
        "work-dir": root.with_name("run"),
        "max-iters": 2,
        "batch-size": 2,
        "crop": 64,
        "device": "cpu",
        **options,
    }
    pairs = [(f"--{name}", str(value)) for name, value in values.items()]
    return ["train", *(word for pair in pairs for word in pair), "--json"]


def test_train_prints_one_document_when_it_ends(
    halves: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code = run_command(_arguments(halves, **{"num-workers": 1}))

    out, err = capfd.readouterr()
    document = json.loads(out)
    assert code == 0
    assert document["status"] == "done"
    assert document["iterations"] == 2
    assert Path(document["checkpoint"]).is_file()
    assert [entry["name"] for entry in document["classes"]] == ["left", "right"]
    assert {"color", "IoU", "Acc"} <= document["classes"][0].keys()
    assert "iteration 2 of 2: loss" in err


def test_train_keeps_a_checkpoint_when_ctrl_c_is_pressed(
    halves: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from segdesk.cli.training_view import TrainingView

    shown = TrainingView.take

    def press_ctrl_c(view: TrainingView, event: Report) -> None:
        shown(view, event)
        if isinstance(event, TrainStep):
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(TrainingView, "take", press_ctrl_c)
    code = run_command(_arguments(halves, **{"max-iters": 5000}))

    document = json.loads(capfd.readouterr().out)
    assert code == 130
    assert document["kept"] == "checkpoint at iteration 1"
    assert (Path(document["work_dir"]) / "interrupted.pth").is_file()

    monkeypatch.undo()
    folder = str(halves.with_name("run"))
    words = ["--work-dir", folder, "--max-iters", "2", "--json"]
    code = run_command(["train", "--resume", *words])

    document = json.loads(capfd.readouterr().out)
    assert code == 0
    assert document["iterations"] == 2


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("arch", "u-nett", "no architecture 'u-nett'"),
        ("data", "/nowhere", "/nowhere is not a folder"),
        ("batch-size", 1, "FastSCNN cannot learn from one picture"),
        ("max-iters", 0, "max_iters is 0"),
        ("class-weights", "1,heavy", "--class-weights is '1,heavy'"),
        ("keep-best", "IoU:top", "keep_best is 'IoU:top'"),
    ],
)
def test_train_says_why_when_the_call_is_wrong(
    halves: Path,
    capfd: pytest.CaptureFixture[str],
    option: str,
    value: object,
    words: str,
) -> None:
    code = run_command(_arguments(halves, **{option: value}))

    out, err = capfd.readouterr()
    assert code == 2
    assert words in json.loads(out)["error"]["cause"]
    assert words in err
    assert not halves.with_name("run").exists()

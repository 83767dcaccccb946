"""`segdesk explain` as a user and a program read it."""

import json

import numpy as np
import pytest
from PIL import Image

from segdesk.cli import run_command
from segdesk.core.classes import ClassList
from segdesk.core.errors import InputError
from segdesk.jobs.arrays import put
from segdesk.jobs.control import JobContext, StopFlag
from segdesk.jobs.events import Noted
from segdesk.jobs.explain_events import ExplainDone, MapLayer
from segdesk.jobs.runner import run_job
from segdesk.jobs.specs import ExplainSpec

CLASSES = ClassList.from_names(("land", "Road"))


@pytest.fixture
def asked(monkeypatch) -> list[ExplainSpec]:
    """What the engine was asked for; it answers with a spot at the left."""
    specs: list[ExplainSpec] = []

    def answer(spec, context):
        specs.append(spec)
        if spec.layer == "backbone":
            raise InputError("The layer was not looked at.", hint="Layers are a, b.")
        context.report(Noted("info", "The image was explained at a smaller size."))
        heat = np.zeros((4, 6, 1), "<u2")
        heat[1, 0] = 65535
        grey = np.zeros((4, 6), np.uint8)
        return ExplainDone(
            model_id=spec.model.id, image=spec.image, method=spec.method,
            class_index=1, classes=CLASSES, peak=0.5, chance=0.7, chances=(0.3, 0.7),
            heat=put(heat.view(np.uint8), spec.scratch_dir), device="cpu",
            confidence=put(grey, spec.scratch_dir), seconds=1.0, at=spec.at,
            entropy=put(grey, spec.scratch_dir), layer="backbone.a",
            layers=(MapLayer("backbone.a", "Block", 8, (2, 3)),),
        )  # fmt: skip

    monkeypatch.setattr(
        "segdesk.cli.running.run_in_process",
        lambda spec, report: run_job(spec, JobContext(report, StopFlag()), answer),
    )
    return specs


@pytest.fixture
def call(tmp_path):
    image, model = tmp_path / "tile.png", tmp_path / "m.pth"
    Image.new("RGB", (6, 4), "grey").save(image)
    model.write_bytes(b"weights")
    names = tmp_path / "classes.txt"
    names.write_text("land\nRoad\n")
    start = ["explain", str(image), "--model", str(model), "--classes", str(names)]
    return lambda *more: run_command([*start, *more])


def test_explain_writes_files_and_says_what_it_found(asked, call, tmp_path, capsys):
    out = str(tmp_path / "why")
    assert call("--class", "road", "--at", "2, 1", "--out", out) == 0
    spec = asked[0]
    assert (spec.class_index, spec.at, spec.method) == (1, (2, 1), "hires-cam")
    assert not spec.scratch_dir.exists()
    said = capsys.readouterr()
    assert "Road, by hires-cam; there: Road 70%, land 30%." in said.err
    assert "smaller size" in said.err
    names = [line.rpartition("/")[2] for line in said.out.splitlines()]
    assert names[0] == "tile-road-2x1-hires-cam.png"
    assert len(list((tmp_path / "why").iterdir())) == len(names) == 5


def test_explain_prints_one_document_when_a_program_asks(asked, call, tmp_path, capsys):
    more = ("--method", "occlusion", "--class", "0", "--out", str(tmp_path / "why"))
    assert call(*more, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["class"], told["peak"]) == ("Road", 0.5)
    assert told["probabilities"] == {"land": 0.3, "Road": 0.7}
    assert asked[0].class_index == 0


def test_explain_lists_layers_when_it_is_asked_for_them(asked, call, capsys):
    assert call("--layers") == 0
    assert asked[0].method == "eigen-cam"
    assert "backbone.a" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--class", "tree"), "no class 'tree'"),
        (("--at", "12"), "--at is '12'"),
        (("--method", "magic"), "ablation-cam"),
        (("--layer", "backbone"), "Layers are a, b."),
    ],
)
def test_explain_says_what_to_give_when_a_call_is_wrong(
    asked, call, tmp_path, capsys, more, said
):
    assert call(*more, "--out", str(tmp_path / "why")) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "why").exists()


def test_explain_needs_a_folder_when_it_writes(call, capsys):
    assert call() == 2
    assert "--out" in capsys.readouterr().err

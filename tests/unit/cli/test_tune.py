"""`segdesk models tune` as a user and a program read it."""

import json

import msgspec
import pytest
from fake_tuning import make_tuned
from PIL import Image

from segdesk.cli import run_command
from segdesk.core.errors import ModelError
from segdesk.jobs.control import JobContext, StopFlag
from segdesk.jobs.runner import run_job
from segdesk.jobs.specs import ModelSource, TuneSpec
from segdesk.jobs.tune_events import ModeMeasured, TuneDone
from segdesk.jobs.tune_specs import RunMode
from segdesk.library.tuned_modes import TunedModes, digest_of_source

SLOW = (
    ModeMeasured(mode=RunMode(precision="fp16"), images_per_s=20.0, equal=0.9971),
    ModeMeasured(mode=RunMode(way="compile"), problem="No C++ compiler was found."),
)


@pytest.fixture
def asked(monkeypatch) -> list[TuneSpec]:
    """What the engine was asked for; it answers with a record."""
    specs: list[TuneSpec] = []

    def answer(spec, _context):
        specs.append(spec)
        if spec.device == "mps":
            raise ModelError("It was not loaded.", cause="Too large.")
        tuned = make_tuned()
        tuned = msgspec.structs.replace(tuned, measured=(*tuned.measured, *SLOW))
        return TuneDone(model_id=spec.model.id, tuned=tuned, seconds=9.0)

    monkeypatch.setattr(
        "segdesk.cli.running.run_in_process",
        lambda spec, report: run_job(spec, JobContext(report, StopFlag()), answer),
    )
    return specs


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "m.pth"
    path.write_bytes(b"weights")
    return path


def test_tune_shows_every_way_and_why_it_is_not_taken(asked, model, tmp_path, capsys):
    folder = tmp_path / "images"
    folder.mkdir()
    for number in range(9):
        Image.new("RGB", (8, 8)).save(folder / f"{number}.png")
    arguments = ["models", "tune", str(model), "--images", str(folder), "--compile"]
    assert run_command(arguments) == 0
    said = capsys.readouterr()
    row = next(line for line in said.out.splitlines() if "bf16" in line)
    assert ("16.00" in row, "99.979 %" in row, "yes" in row) == (True, True, True)
    assert "below 99.8%" in said.out
    assert "No C++ compiler" in said.out
    assert "From now on: bf16 + channels_last, 1.6×" in said.err
    assert (len(asked[0].images), asked[0].with_compile) == (4, True)


def test_tune_prints_one_document_when_asked_for_json(asked, model, capsys):
    assert run_command(["models", "tune", str(model), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["tuned"]["chosen"]["precision"] == "bf16"
    assert asked[0].images == ()
    assert run_command(["models", "tune", str(model), "--device", "mps"]) == 2


def test_tune_forgets_when_asked(model, capsys):
    digest = digest_of_source(ModelSource(id="m.pth", checkpoint=model))
    TunedModes().remember(make_tuned(model=digest))
    assert run_command(["models", "tune", str(model), "--forget"]) == 0
    assert "runs as without tuning" in capsys.readouterr().err
    assert TunedModes().all() == ()
    assert run_command(["models", "tune", str(model), "--forget"]) == 0
    assert "was not tuned" in capsys.readouterr().err

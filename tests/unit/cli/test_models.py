import hashlib
import json

import pytest

from segdesk.cli import models, run_command
from segdesk.core.classes import ClassList
from segdesk.core.errors import UnsafeFileError
from segdesk.jobs.control import JobContext, StopFlag
from segdesk.jobs.events import Cancelled, ModelFacts, Noted, Progress
from segdesk.jobs.runner import run_job
from segdesk.library import zoo
from segdesk.library.model_card import ModelCard
from segdesk.library.model_library import AddRequest


def facts(spec, context):
    source = spec.model
    if source.config and not source.trusted:
        raise UnsafeFileError(
            "It was not opened.", cause="It is Python.", hint="Trust."
        )
    data = source.checkpoint.read_bytes()
    return ModelFacts(
        architecture="UNet",
        classes=ClassList.from_names(("a", "b")) if data[:1] == b"n" else None,
        num_classes=2,
        config_text="model = dict()\n",
        sha256=hashlib.sha256(data).hexdigest(),
        checkpoint_bytes=len(data),
        metrics={"mIoU": 71.0},
    )


@pytest.fixture(autouse=True)
def engine(monkeypatch):
    """An engine that answers from the first byte of a file."""
    monkeypatch.setattr(
        "segdesk.cli.running.run_in_process",
        lambda spec, report: run_job(spec, JobContext(report, StopFlag()), facts),
    )


@pytest.fixture
def run(capsys):
    """Run `segdesk models …`; return exit code, stdout and stderr."""

    def call(*arguments):
        code = run_command(["models", *map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


@pytest.fixture
def named(tmp_path):
    path = tmp_path / "my model.pth"
    path.write_bytes(b"named")
    return path


@pytest.fixture
def unnamed(tmp_path):
    path = tmp_path / "unnamed.pth"
    path.write_bytes(b"?")
    return path


def own(run):
    """The user's own models as `list --json` prints them."""
    code, out, _ = run("list", "--json")
    assert code == 0
    return [model for model in json.loads(out) if not model["shipped"]]


def test_models_adds_lists_shows_and_removes(run, named):
    code, out, err = run("add", named, "--name", "Nuclei")
    assert (code, out) == (0, "nuclei\n")
    assert "Ready · 2 classes · mIoU 71.0" in err

    (model,) = own(run)
    assert set(ModelCard.__struct_fields__) <= set(model)
    assert model["state"] == "ready"
    assert model["classes"]["names"] == ["a", "b"]
    code, out, _ = run("info", "nuclei")
    assert (code, "classes\ta, b" in out) == (0, True)
    code, out, _ = run("info", "nuclei", "--json")
    assert json.loads(out) == model

    code, out, _ = run("remove", "nuclei", "--json")
    assert (code, json.loads(out)["id"]) == (0, "nuclei")
    assert own(run) == []


def test_models_says_that_the_weights_are_there_already(run, named):
    run("add", named)

    code, out, err = run("add", named, "--json")

    assert code == 0
    assert json.loads(out)["id"] == "my-model"
    assert "in the library already, as my-model" in err


def test_models_asks_for_classes_and_takes_a_file(run, unnamed, tmp_path):
    code, out, err = run("add", unnamed)
    assert (code, out) == (2, "")
    assert "--classes FILE" in err

    classes = tmp_path / "classes.txt"
    classes.write_text("road\nsky\n")
    assert run("add", unnamed, "--classes", classes)[0] == 0
    assert own(run)[0]["classes"]["names"] == ["road", "sky"]


def test_models_passes_consent_on_to_the_engine(run, named, tmp_path):
    config = tmp_path / "config.py"
    config.write_text("import os\n")

    code, _, err = run("add", named, "--config", config)
    assert (code, "It is Python." in err) == (2, True)
    assert run("add", named, "--config", config, "--trust")[0] == 0


def test_models_ends_with_130_when_stopped(run, named, monkeypatch):
    monkeypatch.setattr(
        "segdesk.cli.running.run_in_process", lambda *_: Cancelled("nothing")
    )

    code, _, err = run("add", named)

    assert (code, "Stopped." in err) == (130, True)
    assert own(run) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("info", "nothing"),
        ("remove", "nothing"),
        ("download", "nothing"),
        ("nonsense",),
    ],
)
def test_models_ends_with_2_when_the_call_is_wrong(run, arguments):
    assert run(*arguments)[0] == 2


def test_models_shows_a_damaged_model_with_all_fields(run, named):
    run("add", named)
    (model,) = own(run)
    models.Path(model["folder"], "card.json").write_bytes(b"{")

    (broken,) = own(run)

    assert broken["state"] == "broken"
    assert set(broken) == set(model)
    assert "damaged" in run("info", "my-model")[1]


def test_models_zoo_prints_one_list(run):
    code, out, err = run("zoo", "pidnet", "--min-miou", "80", "--json")

    assert (code, err) == (0, "")
    assert [entry["backbone"] for entry in json.loads(out)] == ["PIDNet-M", "PIDNet-L"]
    code, out, err = run("zoo", "no", "such", "thing")
    assert (code, out) == (0, "")
    assert "No published model" in err


def test_models_download_adds_a_published_model(run, named, monkeypatch):
    def fetch_into(library, zoo_id, runner, context):
        context.report(Progress(1, 2, "bytes", "1 kB/s"))
        context.report(Noted("warning", "Another checksum."))
        return library.add(AddRequest(path=named, wanted_id=zoo_id), runner, context)

    monkeypatch.setattr(zoo, "fetch_into", fetch_into)

    code, out, err = run("download", "pspnet_r50-d8_x", "--json")

    assert code == 0
    assert json.loads(out)["id"] == "pspnet_r50-d8_x"
    assert "Another checksum." in err

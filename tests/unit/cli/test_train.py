"""`segdesk train`: what can be asked for in a call."""

import inspect
import typing

import pytest

from segdesk.cli import run_command
from segdesk.cli.train import train
from segdesk.jobs.events import Cancelled
from segdesk.jobs.specs import TrainSpec

# Options that are named otherwise than the spec's fields, or are no field of it.
RENAMED = {
    "data": "data_dir",
    "arch": "architecture",
    "crop": "crop_size",
    "trust": "trusted",
}
OWN = {"spec_file", "as_json"}


def options() -> dict[str, object]:
    hints = typing.get_type_hints(train)
    names = set(inspect.signature(train).parameters) - OWN
    return {RENAMED.get(name, name): hints[name] for name in names}


def literals(hint: object) -> set[object]:
    if typing.get_origin(hint) is typing.Literal:
        return set(typing.get_args(hint))
    return {one for part in typing.get_args(hint) for one in literals(part)}


def test_train_takes_every_field_of_the_spec_as_an_option():
    assert set(options()) == set(TrainSpec.__struct_fields__)


@pytest.mark.parametrize(
    "field", ["optimizer", "schedule", "augmentation", "loss", "launcher"]
)
def test_train_offers_every_choice_of_a_field(field):
    wanted = literals(typing.get_type_hints(TrainSpec)[field])
    assert literals(options()[field]) == wanted


def test_train_asks_for_what_the_options_say(monkeypatch, tmp_path):
    asked: list[TrainSpec] = []

    def answer(spec, _report):
        asked.append(spec)
        return Cancelled()

    monkeypatch.setattr("segdesk.cli.running.run_in_process", answer)
    text = tmp_path / "config.py"
    text.write_text("x = 1")
    words = {
        "data": tmp_path,
        "arch": "a",
        "work-dir": tmp_path / "run",
        "name": "n",
        "config": text,
        "config-text": text,
        "load-from": text,
        "pseudo-labels": tmp_path / "pseudo-labels",
        "pseudo-weight": 0.25,
        "max-iters": 7,
        "epochs": 2.5,
        "val-interval": 3,
        "checkpoint-interval": 4,
        "log-interval": 5,
        "batch-size": 6,
        "accumulate": 7,
        "crop": 96,
        "lr": 0.5,
        "optimizer": "sgd",
        "schedule": "cosine",
        "loss": "focal",
        "augmentation": "strong",
        "class-weights": "1,2",
        "keep-best": "mDice",
        "early-stopping": 8,
        "previews": 1,
        "seed": 9,
        "device": "cuda:1",
        "devices": "0,1",
        "launcher": "none",
        "num-workers": 2,
    }
    flags = ["amp", "ema", "activation-checkpointing", "no-adapt-memory", "trust"]
    flags += ["no-val-loss", "deterministic"]
    call = [part for name, value in words.items() for part in (f"--{name}", str(value))]
    run_command(["train", *call, *(f"--{flag}" for flag in flags)])

    (spec,) = asked
    plain = TrainSpec(data_dir=tmp_path, architecture="a", work_dir=tmp_path / "run")
    same = {
        name
        for name in TrainSpec.__struct_fields__
        if getattr(spec, name) == getattr(plain, name)
    }
    assert same == {"data_dir", "architecture", "work_dir", "launcher", "resume"}
    assert (spec.class_weights, spec.devices, spec.crop_size) == ((1, 2), (0, 1), 96)
    assert (spec.adapt_memory, spec.config_text) == (False, "x = 1")

"""SegDesk's proposed training beside mmseg's stock config, for the same time.

Usage: python benchmarks/better_defaults.py DATA [DATA ...] [--minutes M]
                                            [--threads N] [--split val] [--seed S]

DATA is a folder with `img_dir/{train,val}`, `ann_dir/{train,val}` and `classes.json`.
Both train Fast-SCNN from random weights for M minutes of wall time, at once, each on N
threads, and are measured on the split by SegDesk's evaluation, each through its own
test pipeline.

The peer is `fast_scnn_8xb4-160k_cityscapes-512x1024` of the model zoo, adapted by hand
as the MMSegmentation course does: classes in every head, BN for SyncBN, 512-pixel
crops of images resized to (2048, 1024), batches of 4, and its schedule of 160,000
iterations left as it is. SegDesk checks the data, proposes a training by
`propose_training`, probes its speed, and fits the length to what is left of the time;
check, probe and validations count. Where that was reckoned too long, it is stopped when
the time is over, as the peer is, and its best weights so far are taken. Measuring both
comes after the time.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from segdesk.core.classes import ClassList
    from segdesk.formats.mmseg_dataset import MmsegDataset

_ZOO = "fast_scnn_8xb4-160k_cityscapes-512x1024"
_ARCHITECTURE = "fast-scnn"
_SCALE = (2048, 1024)
_CROP = (512, 512)
_BATCH = 4
# Of what is left after the probe: validations and the start take the rest.
_TRAINING_SHARE = 0.75


def main() -> None:
    """Train and measure both sides on every data set, and print the table."""
    asked = _arguments()
    if asked.side:
        sides = {"stock": train_stock, "segdesk": train_segdesk}
        sides[asked.side](asked.data[0], asked.out, asked.minutes * 60, asked.seed)
        return
    print("| data | side | iterations | seconds | mIoU | per class |")
    print("|---|---|---|---|---|---|")
    for data in asked.data:
        with tempfile.TemporaryDirectory() as folder:
            runs = {
                side: _start(side, data, Path(folder, side), asked)
                for side in ("stock", "segdesk")
            }
            for side, run in runs.items():
                if run.wait() != 0:
                    sys.exit(f"{side} failed on {data}; its words are above.")
            for side in runs:
                print(_row(data, side, Path(folder, side), asked.split), flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path, nargs="+")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--split", default="val")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--side", default="", help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def _start(
    side: str, data: Path, out: Path, asked: argparse.Namespace
) -> "subprocess.Popen[bytes]":
    words = ["--side", side, "--out", out, "--minutes", asked.minutes]
    words += ["--seed", asked.seed]
    return subprocess.Popen(
        [sys.executable, __file__, str(data.absolute()), *map(str, words)],
        env={**os.environ, "OMP_NUM_THREADS": str(asked.threads)},
        stdout=subprocess.DEVNULL,
    )


def train_stock(data: Path, out: Path, seconds: float, seed: int) -> None:
    """Train the zoo's config, adapted by hand, until the time is over."""
    began_s = time.monotonic()
    from segdesk.engine.bootstrap import prepare

    prepare()
    from mmengine.config import Config
    from mmengine.hooks import Hook
    from mmengine.runner import Runner
    from mmseg.utils import register_all_modules

    from segdesk.engine.checkpoint import save_for_inference
    from segdesk.engine.recipes import load_recipe
    from segdesk.formats.mmseg_dataset import read_mmseg_dataset

    register_all_modules()
    dataset = read_mmseg_dataset(data)
    config = stock_config(load_recipe(f"zoo:{_ZOO}"), dataset, out, seed)

    class Deadline(Hook):  # type: ignore[misc, unused-ignore]
        """Ends the training when the time is over."""

        def after_train_iter(self, runner: Runner, *_: object, **__: object) -> None:
            runner.train_loop.stop_training = time.monotonic() - began_s >= seconds

    runner = Runner.from_cfg(Config(config))
    runner.register_hook(Deadline())
    runner.train()
    save_for_inference(
        out / "model.pth",
        state_dict=runner.model.state_dict(),
        config={"model": config["model"], "test_pipeline": config["test_pipeline"]},
        classes=dataset.classes,
        iteration=runner.iter,
    )
    _note(out, runner.iter, began_s)


def stock_config(
    recipe: dict[str, Any], dataset: "MmsegDataset", out: Path, seed: int
) -> dict[str, Any]:
    """Return the zoo's config with what the course changes by hand."""
    model = json.loads(json.dumps(recipe["model"]).replace("SyncBN", "BN"))
    model["pretrained"] = None
    model["data_preprocessor"] = {**recipe["data_preprocessor"], "size": _CROP}
    for head in (model["decode_head"], *model["auxiliary_head"]):
        head["num_classes"] = len(dataset.classes)
    train_pipeline = [
        {"type": "LoadImageFromFile"},
        {"type": "LoadAnnotations"},
        {
            "type": "RandomResize",
            "scale": _SCALE,
            "ratio_range": (0.5, 2.0),
            "keep_ratio": True,
        },
        {"type": "RandomCrop", "crop_size": _CROP, "cat_max_ratio": 0.75},
        {"type": "RandomFlip", "prob": 0.5},
        {"type": "PhotoMetricDistortion"},
        {"type": "PackSegInputs"},
    ]
    test_pipeline = [
        {"type": "LoadImageFromFile"},
        {"type": "Resize", "scale": _SCALE, "keep_ratio": True},
        {"type": "PackSegInputs"},
    ]
    parts = [
        {
            "type": "BaseSegDataset",
            "data_root": str(dataset.root),
            "data_prefix": {
                "img_path": "img_dir/train",
                "seg_map_path": "ann_dir/train",
            },
            "img_suffix": suffix,
            "seg_map_suffix": ".png",
            "metainfo": {"classes": list(dataset.classes.names)},
            "pipeline": train_pipeline,
        }
        for suffix in dataset.image_suffixes("train")
    ]
    return {
        "default_scope": "mmseg",
        "model": model,
        "test_pipeline": test_pipeline,
        "train_dataloader": {
            "batch_size": _BATCH,
            "num_workers": 0,
            "sampler": {"type": "InfiniteSampler", "shuffle": True},
            "dataset": {"type": "ConcatDataset", "datasets": parts},
        },
        "optim_wrapper": recipe["optim_wrapper"],
        "param_scheduler": recipe["param_scheduler"],
        "train_cfg": {"type": "IterBasedTrainLoop", "max_iters": 160_000},
        "default_hooks": {"checkpoint": {"type": "CheckpointHook", "interval": -1}},
        "log_processor": {"by_epoch": False},
        "randomness": {"seed": seed},
        "work_dir": str(out),
    }


def train_segdesk(data: Path, out: Path, seconds: float, seed: int) -> None:
    """Check, propose, probe and train, until the time is over."""
    began_s = time.monotonic()
    from msgspec.structs import replace

    from segdesk.core.errors import JobCancelledError
    from segdesk.core.training_defaults import MachineFacts, propose_training
    from segdesk.engine.dispatch import Engine
    from segdesk.jobs.control import JobContext, StopFlag
    from segdesk.jobs.specs import CheckSpec, ProbeSpec, TrainSpec

    engine, stop = Engine(), StopFlag()
    context = JobContext(lambda _report: None, stop)
    over = threading.Timer(seconds, stop.set)
    over.daemon = True
    over.start()
    diagnosis = engine.handle(CheckSpec(data_dir=data), context).diagnosis
    plan = propose_training(
        diagnosis.fingerprint,
        diagnosis.splits,
        diagnosis.classes,
        MachineFacts(threads=int(os.environ["OMP_NUM_THREADS"])),
    )
    spec = TrainSpec(
        data_dir=data,
        architecture=_ARCHITECTURE,
        work_dir=out,
        crop_size=plan.crop_size,
        batch_size=plan.batch_size,
        accumulate=plan.accumulate,
        augmentation=plan.augmentation,
        loss=plan.loss,
        class_weights=plan.class_weights,
        keep_best=plan.keep_best,
        seed=seed,
        device="cpu",
        val_loss=False,
        previews=0,
    )
    probe = engine.handle(ProbeSpec(train=spec), context)
    left_s = seconds - (time.monotonic() - began_s)
    iterations = max(20, int(_TRAINING_SHARE * left_s / probe.train_s))
    interval = max(1, iterations // 6)
    spec = replace(
        spec,
        max_iters=iterations,
        val_interval=interval,
        checkpoint_interval=interval,
    )
    try:
        reached = engine.handle(spec, context).iterations
    except JobCancelledError as stopped:
        reached = int(stopped.kept.rpartition(" ")[2])
        _take_best(out, diagnosis.classes)
    over.cancel()
    _note(out, reached, began_s)


def _take_best(out: Path, classes: "ClassList") -> None:
    """Make a model of the best weights of a training that was stopped."""
    from segdesk.engine.checkpoint import load_checkpoint, save_for_inference
    from segdesk.engine.config_text import read_config

    best = next(out.glob("best_*.pth"), out / "interrupted.pth")
    save_for_inference(
        out / "model.pth",
        state_dict=load_checkpoint(best).state_dict,
        config=read_config((out / "config.py").read_text()),
        classes=classes,
        iteration=0,
    )


def _note(out: Path, iterations: int, began_s: float) -> None:
    seconds = time.monotonic() - began_s
    (out / "course").write_text(f"{iterations} | {seconds:.0f}")


def _row(data: Path, side: str, out: Path, split: str) -> str:
    told = subprocess.run(
        [
            *(sys.executable, "-m", "segdesk", "evaluate", "--json"),
            *("--model", str(out / "model.pth"), "--data", str(data)),
            *("--split", split, "--device", "cpu"),
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    found = json.loads(told.stdout)
    classes = ", ".join(
        f"{one['name']} {'n/a' if one['IoU'] is None else format(one['IoU'], '.1f')}"
        for one in found["classes"]
    )
    course = (out / "course").read_text()
    figures = f"{course} | {found['metrics']['mIoU']:.1f} | {classes}"
    return f"| {data.name} | {side} | {figures} |"


if __name__ == "__main__":
    main()

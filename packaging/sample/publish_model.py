"""Turn a finished run into a model that ships: weights, measured card, nothing else.

The card's figures come from SegDesk's own predictor on the images of
`DATA/img_dir/held_out`, which the run never saw.

    python packaging/sample/publish_model.py RUN DATA ABOUT

ABOUT is a JSON file: id, name, dataset, origin, licence, notes, held_out, and what
of the recipe the run itself does not know.
"""

import argparse
import json
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch

from segdesk.core.imaging import read_image
from segdesk.core.paths import resource_path
from segdesk.engine.checkpoint import load_checkpoint, sha256_of
from segdesk.engine.predictor import Predictor
from segdesk.engine.training.metric import measured
from segdesk.engine.training.run_folder import MODEL_FILE, SPEC_FILE
from segdesk.jobs.codec import decode_spec
from segdesk.jobs.specs import ModelSource, TrainSpec
from segdesk.library.model_card import HeldOut, ModelCard, write_card

SPLIT = "held_out"
SPEED_SIDE = 512
SPEED_RUNS = 7


def labels_of(path: Path) -> np.ndarray:
    """Return a mask's class indices."""
    from PIL import Image

    with Image.open(path) as mask:
        return np.asarray(mask, dtype=np.int64)


def measure(predictor: Predictor, images: list[Path], masks: Path) -> dict[str, float]:
    """Return the metrics over all pixels of all images, in percent."""
    names = predictor.built.classes.names
    counts = np.zeros((len(names), len(names)))
    for path in images:
        found = predictor.predict(read_image(path).pixels, confidence=False).labels
        truth = labels_of(masks / f"{path.stem}.png")
        known = truth != 255
        pairs = truth[known] * len(names) + found[known]
        counts += np.bincount(pairs, minlength=counts.size).reshape(counts.shape)
    hits, said, real = np.diag(counts), counts.sum(0), counts.sum(1)
    per_class, means = measured(hits, said + real - hits, said, real, names)
    for name, value in zip(names, per_class["IoU"], strict=True):
        print(f"  IoU {name}: {value}")
    return means


def seconds_per_image(predictor: Predictor) -> float:
    """Return the median time for a 512×512 image, confidence included."""
    noise = np.random.default_rng(0).integers(0, 255, (SPEED_SIDE, SPEED_SIDE, 3))
    times = []
    for _ in range(SPEED_RUNS):
        started = time.perf_counter()
        predictor.predict(noise.astype(np.uint8))
        times.append(time.perf_counter() - started)
    return float(np.median(times))


def main() -> None:
    """Copy the weights, measure them, write the card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("about", type=Path)
    parser.add_argument("--out", type=Path, default=resource_path("models"))
    options = parser.parse_args()
    about = json.loads(options.about.read_text(encoding="utf-8"))
    spec = decode_spec((options.run / SPEC_FILE).read_bytes())
    if not isinstance(spec, TrainSpec):
        parser.error(f"{options.run} is not a training")
    folder = options.out / about["id"]
    folder.mkdir(parents=True, exist_ok=True)
    checkpoint = folder / MODEL_FILE
    shutil.copyfile(options.run / MODEL_FILE, checkpoint)

    torch.set_num_threads(2)
    source = ModelSource(id=about["id"], checkpoint=checkpoint)
    predictor = Predictor(source, device="cpu", note=print)
    images = sorted((options.data / "img_dir" / SPLIT).glob("*.*"))
    metrics = measure(predictor, images, options.data / "ann_dir" / SPLIT)
    if "fgIoU" in metrics:
        # With one class beside the background this is its IoU, the headline.
        metrics = {"IoU": metrics.pop("fgIoU"), **metrics}
    speed = seconds_per_image(predictor)
    weights = load_checkpoint(checkpoint)
    crop = predictor.built.config["model"]["data_preprocessor"]["size"]
    card = ModelCard(
        id=about["id"],
        name=about["name"],
        architecture=spec.architecture,
        classes=weights.classes,
        num_classes=len(weights.classes or ()),
        checkpoint=MODEL_FILE,
        sha256=sha256_of(checkpoint),
        size_bytes=checkpoint.stat().st_size,
        input_size=(crop[1], crop[0]),
        dataset=about["dataset"],
        metrics=metrics,
        origin=about["origin"],
        licence=about["licence"],
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        parameters=sum(p.numel() for p in predictor.built.module.parameters()),
        notes=about["notes"],
        recipe={
            **about.get("recipe", {}),
            "iterations": spec.max_iters,
            "best iteration": weights.iteration,
            "batch size": spec.batch_size,
            "crop": spec.crop_size or crop[0],
            "learning rate": spec.lr,
            "seed": spec.seed,
            "seconds for 512×512 on 2 CPU cores": round(speed, 2),
        },
        held_out=HeldOut(
            images=len(images), metrics=metrics, description=about["held_out"]
        ),
    )
    write_card(card, folder)
    print(f"{checkpoint}: {card.size_bytes:,} bytes, {speed:.3f} s, {metrics}")


if __name__ == "__main__":
    main()

"""A folder of images, a model without a network, and what a batch said of them."""

import csv
from types import SimpleNamespace

import numpy as np
import torch
from PIL import Image

from segdesk.core.classes import ClassList
from segdesk.engine.batch.batch import run_batch
from segdesk.engine.paint.postprocess import Scores
from segdesk.engine.preprocess import Prepared
from segdesk.formats.outputs import plan_items
from segdesk.jobs.control import JobContext, StopFlag
from segdesk.jobs.specs import BatchItem, BatchSpec, ModelSource

CLASSES = ClassList(("background", "bright"), ("#8A8F98", "#EE6A05"))


class Threshold:
    """A model that needs no network: bright where red is above 127."""

    device = torch.device("cpu")
    rule = Scores("softmax")

    def __init__(self, before=lambda: None):
        self.calls = 0
        self._before = before
        self.built = SimpleNamespace(
            classes=CLASSES,
            tells_confidence=True,
            slide=None,
            head="softmax",
            threshold=0.3,
            out_channels=2,
            align_corners=False,
            prepare=_prepared,
            scores=self._scores,
        )

    def _scores(self, images):
        """Predict images together, as a network does."""
        for _ in images:
            self.calls += 1
            self._before()
        bright = images[:, 0] - 127.5
        return torch.stack((-bright, bright), 1), tuple(images.shape[2:])

    def predict(self, pixels, *, confidence, wide, tta, windows, check):
        check()
        self.calls += 1
        self._before()
        labels = (pixels[:, :, 0] > 127).astype(np.uint8)
        return SimpleNamespace(
            labels=labels,
            confidence=np.full_like(labels, 204) if confidence else None,
            fine=np.full(labels.shape, 52_500, np.uint16) if wide else None,
        )


def _prepared(pixels):
    tensor = torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float()
    return Prepared(tensor, pixels.shape[:2])


class Desk:
    """A folder of images, a model and what a batch said of them."""

    def __init__(self, folder):
        self.images = folder / "images"
        self.out = folder / "out"
        self.model = folder / "model.pth"
        self.model.write_bytes(b"weights")
        self.events = []
        self.stop = StopFlag()

    def add(self, name, share=0.25):
        """Save an image of 20 × 16 whose first `share` of rows is bright."""
        pixels = np.zeros((16, 20, 3), np.uint8)
        pixels[: int(16 * share)] = 200
        path = self.images / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(path)
        return path

    def run(self, predictor=None, **options):
        self.events.clear()
        self.predictor = predictor or Threshold()
        spec = BatchSpec(
            model=ModelSource(id="threshold", checkpoint=self.model),
            items=tuple(
                BatchItem(item.source, item.name)
                for item in plan_items([self.images], self.out)
            ),
            out_dir=self.out,
            **options,
        )
        context = JobContext(self.events.append, self.stop)
        return run_batch(spec, context, self.predictor)

    model_without_network = Threshold

    def of(self, kind):
        return [event for event in self.events if isinstance(event, kind)]

    def rows(self):
        with (self.out / "summary.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

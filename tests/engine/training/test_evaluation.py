"""An evaluation: honest figures, the worst first, and nothing hidden."""

import csv
import json
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from mmengine.structures import PixelData
from mmseg.evaluation.metrics import IoUMetric
from mmseg.structures import SegDataSample
from PIL import Image

from segdesk.core.classes import ClassList
from segdesk.core.errors import InputError, JobCancelledError
from segdesk.engine.training.evaluation import label_table, run_evaluation
from segdesk.formats.png_mask import read_mask
from segdesk.jobs.codec import decode_evaluation
from segdesk.jobs.control import JobContext, StopFlag
from segdesk.jobs.events import ItemFailed, Progress
from segdesk.jobs.specs import EvaluateSpec, ModelSource
from segdesk.jobs.training_events import ItemEvaluated

pytestmark = pytest.mark.engine

NAMES = ("background", "road", "water", "ice")


class Bands:
    """A model without a network: its label is the red channel divided by 60."""

    def __init__(self, names=NAMES):
        self.built = SimpleNamespace(classes=ClassList.from_names(names))
        self.device = "cpu"

    def predict(self, pixels, *, confidence, check, **_options):
        check()
        labels = (pixels[:, :, 0] // 60).astype(np.uint8)
        sure = np.full_like(labels, 204) if confidence else None
        return SimpleNamespace(labels=labels, confidence=sure)


class Desk:
    def __init__(self, folder):
        self.data = folder / "data"
        self.out = folder / "out"
        self.events = []
        self.stop = StopFlag()
        for split in ("train", "val"):
            self.add("a", said=np.zeros((8, 8)), truth=np.zeros((8, 8)), split=split)
        (self.data / "classes.json").write_text(json.dumps(NAMES))

    def add(self, name, said, truth, split="val"):
        """Save an image that `Bands` reads as `said`, and its mask."""
        red = np.asarray(said, np.uint8) * 60
        pixels = np.stack([red, red, red], -1)
        masks = np.asarray(truth, np.uint8)
        for folder, values in (("img_dir", pixels), ("ann_dir", masks)):
            path = self.data / folder / split / f"{name}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(values).save(path)

    def evaluate(self, model=None, **fields):
        spec = EvaluateSpec(
            model=ModelSource(id="bands", checkpoint=self.data / "none.pth"),
            data_dir=self.data,
            out_dir=self.out,
            **fields,
        )
        context = JobContext(self.events.append, self.stop)
        return run_evaluation(spec, context, model or Bands())


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def random_labels(seed, classes=3, size=(40, 30)):
    return np.random.default_rng(seed).integers(0, classes, size).astype(np.uint8)


def test_run_evaluation_agrees_with_mmseg_when_labels_are_random(desk):
    metric = IoUMetric(iou_metrics=["mIoU", "mDice"], prefix="")
    metric.dataset_meta = {"classes": NAMES[:3]}
    (desk.data / "classes.json").write_text(json.dumps(NAMES[:3]))
    rows = []
    for name, seed in (("a", 1), ("b", 2), ("c", 3)):
        said, truth = random_labels(seed), random_labels(seed + 10)
        truth[:3] = 255
        desk.add(name, said, truth)
        sample = SegDataSample()
        sample.pred_sem_seg = PixelData(data=torch.from_numpy(said)[None].long())
        sample.gt_sem_seg = PixelData(data=torch.from_numpy(truth)[None].long())
        rows.append(sample.to_dict())
    metric.process({}, rows)
    theirs = metric.evaluate(3)

    ours = desk.evaluate().metrics

    for name in ("aAcc", "mIoU", "mAcc", "mDice"):
        assert ours[name] == pytest.approx(theirs[name], abs=0.011), name


def test_run_evaluation_hides_no_class_when_one_is_absent_or_never_found(desk):
    truth = np.zeros((10, 10), np.uint8)
    truth[:5] = 2
    desk.add("a", said=np.zeros((10, 10)), truth=truth)

    done = desk.evaluate()

    assert done.per_class["IoU"] == (50.0, None, 0.0, None)
    assert done.per_class["Precision"][2] == 0.0
    assert done.metrics["mIoU"] == 25.0
    assert done.metrics["fgIoU"] == 0.0
    assert done.confusion[2] == (50, 0, 0, 0, 0)
    assert done.calibration.error == pytest.approx(30.0)  # 80% sure, 50% right


def test_run_evaluation_puts_the_worst_first_when_images_differ(desk):
    good, bad = random_labels(1), random_labels(2)
    desk.add("good", good, good)
    desk.add("bad", bad, (bad + 1) % 3)

    done = desk.evaluate()

    assert [item.image.stem for item in done.images] == ["bad", "a", "good"]
    assert done.images[0].miou == 0.0
    assert np.array_equal(read_mask(done.images[2].prediction), good)
    items = [event for event in desk.events if isinstance(event, ItemEvaluated)]
    assert len(items) == 3
    last = [event for event in desk.events if isinstance(event, Progress)][-1]
    assert (last.done, last.total) == (3, 3)


def test_run_evaluation_goes_on_when_a_file_is_broken(desk):
    desk.add("b", random_labels(1), random_labels(1))
    (desk.data / "img_dir/val/a.png").write_bytes(b"no image")

    done = desk.evaluate()

    assert done.failed == 1
    assert done.metrics["mIoU"] == 100.0
    (failed,) = [event for event in desk.events if isinstance(event, ItemFailed)]
    assert failed.source.name == "a.png"


def test_run_evaluation_measures_regions_when_there_are_some(desk):
    said = np.zeros((20, 20), np.uint8)
    said[2:6, 3:9] = 1
    desk.add("a", said, np.zeros((20, 20)))

    done = desk.evaluate(report=True)

    rows = list(csv.DictReader((desk.out / "regions.csv").read_text().splitlines()))
    (row,) = [row for row in rows if row["side"] == "prediction"]
    assert (row["class"], row["area_px"], row["centre_x"]) == ("road", "24", "6.0")
    assert not [row for row in rows if row["side"] == "truth"]
    assert (done.sizes[1].said.count, done.sizes[1].said.median_px) == (1, 24.0)
    assert decode_evaluation((desk.out / "evaluation.json").read_bytes()).images
    page = done.report.read_text()
    assert "n/a: not in this split" in page
    assert page.count("data:image/jpeg;base64,") == 3
    assert page.count('<rect class="sure"') == 1


def test_run_evaluation_leaves_no_result_when_stopped(desk):
    desk.stop.set()

    with pytest.raises(JobCancelledError):
        desk.evaluate()

    assert not (desk.out / "evaluation.json").exists()
    assert not (desk.out / "regions.csv").exists()


def test_label_table_goes_by_name_when_orders_differ(desk):
    model = ClassList.from_names(("Water", "sky", "background", "road", "ice"))

    table = label_table(model, ClassList.from_names(NAMES))

    assert table[:5].tolist() == [2, 4, 0, 1, 3]
    with pytest.raises(InputError, match="ice"):
        label_table(ClassList.from_names(NAMES[:3]), ClassList.from_names(NAMES))


def test_run_evaluation_counts_other_classes_as_wrong_when_the_data_lack_them(desk):
    (desk.data / "classes.json").write_text(json.dumps(NAMES[:2]))
    said = np.zeros((4, 4), np.uint8)
    said[0] = 3
    desk.add("a", said, np.zeros((4, 4)))

    done = desk.evaluate()

    assert done.confusion[0] == (12, 0, 4)
    assert done.metrics["aAcc"] == 75.0


def test_run_evaluation_names_the_splits_when_one_is_missing(desk):
    with pytest.raises(InputError, match="test"):
        desk.evaluate(split="test")

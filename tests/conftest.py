"""What every test gets: a home of its own, and the real data where there is some."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from segdesk.core.calibration import LEVELS, calibration_counts, calibration_of
from segdesk.core.classes import ClassList
from segdesk.core.confusion import confusion_counts, region_measures
from segdesk.core.region_sizes import SizeTally
from segdesk.core.segmentation_metrics import measured_by_confusion
from segdesk.formats.evaluation_files import prediction_path
from segdesk.formats.png_mask import write_mask
from segdesk.jobs.training_events import EvaluationDone, ItemEvaluated, StageTimes

# A busy machine draws slowly; that says nothing of the program.
settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("house")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_CHECKOUT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def segdesk_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch) -> Path:
    """Give SegDesk an empty home, so no test reads or writes the user's own."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("SEGDESK_HOME", str(home))
    return home


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of real data, or skip."""
    default = _CHECKOUT.parent / "shared" / "data"
    folder = Path(os.environ.get("SEGDESK_DATA", default))
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}; SEGDESK_DATA names another folder")
    return folder


@pytest.fixture
def make_evaluation():
    """Return what measures given label maps, writing images and masks as files."""
    return measured


def measured(
    folder: Path,
    classes: ClassList,
    pairs: dict[str, tuple[np.ndarray, np.ndarray]],
    model_id: str = "steady",
) -> EvaluationDone:
    """Return an evaluation of (truth, prediction) pairs by the name of their image."""
    out = folder.parent / f"evaluation of {model_id}"
    counts = np.zeros((len(classes), len(classes) + 1), np.int64)
    sureness, sizes = np.zeros((2, LEVELS), np.int64), SizeTally(len(classes))
    items = []
    for index, (name, (truth, said)) in enumerate(pairs.items()):
        mask = folder / "annotations" / f"{Path(name).stem}.png"
        prediction = prediction_path(out, index, Path(name))
        for path, labels in ((mask, truth), (prediction, said)):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_mask(path, labels, classes)
        own = confusion_counts(truth, said, len(classes))
        counts += own
        sure = np.full(truth.shape, 229, np.uint8)
        sureness += calibration_counts(truth, said, sure, len(classes))
        for side, labels in (("truth", truth), ("prediction", said)):
            found = region_measures(labels, len(classes), classes.background_index)
            sizes.add((side, region) for region in found)
        per_class, means = measured_by_confusion(own, classes.names)
        items.append(
            ItemEvaluated(
                index=index,
                image=folder / name,
                truth=mask,
                prediction=prediction,
                miou=means["mIoU"],
                iou=per_class["IoU"],
                seconds=0.25,
            )
        )
    per_class, means = measured_by_confusion(counts, classes.names)
    return EvaluationDone(
        model_id=model_id,
        data_dir=folder,
        split="val",
        out_dir=out,
        classes=classes,
        metrics={name: None if np.isnan(v) else v for name, v in means.items()},
        per_class=per_class,
        confusion=tuple(tuple(int(n) for n in row) for row in counts),
        images=tuple(sorted(items, key=lambda item: item.miou)),
        failed=0,
        times=StageTimes(decode_s=0.05, predict_s=0.2, total_s=0.25, p95_s=0.3),
        device="cpu",
        calibration=calibration_of(sureness),
        sizes=sizes.sizes(),
    )

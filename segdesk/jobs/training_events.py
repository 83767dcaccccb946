"""What is said of training data, a training beside its steps, and an evaluation."""

from pathlib import Path

import msgspec

from segdesk.core.calibration import Calibration
from segdesk.core.classes import ClassList
from segdesk.core.data_check import Diagnosis
from segdesk.core.region_sizes import ClassSizes
from segdesk.jobs.array_ref import ArrayRef

# ---------------------------------------------------------------- reports


class PreviewsSaved(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What the model of an iteration says of the run's fixed validation images.

    Parameters
    ----------
    images
        The images.
    truths
        Their masks, index PNG.
    labels
        The predictions, index PNG of the images' size, in the run folder.
    """

    iteration: int
    images: tuple[Path, ...]
    truths: tuple[Path, ...]
    labels: tuple[Path, ...]


class TrainPaused(msgspec.Struct, frozen=True, tag=True):
    """A training waits, or goes on again."""

    iteration: int
    paused: bool


class MemoryAdapted(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The memory ran out and the training goes on with less.

    Parameters
    ----------
    step
        What was changed, in words: "batch 8 → 4, gradients added over 2 batches".
    changes
        Fields of the spec with their new values, as text.
    """

    iteration: int
    step: str
    changes: dict[str, str]


class ItemEvaluated(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """One labelled image is measured.

    Parameters
    ----------
    truth, prediction
        Index PNGs of the image's size.
    miou
        Mean IoU of the classes in it, in percent; None where nothing is labelled.
    iou
        IoU of each class in percent; None where absent from truth and prediction.
    """

    index: int
    image: Path
    truth: Path
    prediction: Path
    miou: float | None
    iou: tuple[float | None, ...]
    seconds: float


# ---------------------------------------------------------------- results


class ProbeDone(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What one training step and one validation step cost.

    Parameters
    ----------
    parameters
        Number of weights.
    train_s
        Seconds of one iteration with its whole batch, after a warm-up.
    val_s
        Seconds of one validation image.
    memory_mb
        Peak memory: of the GPU, or of the process on a CPU.
    """

    architecture: str
    parameters: int
    train_s: float
    val_s: float
    memory_mb: float
    device: str
    batch_size: int
    crop_size: int


class ConfigBuilt(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A training's flat config beside the one it is made from.

    Parameters
    ----------
    text
        The flat config, literals only.
    base_text
        The recipe's own, flat, before the data set and the spec were filled in.
    """

    text: str
    base_text: str


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """One augmented training sample: (H, W, 3) RGB and (H, W) labels."""

    image: ArrayRef
    labels: ArrayRef
    source: Path


class SamplesDone(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Augmented samples as the network would see them."""

    samples: tuple[Sample, ...]


class CheckDone(msgspec.Struct, frozen=True, tag=True):
    """The data are checked."""

    diagnosis: Diagnosis


class StageTimes(msgspec.Struct, frozen=True, kw_only=True):
    """Median seconds of one image: reading, network with resizes, all of it."""

    decode_s: float
    predict_s: float
    total_s: float
    p95_s: float


class EvaluationDone(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A model is measured on a split.

    Parameters
    ----------
    metrics
        aAcc, mIoU, mAcc, mDice, mPrecision, mRecall, mFscore, fgIoU in percent.
    per_class
        As in `Validated`.
    confusion
        Pixels: row = truth, column = prediction, in class order; a last column counts
        what was predicted as a class that the data lack.
    images
        Worst first.
    calibration
        Confidence against accuracy; None: not measured.
    sizes
        The regions of each class, none of the background; empty: not measured.
    ended_at
        Unix time in seconds; 0: not known.
    """

    model_id: str
    data_dir: Path
    split: str
    out_dir: Path
    classes: ClassList
    metrics: dict[str, float | None]
    per_class: dict[str, tuple[float | None, ...]]
    confusion: tuple[tuple[int, ...], ...]
    images: tuple[ItemEvaluated, ...]
    failed: int
    times: StageTimes
    device: str
    report: Path | None = None
    seconds: float = 0.0
    calibration: Calibration | None = None
    sizes: tuple[ClassSizes, ...] = ()
    ended_at: float = 0.0

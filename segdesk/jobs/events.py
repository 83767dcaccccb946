"""What the engine says while it works.

A job emits any number of reports and then exactly one terminal event.
"""

from pathlib import Path
from typing import Literal

import msgspec

from segdesk.core.classes import ClassList
from segdesk.core.language import Words
from segdesk.core.temperature import FittedTemperature
from segdesk.jobs.array_ref import ArrayRef, ScoresRef
from segdesk.jobs.confidence_events import (
    CalibrationDone,
    DoubtDone,
    PseudoLabelsDone,
)
from segdesk.jobs.explain_events import ExplainDone
from segdesk.jobs.export_events import ExportDone
from segdesk.jobs.prompt_events import PromptEncoded, PromptMaskDone, PromptOpened
from segdesk.jobs.scribble_events import (
    DeepFeaturesDone,
    ScribbleApplied,
    ScribbleDone,
)
from segdesk.jobs.training_events import (
    CheckDone,
    ConfigBuilt,
    EvaluationDone,
    ItemEvaluated,
    MemoryAdapted,
    PreviewsSaved,
    ProbeDone,
    SamplesDone,
    TrainPaused,
)
from segdesk.jobs.tune_events import TuneDone
from segdesk.jobs.video_events import FrameDone, VideoDone, VideoStep

# ---------------------------------------------------------------- reports


class Progress(msgspec.Struct, frozen=True, tag=True):
    """How far a job is: `done` of `total` (None: unknown) of `unit`."""

    done: int
    total: int | None
    unit: Words
    text: Words = ""


class Noted(msgspec.Struct, frozen=True, tag=True):
    """Something the user must know although the job goes on."""

    level: Literal["info", "warning"]
    message: Words
    cause: Words = ""
    hint: Words = ""


class LogLine(msgspec.Struct, frozen=True, tag=True):
    """One line for the job's log."""

    text: str


class TrainStep(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """State of a training after an iteration; at most five a second.

    Parameters
    ----------
    losses
        Loss and its parts by name; None where it is not a finite number.
    memory_mb
        Peak memory of the GPU, or of the process on a CPU; None: not known.
    """

    iteration: int
    total: int
    losses: dict[str, float | None]
    lr: float
    iter_time_s: float
    data_time_s: float
    memory_mb: float | None = None


class Validated(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Metrics of one validation, in percent.

    Parameters
    ----------
    metrics
        aAcc, mIoU, mAcc and others by name.
    per_class
        For each metric (IoU, Acc, …) one value for each class, in class order; None
        where the class is absent.
    """

    iteration: int
    metrics: dict[str, float | None]
    per_class: dict[str, tuple[float | None, ...]]
    val_loss: float | None = None
    seconds: float = 0.0


class CheckpointSaved(msgspec.Struct, frozen=True, tag=True):
    """A checkpoint lies on disk, whole."""

    path: Path
    iteration: int
    best: bool = False


class ItemStarted(msgspec.Struct, frozen=True, tag=True):
    """The network has begun with one input of a batch.

    Parameters
    ----------
    source
        Its file, where it is none of the items that were named: it arrived.
    """

    index: int
    source: Path | None = None


class ItemDone(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """One input of a batch is predicted and its outputs are written.

    Parameters
    ----------
    shares
        Share of each class, 0-1, in class order.
    confidences
        Mean confidence of each class, 0-1; None where it has no pixel. Empty: not
        measured.
    skipped
        The outputs were there already and nothing was done.
    remade
        The network did not run: what was missing was made of the mask that was there.
    """

    index: int
    source: Path
    outputs: tuple[Path, ...]
    size: tuple[int, int]
    seconds: float
    shares: tuple[float, ...]
    mean_confidence: float | None = None
    confidences: tuple[float | None, ...] = ()
    skipped: bool = False
    remade: bool = False


class ItemFailed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """One input of a batch could not be done; the batch goes on."""

    index: int
    source: Path
    message: Words
    cause: Words = ""
    hint: Words = ""


Report = (
    Progress
    | Noted
    | LogLine
    | TrainStep
    | Validated
    | PreviewsSaved
    | TrainPaused
    | MemoryAdapted
    | CheckpointSaved
    | ItemStarted
    | ItemDone
    | ItemFailed
    | ItemEvaluated
    | VideoStep
)

# ---------------------------------------------------------------- results


class ModelLoaded(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A model is resident and ready."""

    model_id: str
    architecture: str
    classes: ClassList
    device: str
    precision: str
    seconds: float


class PredictionDone(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The prediction of one image.

    Parameters
    ----------
    rows
        Where it was stopped: rows from the top that are predicted. None: all are.
    """

    model_id: str
    image: Path
    labels: ArrayRef
    confidence: ArrayRef | None
    classes: ClassList
    device: str
    seconds: dict[str, float]
    scores: ScoresRef | None = None
    rows: int | None = None


class BatchDone(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A batch came to its end; `failed` items are rows of the summary.

    Parameters
    ----------
    done
        Images that the network predicted.
    skipped
        Of which everything was there.
    remade
        Of which what was missing was made of their masks.
    """

    done: int
    failed: int
    skipped: int
    summary: Path
    remade: int = 0


class ModelFacts(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What a checkpoint says of itself.

    Parameters
    ----------
    classes
        None: the file does not name them; the user must.
    num_classes
        Number of classes that the model's head predicts.
    config_text
        Flattened config as literals, ready to be kept beside the checkpoint.
    missing_ops
        Compiled mmcv operators without which it does not run.
    parameters
        Number of weights; None if it could not be built.
    """

    architecture: str
    classes: ClassList | None
    num_classes: int
    config_text: str
    sha256: str
    checkpoint_bytes: int
    dataset: str = ""
    input_size: tuple[int, int] | None = None
    metrics: dict[str, float] = {}
    iteration: int | None = None
    missing_ops: tuple[str, ...] = ()
    parameters: int | None = None
    problem: Words = ""


class TrainDone(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A training came to its end.

    Parameters
    ----------
    calibration
        Of the model's confidence on the validation images; None: they are too few.
    """

    work_dir: Path
    checkpoint: Path
    config: Path
    iterations: int
    metrics: dict[str, float | None]
    per_class: dict[str, tuple[float | None, ...]]
    classes: ClassList
    seconds: float
    calibration: FittedTemperature | None = None


class DeviceFacts(msgspec.Struct, frozen=True):
    """One device a model can run on."""

    id: str
    name: str
    memory_bytes: int | None = None


class EnvironmentReport(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Versions, devices and operators of the engine."""

    versions: dict[str, str]
    devices: tuple[DeviceFacts, ...]
    cpu_threads: int
    compiled_ops: bool
    problems: tuple[Noted, ...] = ()


JobResult = (
    ModelLoaded
    | PredictionDone
    | BatchDone
    | ModelFacts
    | TrainDone
    | ProbeDone
    | ConfigBuilt
    | SamplesDone
    | CheckDone
    | EvaluationDone
    | ExplainDone
    | ExportDone
    | EnvironmentReport
    | TuneDone
    | CalibrationDone
    | DoubtDone
    | PseudoLabelsDone
    | VideoDone
    | PromptOpened
    | PromptEncoded
    | PromptMaskDone
    | FrameDone
    | ScribbleDone
    | ScribbleApplied
    | DeepFeaturesDone
)

# ---------------------------------------------------------------- terminal


class Succeeded(msgspec.Struct, frozen=True, tag=True):
    """The job did what was asked."""

    result: JobResult


class Failed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The job ended with an error.

    Parameters
    ----------
    kind
        Name of the error's class, such as "CheckpointError".
    """

    kind: str
    message: Words
    cause: Words = ""
    hint: Words = ""
    detail: str = ""


class Cancelled(msgspec.Struct, frozen=True, tag=True):
    """The job was stopped by the user; `kept` says what stays."""

    kept: Words = ""


Terminal = Succeeded | Failed | Cancelled
Event = Report | Terminal

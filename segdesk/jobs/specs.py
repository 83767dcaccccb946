"""What can be asked of the engine.

A spec is a frozen value: it can be written to disk, sent to a child process, or run in
the same process by the command line. All paths are absolute.
"""

from pathlib import Path
from typing import Literal

import msgspec

from segdesk.core.image_view import AS_STORED, ImageView
from segdesk.jobs.confidence_specs import CalibrateSpec, DoubtSpec, PseudoLabelSpec
from segdesk.jobs.explain_specs import ExplainSpec
from segdesk.jobs.export_specs import ExportSpec
from segdesk.jobs.model_source import Device, ModelSource, Precision, Tta, Windows
from segdesk.jobs.prompt_specs import (
    PromptEncodeSpec,
    PromptMaskSpec,
    PromptOpenSpec,
)
from segdesk.jobs.scribble_specs import (
    DeepFeaturesSpec,
    ScribbleApplySpec,
    ScribbleSpec,
)
from segdesk.jobs.training_specs import (
    CheckSpec,
    ConfigSpec,
    ProbeSpec,
    SamplesSpec,
    TrainSpec,
)
from segdesk.jobs.tune_specs import TuneSpec
from segdesk.jobs.video_specs import FrameSpec, VideoSpec

__all__ = [
    "BatchItem",
    "BatchSpec",
    "CalibrateSpec",
    "CheckSpec",
    "ConfigSpec",
    "DeepFeaturesSpec",
    "Device",
    "DoubtSpec",
    "EnvironmentSpec",
    "EvaluateSpec",
    "ExplainSpec",
    "ExportSpec",
    "FrameSpec",
    "InspectSpec",
    "JobSpec",
    "LoadSpec",
    "ModelSource",
    "Precision",
    "PredictSpec",
    "ProbeSpec",
    "PromptEncodeSpec",
    "PromptMaskSpec",
    "PromptOpenSpec",
    "PseudoLabelSpec",
    "SamplesSpec",
    "SaveKind",
    "ScribbleApplySpec",
    "ScribbleSpec",
    "TrainSpec",
    "Tta",
    "TuneSpec",
    "VideoSpec",
    "Windows",
]

SaveKind = Literal[
    "mask",
    "geotiff",
    "colour",
    "overlay",
    "side",
    "confidence",
    "confidence16",
    "labelme",
    "coco",
    "cvat",
    "yolo",
    "measurements",
    "review",
]


class LoadSpec(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Load a model and keep it resident."""

    model: ModelSource
    device: Device = "auto"
    precision: Precision = "auto"


class PredictSpec(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Predict one image; the model is loaded first unless it is resident.

    Parameters
    ----------
    scratch_dir
        Folder into which the arrays of the result are written. The reader deletes them.
    scores
        Hand over the network's output too, where it is whole and not too large.
    tta
        Predict it several times, changed; None: once.
    windows
        Predict it in windows; None: as the model's config says.
    view
        Which of its bands, and how wide numbers become 8 bits.
    keep_rows
        When it is stopped in windows, succeed with the rows that are done.
    """

    model: ModelSource
    image: Path
    scratch_dir: Path
    device: Device = "auto"
    precision: Precision = "auto"
    confidence: bool = True
    scores: bool = True
    tta: Tta | None = None
    windows: Windows | None = None
    view: ImageView = AS_STORED
    keep_rows: bool = False


class BatchItem(msgspec.Struct, frozen=True):
    """One input of a batch.

    Parameters
    ----------
    source
        The image file.
    name
        Where its outputs go, relative to `masks/`, `overlays/`, …, without suffix,
        with forward slashes. Unique within the batch.
    """

    source: Path
    name: str


class BatchSpec(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Predict many images into a folder.

    Parameters
    ----------
    save
        What is written of each image.
    legend
        Draw the classes' names and colours into overlays and pictures side by side.
    measure_confidence
        Report the mean confidence too where no confidence is written; costs time.
    min_confidence
        Pixels of which the model is less sure, 0-1, are ignored (255).
    tta, windows, view
        As for one image.
    overwrite
        Predict again what is there already.
    watch
        Folders whose images are predicted as they arrive, until the job is stopped.
    recursive
        Watch the folders below them too.
    ray
        Address of a Ray cluster that does the work, or "local"; "": this process does.
    other
        Whose opinion `review` compares; None: the model's own of the mirrored image.
    """

    model: ModelSource
    items: tuple[BatchItem, ...]
    out_dir: Path
    save: tuple[SaveKind, ...] = ("mask",)
    opacity: float = 0.5
    legend: bool = False
    measure_confidence: bool = False
    min_confidence: float = 0.0
    tta: Tta | None = None
    windows: Windows | None = None
    view: ImageView = AS_STORED
    device: Device = "auto"
    precision: Precision = "auto"
    overwrite: bool = False
    watch: tuple[Path, ...] = ()
    recursive: bool = True
    ray: str = ""
    other: ModelSource | None = None


class InspectSpec(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Read what a checkpoint (and its config) says of itself; build it once to see."""

    model: ModelSource


class EvaluateSpec(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Measure a model on labelled data.

    Parameters
    ----------
    data_dir
        As for a training.
    split
        "train", "val" or "test".
    out_dir
        Gets `evaluation.json`, `predictions/…png` and `regions.csv`.
    tta
        As for one image.
    report
        Write `report.html` with its pictures there too.
    """

    model: ModelSource
    data_dir: Path
    out_dir: Path
    split: str = "val"
    device: Device = "auto"
    precision: Precision = "auto"
    tta: Tta | None = None
    report: bool = False


class EnvironmentSpec(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Report versions, devices and operators of the engine."""


JobSpec = (
    LoadSpec
    | PredictSpec
    | BatchSpec
    | InspectSpec
    | TrainSpec
    | ProbeSpec
    | ConfigSpec
    | SamplesSpec
    | CheckSpec
    | EvaluateSpec
    | ExplainSpec
    | ExportSpec
    | EnvironmentSpec
    | ScribbleSpec
    | ScribbleApplySpec
    | DeepFeaturesSpec
    | TuneSpec
    | CalibrateSpec
    | DoubtSpec
    | PseudoLabelSpec
    | VideoSpec
    | PromptOpenSpec
    | PromptEncodeSpec
    | PromptMaskSpec
    | FrameSpec
)

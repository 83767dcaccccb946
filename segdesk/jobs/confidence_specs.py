"""What can be asked of the engine about how sure a model is."""

from pathlib import Path

import msgspec

from segdesk.core.image_view import AS_STORED, ImageView
from segdesk.jobs.model_source import Device, ModelSource, Precision, Tta, Windows


class CalibrateSpec(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Find the temperature that makes a model's confidence true on labelled images.

    Parameters
    ----------
    data_dir
        As for a training.
    split
        "train", "val" or "test"; what it was trained on tells nothing.
    """

    model: ModelSource
    data_dir: Path
    split: str = "val"
    device: Device = "auto"
    precision: Precision = "auto"


class DoubtSpec(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Compute entropy and margin of an image; the model is loaded first if need be.

    Parameters
    ----------
    scratch_dir
        Folder into which the arrays of the result are written. The reader deletes them.
    tta, windows, view
        As for one image that is predicted.
    """

    model: ModelSource
    image: Path
    scratch_dir: Path
    device: Device = "auto"
    precision: Precision = "auto"
    tta: Tta | None = None
    windows: Windows | None = None
    view: ImageView = AS_STORED


class PseudoLabelItem(msgspec.Struct, frozen=True):
    """One image without labels.

    Parameters
    ----------
    name
        Where its mask goes below the folder, without suffix, with forward slashes.
    """

    source: Path
    name: str


class PseudoLabelSpec(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Let a model label images that nobody has, where it is sure enough.

    Parameters
    ----------
    data_dir
        The data set or project that a training will read; its classes decide.
    items
        The images.
    out_dir
        Gets `masks/….png` and `pseudo-labels.json`; what was there is replaced.
    threshold
        Confidence, 0-1, from which on a pixel is labelled; the others are ignored.
    """

    model: ModelSource
    data_dir: Path
    items: tuple[PseudoLabelItem, ...]
    out_dir: Path
    threshold: float = 0.9
    device: Device = "auto"
    precision: Precision = "auto"

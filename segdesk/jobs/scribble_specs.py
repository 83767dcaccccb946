"""What can be asked of the engine about scribbles."""

from pathlib import Path

import msgspec

from segdesk.core.image_view import AS_STORED, ImageView
from segdesk.jobs.array_ref import ArrayRef
from segdesk.jobs.model_source import Device, ModelSource, Precision


class Stroke(msgspec.Struct, frozen=True, array_like=True):
    """One scribble.

    Parameters
    ----------
    class_index
        What its pixels are.
    width
        In image pixels.
    places
        x and y of its points, one after the other, in image pixels.
    """

    class_index: int
    width: float
    places: tuple[float, ...]


class ScribbleSpec(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Say of every pixel which scribbled class it is like; needs no torch.

    Parameters
    ----------
    image
        The image; what was worked out of it is kept until another one comes.
    strokes
        Scribbles of at least two classes; none: only prepare.
    scratch_dir
        Folder into which the arrays of the result are written. The reader deletes them.
    most_pixels
        A larger image is worked out in a smaller copy.
    smooth_px
        Over how many pixels the result is smoothed; 0: not at all.
    deep
        What a network says of the image, as `DeepFeaturesDone` tells; None: nothing.
    """

    image: Path
    scratch_dir: Path
    strokes: tuple[Stroke, ...] = ()
    view: ImageView = AS_STORED
    most_pixels: int = 3_000_000
    smooth_px: float = 2.0
    deep: ArrayRef | None = None


class ScribbleApplySpec(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Learn from the scribbles of one image, and label other images by it.

    Parameters
    ----------
    image, strokes, view, most_pixels, smooth_px
        As for `ScribbleSpec`.
    targets
        The other images, each with the PNG that gets its class indices.
    """

    image: Path
    strokes: tuple[Stroke, ...]
    targets: tuple[tuple[Path, Path], ...]
    view: ImageView = AS_STORED
    most_pixels: int = 3_000_000
    smooth_px: float = 2.0


class DeepFeaturesSpec(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Say what a model's backbone sees in an image, in few numbers for each place.

    Parameters
    ----------
    scratch_dir
        Folder into which the array is written; the asker deletes it.
    """

    model: ModelSource
    image: Path
    scratch_dir: Path
    view: ImageView = AS_STORED
    device: Device = "auto"
    precision: Precision = "auto"

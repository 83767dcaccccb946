"""What a batch will take, before it is started."""

from dataclasses import dataclass

from segdesk.app.batch.choice import BatchChoice

# Bytes for a pixel, from batches of aerial and microscopy images.
_BYTES = {
    "mask": 0.03,
    "geotiff": 0.03,
    "colour": 0.04,
    "overlay": 0.4,
    "side": 0.8,
    "confidence16": 1.8,
    "labelme": 0.08,
    "coco": 0.05,
    "cvat": 0.05,
    "yolo": 0.04,
    "measurements": 0.002,
}
_AUGMENTED = 6.4  # flipped and not, at three scales: 2 × (0.75² + 1 + 1.25²)


@dataclass(frozen=True, slots=True)
class BatchEstimate:
    """Time and room on the disk.

    Parameters
    ----------
    seconds
        None: this model has not run on this device yet.
    size_bytes
        Of the files that are written.
    done
        Images that are done already.
    """

    seconds: float | None
    size_bytes: int
    done: int = 0


def estimate_batch(
    choice: BatchChoice,
    pixels: int,
    seconds_per_megapixel: float | None,
    done: tuple[int, int] = (0, 0),
) -> BatchEstimate:
    """Reckon what a batch takes.

    Parameters
    ----------
    pixels
        Of all its images.
    seconds_per_megapixel
        What the model took before, predicting each image once; None: not known.
    done
        Images and pixels of those that are done already.
    """
    images, there = done
    pixels = max(0, pixels - there)
    seconds = None
    if seconds_per_megapixel is not None:
        seconds = seconds_per_megapixel * pixels / 1e6
        seconds *= _AUGMENTED if choice.augments else 1.0
    each = sum(_BYTES[kind] for kind in choice.save)
    size = round(each * pixels) if choice.keeps_files else 0
    return BatchEstimate(seconds, size, images)

"""From an open image file to upright RGB pixels of 8 bits, whatever its mode."""

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from segdesk.core.cv import load_cv2
from segdesk.core.image_source import DEEP_MODES, ImageSource, red_first

if TYPE_CHECKING:
    from PIL import Image

_JPEG_END = b"\xff\xd9"
_STRIP_PX = 512
_BITS = {"1": 1, "I": 32, "F": 32}


@dataclass(frozen=True, slots=True)
class Decoded:
    """Pixels, and what was converted to get them.

    Parameters
    ----------
    pixels
        (H, W, 3), RGB, upright, C-contiguous.
    mode
        Name of the stored pixel layout: "RGB", "CMYK", "I;16", "5 × float32".
    bit_depth
        Bits of one stored channel.
    rotated
        The camera's orientation was applied.
    notes
        Sentences on what was converted.
    """

    pixels: NDArray[np.uint8]
    mode: str
    bit_depth: int
    rotated: bool
    notes: tuple[str, ...]


def decode(source: ImageSource) -> Decoded:
    """Decode the pixels of an open image file.

    Numbers wider than 8 bits are stretched: the smallest of the image becomes 0, the
    largest 255, all channels alike. A camera of 12 bits in a file of 16 would come out
    nearly black if only the upper byte were kept, and no model trained on 8-bit
    pictures knows what to do with that. Values that fit into 8 bits stay as they are.
    """
    if source.image is None:
        assert source.array is not None  # noqa: S101 - one of the two is there
        return _decode_array(source.array)
    image = source.image
    mode = image.mode
    turned = source.orientation
    notes = _frame_notes(image)
    if mode in DEEP_MODES:
        pixels, more = _narrowed(np.asarray(image))
    elif source.deep:
        pixels, more = _narrowed(_decode_by_cv2(source))
    elif (fast := _jpeg_by_cv2(source)) is not None:
        pixels, more = fast, []
    else:
        image.load()
        more = _mode_notes(image)
        pixels = _pixels(plain_rgb(image))
    # Once loaded, a PNG may know more of it, and Pillow has turned a TIFF itself.
    orientation = source.orientation
    return Decoded(
        pixels=upright(pixels, orientation),
        mode=mode,
        bit_depth=_BITS.get(mode, 16 if source.deep else 8),
        rotated=max(turned, orientation) != 1,
        notes=(*notes, *more),
    )


def plain_rgb(image: "Image.Image") -> "Image.Image":
    """Return an 8-bit image as RGB; alpha is dropped, as OpenCV does."""
    if image.mode == "RGB":
        return image
    # Pillow warns of a palette's transparency, which is dropped here on purpose.
    image.info.pop("transparency", None)
    return image.convert("RGB")


def _pixels(rgb: "Image.Image") -> NDArray[np.uint8]:
    """Return an RGB image's pixels (H, W, 3), in strips: at once it is copied twice."""
    pixels = np.empty((rgb.height, rgb.width, 3), np.uint8)
    for top in range(0, rgb.height, _STRIP_PX):
        foot = min(top + _STRIP_PX, rgb.height)
        pixels[top:foot] = np.asarray(rgb.crop((0, top, rgb.width, foot)))
    return pixels


def upright(pixels: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Turn and mirror pixels as the EXIF orientation 1–8 asks.

    Parameters
    ----------
    pixels
        (H, W, 3).

    Returns
    -------
    pixels
        (H, W, 3) or (W, H, 3), C-contiguous.
    """
    if orientation >= 5:
        pixels = pixels.swapaxes(0, 1)
    if orientation in {3, 4, 7, 8}:
        pixels = pixels[::-1]
    if orientation in {2, 3, 6, 7}:
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)


def _jpeg_by_cv2(source: ImageSource) -> NDArray[np.uint8] | None:
    """Decode a plain JPEG with OpenCV where it is loaded already.

    Both use libjpeg-turbo and give the same pixels; OpenCV is 1.4 times as fast, but
    costs 0.3 s to import. It returns grey for what is missing of a cut off file, so
    such files are left to Pillow, which refuses.
    """
    image = source.image
    cv2: Any = sys.modules.get("cv2")
    if cv2 is None or image is None or source.format != "JPEG":
        return None
    if image.mode not in {"RGB", "L"}:
        return None
    source.file.seek(0)
    data = source.file.read()
    if not data.endswith(_JPEG_END):
        return None
    flags = cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION
    pixels: NDArray[np.uint8] | None = cv2.imdecode(
        np.frombuffer(data, np.uint8), flags
    )
    return pixels


def _decode_by_cv2(source: ImageSource) -> NDArray[np.generic]:
    cv2 = load_cv2()
    source.file.seek(0)
    data = np.frombuffer(source.file.read(), np.uint8)
    array: NDArray[np.generic] | None = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
    if array is None:
        raise ValueError(source.format)
    return red_first(array)


def _decode_array(array: NDArray[np.generic]) -> Decoded:
    bands = array.shape[2] if array.ndim == 3 else 1
    pixels, notes = _narrowed(array)
    return Decoded(
        pixels=pixels,
        mode=f"{bands} × {array.dtype.name}",
        bit_depth=array.dtype.itemsize * 8,
        rotated=False,
        notes=tuple(notes),
    )


def _narrowed(array: NDArray[np.generic]) -> tuple[NDArray[np.uint8], list[str]]:
    """Bring (H, W) or (H, W, C) of any number type to (H, W, 3) uint8."""
    bands, notes = _three_bands(array)
    pixels, more = _to_8_bit(bands)
    return np.ascontiguousarray(pixels), notes + more


def _three_bands(
    array: NDArray[np.generic],
) -> tuple[NDArray[np.generic], list[str]]:
    if array.ndim == 2:
        return array[:, :, None], []
    bands = array.shape[2]
    if bands == 2:
        return array[:, :, :1], ["Transparency was dropped."]
    if bands == 4:
        return array[:, :, :3], ["The fourth band was dropped."]
    return array, []


def _to_8_bit(
    array: NDArray[np.generic],
) -> tuple[NDArray[np.uint8], list[str]]:
    """Stretch (H, W, 1 or 3) of any number type over 0–255; NaN becomes 0."""
    low, high = _finite_range(array)
    integers = np.issubdtype(array.dtype, np.integer)
    if integers and low >= 0 and high <= 255:
        pixels, notes = array.astype(np.uint8), []
    else:
        scale = 255.0 / (high - low) if high > low else 0.0
        real = np.nan_to_num(array.astype(np.float32), nan=low, posinf=high, neginf=low)
        pixels = np.rint((real - low) * scale).clip(0, 255).astype(np.uint8)
        notes = [f"Values from {low:g} to {high:g} were stretched to 0–255."]
    if pixels.shape[2] == 1:
        pixels = np.repeat(pixels, 3, axis=2)
    return pixels, notes


def _finite_range(array: NDArray[np.generic]) -> tuple[float, float]:
    values: NDArray[Any] = array
    if np.issubdtype(array.dtype, np.floating):
        values = values[np.isfinite(values)]
    if values.size == 0:
        return 0.0, 0.0
    return float(values.min()), float(values.max())


def _frame_notes(image: "Image.Image") -> list[str]:
    frames = getattr(image, "n_frames", 1)
    # The further pictures in a camera's JPEG are previews and depth, not frames.
    if frames == 1 or image.format == "MPO":
        return []
    return [f"Only the first of {frames:,} frames was read."]


def _mode_notes(image: "Image.Image") -> list[str]:
    mode = image.mode
    if mode == "CMYK":
        return ["CMYK was converted to RGB without its colour profile."]
    if mode in {"RGBA", "LA", "PA"}:
        counts = image.getchannel("A").histogram()
        return ["Transparency was dropped."] if any(counts[:255]) else []
    if "transparency" in image.info:
        return ["Transparency was dropped."]
    return []

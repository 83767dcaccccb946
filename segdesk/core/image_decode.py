"""From an open image file to upright RGB pixels of 8 bits, whatever its mode."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from segdesk.core.cv import load_cv2
from segdesk.core.image_source import DEEP_MODES, ImageSource, red_first
from segdesk.core.image_view import (
    AS_STORED,
    ImageView,
    Stretch,
    Stretches,
    lines_of_range,
    lines_of_sample,
)
from segdesk.core.language import joined, tr
from segdesk.core.mapped import Room, in_memory, let_go
from segdesk.core.tiff_pixels import TiffPixels

if TYPE_CHECKING:
    from PIL import Image

_JPEG_END = b"\xff\xd9"
_STRIP_PX = 512
_SAMPLE = 1 << 20
_LET_GO = 64 << 20
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
    bands
        Number of stored bands.
    """

    pixels: NDArray[np.uint8]
    mode: str
    bit_depth: int
    rotated: bool
    notes: tuple[str, ...]
    bands: int = 3


def untold(_share: float) -> None:
    """Take how much of an image is decoded, and say nothing."""


def decode(
    source: ImageSource,
    view: ImageView = AS_STORED,
    room: Room = in_memory,
    tell: Callable[[float], None] = untold,
) -> Decoded:
    """Decode the pixels of an open image file.

    Numbers wider than 8 bits are stretched: the smallest of the image becomes 0, the
    largest 255, all channels alike. A camera of 12 bits in a file of 16 would come out
    nearly black if only the upper byte were kept, and no model trained on 8-bit
    pictures knows what to do with that. Values that fit into 8 bits stay as they are.

    Parameters
    ----------
    view
        Which bands of a TIFF, and how wide numbers are stretched.
    room
        Makes the array for the pixels.
    tell
        Takes how much is done, 0-1, of an image that is read by pieces; may raise to
        stop.
    """
    if source.tiff is not None:
        return _decode_tiff(source.tiff, view, room, tell)
    image = source.image
    assert image is not None  # noqa: S101 - one of the two is there
    mode = image.mode
    turned = source.orientation
    notes = _frame_notes(image)
    if mode in DEEP_MODES or source.deep:
        pixels, more = _narrowed(wide_values(source), view)
    elif (fast := _plain_jpeg(source, room)) is not None:
        pixels, more = fast, []
    else:
        image.load()
        more = _mode_notes(image)
        pixels = _pixels(plain_rgb(image), room)
    # Once loaded, a PNG may know more of it, and Pillow has turned a TIFF itself.
    orientation = source.orientation
    return Decoded(
        pixels=upright(pixels, orientation),
        mode=mode,
        bit_depth=_BITS.get(mode, 16 if source.deep else 8),
        rotated=max(turned, orientation) != 1,
        notes=(*notes, *more),
        bands=len(image.getbands()),
    )


def plain_rgb(image: "Image.Image") -> "Image.Image":
    """Return an 8-bit image as RGB; alpha is dropped, as OpenCV does."""
    if image.mode == "RGB":
        return image
    # Pillow warns of a palette's transparency, which is dropped here on purpose.
    image.info.pop("transparency", None)
    return image.convert("RGB")


def _pixels(rgb: "Image.Image", room: Room) -> NDArray[np.uint8]:
    """Return an RGB image's pixels (H, W, 3), in strips: at once it is copied twice."""
    pixels = room((rgb.height, rgb.width, 3))
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


def as_stored(pixels: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Return a view of upright pixels as they lie in the file; see `upright`."""
    if orientation in {2, 3, 6, 7}:
        pixels = pixels[:, ::-1]
    if orientation in {3, 4, 7, 8}:
        pixels = pixels[::-1]
    return pixels.swapaxes(0, 1) if orientation >= 5 else pixels


def _plain_jpeg(source: ImageSource, room: Room) -> NDArray[np.uint8] | None:
    """Decode a plain JPEG at once into the array that it shall lie in.

    Pillow and this use libjpeg-turbo and give the same pixels, but Pillow takes 1.4
    times as long and twice the memory. What is missing of a cut off file would come
    out grey, so such files are left to Pillow, which refuses.
    """
    image = source.image
    if image is None or source.format != "JPEG" or image.mode not in {"RGB", "L"}:
        return None
    source.file.seek(0)
    data = source.file.read()
    if not data.endswith(_JPEG_END):
        return None
    try:
        from imagecodecs import jpeg8_decode

        pixels = room((image.height, image.width, 3))
        jpeg8_decode(data, outcolorspace="RGB", out=pixels)
    except (ImportError, RuntimeError, ValueError):  # its errors are RuntimeErrors
        return None
    return pixels


def wide_values(source: ImageSource) -> NDArray[np.generic]:
    """Return (H, W) or (H, W, C) of an open image of wide numbers, as stored."""
    if source.image is not None and source.image.mode in DEEP_MODES:
        return np.asarray(source.image)
    return _decode_by_cv2(source)


def small_pixels(tiff: TiffPixels, view: ImageView, side_px: int) -> NDArray[np.uint8]:
    """Return (h, w, 3) RGB of some of a TIFF's pixels, upright.

    Parameters
    ----------
    side_px
        About how long the longer side becomes.
    """
    values = tiff.small(chosen_bands(tiff.bands, view), side_px)
    return upright(shown_as(values, view), tiff.orientation)


def shown_as(values: NDArray[np.generic], view: ImageView) -> NDArray[np.uint8]:
    """Return (h, w, 3) of the numbers of one band or three, stretched.

    Parameters
    ----------
    values
        (h, w, 1 or 3).
    """
    if values.dtype == np.uint8 and view.stretch != "percentiles":
        pixels: NDArray[np.uint8] = values.astype(np.uint8, copy=False)
    else:
        pixels = _stretch_of(values, view)(values)
    return pixels if pixels.shape[2] == 3 else np.repeat(pixels, 3, axis=2)


def _decode_by_cv2(source: ImageSource) -> NDArray[np.generic]:
    cv2 = load_cv2()
    source.file.seek(0)
    data = np.frombuffer(source.file.read(), np.uint8)
    array: NDArray[np.generic] | None = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
    if array is None:
        raise ValueError(source.format)
    return red_first(array)


def _decode_tiff(
    tiff: TiffPixels, view: ImageView, room: Room, tell: Callable[[float], None]
) -> Decoded:
    """Decode a TIFF piece by piece; nothing but the result is held whole."""
    bands = chosen_bands(tiff.bands, view)
    wide = tiff.dtype != np.uint8
    passes = 2 if wide or view.stretch == "percentiles" else 1
    tiff.told = _Share(passes * tiff.size[0] * tiff.size[1], tell)
    if view.stretch == "percentiles":
        stretch = lines_of_sample(tiff.sample(bands), each=view.each)
    elif wide:
        values_of = (values for _, _, values in tiff.pieces(bands))
        stretch = lines_of_range(values_of, tiff.dtype, each=view.each)
    else:
        stretch = Stretches((Stretch(0, 255, keeps=True),))
    width, height = tiff.size
    sides = (width, height) if tiff.orientation >= 5 else (height, width)
    pixels = room((*sides, 3))
    stored = as_stored(pixels, tiff.orientation)
    written = 0
    for rows, columns, values in tiff.pieces(bands):
        stored[rows, columns] = stretch(values)
        written += values.size
        if written >= _LET_GO:
            let_go(pixels)
            written = 0
    return Decoded(
        pixels=pixels,
        mode=f"{tiff.bands} × {tiff.dtype.name}",
        bit_depth=tiff.dtype.itemsize * 8,
        rotated=tiff.orientation != 1,
        notes=(
            *_frames_left(tiff.frames),
            *_bands_left(tiff.bands, bands),
            *stretch.notes,
        ),
        bands=tiff.bands,
    )


class _Share:
    """Tells how much of something is done, from the pixels that are.

    Parameters
    ----------
    whole
        Pixels of all.
    tell
        Takes the share, 0-1.
    """

    def __init__(self, whole: int, tell: Callable[[float], None]) -> None:
        self._whole = whole
        self._tell = tell
        self._done = 0

    def __call__(self, pixels: int) -> None:
        self._done += pixels
        self._tell(self._done / self._whole)


def chosen_bands(count: int, view: ImageView) -> tuple[int, ...]:
    """Return the bands to show; those of another image's choice that it lacks: 0."""
    if view.bands:
        return tuple(band if band < count else 0 for band in view.bands)
    return (0, 1, 2) if count >= 3 else (0,)


def _bands_left(count: int, bands: tuple[int, ...]) -> list[str]:
    if count == 2 and bands == (0,):
        return [tr("Transparency was dropped.")]
    if count <= 3 and bands in {(0, 1, 2), (0,)}:
        return []
    names = joined(", ", (str(band + 1) for band in bands))
    return [tr("Of {count} bands these are shown: {names}.", count=count, names=names)]


def _narrowed(
    array: NDArray[np.generic], view: ImageView
) -> tuple[NDArray[np.uint8], list[str]]:
    """Bring (H, W) or (H, W, C) of any number type to (H, W, 3) uint8."""
    bands, notes = _three_bands(array)
    pixels, more = _to_8_bit(bands, view)
    return np.ascontiguousarray(pixels), notes + more


def _three_bands(
    array: NDArray[np.generic],
) -> tuple[NDArray[np.generic], list[str]]:
    if array.ndim == 2:
        return array[:, :, None], []
    bands = array.shape[2]
    if bands == 2:
        return array[:, :, :1], [tr("Transparency was dropped.")]
    if bands == 4:
        return array[:, :, :3], [tr("The fourth band was dropped.")]
    return array, []


def _to_8_bit(
    array: NDArray[np.generic], view: ImageView
) -> tuple[NDArray[np.uint8], list[str]]:
    """Stretch (H, W, 1 or 3) of any number type over 0–255; NaN becomes 0."""
    stretch = _stretch_of(array, view)
    pixels = stretch(array)
    if pixels.shape[2] == 1:
        pixels = np.repeat(pixels, 3, axis=2)
    return pixels, stretch.notes


def _stretch_of(array: NDArray[np.generic], view: ImageView) -> Stretches:
    if view.stretch == "percentiles":
        step = max(1, int((array.size / _SAMPLE) ** 0.5))
        return lines_of_sample(array[::step, ::step], each=view.each)
    return lines_of_range((array,), array.dtype, each=view.each)


def _frame_notes(image: "Image.Image") -> list[str]:
    frames = getattr(image, "n_frames", 1)
    # The further pictures in a camera's JPEG are previews and depth, not frames.
    return [] if image.format == "MPO" else _frames_left(frames)


def _frames_left(frames: int) -> list[str]:
    if frames == 1:
        return []
    return [tr("Only the first of {frames:,} frames was read.", frames=frames)]


def _mode_notes(image: "Image.Image") -> list[str]:
    mode = image.mode
    if mode == "CMYK":
        return [tr("CMYK was converted to RGB without its colour profile.")]
    if mode in {"RGBA", "LA", "PA"}:
        counts = image.getchannel("A").histogram()
        return [tr("Transparency was dropped.")] if any(counts[:255]) else []
    if "transparency" in image.info:
        return [tr("Transparency was dropped.")]
    return []

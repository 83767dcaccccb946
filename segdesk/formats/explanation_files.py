"""An explanation as files: its picture, its values, its doubts, and what they mean."""

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from segdesk import __version__
from segdesk.core.explanation import Explained, heat_picture
from segdesk.formats.atomic import write_atomic

if TYPE_CHECKING:
    from collections.abc import Callable

_FORMAT = 1


def explanation_stem(image: Path, explained: Explained) -> str:
    """Return the name that an explanation's files begin with."""
    words = explained.class_name.casefold()
    safe = "".join(one if one.isalnum() else "-" for one in words).strip("-")
    place = f"-{explained.at[0]}x{explained.at[1]}" if explained.at else ""
    return f"{image.stem}-{safe or explained.class_index}{place}-{explained.method}"


def write_explanation(
    folder: Path, image: Path, pixels: NDArray[np.uint8], explained: Explained
) -> tuple[Path, ...]:
    """Write an explanation into a folder; earlier files of the same name are replaced.

    Parameters
    ----------
    image
        The image's own file: its name, and its place in the JSON.
    pixels
        (H, W, 3), RGB.

    Returns
    -------
    paths
        `.png`: the heat over the image. `.tif`: the heat, float32, in the method's own
        unit. `-confidence.png` and `-entropy.png`: 8 bits for 0-1. `.json`: what was
        asked and answered.

    Raises
    ------
    StorageError
        A file could not be written.
    """
    stem = explanation_stem(image, explained)
    levels = explained.heat.bytes8()
    parts: dict[str, Callable[[], bytes]] = {
        ".png": lambda: _png(heat_picture(pixels, levels, explained.at)),
        ".tif": lambda: _tiff(explained.heat.values()),
        "-confidence.png": lambda: _png(explained.confidence),
        "-entropy.png": lambda: _png(explained.entropy),
    }
    names = {suffix: f"{stem}{suffix}" for suffix in (*parts, ".json")}
    parts[".json"] = lambda: _json(image, explained, names)
    for suffix, data in parts.items():
        write_atomic(folder / names[suffix], data())
    return tuple(folder / name for name in names.values())


def _png(pixels: NDArray[np.uint8]) -> bytes:
    from PIL import Image

    room = io.BytesIO()
    Image.fromarray(pixels).save(room, "PNG", compress_level=4)
    return room.getvalue()


def _tiff(values: NDArray[np.float32]) -> bytes:
    import tifffile

    room = io.BytesIO()
    tifffile.imwrite(room, values, photometric="minisblack", compression="deflate")
    return room.getvalue()


def _json(image: Path, explained: Explained, names: dict[str, str]) -> bytes:
    chances = zip(explained.classes.names, explained.chances, strict=True)
    content: dict[str, Any] = {
        "format": _FORMAT,
        "segdesk": __version__,
        "image": str(image),
        "model": explained.model_id,
        "method": explained.method,
        "layer": explained.layer or None,
        "class": explained.class_name,
        "class_index": explained.class_index,
        "at": explained.at,
        "probabilities": {name: round(chance, 6) for name, chance in chances},
        "peak": explained.heat.peak,
        "device": explained.device,
        "seconds": round(explained.seconds, 3),
        "files": {
            "overlay": names[".png"],
            "heat": names[".tif"],
            "confidence": names["-confidence.png"],
            "entropy": names["-entropy.png"],
        },
    }
    return msgspec.json.format(msgspec.json.encode(content), indent=2)

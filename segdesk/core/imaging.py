"""Reading images from files: RGB, 8 bits, upright, or a sentence that says why not."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segdesk.core.errors import ImageReadError
from segdesk.core.image_decode import decode, plain_rgb, small_pixels, untold, upright
from segdesk.core.image_source import ImageSource, opened
from segdesk.core.image_view import AS_STORED, ImageView
from segdesk.core.language import tr
from segdesk.core.mapped import in_memory, room_in

IMAGE_SUFFIXES = (
    ".jpg",
    ".jpeg",
    ".jpe",
    ".jfif",
    ".png",
    ".tif",
    ".tiff",
    ".webp",
    ".bmp",
    ".gif",
    ".ppm",
    ".pgm",
    ".pbm",
    ".pnm",
    ".jp2",
    ".avif",
)

_JUNK_FOLDERS = frozenset({"__macosx", ".ipynb_checkpoints"})
_THUMBNAIL_DETAIL = 4  # pixels of a grid for each of the thumbnail, to smooth it
_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class LoadedImage:
    """An image as the user sees it, and what its file was.

    Parameters
    ----------
    path
        The file.
    pixels
        (H, W, 3) uint8, RGB, upright, C-contiguous.
    format
        "JPEG", "PNG", "TIFF", …: by content, not by name.
    mode
        Stored pixel layout: "RGB", "P", "CMYK", "I;16", "5 × float32".
    bit_depth
        Bits of one stored channel.
    frames
        Number of frames or pages in the file; the first one is read.
    exif_rotated
        The camera's orientation was applied.
    notes
        Sentences on what was converted, for the user.
    bands
        Number of stored bands.
    """

    path: Path
    pixels: NDArray[np.uint8]
    format: str
    mode: str
    bit_depth: int
    frames: int
    exif_rotated: bool
    notes: tuple[str, ...]
    bands: int = 3

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, upright."""
        return self.pixels.shape[1], self.pixels.shape[0]


def read_image(
    path: Path,
    view: ImageView = AS_STORED,
    *,
    mapped_in: Path | None = None,
    tell: Callable[[float], None] = untold,
) -> LoadedImage:
    """Read an image file of any kind as upright RGB of 8 bits.

    Alpha is dropped, palettes are resolved, CMYK is converted, wide numbers are
    stretched (see `segdesk.core.image_decode.decode`), the first frame is taken. For
    8-bit files the pixels are those that MMSegmentation's own loader gives.

    Parameters
    ----------
    view
        Which bands, and how wide numbers are stretched.
    mapped_in
        Folder for the pixels of a large image, which then take no memory of their own;
        see `segdesk.core.mapped`. None: all in memory.
    tell
        Takes how much is done, 0-1, of a TIFF that is read by pieces; may raise to
        stop.

    Raises
    ------
    ImageReadError
        With the reason and the cure, for every file that cannot be shown.
    StorageError
        When there is no room in `mapped_in`.
    """
    room = in_memory if mapped_in is None else room_in(mapped_in)
    with opened(path, by_bands=bool(view.bands)) as source:
        pages = source.tiff.frames if source.tiff else 1
        frames = getattr(source.image, "n_frames", pages)
        decoded = decode(source, view, room, tell)
        return LoadedImage(
            path=path,
            pixels=decoded.pixels,
            format=source.format,
            mode=decoded.mode,
            bit_depth=decoded.bit_depth,
            frames=frames,
            exif_rotated=decoded.rotated,
            notes=decoded.notes,
            bands=decoded.bands,
        )


def read_size(path: Path) -> tuple[int, int]:
    """Return width and height of an image, upright, from its header alone.

    Raises
    ------
    ImageReadError
        As `read_image`, except for damage behind the header.
    """
    with opened(path) as source:
        width, height = source.stored_size
        if source.orientation >= 5 and not _turned_by_pillow(source):
            return height, width
        return width, height


def read_thumbnail(
    path: Path, size_px: int, view: ImageView = AS_STORED
) -> NDArray[np.uint8]:
    """Read a small version of an image; a JPEG is decoded at a fraction of its size.

    Parameters
    ----------
    size_px
        Longest side; a smaller image keeps its own.
    view
        Which bands, and how wide numbers are stretched.

    Returns
    -------
    pixels
        (h, w, 3), RGB, upright, C-contiguous.

    Raises
    ------
    ImageReadError
        As `read_image`.
    """
    from PIL import Image

    with opened(path, by_bands=bool(view.bands)) as source:
        image = source.image
        if source.tiff is not None:
            enough = _THUMBNAIL_DETAIL * size_px
            small = Image.fromarray(small_pixels(source.tiff, view, enough))
            orientation = 1
        elif image is None or source.deep:
            small = Image.fromarray(decode(source, view).pixels)
            orientation = 1
        else:
            image.draft(None, (size_px, size_px))
            image.load()
            small = plain_rgb(image)
            orientation = source.orientation
        small.thumbnail((size_px, size_px), reducing_gap=2.0)
        return upright(np.array(small), orientation)


def is_image_path(path: Path) -> bool:
    """Tell by its name whether a file is an image and not a system's litter."""
    return path.suffix.lower() in IMAGE_SUFFIXES and not is_junk_path(path)


def is_junk_path(path: Path) -> bool:
    """Tell whether a file is litter: `._x.png`, or inside `__MACOSX` and the like."""
    if path.name.startswith("._"):
        return True
    return any(part.lower() in _JUNK_FOLDERS for part in path.parts)


def natural_key(path: Path) -> tuple[tuple[object, ...], ...]:
    """Return a sorting key that puts `tile 2` before `tile 10`."""
    return tuple(_natural_part(part) for part in path.parts)


def find_images(folder: Path, *, recursive: bool = True) -> list[Path]:
    """List the images of a folder in natural order; hidden folders are left out.

    Raises
    ------
    ImageReadError
        When the folder is missing or may not be read.
    """
    return sorted(
        _walk(folder, recursive=recursive),
        key=lambda path: natural_key(path.relative_to(folder)),
    )


def _walk(folder: Path, *, recursive: bool) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        # A folder inside that may not be read is passed over, as the system's own
        # file dialogs do.
        if error.filename == os.fspath(folder):
            raise _folder_error(folder, error)

    for root, folders, files in os.walk(folder, onerror=refuse):
        inside = Path(root)
        folders[:] = [name for name in folders if recursive and not _is_hidden(name)]
        for name in files:
            path = Path(name)
            if is_image_path(path):
                yield inside / path


def _is_hidden(folder_name: str) -> bool:
    return folder_name.startswith(".") or folder_name.lower() in _JUNK_FOLDERS


def _folder_error(folder: Path, error: OSError) -> ImageReadError:
    if isinstance(error, FileNotFoundError):
        cause, hint = tr("There is no such folder."), tr("Check the name.")
    elif isinstance(error, NotADirectoryError):
        cause, hint = tr("It is a file."), tr("Open it as an image.")
    else:
        cause = tr("You may not read it.")
        hint = tr("Have its owner give you the right to read it.")
    return ImageReadError(
        tr("{name} was not opened.", name=folder.name or folder),
        cause=cause,
        hint=hint,
        detail=str(error),
    )


def _natural_part(part: str) -> tuple[object, ...]:
    # Splitting at digit groups alternates text and number, so keys always compare.
    pieces = _DIGITS.split(part.casefold())
    return tuple(
        int(piece) if index % 2 else piece for index, piece in enumerate(pieces)
    )


def _turned_by_pillow(source: ImageSource) -> bool:
    return source.format == "TIFF" and source.image is not None

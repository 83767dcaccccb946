"""Opening an image file: what it is, and a sentence for all that can be wrong.

Only formats that Pillow decodes itself are let in, chosen by the file's first bytes:
its name does not matter, and no outside program is ever started.
"""

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from numpy.typing import NDArray

from segdesk.core.errors import ImageReadError
from segdesk.core.language import tr
from segdesk.core.mapped import MAPPED_PIXELS

if TYPE_CHECKING:
    from PIL import Image

    from segdesk.core.tiff_pixels import TiffPixels

MAX_PIXELS = 500_000_000

DEEP_MODES = ("I", "F", "I;16", "I;16L", "I;16B", "I;16N")

# TIFFs of these kinds are converted by Pillow, whatever their size.
_BY_PILLOW = ("CMYK", "LAB", "1")
# Compressions that the libtiff in Pillow's wheels knows by name only.
_NOT_BY_PILLOW = frozenset({"webp"})

_HEAD_BYTES = 64
_LAST_BYTES = {"JPEG": b"\xff\xd9", "PNG": b"IEND\xaeB`\x82", "GIF": b";"}
_ORIENTATION = 0x0112
_SAMPLES_PER_PIXEL = 0x0115
_DECODE_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    EOFError,
    LookupError,
    ArithmeticError,
    NotImplementedError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class _Format:
    name: str
    plugin: str
    magic: tuple[bytes, ...]
    offset: int = 0

    def fits(self, head: bytes) -> bool:
        return head.startswith(self.magic, self.offset)


_FORMATS = (
    _Format("JPEG", "JpegImagePlugin", (b"\xff\xd8\xff",)),
    _Format("PNG", "PngImagePlugin", (b"\x89PNG\r\n\x1a\n",)),
    _Format("TIFF", "TiffImagePlugin", (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")),
    _Format("WEBP", "WebPImagePlugin", (b"WEBP",), offset=8),
    _Format("GIF", "GifImagePlugin", (b"GIF87a", b"GIF89a")),
    _Format("BMP", "BmpImagePlugin", (b"BM",)),
    _Format("PPM", "PpmImagePlugin", tuple(b"P%d" % kind for kind in range(1, 7))),
    _Format(
        "JPEG2000",
        "Jpeg2KImagePlugin",
        (b"\xff\x4f\xff\x51", b"\0\0\0\x0cjP  \r\n\x87\n"),
    ),
    _Format("AVIF", "AvifImagePlugin", (b"ftypavif", b"ftypavis"), offset=4),
)


@dataclass(frozen=True, slots=True)
class ImageSource:
    """An open image file whose pixels are not decoded yet.

    Parameters
    ----------
    file
        Its bytes, at any position.
    format
        "JPEG", "PNG", "TIFF", …: by content, not by name.
    image
        Pillow's view of it; None where a TIFF is not read by Pillow.
    tiff
        Only without `image`.
    deep
        Channels have more than 8 bits.
    """

    file: BinaryIO
    format: str
    image: "Image.Image | None" = None
    tiff: "TiffPixels | None" = None
    deep: bool = False

    @property
    def stored_size(self) -> tuple[int, int]:
        """Width and height as stored, before the camera's rotation."""
        if self.image is not None:
            return self.image.size
        assert self.tiff is not None  # noqa: S101 - one of the two is always there
        return self.tiff.size

    @property
    def orientation(self) -> int:
        """EXIF orientation, 1 (upright) to 8, as far as the file is read by now."""
        if self.image is None:
            return 1 if self.tiff is None else self.tiff.orientation
        from PIL import Image

        # Pillow's own method for PNG decodes the whole picture first.
        value = Image.Image.getexif(self.image).get(_ORIENTATION, 1)
        return value if isinstance(value, int) and 1 <= value <= 8 else 1


@contextmanager
def opened(path: Path, *, by_bands: bool = False) -> Iterator[ImageSource]:
    """Open an image file and read its header.

    Whatever goes wrong inside the block while the image is decoded leaves it as an
    ImageReadError.

    Parameters
    ----------
    by_bands
        Bands are to be chosen, where the file is a TIFF.

    Yields
    ------
    source
        The file, open as long as the block runs.

    Raises
    ------
    ImageReadError
        Missing, a folder, not permitted, empty, not an image, cut off, damaged,
        without pixels, or with more than `MAX_PIXELS`. The cure is in its hint.
    """
    with _open_file(path) as file:
        kind = _format_of(path, file.read(_HEAD_BYTES))
        try:
            source = _read_header(path, file, kind, by_bands=by_bands)
            _check_size(path, source.stored_size)
            yield source
        except MemoryError as error:
            raise _refusal(
                path,
                tr("This machine has not enough free memory for its pixels."),
                tr("Close other programs, or cut it into tiles."),
            ) from error
        except _DECODE_ERRORS as error:
            raise _broken(path, kind, error) from error


def _open_file(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except FileNotFoundError as error:
        cause, hint = (
            tr("There is no such file."),
            tr("Check the name, or choose it again."),
        )
        detail = str(error)
    except (OSError, ValueError) as error:
        detail = str(error)
        if isinstance(error, IsADirectoryError | PermissionError) and path.is_dir():
            cause, hint = tr("It is a folder."), tr("Open it as a folder of images.")
        elif isinstance(error, PermissionError):
            cause = tr("You may not read it.")
            hint = tr("Have its owner give you the right to read it.")
        else:
            cause = tr("The system does not open it: {error}.", error=error)
            hint = tr("Check that its disk is still connected.")
    raise _refusal(path, cause, hint, detail)


def _format_of(path: Path, head: bytes) -> _Format:
    if not head:
        raise _refusal(
            path, tr("The file is empty: 0 bytes."), tr("Copy or download it again.")
        )
    for kind in _FORMATS:
        if kind.fits(head):
            return kind
    raise _refusal(
        path,
        tr(
            "It is not an image: its first bytes belong to no format that is read here."
        ),
        tr("Convert it to PNG, JPEG, TIFF, WebP, BMP or GIF."),
    )


def _read_header(
    path: Path, file: BinaryIO, kind: _Format, *, by_bands: bool
) -> ImageSource:
    from PIL import Image, UnidentifiedImageError

    # The limit, with a sentence of its own, stands in `_check_size`.
    Image.MAX_IMAGE_PIXELS = None
    import_module(f"PIL.{kind.plugin}")
    file.seek(0)
    try:
        image = Image.open(file, formats=(kind.name,))
    except UnidentifiedImageError:
        if kind.name == "TIFF":
            return _by_pieces(file)
        file.seek(0)
        if _declares_no_pixels(file.read(), kind):
            raise _no_pixels(path) from None
        raise
    is_tiff = kind.name == "TIFF" and image.mode not in _BY_PILLOW
    if is_tiff and (by_bands or _is_more(image)):
        return _by_pieces(file)
    return ImageSource(file, kind.name, image=image, deep=_is_deep(image))


def _is_more(image: "Image.Image") -> bool:
    """Tell whether a TIFF is large, or holds what Pillow would not show."""
    if image.info.get("compression") in _NOT_BY_PILLOW:
        return True
    tags = getattr(image, "tag_v2", {})
    return image.width * image.height >= MAPPED_PIXELS or tags.get(
        _SAMPLES_PER_PIXEL, 1
    ) > len(image.getbands())


def _by_pieces(file: BinaryIO) -> ImageSource:
    """Return a TIFF that is read piece by piece."""
    from segdesk.core.tiff_pixels import TiffPixels

    tiff = TiffPixels(file)
    return ImageSource(file, "TIFF", tiff=tiff, deep=tiff.dtype != np.uint8)


def _is_deep(image: "Image.Image") -> bool:
    if image.mode in DEEP_MODES:
        return True
    # Pillow would keep the upper byte only and not say so.
    return any(";16" in str(tile[3]) for tile in getattr(image, "tile", ()))


def red_first(array: NDArray[np.generic]) -> NDArray[np.generic]:
    """Bring the bands that OpenCV decoded as BGR or BGRA into the order RGB, RGBA."""
    if array.ndim == 3 and array.shape[2] in {3, 4}:
        array[:, :, :3] = array[:, :, 2::-1].copy()
    return array


def _check_size(path: Path, size: tuple[int, int]) -> None:
    width, height = size
    if width * height == 0:
        raise _no_pixels(path)
    if width * height > MAX_PIXELS:
        raise _refusal(
            path,
            tr(
                "It has {width:,} × {height:,} pixels; the limit is "
                "{max_pixels} million.",
                width=width,
                height=height,
                max_pixels=MAX_PIXELS // 1000000,
            ),
            tr("Cut it into tiles and open those."),
        )


def _declares_no_pixels(data: bytes, kind: _Format) -> bool:
    sizes: tuple[int, ...] = ()
    try:
        if kind.name == "PNG":
            sizes = struct.unpack_from(">II", data, 16)
        elif kind.name == "BMP":
            sizes = struct.unpack_from("<ii", data, 18)
        elif kind.name == "PPM":
            sizes = tuple(int(word) for word in data.split()[1:3])
        elif kind.name == "JPEG":
            sizes = struct.unpack_from(">HH", data, _jpeg_frame(data) + 5)
    except (struct.error, ValueError):
        return False
    return 0 in sizes


def _jpeg_frame(data: bytes) -> int:
    """Return where the frame header stands, which holds height and width."""
    at = 2
    while data[at : at + 1] == b"\xff":
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            return at
        at += 2 + struct.unpack_from(">H", data, at + 2)[0]
    raise ValueError(data[:4])


def _broken(path: Path, kind: _Format, error: Exception) -> ImageReadError:
    size = path.stat().st_size
    if _is_cut_off(path, kind, size, error):
        cause = tr(
            "The file ends before the picture does: it has {size:,} bytes.", size=size
        )
    else:
        cause = tr("It begins like a {name}, but its data are damaged.", name=kind.name)
    return _refusal(path, cause, tr("Copy or download it again."), str(error))


def _is_cut_off(path: Path, kind: _Format, size: int, error: Exception) -> bool:
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
        file.seek(max(0, size - _HEAD_BYTES))
        tail = file.read()
    if kind.name in _LAST_BYTES:
        return not tail.rstrip(b"\0").endswith(_LAST_BYTES[kind.name])
    if len(head) < 12:
        return True
    if kind.name == "WEBP":
        return bool(struct.unpack_from("<I", head, 4)[0] + 8 > size)
    if kind.name == "TIFF":
        order = "<" if head.startswith(b"II") else ">"
        if struct.unpack_from(f"{order}I", head, 4)[0] >= size:
            return True
    return isinstance(error, EOFError) or "truncated" in str(error).lower()


def _no_pixels(path: Path) -> ImageReadError:
    return _refusal(
        path, tr("Its width or height is 0: it has no pixels."), tr("Export it again.")
    )


def _refusal(path: Path, cause: str, hint: str, detail: str = "") -> ImageReadError:
    return ImageReadError(
        tr("{name} was not opened.", name=path.name or path),
        cause=cause,
        hint=hint,
        detail=detail,
    )

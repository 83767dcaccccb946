"""A legend for pictures in files: colours, names and shares of the classes."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from segdesk.core.language import tr

if TYPE_CHECKING:
    from PIL import ImageFont

_TEXT_PX = (11, 44)
_PART_OF_SIDE = 40
_INK = (28, 31, 36)
_PAPER = (255, 255, 255)
# Fonts with the letters of East Asia, by the names under which systems have them.
_WIDE_FONTS = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKsc-Regular.otf",
    "NotoSansSC-Regular.otf",
    "SourceHanSansSC-Regular.otf",
    "wqy-microhei.ttc",
    "msyh.ttc",
    "PingFang.ttc",
    "Arial Unicode.ttf",
    "DejaVuSans.ttf",
)


@dataclass(frozen=True, slots=True)
class LegendRow:
    """One line of a legend.

    Parameters
    ----------
    share
        Part of the image's pixels, 0-1.
    """

    index: int
    name: str
    rgb: tuple[int, int, int]
    share: float


def with_legend(
    picture: NDArray[np.uint8], rows: Sequence[LegendRow]
) -> NDArray[np.uint8]:
    """Put a legend to the right of a picture; nothing of the picture is covered.

    Parameters
    ----------
    picture
        (H, W, 3), RGB.
    rows
        From the top; those that do not fit are counted in the last line.

    Returns
    -------
    picture
        (H, W + w, 3), RGB.
    """
    from PIL import Image, ImageDraw

    height, width = picture.shape[:2]
    text_px = int(np.clip(min(height, width) // _PART_OF_SIDE, *_TEXT_PX))
    step = round(text_px * 1.6)
    fitting = max(1, (height - step) // step)
    shown = list(rows) if len(rows) <= fitting else list(rows[: fitting - 1])
    lines = [f"{_drawable(row, text_px)}  {row.share:.1%}" for row in shown]
    if len(shown) < len(rows):
        lines.append(tr("and {rows} more", rows=len(rows) - len(shown)))
    fonts = [_font(line, text_px) for line in lines]
    longest = max(
        (font.getlength(line) for font, line in zip(fonts, lines, strict=True)),
        default=0,
    )
    strip = Image.new("RGB", (round(longest) + 3 * step, height), _PAPER)
    pen = ImageDraw.Draw(strip)
    for number, (line, font) in enumerate(zip(lines, fonts, strict=True)):
        top = step // 2 + number * step
        if number < len(shown):
            box = (step // 2, top, step // 2 + text_px, top + text_px)
            pen.rectangle(box, fill=shown[number].rgb, outline=_INK)
        pen.text((step // 2 + step, top), line, fill=_INK, font=font)
    return np.concatenate((picture, np.asarray(strip)), axis=1)


def _drawable(row: LegendRow, text_px: int) -> str:
    """Return a class's name, or its number where no font has its letters."""
    if row.name.isascii() or _wide_font(text_px) is not None:
        return row.name
    try:
        row.name.encode("latin-1")
    except UnicodeEncodeError:
        return tr("class {index}", index=row.index)
    return row.name


def _font(text: str, text_px: int) -> "ImageFont.FreeTypeFont | ImageFont.ImageFont":
    from PIL import ImageFont

    wide = None if text.isascii() else _wide_font(text_px)
    return wide or ImageFont.load_default(text_px)


@lru_cache(maxsize=8)
def _wide_font(text_px: int) -> "ImageFont.FreeTypeFont | None":
    from PIL import ImageFont

    for name in _WIDE_FONTS:
        try:
            return ImageFont.truetype(name, text_px)
        except OSError:
            continue
    return None

"""A colour for a new class: safe, not used yet, and what people expect of its name."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import (
    BACKGROUND_GREY,
    SAFE_COLOURS,
    hex_to_rgb,
    is_background_name,
)

_TELLING = 20  # colours that can still be told apart without a name beside them
_CUSTOMARY = {
    "#3D6DFA": ("water", "river", "lake", "sea", "pool"),
    "#6D9EC2": ("sky",),
    "#007955": ("vegetation", "tree", "trees", "forest", "plant", "grass"),
    "#A06192": ("road", "street", "pavement"),
    "#EE6A05": ("building", "house", "roof"),
    "#CE1831": ("person", "pedestrian", "human", "tumour", "tumor"),
    "#CEAA61": ("land", "soil", "sand", "ground"),
    "#315586": ("car", "vehicle", "truck", "bus"),
}
_WANTED = {name: colour for colour, names in _CUSTOMARY.items() for name in names}


def colour_for(
    name: str, used: Iterable[str], palette: Sequence[str] = SAFE_COLOURS
) -> str:
    """Return a colour for a new class.

    Parameters
    ----------
    name
        Of the class: well-known ones get the free colour nearest to custom.
    used
        Colours of the other classes, "#RRGGBB".
    palette
        The colours to choose from, see `segdesk.core.palettes`.

    Returns
    -------
    colour
        "#RRGGBB" of the palette.
    """
    if is_background_name(name):
        return BACKGROUND_GREY
    taken = {colour.upper() for colour in used}
    free = [colour for colour in palette if colour not in taken]
    if not free:
        return palette[len(taken) % len(palette)]
    telling = [colour for colour in palette[:_TELLING] if colour not in taken]
    wanted = _WANTED.get(name.strip().casefold())
    if wanted is None or not telling:
        return free[0]
    away = np.linalg.norm(_oklab(telling) - _oklab([wanted]), axis=1)
    return telling[int(away.argmin())]


def _oklab(colours: list[str]) -> NDArray[np.float64]:
    """Return colours in OKLab (Björn Ottosson, 2020).

    Returns
    -------
    lab
        (N, 3).
    """
    rgb = np.array([hex_to_rgb(colour) for colour in colours], np.float64) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    to_cones = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    to_lab = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    return np.asarray(np.cbrt(linear @ to_cones.T) @ to_lab.T)

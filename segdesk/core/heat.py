"""How sure a model is, in colours: bright is unsure, the picture under it is dark."""

from functools import cache

import numpy as np

# Confidence at the bright and the dark end of the heat map.
HEAT_LOW, HEAT_HIGH = 0.2, 1.0
PICTURE_UNDER_HEAT = 0.14

# Matplotlib's inferno, every 15th of its 256 colours.
_INFERNO = (
    *(0x000004, 0x0A0722, 0x1E0C45, 0x380962, 0x510E6C, 0x69166E, 0x801F6C),
    *(0x982766, 0xB0315B, 0xC63D4D, 0xD94D3D, 0xE9612B, 0xF47918, 0xFA9407),
    *(0xFCB014, 0xF8CD37, 0xF2EA69, 0xFCFFA4),
)


@cache
def heat_table() -> tuple[int, ...]:
    """Return the opaque colour of each confidence 0-255: bright is unsure.

    Source: the colour map "inferno" of Matplotlib (CC0), between `HEAT_LOW` and
    `HEAT_HIGH`.
    """
    sure = np.clip((np.arange(256) / 255 - HEAT_LOW) / (HEAT_HIGH - HEAT_LOW), 0, 1)
    places = np.linspace(0, 1, len(_INFERNO))
    channels = [
        np.interp(1 - sure, places, [(colour >> shift) & 255 for colour in _INFERNO])
        for shift in (16, 8, 0)
    ]
    return tuple(
        0xFF000000 | round(red) << 16 | round(green) << 8 | round(blue)
        for red, green, blue in zip(*channels, strict=True)
    )


@cache
def grey_table() -> tuple[int, ...]:
    """Return the opaque grey of each brightness 0-255 under the heat map."""
    return tuple(
        0xFF000000 | round(level * PICTURE_UNDER_HEAT) * 0x010101
        for level in range(256)
    )

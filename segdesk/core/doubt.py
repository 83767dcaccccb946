"""How unsure a model is of the pixels of one image, for a look."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class DoubtMaps:
    """What lies behind a confidence, 255 where the model is sure.

    Parameters
    ----------
    calm
        (H, W) uint8: 255 minus the entropy, 0-255 for 0-1, of all classes.
    margin
        (H, W) uint8, 0-255 for 0-1: how far the likeliest class is above the second.
    model_id
        Whose they are.
    """

    calm: NDArray[np.uint8]
    margin: NDArray[np.uint8]
    model_id: str

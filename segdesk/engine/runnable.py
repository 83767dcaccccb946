"""What a predictor needs of a model in memory, whatever runs its network."""

from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from segdesk.core.classes import ClassList
from segdesk.engine.head import HeadKind
from segdesk.engine.looks import PLAIN, Look
from segdesk.engine.network import Fit
from segdesk.engine.preprocess import Prepared, Size
from segdesk.engine.sliding import Slide
from segdesk.jobs.specs import Precision


class Runnable(Protocol):
    """A model that PyTorch or another runtime runs.

    The attributes that `BuiltModel` has too mean the same here.
    """

    @property
    def classes(self) -> ClassList:
        """Names and colours of its labels."""
        ...

    @property
    def architecture(self) -> str:
        """Such as "SegFormer-B0"."""
        ...

    @property
    def device(self) -> torch.device:
        """Where it runs."""
        ...

    @property
    def precision(self) -> Precision:
        """What it computes in."""
        ...

    @property
    def head(self) -> HeadKind:
        """How its scores are to be read."""
        ...

    @property
    def threshold(self) -> float:
        """Probability above which a single channel means class 1."""
        ...

    @property
    def out_channels(self) -> int:
        """Channels of its scores."""
        ...

    @property
    def align_corners(self) -> bool:
        """How its scores are resized."""
        ...

    @property
    def slide(self) -> Slide | None:
        """The windows that its own test asks for; None: the image as a whole."""
        ...

    @property
    def fit(self) -> Fit:
        """Which input sizes the network takes."""
        ...

    @property
    def tells_confidence(self) -> bool:
        """Its scores say how sure it is; False: they only name the class."""
        ...

    def prepare(
        self, pixels: NDArray[np.uint8], look: Look = PLAIN, *, as_it_is: bool = False
    ) -> Prepared:
        """Return the network's input for an image; see `Preprocessor`."""
        ...

    def scores(self, image: torch.Tensor) -> tuple[torch.Tensor, Size]:
        """Run the network; see `Network`."""
        ...

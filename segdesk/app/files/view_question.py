"""The question which bands of an image are shown, and how they are stretched."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.core.image_view import ImageView

if TYPE_CHECKING:
    from segdesk.core.band_sample import BandSample
    from segdesk.core.errors import SegDeskError

Sampled = Callable[["BandSample"], object]
NotSampled = Callable[["SegDeskError"], object]


@dataclass(frozen=True, slots=True)
class ViewQuestion:
    """What is asked.

    Parameters
    ----------
    image
        The file.
    layout
        How its pixels are stored: "8 × uint16".
    view
        How it is shown now.
    sample
        Reads a small copy of it on a worker, then calls one of the two.
    """

    image: Path
    layout: str
    view: ImageView
    sample: Callable[[Sampled, NotSampled], None]

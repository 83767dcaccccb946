"""How the picture is looked at: one immutable value."""

from dataclasses import dataclass
from enum import StrEnum

ACTUAL_SIZE = 1.0


class OverlayLook(StrEnum):
    """How label regions are drawn."""

    FILL_AND_CONTOUR = "fill+contour"
    CONTOUR = "contour"
    FILL = "fill"


class Compare(StrEnum):
    """How many panes the viewer shows."""

    ONE = "one"
    SPLIT = "split"
    LINKED = "linked"


class Layer(StrEnum):
    """What one side of the viewer shows.

    A proposal has the user's labels under it, unless another side shows those alone.
    Errors are where a proposal and the user's labels differ.
    """

    IMAGE = "image"
    LABELS = "labels"
    PROPOSAL = "proposal"
    CONFIDENCE = "confidence"
    ENTROPY = "entropy"
    MARGIN = "margin"
    ERRORS = "errors"


DOUBTS = frozenset({Layer.ENTROPY, Layer.MARGIN})
"""Layers that are made when somebody looks at them."""

HEATS = (Layer.CONFIDENCE, Layer.ENTROPY, Layer.MARGIN)
"""Layers that say how sure the model is."""


@dataclass(frozen=True, slots=True)
class ViewState:
    """How the picture is looked at.

    Parameters
    ----------
    overlay_visible
        The overlay is on (T); hold-to-hide (H) does not touch it.
    opacity
        Fill of the overlay, 0-1.
    hidden
        Indices of classes that are not drawn.
    solo
        The one class that is drawn, the picture dimmed elsewhere; None: all.
    selected_class
        The class that is chosen in the legend; None: no class.
    sort_by_share
        The legend lists the classes by their share, largest first, instead of by index.
    compare
        One pane, one pane split by a handle, or two linked panes.
    split
        Position of the split handle, 0-1 of the viewer's width.
    main
        Layer of the only pane, of the right side of a split, of the first linked pane.
    other
        Layer of the left side of a split, of the second linked pane.
    min_confidence
        Pixels of a proposal below this confidence, 0-1, are not drawn.
    ignore_unsure
        Accepting a proposal makes these pixels ignored (255), else leaves them.
    pixel_grid
        Lines between pixels from 800 % on.
    navigator
        The small map while zoomed in.
    """

    overlay_visible: bool = True
    look: OverlayLook = OverlayLook.FILL_AND_CONTOUR
    opacity: float = 0.45
    hidden: frozenset[int] = frozenset()
    solo: int | None = None
    selected_class: int | None = None
    sort_by_share: bool = False
    compare: Compare = Compare.ONE
    split: float = 0.5
    main: Layer = Layer.PROPOSAL
    other: Layer = Layer.IMAGE
    min_confidence: float = 0.0
    ignore_unsure: bool = False
    pixel_grid: bool = True
    navigator: bool = True

    def draws(self, index: int) -> bool:
        """Tell whether a class is drawn."""
        if self.solo is not None:
            return index == self.solo
        return index not in self.hidden

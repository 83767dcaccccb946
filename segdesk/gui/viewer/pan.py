"""What stays of a map at screen size while the picture is moved."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from segdesk.core.geometry import Cover, Rect, Size
from segdesk.core.overlay import Indices
from segdesk.gui.viewer.place import Place


@dataclass(frozen=True, slots=True)
class Pan:
    """The part of a view that shows the same as before, elsewhere.

    Parameters
    ----------
    size
        Of the view's cover now.
    was, now
        The part, counted from the corner of the cover before and now.
    """

    size: Size
    was: Rect
    now: Rect

    def without_rim(self, rim: int) -> "Pan":
        """Return it without a rim, in which something depends on what lies outside."""
        return Pan(self.size, self.was.grown(-rim), self.now.grown(-rim))

    @property
    def fresh(self) -> tuple[Rect, ...]:
        """What came into view, counted from the corner of the cover now."""
        now, size = self.now, self.size
        return (
            Rect(0, 0, size.width, now.y),
            Rect(0, now.bottom, size.width, size.height - now.bottom),
            Rect(0, now.y, now.x, now.height),
            Rect(now.right, now.y, size.width - now.right, now.height),
        )

    def moved(self, before: Indices, made: Callable[[Rect], Indices]) -> Indices:
        """Return a map of the view now.

        Parameters
        ----------
        before
            (h, w) of the cover before.
        made
            Returns a part of the new map that came into view.
        """
        values = np.empty((self.size.height, self.size.width), np.uint8)
        values[self.now.slices] = before[self.was.slices]
        for part in self.fresh:
            if part.area:
                values[part.slices] = made(part)
        return values


def pan_between(before: Place, place: Place, rim: int) -> Pan | None:
    """Return what stays of a view; None: it is not moved, or too little stays.

    Parameters
    ----------
    rim
        Device pixels that `Pan.without_rim` will be asked to leave out.
    """
    old, new = before.cover, place.cover
    if old is None or new is None or place.shift_from(before) is None:
        return None
    if before.ratio != place.ratio:
        return None
    shared = _anchored(old).shared(_anchored(new))
    if 2 * shared.grown(-rim).area < new.size.width * new.size.height:
        return None
    was = shared.moved(-old.anchor_x, -old.anchor_y)
    now = shared.moved(-new.anchor_x, -new.anchor_y)
    # What a device pixel shows is found in floating point: believe it only if equal.
    same_columns = np.array_equal(
        old.columns[was.x : was.right], new.columns[now.x : now.right]
    )
    same_rows = np.array_equal(
        old.rows[was.y : was.bottom], new.rows[now.y : now.bottom]
    )
    return Pan(new.size, was, now) if same_columns and same_rows else None


def _anchored(cover: Cover) -> Rect:
    return Rect(cover.anchor_x, cover.anchor_y, *cover.size)

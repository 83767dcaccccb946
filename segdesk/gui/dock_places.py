"""Where docks lie and how wide they are, as values that are kept between sittings."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Self

import msgspec

SIDE_PX = (220, 420)  # least and most width of a side
BOTTOM_PX = (120, 420)  # the same, height of the lower area
NARROW_PX = 1360  # a window below it has narrow sides
FIRST_BOTTOM_PX = 240
_FIRST_SIDES = (272, 308)
_NARROW_SIDES = (232, 280)


class Area(StrEnum):
    """Where docks can be."""

    LEFT = "left"
    RIGHT = "right"
    BOTTOM = "bottom"


class DockPlace(msgspec.Struct, frozen=True):
    """Where one dock is, in the order of its area."""

    id: str
    area: Area
    size: int = 0
    folded: bool = False


class DockState(msgspec.Struct, frozen=True):
    """How all docks lie: sizes of the areas in px, docks in order."""

    places: tuple[DockPlace, ...] = ()
    left: int = 0
    right: int = 0
    bottom: int = 0
    hidden: bool = False


LATER: Mapping[str, tuple[Area, int]] = MappingProxyType(
    {
        "models": (Area.RIGHT, 300),
        "jobs": (Area.RIGHT, 230),
        "review": (Area.LEFT, 300),
    }
)


@dataclass(frozen=True, slots=True)
class Sides:
    """Widths of the left and the right area, in px.

    Parameters
    ----------
    left, right
        As the user wants them in a window with room.
    narrow
        The window is narrow.
    """

    left: int = _FIRST_SIDES[0]
    right: int = _FIRST_SIDES[1]
    narrow: bool = False

    @classmethod
    def of(cls, state: DockState, width: int) -> Self:
        """Return what was kept, in a window of that width."""
        return cls(
            state.left or _FIRST_SIDES[0],
            state.right or _FIRST_SIDES[1],
            width < NARROW_PX,
        )

    @property
    def shown(self) -> tuple[int, int]:
        """Widths of left and right now: a narrow window has narrow sides."""
        if not self.narrow:
            return self.left, self.right
        return min(self.left, _NARROW_SIDES[0]), min(self.right, _NARROW_SIDES[1])

    def seen(self, left: int, right: int) -> Self:
        """Take over what the user has pulled; sides that are as shown stay wanted."""
        shown = self.shown
        return type(self)(
            self.left if abs(left - shown[0]) <= 1 else left,
            self.right if abs(right - shown[1]) <= 1 else right,
            self.narrow,
        )

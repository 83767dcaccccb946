"""A deed that asks for one number first."""

from collections.abc import Callable
from dataclasses import dataclass

Say = Callable[[str], object]
Tried = Callable[[int, Say], object]  # a number that is not settled yet


@dataclass(frozen=True, slots=True)
class NumberQuestion:
    """What a deed is called, and which number it asks for.

    Parameters
    ----------
    icon
        Name in the Phosphor set, without prefix.
    tip
        One sentence of at most 90 letters.
    amount
        What the number asked for stands for: "Radius"; "": there is none.
    unit
        Of that number.
    default, most
        It begins with the one and ends at the other.
    least
        The smallest number.
    """

    id: str
    title: str
    icon: str
    tip: str
    amount: str = ""
    unit: str = "px"
    default: int = 0
    least: int = 1
    most: int = 0

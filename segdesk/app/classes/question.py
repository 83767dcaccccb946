"""A deed that asks for one of the classes first."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segdesk.core.classes import ClassList


@dataclass(frozen=True, slots=True)
class ClassQuestion:
    """What will be done, and which classes it can be done with.

    Parameters
    ----------
    title
        "Delete road?"
    detail
        What is lost and what stays.
    label
        What the class asked for stands for: "Becomes".
    offered
        Indices that can be chosen, the proposed one first; 255 is ignore.
    verb
        Of the button.
    is_loss
        It takes something away: the verb is red, and Cancel has the keyboard.
    """

    title: str
    detail: str
    label: str
    classes: "ClassList"
    offered: tuple[int, ...]
    verb: str
    is_loss: bool = False

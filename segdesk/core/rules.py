"""Which pixels a tool may change.

Every rule asks only which class a pixel has now, so it is a table of 256 answers and
costs one look-up a pixel.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class RuleKind(StrEnum):
    """What is painted over."""

    EVERYWHERE = "everywhere"
    UNLABELLED = "unlabelled"
    NOT_LOCKED = "not locked"
    ONLY_CLASS = "only class"


@dataclass(frozen=True, slots=True)
class PaintRule:
    """What a tool paints over.

    Locked classes neither lose nor gain a pixel, whatever the kind; the one exception
    is EVERYWHERE, which the user chooses to override them.

    Parameters
    ----------
    only_class
        The class that ONLY_CLASS replaces; of no meaning for the other kinds.
    """

    kind: RuleKind = RuleKind.NOT_LOCKED
    only_class: int = 0

    def for_erasing(self) -> "PaintRule":
        """Return the rule that an eraser follows.

        Erasing what has no label does nothing, so UNLABELLED does not bind it.
        """
        return PaintRule() if self.kind is RuleKind.UNLABELLED else self

    def locks_alone(self) -> "PaintRule":
        """Return the rule that asks for no more than the locks this one keeps."""
        return self if self.kind is RuleKind.EVERYWHERE else PaintRule()

    def allows(
        self, value: int, locked: Collection[int], unlabelled: int
    ) -> NDArray[np.bool_]:
        """Return which classes may be replaced.

        Parameters
        ----------
        value
            The class that is painted.
        locked
            Indices of the locked classes.
        unlabelled
            Value of pixels nobody has labelled: the background, or 255.

        Returns
        -------
        allowed
            (256,), True for those that give way; False for `value` itself.
        """
        if self.kind is RuleKind.EVERYWHERE:
            allowed = np.ones(256, np.bool_)
        elif value in locked:
            return np.zeros(256, np.bool_)
        else:
            allowed = np.ones(256, np.bool_)
            if self.kind is RuleKind.UNLABELLED:
                allowed[np.arange(256) != unlabelled] = False
            elif self.kind is RuleKind.ONLY_CLASS:
                allowed[np.arange(256) != self.only_class] = False
            allowed[list(locked)] = False
        allowed[value] = False
        return allowed


EVERYWHERE = PaintRule(RuleKind.EVERYWHERE)
ONLY_UNLABELLED = PaintRule(RuleKind.UNLABELLED)
NOT_LOCKED = PaintRule(RuleKind.NOT_LOCKED)


def replacing_only(class_index: int) -> PaintRule:
    """Return the rule that replaces one class alone."""
    return PaintRule(RuleKind.ONLY_CLASS, class_index)

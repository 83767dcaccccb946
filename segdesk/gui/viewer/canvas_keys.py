"""The keys that the canvas itself knows: pan, zoom, hold."""

from dataclasses import dataclass
from typing import Self

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from segdesk.app.keys.keymap import Keymap
from segdesk.core.geometry import Size

_PAN_PX = 64
_PAGE_SHARE = 0.9
_NO_KEYS = Qt.KeyboardModifier.NoModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier
ARROWS = {
    Qt.Key.Key_Left: (1, 0),
    Qt.Key.Key_Right: (-1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
ZOOMS = {Qt.Key.Key_Plus: True, Qt.Key.Key_Equal: True, Qt.Key.Key_Minus: False}


@dataclass(frozen=True, slots=True)
class HeldKeys:
    """The keys that do something as long as they are down.

    Parameters
    ----------
    pan
        The mouse pulls the picture.
    hide
        The overlay is away.
    """

    pan: frozenset[int] = frozenset({Qt.Key.Key_Space})
    hide: frozenset[int] = frozenset({Qt.Key.Key_H})

    @classmethod
    def of(cls, keymap: Keymap) -> Self:
        """Return the keys that the user has given them."""
        return cls(_keys(keymap, "view.pan_held"), _keys(keymap, "view.hide_held"))

    def __contains__(self, key: int) -> bool:
        """Tell whether a key is one of them."""
        return key in self.pan or key in self.hide


def _keys(keymap: Keymap, held_id: str) -> frozenset[int]:
    sequences = (QKeySequence(key) for key in keymap.keys(held_id))
    return frozenset(
        each[0].key()  # type: ignore[index]  # Qt's stubs lack operator []
        for each in sequences
        if each.count() == 1
    )


def is_known(event: QKeyEvent, held: HeldKeys) -> bool:
    """Tell whether a key means something here, even if it is a shortcut elsewhere."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if event.key() in ARROWS or event.key() in ZOOMS:
        return modifiers in (_NO_KEYS, _SHIFT)
    return event.key() in held and modifiers == _NO_KEYS


def way(key: Qt.Key, view: Size, ratio: float, *, page: bool) -> tuple[int, int]:
    """Return how far an arrow key moves the picture, in device pixels.

    Parameters
    ----------
    view
        Size of the view in device pixels.
    ratio
        Device pixels for one logical pixel.
    page
        Almost a whole view.
    """
    right, down = ARROWS[key]
    step = round(_PAN_PX * ratio)
    wide = round(view.width * _PAGE_SHARE) if page else step
    high = round(view.height * _PAGE_SHARE) if page else step
    return right * wide, down * high

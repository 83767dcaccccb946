"""The ink that is read best on a colour."""

from PySide6.QtGui import QColor

from segdesk.gui import theme

_INKS = ("text", "onFill", "hud")


def best_ink(fill: QColor) -> QColor:
    """Return the theme's text colour, else white or near black, by contrast.

    The text colour stays where it reaches 4.5 to 1.
    """
    text = theme.color(_INKS[0])
    if contrast(text, fill) >= 4.5:
        return text
    return max((theme.color(role) for role in _INKS), key=lambda i: contrast(i, fill))


def contrast(one: QColor, other: QColor) -> float:
    """Return the contrast of two opaque colours, 1-21.

    Source: WCAG 2.2, relative luminance and contrast ratio.
    """
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: QColor) -> float:
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

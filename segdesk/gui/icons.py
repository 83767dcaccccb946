"""Icons of the Phosphor set, drawn as outlines in the theme's colours.

The font travels inside the package `qtawesome`; it is read as a file, because
importing qtawesome costs a fifth of the whole start. An icon asks for its colour
while it is painted, so it follows the theme by itself.
"""

import importlib.util
import json
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QIcon,
    QIconEngine,
    QPainter,
    QPainterPath,
    QPixmap,
    QRawFont,
    QTransform,
)

from segdesk.gui import theme

_OUTLINE_PX = 256.0  # the font's outlines are taken at this size and scaled
_SHARE = 0.875  # of the box that a glyph fills: the rest is air round it


@dataclass(frozen=True, slots=True)
class _Look:
    """Name and colour role of an icon in one state."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class _Looks:
    off: _Look
    on: _Look
    active_role: str | None
    disabled_role: str


def icon(
    name: str,
    role: str = "text2",
    *,
    on_name: str | None = None,
    on_role: str | None = None,
    active_role: str | None = None,
    disabled_role: str = "outline",
) -> QIcon:
    """Return an icon that follows the theme.

    Parameters
    ----------
    name
        Name in the Phosphor set: "folder-open", "bell-fill", "check-bold".
    role
        Colour role.
    on_name, on_role
        Name and role while the control is checked; default: as off.
    active_role
        Role on a selected menu row; default: `role`.
    disabled_role
        Role on a control that is disabled.

    Raises
    ------
    KeyError
        When the set has no such icon.
    """
    for wanted in (name, on_name or name):
        if not exists(wanted):
            raise KeyError(wanted)
    off = _Look(name, role)
    on = _Look(on_name or name, on_role or role)
    return QIcon(_Engine(_Looks(off, on, active_role, disabled_role)))


def pixmap(name: str, role: str, size: int, ratio: float = 1.0) -> QPixmap:
    """Return an icon as a picture in the colour now in force.

    Parameters
    ----------
    size
        Edge in logical px.
    ratio
        Device pixels per logical px.
    """
    return _pixmap(name, theme.color(role).rgba(), size, ratio)


def paint(painter: QPainter, rect: QRectF, name: str, color: QColor) -> None:
    """Draw an icon into a square, sharp at any scale."""
    edge = min(rect.width(), rect.height()) * _SHARE
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(
        rect.x() + (rect.width() - edge) / 2, rect.y() + (rect.height() - edge) / 2
    )
    painter.scale(edge, edge)
    painter.fillPath(outline(name), color)
    painter.restore()


def exists(name: str) -> bool:
    """Tell whether the set has an icon of this name."""
    return name in _codes()


@lru_cache(maxsize=512)
def outline(name: str) -> QPainterPath:
    """Return an icon's outline in a square from (0, 0) to (1, 1)."""
    face = _face()
    (glyph,) = face.glyphIndexesForString(chr(_codes()[name]))
    path = face.pathForGlyph(glyph)
    path.translate(0, face.ascent())
    scale = 1 / (face.ascent() + face.descent())
    shrunk = QTransform.fromScale(scale, scale).map(path)
    shrunk.setFillRule(Qt.FillRule.WindingFill)
    return shrunk


@cache
def _codes() -> dict[str, int]:
    (charmap,) = sorted(_fonts_folder().glob("phosphor-charmap-*.json"))[-1:]
    codes = json.loads(charmap.read_bytes())
    return {name: int(code, 16) for name, code in codes.items()}


@cache
def _face() -> QRawFont:
    (face,) = sorted(_fonts_folder().glob("phosphor-[0-9]*.ttf"))[-1:]
    hinting = QFont.HintingPreference.PreferNoHinting
    return QRawFont(str(face), _OUTLINE_PX, hinting)


@cache
def _fonts_folder() -> Path:
    spec = importlib.util.find_spec("qtawesome")
    if spec is None or not spec.submodule_search_locations:
        msg = "the package qtawesome, which carries the icons, is not installed"
        raise ModuleNotFoundError(msg)
    return Path(spec.submodule_search_locations[0]) / "fonts"


@lru_cache(maxsize=1024)
def _pixmap(name: str, rgba: int, size: int, ratio: float) -> QPixmap:
    edge = max(1, round(size * ratio))
    picture = QPixmap(edge, edge)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    paint(painter, QRectF(0, 0, edge, edge), name, QColor.fromRgba(rgba))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


class _Engine(QIconEngine):
    """Draws one icon in the colour that the state and the theme ask for."""

    def __init__(self, looks: _Looks) -> None:
        super().__init__()
        self._looks = looks

    def clone(self) -> QIconEngine:
        return _Engine(self._looks)

    def paint(
        self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State
    ) -> None:
        look = self._looks.on if state is QIcon.State.On else self._looks.off
        role = look.role
        if mode is QIcon.Mode.Disabled:
            role = self._looks.disabled_role
        elif mode in (QIcon.Mode.Active, QIcon.Mode.Selected):
            role = self._looks.active_role or role
        paint(painter, QRectF(rect), look.name, theme.color(role))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        picture = QPixmap(size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return picture

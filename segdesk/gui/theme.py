"""The theme in force: colours by role, fonts by style, switched live.

Widgets ask for what they need by name and repaint when `active().changed` fires:

>>> theme.color("panel")            # QColor of a role
>>> theme.mix("accent", "panel", 0.12)   # an opaque mix
>>> theme.font("small", tabular=True)    # QFont of a style
"""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QToolTip

from segdesk.gui.tokens import (
    DARK,
    DARK_CONTRAST,
    LIGHT,
    LIGHT_CONTRAST,
    MONO_FAMILIES,
    TYPE_SCALE,
    UI_FAMILIES,
)

if TYPE_CHECKING:
    from segdesk.app.settings.settings import Preferences

NAMES = ("system", "dark", "light")


class Theme(QObject):
    """The colours in force.

    One of them exists, `active()`; `apply` brings it to the application, `set_name`
    switches it while the window is open.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._name = "dark"
        self._is_dark = True
        self._text_scale = 1.0
        self._high_contrast = False
        self._colours: dict[str, QColor] = {}
        self._applied = False
        self._has_sheet = False
        self._choose_colours()

    @property
    def name(self) -> str:
        """What was chosen: "system", "dark" or "light"."""
        return self._name

    @property
    def is_dark(self) -> bool:
        """Whether the dark colours are in force."""
        return self._is_dark

    @property
    def text_scale(self) -> float:
        """Size of the text, 1.0 as designed."""
        return self._text_scale

    @property
    def high_contrast(self) -> bool:
        """Whether edges are stronger and quiet words are not."""
        return self._high_contrast

    @property
    def tokens(self) -> Mapping[str, str]:
        """The colours in force by role, "#RRGGBB"."""
        if self._high_contrast:
            return DARK_CONTRAST if self._is_dark else LIGHT_CONTRAST
        return DARK if self._is_dark else LIGHT

    def follow(self, preferences: "Preferences") -> None:
        """Look as the user prefers it; costs nothing where nothing changed."""
        self.set_name(preferences.theme)
        self.set_text_scale(preferences.text_scale)
        self.set_high_contrast(on=preferences.high_contrast)

    def color(self, role: str) -> QColor:
        """Return the colour of a role.

        Raises
        ------
        KeyError
            When there is no such role; `segdesk.gui.tokens` lists them.
        """
        return self._colours[role]

    def set_name(self, name: str) -> None:
        """Switch to "system", "dark" or "light"."""
        if name not in NAMES:
            msg = f"theme {name!r} is none of {', '.join(NAMES)}"
            raise ValueError(msg)
        if name != self._name:
            self._name = name
            self._tell_system()
            self._refresh()

    def set_text_scale(self, scale: float) -> None:
        """Make all text larger or smaller, 0.9-1.5."""
        if scale != self._text_scale:
            self._text_scale = min(1.5, max(0.9, scale))
            _font.cache_clear()
            self._apply_fonts()
            self._refresh(always=True)

    def set_high_contrast(self, *, on: bool) -> None:
        """Make edges stronger, and quiet words as strong as the others."""
        if on is not self._high_contrast:
            self._high_contrast = on
            self._refresh(always=True)

    def apply(self, name: str = "dark", *, sheet: bool = True) -> None:
        """Dress the application: style, palette, fonts, style sheet.

        Parameters
        ----------
        sheet
            Lay the style sheet at once. Without it the window is put together in half
            the time, because every widget that moves under a parent would be styled
            anew; `lay_sheet` follows.
        """
        self._name = name
        self._applied = True
        self._has_sheet = sheet
        app = _application()
        app.setStyle("Fusion")
        self._tell_system()
        hints = QGuiApplication.styleHints()
        if hasattr(hints, "colorSchemeChanged"):
            hints.colorSchemeChanged.connect(
                self._on_color_scheme_changed, Qt.ConnectionType.UniqueConnection
            )
        self._apply_fonts()
        self._refresh(always=True)

    def lay_sheet(self) -> None:
        """Lay the style sheet, now that the window is whole."""
        if self._applied and not self._has_sheet:
            self._has_sheet = True
            self._set_sheet()

    def _on_color_scheme_changed(self) -> None:
        if self._name == "system":
            self._refresh()

    def _refresh(self, *, always: bool = False) -> None:
        if not self._choose_colours() and not always:
            return
        if self._applied:
            _application().setPalette(_qt_palette(self))
            if self._has_sheet:
                self._set_sheet()
        self.changed.emit()

    def _set_sheet(self) -> None:
        from segdesk.gui.style import style_sheet

        _application().setStyleSheet(style_sheet(self.tokens))

    def _choose_colours(self) -> bool:
        dark = self._name != "light"
        if self._name == "system":
            scheme = QGuiApplication.styleHints().colorScheme()
            dark = scheme is not Qt.ColorScheme.Light
        changed = dark is not self._is_dark
        self._is_dark = dark
        self._colours = {role: QColor(code) for role, code in self.tokens.items()}
        _mixed.cache_clear()
        return changed

    def _tell_system(self) -> None:
        """Have the title bar and the system's dialogs follow, where Qt can."""
        hints = QGuiApplication.styleHints()
        if not hasattr(hints, "setColorScheme"):  # Qt 6.8
            return
        schemes = {"dark": Qt.ColorScheme.Dark, "light": Qt.ColorScheme.Light}
        hints.setColorScheme(schemes.get(self._name, Qt.ColorScheme.Unknown))

    def _apply_fonts(self) -> None:
        if self._applied:
            _application().setFont(font("body"))
            QToolTip.setFont(font("small"))


@cache
def active() -> Theme:
    """Return the one theme of the program."""
    return Theme()


def dress(preferences: "Preferences") -> Theme:
    """Return the one theme, brought to the application as the user prefers it.

    The style sheet is laid by the window when it is whole.
    """
    theme = active()
    theme.set_text_scale(preferences.text_scale)
    theme.set_high_contrast(on=preferences.high_contrast)
    theme.apply(preferences.theme, sheet=False)
    return theme


def color(role: str) -> QColor:
    """Return the colour of a role in the theme in force."""
    return active().color(role)


def mix(role: str, over: str, share: float) -> QColor:
    """Return `share` (0-1) of one role on another, opaque."""
    return _mixed(role, over, share)


def veiled(role: str, share: float) -> QColor:
    """Return a role's colour with `share` (0-1) as its opacity."""
    result = QColor(color(role))
    result.setAlphaF(share)
    return result


def font(style: str, *, mono: bool = False, tabular: bool = False) -> QFont:
    """Return the font of a style of the type scale.

    Parameters
    ----------
    mono
        Letters of one width, for paths of code and error details.
    tabular
        Digits of one width, for numbers in columns or that change.
    """
    return QFont(_font(style, mono, tabular))


def row_px(designed: int) -> int:
    """Return a row's or control's height in px at the text's size."""
    scale = active().text_scale
    return designed if scale <= 1 else round(designed + 16 * (scale - 1))


@cache
def _mixed(role: str, over: str, share: float) -> QColor:
    top, below = color(role), color(over)
    return QColor(
        round(below.red() + share * (top.red() - below.red())),
        round(below.green() + share * (top.green() - below.green())),
        round(below.blue() + share * (top.blue() - below.blue())),
    )


@cache
def _font(style: str, mono: bool, tabular: bool) -> QFont:
    px, weight = TYPE_SCALE[style]
    result = QFont(list(MONO_FAMILIES if mono else UI_FAMILIES))
    result.setPixelSize(max(1, round(px * active().text_scale)))
    result.setWeight(QFont.Weight(weight))
    result.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    if mono:
        result.setStyleHint(QFont.StyleHint.Monospace)
    if tabular and hasattr(result, "setFeature"):  # Qt 6.7
        result.setFeature(QFont.Tag.fromString("tnum"), 1)
    return result


def _qt_palette(theme: Theme) -> QPalette:
    roles = QPalette.ColorRole
    wanted = {
        roles.Window: "window",
        roles.WindowText: "text",
        roles.Base: "field",
        roles.AlternateBase: "panel",
        roles.Text: "text",
        roles.PlaceholderText: "text3",
        roles.Button: "raised",
        roles.ButtonText: "text",
        roles.BrightText: "onFill",
        roles.ToolTipBase: "raised",
        roles.ToolTipText: "text",
        roles.Highlight: "accentFill",
        roles.HighlightedText: "onFill",
        roles.Link: "accent",
        roles.LinkVisited: "accent",
        roles.Light: "hover",
        roles.Midlight: "hover",
        roles.Mid: "line2",
        roles.Dark: "line2",
        roles.Shadow: "line2",
        roles.Accent: "accentFill",
    }
    palette = QPalette()
    for role, name in wanted.items():
        palette.setColor(role, theme.color(name))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, theme.color("outline"))
    return palette


def _application() -> QApplication:
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        msg = "the theme needs a QApplication"
        raise TypeError(msg)
    return app

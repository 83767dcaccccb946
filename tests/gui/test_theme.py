"""The colours keep the contrasts that the design promises, and switch live."""

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from segdesk.app.settings.settings import Preferences
from segdesk.gui import theme
from segdesk.gui.components import Label
from segdesk.gui.tokens import DARK, LIGHT, TYPE_SCALE

THEMES = {"dark": DARK, "light": LIGHT}
# ink, surface, least contrast in dark and in light
PROMISED = [
    ("text2", "canvas", 9.6, 5.4),
    ("text3", "window", 6.3, 5.0),
    ("text", "panel", 13.9, 15.8),
    ("text2", "panel", 8.3, 7.2),
    ("text3", "panel", 5.9, 5.6),
    ("text3", "raised", 5.1, 5.9),
    ("text3", "hover", 4.7, 5.1),
    ("text2", "active", 5.6, 5.9),
    ("text2", "sel", 6.4, 6.1),
    ("accent", "panel", 6.8, 6.2),
    ("model", "panel", 7.5, 6.6),
    ("ok", "panel", 8.6, 5.9),
    ("warn", "panel", 9.2, 5.6),
    ("bad", "panel", 6.1, 6.0),
    ("onFill", "accentFill", 5.3, 5.7),
    ("onFill", "accentFillHover", 4.7, 6.8),
    ("onFill", "badFill", 5.8, 5.8),
    ("onFill", "badFillHover", 4.5, 4.5),
    ("outline", "panel", 3.0, 3.0),
    ("outline", "raised", 3.0, 3.0),
    ("modelFill", "panel", 2.9, 2.9),
    ("okFill", "panel", 2.9, 2.9),
    ("warnFill", "panel", 2.9, 2.9),
    ("hudText", "hud", 4.5, 4.5),
]
TEXT_ON = {
    "text": ("canvas", "window", "panel", "raised", "hover", "active", "sel"),
    "text2": ("canvas", "window", "panel", "raised", "hover", "active", "sel"),
    "text3": ("window", "panel", "raised", "hover"),
}


def luminance(colour: QColor) -> float:
    """Return the relative luminance of WCAG 2.1."""

    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(part) for part in colour.getRgbF()[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(ink: QColor, surface: QColor) -> float:
    low, high = sorted((luminance(ink), luminance(surface)))
    return (high + 0.05) / (low + 0.05)


@pytest.fixture(params=["dark", "light"])
def chosen(qapp, request) -> str:
    theme.active().apply(request.param)
    return request.param


def test_colours_keep_the_promised_contrast_when_laid_on_surfaces(chosen):
    low = []
    for ink, surface, dark, light in PROMISED:
        least = dark if chosen == "dark" else light
        found = contrast(theme.color(ink), theme.color(surface))
        if round(found, 1) < least:
            low.append(f"{ink} on {surface}: {found:.2f} < {least}")
    assert not low


def test_text_reads_at_least_4_5_when_on_any_surface_it_is_used_on(chosen):
    low = [
        f"{ink} on {surface}"
        for ink, surfaces in TEXT_ON.items()
        for surface in surfaces
        if contrast(theme.color(ink), theme.color(surface)) < 4.5
    ]
    assert not low


@pytest.mark.parametrize("role", ["accent", "model", "ok", "warn", "bad"])
def test_tags_read_at_least_4_5_when_on_their_tint(chosen, role):
    for over in ("panel", "sel"):
        tint = theme.mix(role, "panel", 0.12)
        assert contrast(theme.color(role), tint) >= 4.5, over


def test_both_themes_have_the_same_roles_when_compared():
    assert set(DARK) == set(LIGHT)


def test_theme_changes_palette_sheet_and_labels_when_switched(qtbot):
    active = theme.active()
    active.apply("dark")
    label = Label("words", "small", "text2")
    qtbot.addWidget(label)
    label.ensurePolished()
    changes = []
    connection = active.changed.connect(lambda: changes.append(active.is_dark))
    active.set_name("light")
    active.changed.disconnect(connection)
    assert changes == [False]
    assert theme.color("panel").name().upper() == LIGHT["panel"]
    assert LIGHT["text2"] in QApplication.instance().styleSheet()
    window = QApplication.palette().window().color().name().upper()
    assert window == LIGHT["window"]
    label.ensurePolished()
    assert label.palette().windowText().color().name().upper() == LIGHT["text2"]


def test_sheet_is_laid_once_when_the_window_is_whole(qapp):
    qapp.setStyleSheet("")
    active = theme.dress(Preferences(theme="dark"))
    assert not qapp.styleSheet()
    active.lay_sheet()
    assert DARK["line2"] in qapp.styleSheet()


def test_unknown_theme_is_refused_when_chosen(qapp):
    with pytest.raises(ValueError, match="sepia"):
        theme.active().set_name("sepia")


def test_fonts_follow_the_scale_when_text_is_made_larger(qapp):
    active = theme.active()
    usual = theme.font("body").pixelSize()
    assert usual == TYPE_SCALE["body"].px
    active.set_text_scale(1.5)
    try:
        assert theme.font("body").pixelSize() == round(usual * 1.5)
        assert theme.row_px(28) > 28
    finally:
        active.set_text_scale(1.0)


def test_digits_have_one_width_when_tabular(qapp):
    font = theme.font("small", tabular=True)
    if hasattr(font, "featureTags"):
        assert "tnum" in [bytes(t.toString()).decode() for t in font.featureTags()]

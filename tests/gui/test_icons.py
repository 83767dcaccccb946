"""Every icon that the program names exists, and is drawn in the theme's colour."""

import ast
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon

from segdesk.app.catalog import all_commands
from segdesk.gui import icons, theme

GUI = Path(icons.__file__).parent
FIRST_IS_ICON = {"icon", "IconButton", "IconTile", "EmptyState", "set_icon"}


def named_icons() -> set[tuple[str, str]]:
    """Return (file, icon) for every icon name that the sources spell out."""
    found = set()
    for path in GUI.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            func = node.func
            called = (
                func.attr
                if isinstance(func, ast.Attribute)
                else (func.id if isinstance(func, ast.Name) else "")
            )
            values = [word.value for word in node.keywords if word.arg == "icon"]
            if called in FIRST_IS_ICON and node.args:
                values.append(node.args[0])
            found.update(
                (path.name, value.value)
                for value in values
                if isinstance(value, ast.Constant)
                and isinstance(value.value, str)
                and value.value
            )
    return found


def test_icons_exist_when_named_by_commands_or_sources():
    named = named_icons()
    assert len(named) > 25
    missing = {pair for pair in named if not icons.exists(pair[1])}
    missing |= {(c.id, c.icon) for c in all_commands() if not icons.exists(c.icon)}
    assert not missing


def test_font_is_read_without_the_package_when_an_icon_is_drawn(qapp):
    picture = icons.pixmap("folder-open", "text2", 16)
    assert picture.size() == QSize(16, 16)
    assert "qtawesome" not in sys.modules


def test_unknown_icon_is_refused_when_asked_for(qapp):
    with pytest.raises(KeyError, match="no-such-icon"):
        icons.icon("no-such-icon")


def strongest(icon: QIcon, mode: QIcon.Mode = QIcon.Mode.Normal) -> QColor:
    image = icon.pixmap(QSize(32, 32), mode).toImage()
    pixels = [
        image.pixelColor(x, y)
        for x in range(image.width())
        for y in range(image.height())
    ]
    return max(pixels, key=lambda colour: colour.alpha())


def test_icon_takes_the_new_colour_when_the_theme_is_switched(qapp):
    theme.active().apply("dark")
    icon = icons.icon("square-fill", "accent", active_role="onFill")
    assert strongest(icon).name() == theme.color("accent").name()
    theme.active().set_name("light")
    assert strongest(icon).name() == theme.color("accent").name()
    assert strongest(icon, QIcon.Mode.Selected).name() == "#ffffff"
    off = strongest(icon, QIcon.Mode.Disabled)
    assert off.name() == theme.color("outline").name()

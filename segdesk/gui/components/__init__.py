"""The parts that every panel is made of; each draws itself in the theme in force."""

from segdesk.gui.components.buttons import Button, IconButton, Kind
from segdesk.gui.components.choices import (
    CheckBox,
    Chip,
    Segment,
    Segmented,
    Switch,
)
from segdesk.gui.components.fields import Field, SearchField, Slider
from segdesk.gui.components.labels import ElidedLabel, KeyCaps, Label, Tag
from segdesk.gui.components.menu import Menu
from segdesk.gui.components.panels import DockHeader, EmptyState, Hairline, IconTile
from segdesk.gui.components.progress import ThinProgress
from segdesk.gui.components.select import Select
from segdesk.gui.components.tips import Tip

__all__ = [
    "Button",
    "CheckBox",
    "Chip",
    "DockHeader",
    "ElidedLabel",
    "EmptyState",
    "Field",
    "Hairline",
    "IconButton",
    "IconTile",
    "KeyCaps",
    "Kind",
    "Label",
    "Menu",
    "SearchField",
    "Segment",
    "Segmented",
    "Select",
    "Slider",
    "Switch",
    "Tag",
    "ThinProgress",
    "Tip",
]

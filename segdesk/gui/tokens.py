"""The colours of both themes by role, and the type scale.

A role says what a colour is for; no widget types a colour of its own.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

_DARK = {
    "canvas": "#101112",
    "window": "#18191B",
    "panel": "#1F2023",
    "raised": "#292B2F",
    "hover": "#2E3035",
    "active": "#393C42",
    "sel": "#23344F",
    "line": "#2C2E32",
    "line2": "#45484E",
    "outline": "#71747C",
    "text": "#EBEDEF",
    "text2": "#B6B9BF",
    "text3": "#989BA2",
    "accent": "#75A9F6",
    "accentFill": "#1E66D9",
    "accentFillHover": "#2B70E0",
    "model": "#C0A2F5",
    "modelFill": "#A487DE",
    "ok": "#63D18F",
    "okFill": "#3DB779",
    "warn": "#EEBB58",
    "warnFill": "#E0A83C",
    "bad": "#F97772",
    "badFill": "#C2272A",
    "badFillHover": "#CE3A3C",
}
_LIGHT = {
    "canvas": "#D8D9DC",
    "window": "#EBEDEF",
    "panel": "#F8F9FA",
    "raised": "#FFFFFF",
    "hover": "#EDEFF3",
    "active": "#E0E3E8",
    "sel": "#DCE8FB",
    "line": "#DEE0E4",
    "line2": "#BABEC4",
    "outline": "#83868E",
    "text": "#1B1E24",
    "text2": "#50545D",
    "text3": "#60656E",
    "accent": "#0C57C9",
    "accentFill": "#1961D4",
    "accentFillHover": "#0754C6",
    "model": "#733AB9",
    "modelFill": "#9B72D6",
    "ok": "#02703F",
    "okFill": "#23945F",
    "warn": "#8D5904",
    "warnFill": "#BF7D12",
    "bad": "#BA1E23",
    "badFill": "#C2272A",
    "badFillHover": "#AB1F22",
}
# The same in both themes: what lies on a filled button, and tags on the picture.
_BOTH = {"onFill": "#FFFFFF", "hud": "#121315", "hudText": "#EBEDEF"}

# Roles that borrow another role's colour: (dark, light).
_BORROWED = {
    "field": ("canvas", "raised"),
    "track": ("canvas", "window"),
    "segment": ("active", "raised"),
    "segmentEdge": ("active", "line2"),
    "pill": ("raised", "panel"),
}


def _palette(own: dict[str, str], place: int) -> Mapping[str, str]:
    colours = own | _BOTH
    borrowed = {role: own[source[place]] for role, source in _BORROWED.items()}
    return MappingProxyType(colours | borrowed)


DARK: Mapping[str, str] = _palette(_DARK, 0)
LIGHT: Mapping[str, str] = _palette(_LIGHT, 1)

# With high contrast: a role takes another's colour of the same theme.
_STRONGER = {"line": "outline", "line2": "text3", "outline": "text2", "text3": "text2"}


def _stronger(colours: Mapping[str, str]) -> Mapping[str, str]:
    taken = {role: colours[source] for role, source in _STRONGER.items()}
    return MappingProxyType({**colours, **taken})


DARK_CONTRAST: Mapping[str, str] = _stronger(DARK)
LIGHT_CONTRAST: Mapping[str, str] = _stronger(LIGHT)

SHADOW_BLUR_PX = 22
SHADOW_DOWN_PX = 4
VEIL_SHARE = MappingProxyType({True: 0.29, False: 0.12})  # behind the palette
SHADOW_SHARE = MappingProxyType({True: 0.40, False: 0.12})  # by: is dark


class TypeStyle(NamedTuple):
    """One step of the type scale: height in px and weight, 1-1000."""

    px: int
    weight: int


TYPE_SCALE: Mapping[str, TypeStyle] = MappingProxyType(
    {
        "caption": TypeStyle(11, 450),
        "cap": TypeStyle(11, 500),
        "small": TypeStyle(12, 450),
        "smallStrong": TypeStyle(12, 500),
        "dock": TypeStyle(12, 600),
        "body": TypeStyle(13, 450),
        "strong": TypeStyle(13, 500),
        "section": TypeStyle(13, 600),
        "title": TypeStyle(15, 600),
        "query": TypeStyle(16, 450),
        "heading": TypeStyle(16, 600),
        "figure": TypeStyle(20, 600),
        "display": TypeStyle(26, 600),
    }
)

UI_FAMILIES = (
    "Inter",
    "Segoe UI Variable Text",
    "Segoe UI",
    "SF Pro Text",
    "Noto Sans",
    "Ubuntu",
    "DejaVu Sans",
    "Noto Sans CJK SC",
    "Microsoft YaHei UI",
    "PingFang SC",
)
MONO_FAMILIES = (
    "JetBrains Mono",
    "Cascadia Mono",
    "SF Mono",
    "DejaVu Sans Mono",
    "Noto Sans CJK SC",
)

"""Class lists: names, palette, and the colours that SegDesk proposes."""

import re
from dataclasses import dataclass
from functools import cache

IGNORE_INDEX = 255
MAX_CLASSES = 255
BACKGROUND_GREY = "#8A8F98"

# Chosen by farthest point in OKLab under normal, protan, deutan and tritan sight.
_SAFE_CODES = """
3D6DFA EE6A05 05C4AC FFC933 8C1A06 B8F3FF A06192 5F0BB0 B692FF CE1831 55F39E 007955
315586 C2C2FF CEAA61 6D9EC2 7949C2 6D9261 793D61 6D6100 E7F361 F39ECE C27992 AA0086
AA6DDB C26100 92CE92 FF9200 616DB6 9E9E61 86FFCE DB79DB B63D6D 8661DB 8679FF CEC249
0092B6 9E0C49 AAE76D DB9EFF 24CEDB 92E7CE DB3186 9E5549 92B624 79B686 613D9E F355B6
3155DB 9E920C CE6D55 5555AA 5531CE 00AAE7 E7929E B63100 B65561 86E731 F33D79 FFCE9E
920079 E7B679 7924B6 86559E 3DC255 863D24 86B6E7 86DBE7 9E86FF 927931 3D6D31 FF7979
C2619E CEF3B6 00869E 00F3E7 863D92 F3CEFF 923D6D B6FF86 CE55CE B6DB86 C29ECE DB7949
DB2455 E7E700 B649CE 9E31B6 DB553D 6DCE79 61E7B6 AA49B6 CE869E 86E7FF B61879 6D86E7
246131 DBE786 6D55E7 864955 3D9E49 AA92E7 9EDB61 AA3149 B679AA 6DAA79 920C92 C24979
C261F3 9EF3DB 86C200 AA6D6D E79EB6 6DDBC2 247986 6DB6FF 9E61E7 9ECE00 7986C2 C249AA
E779C2 C2E7B6 B6C261 3D8679 869E3D E761CE 559E92 FF79B6 F36D6D 92C292 9E006D 189286
3D6DC2 6D6D24 FF613D 9EF36D 92AAE7 FF9EAA 6D5500 617931 FFAADB 49AAB6 F39E49 18B60C
6D499E B6B6F3 E7DB55 F35592 316D9E 619E61
"""
SAFE_COLOURS: tuple[str, ...] = tuple(f"#{code}" for code in _SAFE_CODES.split())

_BACKGROUND_NAMES = frozenset({"background", "bg", "_background_", "unlabeled"})
_HEX = re.compile(r"#[0-9A-Fa-f]{6}")


@dataclass(frozen=True, slots=True)
class ClassList:
    """The classes of a model or a project, in the order of their indices.

    Parameters
    ----------
    names
        One name for each class; index in this tuple = index in the label map.
    palette
        One colour for each class, "#RRGGBB".
    """

    names: tuple[str, ...]
    palette: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.names) != len(self.palette):
            msg = f"{len(self.names)} names but {len(self.palette)} colours"
            raise ValueError(msg)
        if not 1 <= len(self.names) <= MAX_CLASSES:
            msg = f"{len(self.names)} classes; a label map holds 1 to {MAX_CLASSES}"
            raise ValueError(msg)
        for colour in self.palette:
            if not _HEX.fullmatch(colour):
                msg = f"{colour!r} is not a colour like #3D6DFA"
                raise ValueError(msg)

    @classmethod
    def from_names(cls, names: tuple[str, ...]) -> "ClassList":
        """Give each name a colour from the colour-blind-safe palette."""
        return cls(tuple(names), proposed_palette(tuple(names)))

    def __len__(self) -> int:
        """Return the number of classes, `ignore_index` not counted."""
        return len(self.names)

    @property
    def rgb(self) -> tuple[tuple[int, int, int], ...]:
        """The palette as (R, G, B), 0-255 each."""
        return tuple(hex_to_rgb(colour) for colour in self.palette)

    @property
    def background_index(self) -> int | None:
        """Index 0 if it is named as background, else None."""
        return 0 if is_background_name(self.names[0]) else None


def is_background_name(name: str) -> bool:
    """Tell whether a class name means "nothing of interest"."""
    return name.strip().lower() in _BACKGROUND_NAMES


@cache
def proposed_palette(
    names: tuple[str, ...], palette: tuple[str, ...] = SAFE_COLOURS
) -> tuple[str, ...]:
    """Return one colour for each name; a background at index 0 is grey."""
    colours = []
    free = 0
    for index, name in enumerate(names):
        if index == 0 and is_background_name(name):
            colours.append(BACKGROUND_GREY)
        else:
            colours.append(palette[free % len(palette)])
            free += 1
    return tuple(colours)


def hex_to_rgb(colour: str) -> tuple[int, int, int]:
    """Return "#RRGGBB" as (R, G, B), 0-255 each."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def rgb_to_hex(rgb: tuple[int, int, int]) -> str:
    """Return (R, G, B), 0-255 each, as "#RRGGBB"."""
    return "#{:02X}{:02X}{:02X}".format(*rgb)

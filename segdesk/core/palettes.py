"""Palettes of colours that colour-blind people can tell apart.

Okabe-Ito is that of Masataka Okabe and Kei Ito, "Color Universal Design" (2008), but
for its black; bright and muted are those of Paul Tol, "Colour Schemes", SRON, 2021.
"""

from collections.abc import Mapping
from types import MappingProxyType

from segdesk.core.classes import SAFE_COLOURS

_FEW = {
    "okabe-ito": "E69F00 56B4E9 009E73 F0E442 0072B2 D55E00 CC79A7",
    "tol-bright": "4477AA EE6677 228833 CCBB44 66CCEE AA3377 BBBBBB",
    "tol-muted": "CC6677 332288 DDCC77 117733 88CCEE 882255 44AA99 999933 AA4499",
}


def _followed(codes: str) -> tuple[str, ...]:
    first = tuple(f"#{code}" for code in codes.split())
    return (*first, *(colour for colour in SAFE_COLOURS if colour not in first))


# By name; where the few colours of a palette are spent, SegDesk's own follow.
PALETTES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"segdesk": SAFE_COLOURS} | {name: _followed(codes) for name, codes in _FEW.items()}
)

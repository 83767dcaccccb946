"""Heights of docks that lie one below the other, by what is in them."""

from collections.abc import Mapping, Sequence

from segdesk.gui.dock_frame import Dock

_KEPT_PX = 250  # what a dock has at least, while another could fill the column


def fitted_heights(
    docks: Sequence[Dock], first: Mapping[str, int], room: int
) -> list[int]:
    """Return heights: a dock that knows what it needs gets it, if others keep theirs.

    Parameters
    ----------
    docks
        From top to bottom.
    first
        Heights that the layout gives to docks that do not know, by their ids.
    room
        In px.
    """
    least = [dock.minimumSizeHint().height() for dock in docks]
    wanted = [_wanted(dock, first) for dock in docks]
    heights = [
        max(low, high if dock.is_folded else min(high, _KEPT_PX))
        for dock, low, high in zip(docks, least, wanted, strict=True)
    ]
    free = room - sum(heights)
    knowing = [at for at, dock in enumerate(docks) if dock.wanted_px is not None]
    others = [at for at in range(len(docks)) if at not in knowing]
    for at in (*knowing, *others):
        more = max(0, min(free, wanted[at] - heights[at]))
        heights[at] += more
        free -= more
    open_ones = [at for at in others if not docks[at].is_folded]
    if free > 0 and open_ones:
        heights[open_ones[-1]] += free
    return heights


def _wanted(dock: Dock, first: Mapping[str, int]) -> int:
    header = dock.header.height()
    if dock.is_folded:
        return header
    wanted = dock.wanted_px
    return first.get(dock.dock_id, _KEPT_PX) if wanted is None else header + wanted

"""What the rows in sight say of how one scrolls."""


def leaps(before: tuple[int, int], now: tuple[int, int]) -> bool:
    """Return whether most of what is shown is another than a moment ago.

    Parameters
    ----------
    before, now
        First and last row in sight. A page of a grid leaves a line of cells in sight
        on both sides, so they may overlap.
    """
    return 2 * abs(now[0] - before[0]) > now[1] - now[0]

"""Names of run folders."""

from collections.abc import Collection
from pathlib import Path


def plain_name(name: str) -> str:
    """Return a folder's name for a run's: "coast-u-net-2" for "coast U-Net 2"."""
    plain = "".join(one if one.isalnum() or one in "-_." else "-" for one in name)
    return "-".join(part for part in plain.lower().split("-") if part) or "run"


def free_folder(folder: Path, name: str, taken: Collection[Path] = ()) -> Path:
    """Return a run folder that is not there yet.

    Parameters
    ----------
    taken
        Folders of runs that wait; they are made when those begin.
    """
    base = plain_name(name)
    path, number = folder / base, 2
    while path.exists() or path in taken:
        path, number = folder / f"{base}-{number}", number + 1
    return path

"""Taking out of an analysis, and of the finished folder, what the bundle leaves out."""

import shutil
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path, PurePath

from left_out import STRIPPED, is_left_out
from PyInstaller.depend.bindepend import get_imports

Entry = tuple[str, str, str]  # where it goes, where it lies, what it is


def slim(analysis: object) -> None:
    """Drop files of an Analysis that nobody needs."""
    analysis.datas = _kept(analysis.datas)
    binaries = _kept(analysis.binaries)
    if sys.platform == "linux":
        binaries = _asked_for(binaries)
    analysis.binaries = binaries


def _kept(entries: Iterable[Entry]) -> list[Entry]:
    return [entry for entry in entries if not is_left_out(entry[0])]


def _asked_for(entries: list[Entry]) -> list[Entry]:
    """Drop libraries that came only with something that was dropped.

    Until nothing more goes: a library may be there for another one that goes.
    """
    while True:
        asked = set().union(
            *(_needed(source) for _place, source, kind in entries if kind != "SYMLINK")
        )
        left = [
            entry
            for entry in entries
            if not _is_library(entry[0]) or PurePath(entry[0]).name in asked
        ]
        if len(left) == len(entries):
            return left
        entries = left


@cache
def _needed(source: str) -> frozenset[str]:
    """Return the names of all libraries that one needs, directly or not."""
    pairs = get_imports(source)
    return frozenset(PurePath(name).name for pair in pairs for name in pair if name)


def _is_library(place: str) -> bool:
    """Tell whether a file is there for others only: no module, no plugin."""
    path = PurePath(place)
    is_loose = len(path.parts) == 1 and path.name.startswith("lib")
    is_qt = place.startswith("PySide6/Qt/lib/")
    is_of_wheel = path.parts[0].endswith(".libs")
    is_python = path.name.startswith("libpython")
    return is_qt or is_of_wheel or (is_loose and not is_python)


def strip_symbols(folder: Path) -> None:
    """Strip the large libraries that may be stripped, in a finished bundle."""
    strip = shutil.which("strip")
    if sys.platform != "linux" or strip is None:
        return
    for pattern in STRIPPED:
        for path in folder.glob(pattern):
            before = path.stat().st_size
            subprocess.run([strip, "--strip-unneeded", str(path)], check=True)
            after = path.stat().st_size
            print(f"stripped {path.name}: {before / 1e6:.0f} -> {after / 1e6:.0f} MB")

"""Which modules a package has, told by its files instead of by importing it.

PyInstaller finds modules by reading imports. The registries of mmengine, mmcv and
mmseg, and SegDesk's own pages, are imported by name; and mmcv's operators cannot be
imported at all where they are not compiled.
"""

from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

_COMPILED = {".so", ".pyd"}


def folder_of(package: str) -> Path:
    """Return the folder of an installed package, which is not imported."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"{package} is not installed, so it cannot be bundled.")
    return Path(spec.submodule_search_locations[0])


def modules_of(package: str, without: Iterable[str] = ()) -> list[str]:
    """Return the names of all modules of a package.

    Parameters
    ----------
    package
        Name of a top-level package.
    without
        Beginnings of names that are left out: "mmseg.testing".
    """
    root = folder_of(package)
    unwanted = tuple(without)
    names = set()
    for path in root.rglob("*.py"):
        parts = path.relative_to(root).with_suffix("").parts
        if not all(part.isidentifier() for part in parts):
            continue  # a dot folder, or a script that is no module
        if parts[-1] == "__init__":
            parts = parts[:-1]
        name = ".".join((package, *parts))
        is_left_out = any(
            name == part or name.startswith(f"{part}.") for part in unwanted
        )
        if not is_left_out:
            names.add(name)
    return sorted(names)


def compiled_modules_of(package: str) -> list[str]:
    """Return the names of the compiled modules that lie directly in a package.

    Parameters
    ----------
    package
        Name of a top-level package.
    """
    stems = {
        path.name.partition(".")[0]
        for path in folder_of(package).iterdir()
        if path.suffix in _COMPILED
    }
    return [f"{package}.{stem}" for stem in sorted(stems)]

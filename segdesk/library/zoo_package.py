"""What is installed of the stack, found without importing it.

Importing mmseg takes seconds and torch; its index, and what families of published
models need beyond it, lie in plain sight.
"""

import importlib.util
from pathlib import Path

import msgspec

from segdesk.core.errors import ModelError
from segdesk.library.model_card import ModelState

_PACKAGES = {
    "mask2former": ("mmdet", "onedl-mmdetection"),
    "maskformer": ("mmdet", "onedl-mmdetection"),
    "convnext": ("mmpretrain", "onedl-mmpretrain"),
    "poolformer": ("mmpretrain", "onedl-mmpretrain"),
}
_OPS = {"psanet": "PSAMask"}
_OTHER_TASKS = {"vpd": "It estimates depth; SegDesk segments."}


class Need(msgspec.Struct, frozen=True):
    """Why a model does not run here, and what would help."""

    state: ModelState
    why: str
    hint: str


def mim_folder() -> Path:
    """Return the folder of configs and index in the installed mmseg package.

    The package is found but not imported.

    Raises
    ------
    ModelError
        When it is not installed.
    """
    try:
        spec = importlib.util.find_spec("mmseg")
    except ValueError:
        spec = None
    for place in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(place) / ".mim"
        if (folder / "model-index.yml").is_file():
            return folder
    raise ModelError(
        "The model zoo was not opened.",
        cause="The index of published models comes with onedl-mmsegmentation, "
        "which is not installed whole.",
        hint="Install it again: pip install --force-reinstall onedl-mmsegmentation",
    )


def need_of(family: str) -> Need | None:
    """Return what a family lacks here, or None if it runs.

    Parameters
    ----------
    family
        Folder of its configs: "psanet".
    """
    if family in _OTHER_TASKS:
        hint = "Choose another one."
        return Need(ModelState.BROKEN, _OTHER_TASKS[family], hint)
    if family in _OPS and not _has_compiled_ops():
        why = f"It needs {_OPS[family]}, a compiled op of mmcv."
        hint = "Install a build of onedl-mmcv with compiled ops."
        return Need(ModelState.NEEDS_OPS, why, hint)
    if family in _PACKAGES and not _is_installed(_PACKAGES[family][0]):
        package = _PACKAGES[family][1]
        hint = f"Install it: pip install {package}"
        return Need(ModelState.NEEDS_EXTRA, f"Needs {package}", hint)
    return None


def _is_installed(package: str) -> bool:
    try:
        return importlib.util.find_spec(package) is not None
    except ValueError:
        return False


def _has_compiled_ops() -> bool:
    """Tell whether mmcv was built with its ops, without importing it."""
    try:
        spec = importlib.util.find_spec("mmcv")
    except ValueError:
        return False
    places = (spec.submodule_search_locations or []) if spec else []
    return any(
        path.suffix in (".so", ".pyd")
        for place in places
        for path in Path(place).glob("_ext*")
    )

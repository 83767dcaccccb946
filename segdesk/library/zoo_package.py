"""What is installed of the stack, found without importing it.

Importing mmseg takes seconds and torch; its index, and what families of published
models need beyond it, lie in plain sight.
"""

import importlib.util
import re
from pathlib import Path

import msgspec

from segdesk.core.errors import ModelError
from segdesk.core.frozen import install_hint
from segdesk.core.language import tr
from segdesk.library.model_card import ModelState

# Two orders, as one of mmdetection's own dependencies would bring a second OpenCV.
MMDET_HINT = install_hint(
    tr(
        "Install it: pip install 'segdesk[mask2former]', then "
        "pip install --no-deps 'onedl-mmdetection>=3.5.1,<3.6'"
    )
)
_MMDET_WHY = tr(
    "Needs onedl-mmdetection (the extra mask2former), which is not installed"
)
_MMPRETRAIN_HINT = install_hint(tr("Install it: pip install onedl-mmpretrain"))
_MMPRETRAIN_WHY = tr("Needs onedl-mmpretrain")
# What they import, and what is said where that is not there.
_MMDET = (
    ("mmdet", "pycocotools", "scipy", "shapely", "six", "tqdm"),
    _MMDET_WHY,
    MMDET_HINT,
)
_MMPRETRAIN = (("mmpretrain",), _MMPRETRAIN_WHY, _MMPRETRAIN_HINT)
_PACKAGES = {
    "mask2former": _MMDET,
    "maskformer": _MMDET,
    "convnext": _MMPRETRAIN,
    "poolformer": _MMPRETRAIN,
}
_OPS = {"psanet": "PSAMask"}
_OTHER_TASKS = {"vpd": tr("It estimates depth; SegDesk segments.")}


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
        tr("The model zoo was not opened."),
        cause=tr(
            "The index of published models comes with onedl-mmsegmentation, "
            "which is not installed whole."
        ),
        hint=tr("Install it again: pip install --force-reinstall onedl-mmsegmentation"),
    )


def need_of(family: str) -> Need | None:
    """Return what a family lacks here, or None if it runs.

    Parameters
    ----------
    family
        Folder of its configs: "psanet".
    """
    if family in _OTHER_TASKS:
        hint = tr("Choose another one.")
        return Need(ModelState.BROKEN, _OTHER_TASKS[family], hint)
    if family in _OPS and not _has_compiled_ops():
        why = tr("It needs {ops}, a compiled op of mmcv.", ops=_OPS[family])
        hint = tr("Install a build of onedl-mmcv with compiled ops.")
        return Need(ModelState.NEEDS_OPS, why, hint)
    modules, why, hint = _PACKAGES.get(family, ((), "", ""))
    if not all(_is_installed(name) for name in modules):
        return Need(ModelState.NEEDS_EXTRA, why, hint)
    return None


def need_of_architecture(name: str) -> Need | None:
    """Return what a recipe, or a config of the zoo, lacks here, or None if it runs.

    Parameters
    ----------
    name
        As in a training's spec: "mask2former-r18", "zoo:maskformer_r50-d32_…".
    """
    found = (need_of(part) for part in re.split("[-_:]", name))
    return next((need for need in found if need is not None), None)


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

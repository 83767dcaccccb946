"""What the engine runs on: versions, devices, operators, and what is wrong."""

import importlib.util
import platform
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution

import torch

from segdesk.core.language import joined, tr
from segdesk.engine.bootstrap import has_compiled_ops, prepare
from segdesk.engine.devices import list_devices
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import EnvironmentReport, Noted, Progress
from segdesk.jobs.specs import EnvironmentSpec

_PACKAGES = (
    "torch",
    "onedl-mmengine",
    "onedl-mmcv",
    "onedl-mmsegmentation",
    "onedl-mmpretrain",
    "onedl-mmdetection",
    "numpy",
    "opencv-python",
    "pillow",
)
_ORIGINALS = ("mmcv", "mmcv-lite", "mmengine", "mmsegmentation")


def report_environment(
    _spec: EnvironmentSpec, context: JobContext
) -> EnvironmentReport:
    """Look at the machine and at what is installed."""
    context.report(
        Progress(0, None, "steps", tr("Looking at the engine's environment"))
    )
    return EnvironmentReport(
        versions=_versions(),
        devices=list_devices(),
        cpu_threads=torch.get_num_threads(),
        compiled_ops=has_compiled_ops(),
        problems=tuple(_problems()),
    )


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    found |= {name: number for name in _PACKAGES if (number := _version(name))}
    if torch.version.cuda:
        found["cuda"] = torch.version.cuda
        cudnn = torch.backends.cudnn.version()  # type: ignore[no-untyped-call]
        if cudnn:
            found["cudnn"] = str(cudnn)
    return found


def _version(package: str) -> str:
    try:
        return distribution(package).version
    except PackageNotFoundError:
        return ""


def _problems() -> Iterator[Noted]:
    try:
        prepare()
    except (ImportError, AttributeError, RuntimeError, OSError) as error:
        yield Noted(
            "warning",
            tr("The mmseg stack does not start."),
            cause=f"{type(error).__name__}: {error}",
            hint=tr("Reinstall SegDesk in an environment of its own."),
        )
    if len(list_devices()) == 1:
        yield Noted(
            "info",
            tr("No GPU is used."),
            cause=_no_gpu(),
            hint=tr("Prediction works on the CPU; training is slow there."),
        )
    if not has_compiled_ops():
        yield Noted(
            "info",
            tr("mmcv has no compiled operators."),
            cause=tr(
                "onedl-mmcv from the package index is built without them. PSANet and "
                "models with deformable convolutions do not run; all others do."
            ),
            hint=tr(
                "For these, install a wheel that matches your torch from "
                "https://mmwheels.onedl.ai."
            ),
        )
    originals = [name for name in _ORIGINALS if _version(name)]
    if originals:
        yield Noted(
            "warning",
            tr("Two families of the mmseg stack are installed."),
            cause=tr(
                "{packages} and their continuation by OneDL overwrite each "
                "other's files.",
                packages=joined(", ", originals),
            ),
            hint=tr(
                "Run `pip uninstall {packages}`, then reinstall SegDesk.",
                packages=joined(" ", originals),
            ),
        )
    if _version("opencv-python") and _version("opencv-python-headless"):
        yield Noted(
            "warning",
            tr("OpenCV is installed twice."),
            cause=tr("opencv-python and opencv-python-headless overwrite each other."),
            hint=tr(
                "Run `pip uninstall opencv-python-headless`, then reinstall "
                "opencv-python."
            ),
        )
    if sys.version_info >= (3, 12) and not importlib.util.find_spec("distutils"):
        yield Noted(
            "warning",
            tr("setuptools is missing."),
            cause=tr("mmengine imports distutils, which only setuptools brings today."),
            hint=tr("Run `pip install setuptools`."),
        )


def _no_gpu() -> str:
    if torch.version.cuda is None:
        return tr("torch {version} was built without CUDA.", version=torch.__version__)
    return tr("There is no NVIDIA GPU here, or its driver does not answer.")

"""Where SegDesk's own files lie: in a checkout, a wheel and a frozen bundle.

`resources/` and `configs/` stand beside the package in a checkout and inside it in a
wheel or a bundle. The user's files go where the system wants them; `SEGDESK_HOME`
moves all of them under one folder.
"""

import os
from functools import cache
from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).resolve().parent.parent
_APP = "SegDesk"


@cache
def _shipped(folder: str) -> Path:
    inside = _PACKAGE / folder
    return inside if inside.is_dir() else _PACKAGE.parent / folder


def resource_path(*parts: str) -> Path:
    """Return a file or folder under the shipped `resources/`."""
    return _shipped("resources").joinpath(*parts)


def config_path(*parts: str) -> Path:
    """Return a file or folder under the shipped `configs/`."""
    return _shipped("configs").joinpath(*parts)


def _home(kind: str, default: str) -> Path:
    root = os.environ.get("SEGDESK_HOME")
    return Path(root) / kind if root else Path(default)


def user_config_dir() -> Path:
    """Return the folder of settings, key map and window state."""
    return _home("config", platformdirs.user_config_dir(_APP, appauthor=False))


def user_data_dir() -> Path:
    """Return the folder of the model library and the journals."""
    return _home("data", platformdirs.user_data_dir(_APP, appauthor=False))


def mapped_images_dir() -> Path:
    """Return the folder for the pixels of large images while they are open."""
    return user_cache_dir() / "images"


def models_dir() -> Path:
    """Return the folder of the model library; `SEGDESK_MODELS` puts it elsewhere."""
    chosen = os.environ.get("SEGDESK_MODELS")
    return Path(chosen) if chosen else user_data_dir() / "models"


def user_cache_dir() -> Path:
    """Return the folder of partial downloads and kept proposals.

    `SEGDESK_CACHE` puts it elsewhere.
    """
    chosen = os.environ.get("SEGDESK_CACHE")
    if chosen:
        return Path(chosen)
    return _home("cache", platformdirs.user_cache_dir(_APP, appauthor=False))


LOG_NAME = "segdesk.log"
"""Name of the log in `user_log_dir`."""


def user_log_dir() -> Path:
    """Return the folder of log files."""
    return _home("log", platformdirs.user_log_dir(_APP, appauthor=False))

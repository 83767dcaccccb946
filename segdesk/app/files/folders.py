"""Folders that the user chose, for the window and the command line alike."""

import os
from collections.abc import Mapping
from pathlib import Path

from segdesk.core.paths import user_config_dir

_VARIABLES = {"models_folder": "SEGDESK_MODELS", "cache_folder": "SEGDESK_CACHE"}


def use_chosen_folders(settings: Mapping[str, object] | None = None) -> None:
    """Put the chosen folders into the environment, for this process and its engines.

    A variable that is set already wins; a file of settings that cannot be read counts
    as none, for the window tells it.

    Parameters
    ----------
    settings
        Values by name; None: those of the file.
    """
    for name, folder in (settings or _of_file()).items():
        if name in _VARIABLES and isinstance(folder, str) and folder:
            os.environ.setdefault(_VARIABLES[name], str(Path(folder).expanduser()))


def _of_file() -> Mapping[str, object]:
    import tomllib  # the window never needs it

    try:
        text = (user_config_dir() / "settings.toml").read_text(encoding="utf-8")
        return tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}

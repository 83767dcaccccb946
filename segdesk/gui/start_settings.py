"""The settings as they are before there is a window: read, scaled, or left out."""

import os
from enum import StrEnum
from typing import NamedTuple

from segdesk.app.files.folders import use_chosen_folders
from segdesk.app.settings.settings import Settings
from segdesk.core.errors import SegDeskError
from segdesk.core.paths import user_config_dir

_SCALE = "QT_SCALE_FACTOR"


class StartChoice(StrEnum):
    """With what a start begins."""

    USUAL = "usual"
    SAFE = "safe"
    RESET = "reset"


class StartSettings(NamedTuple):
    """What the program starts with.

    Parameters
    ----------
    problem
        Why the file was not read in full; the window tells it.
    """

    settings: Settings
    problem: SegDeskError | None = None


def read_settings(*, is_safe: bool = False) -> StartSettings:
    """Read the settings; a safe start leaves them out.

    Parameters
    ----------
    is_safe
        Begin with the defaults; nothing of the sitting is written into the file.
    """
    settings = Settings(user_config_dir() / "settings.toml", is_passing=is_safe)
    try:
        settings.load()
    except SegDeskError as error:
        return StartSettings(settings, error)
    return StartSettings(settings)


def prepare_environment(start: StartSettings) -> None:
    """Bring into force what Qt, engines and paths read before there is a window.

    What the user set in the environment himself wins.
    """
    preferences = start.settings.preferences
    if preferences.ui_scale != "system":
        os.environ.setdefault(_SCALE, str(int(preferences.ui_scale) / 100))
    folders = ("models_folder", "cache_folder")
    use_chosen_folders({name: getattr(preferences, name) for name in folders})

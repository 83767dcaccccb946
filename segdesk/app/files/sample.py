"""The sample pictures, where the user may paint on them."""

import logging
import shutil
from pathlib import Path

from segdesk.core.language import tr
from segdesk.core.paths import resource_path, user_data_dir

log = logging.getLogger(__name__)

_FOLDER = tr("Nuclei sample")


def sample_images() -> Path:
    """Return a folder of the sample pictures that belongs to the user.

    Those that come with SegDesk stay as they are: they may lie where nobody may write,
    and every user has the same ones. Pictures that were copied before are left alone,
    with the annotations beside them.
    """
    shipped = resource_path("sample", "images")
    own = user_data_dir() / "sample" / _FOLDER
    try:
        own.mkdir(parents=True, exist_ok=True)
        for picture in shipped.iterdir():
            if picture.is_file() and not (own / picture.name).exists():
                shutil.copyfile(picture, own / picture.name)
    except OSError as error:
        log.info("the sample was not copied: %s", error)
        return shipped
    return own

"""Pictures that go along with their annotations."""

import shutil
from pathlib import Path

from segdesk.core.errors import InputError
from segdesk.core.language import tr
from segdesk.formats.atomic import atomic_writer
from segdesk.formats.labelled import LabelledImage, WriteOptions

_DEFAULT_SUFFIX = ".jpg"


def image_name(item: LabelledImage) -> str:
    """Return the file name that formats write for an item's image, with folders."""
    suffix = item.image.suffix if item.image is not None else _DEFAULT_SUFFIX
    return item.name + suffix


def copy_image(item: LabelledImage, target: Path, options: WriteOptions) -> None:
    """Copy the picture of an item, whole or not at all; without one, nothing.

    Raises
    ------
    InputError
        When the picture cannot be read.
    StorageError
        When the copy cannot be written.
    """
    if item.image is None or not options.copy_images:
        return
    try:
        source = item.image.open("rb")
    except OSError as error:
        raise InputError(
            tr("{name} was not copied.", name=item.image.name),
            cause=f"{error.strerror}.",
            hint=tr("Check that you may read it."),
            detail=str(error),
        ) from error
    with source, atomic_writer(target) as copy:
        shutil.copyfileobj(source, copy, 1 << 20)

"""Images that a command measures a model on."""

from pathlib import Path

from segdesk.core.errors import InputError


def some_images(
    path: Path | None, most: int, failed: str, purpose: str
) -> tuple[Path, ...]:
    """Return an image, or some images of a folder, spread over it.

    Parameters
    ----------
    path
        None: no image.
    most
        How many at most.
    failed
        What is not done without one: "The model was not tuned."
    purpose
        "measure", "compare".

    Raises
    ------
    InputError
        When the folder holds no image.
    """
    if path is None:
        return ()
    path = path.expanduser().absolute()
    if path.is_file():
        return (path,)
    from segdesk.core.imaging import find_images

    found = find_images(path)
    if not found:
        raise InputError(
            failed,
            cause=f"{path} holds no image to {purpose} on.",
            hint="Choose a folder of images, or leave --images out.",
        )
    return tuple(found[:: max(1, len(found) // most)][:most])

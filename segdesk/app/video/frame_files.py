"""Frames of a video as files: images, their labels, labels carried to the next."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.app.project.reading import project_root
from segdesk.core.errors import InputError, StorageError
from segdesk.core.language import tr

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from segdesk.app.proposals.proposals import PackedProposal
    from segdesk.app.video.film import Film
    from segdesk.core.classes import ClassList

FLOW_ID = tr("optical flow")


def number_of(stem: str, path: Path) -> int | None:
    """Return which frame of a video a file is by its name; None: none."""
    found = re.fullmatch(rf"{re.escape(stem)}_(\d{{6,}})", path.stem)
    return int(found.group(1)) if found else None


def find_marks(stem: str, last: int, folder: Path) -> dict[int, bool]:
    """Return the frames that are images in a folder: True where they have labels."""
    from segdesk.formats.project_file import read_project

    frames = {path: number_of(stem, path) for path in folder.glob("*.png")}
    if not frames:
        return {}
    project, marks = read_project(project_root(folder)), {}
    for path, number in frames.items():
        item = project.item_of(path)
        if number is not None and number <= last and item is not None:
            marks[number] = project.annotation_path(item).is_file()
    return dict(sorted(marks.items()))


def write_frame(pixels: "NDArray[np.uint8]", path: Path, words: str) -> Path:
    """Write a frame as an image, unless it is there.

    Parameters
    ----------
    words
        What it is, for a sentence: "Frame 12".

    Returns
    -------
    root
        The project that it belongs to.

    Raises
    ------
    StorageError
        It cannot be written.
    """
    from segdesk.core.cv import load_cv2
    from segdesk.formats.atomic import write_atomic

    if not path.exists():
        cv2 = load_cv2()
        _, data = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(path, data.tobytes())
        except OSError as error:
            raise StorageError(
                tr("{words} was not saved as an image.", words=words),
                cause=tr(
                    "{folder} cannot be written: {reason}.",
                    folder=path.parent,
                    reason=error.strerror or error,
                ),
                hint=tr("Choose another folder: the command “Frames go to”."),
            ) from error
    return project_root(path.parent)


def labels_on_disk(image: Path) -> "tuple[NDArray[np.uint8], ClassList]":
    """Read the labels of a frame.

    Raises
    ------
    InputError
        It has none.
    """
    from segdesk.formats.png_mask import read_mask
    from segdesk.formats.project_file import read_project

    project = read_project(project_root(image.parent))
    item = project.item_of(image)
    mask = project.annotation_path(item) if item is not None else image
    if project.classes is None or item is None or not mask.is_file():
        raise InputError(
            tr("Nothing was copied to the next frame."),
            cause=tr("{name} has no labels.", name=image.name),
            hint=tr("Annotate this frame first."),
        )
    return read_mask(mask), project.classes


def carried(
    film: "Film", number: int, labels: "NDArray[np.uint8]", classes: "ClassList"
) -> "PackedProposal":
    """Carry the labels of a frame to the next one, as a proposal.

    Raises
    ------
    InputError
        The next frame shows something else.
    """
    from segdesk.app.proposals.proposals import pack
    from segdesk.app.session import ProposalView
    from segdesk.core.flow import carry
    from segdesk.core.label_map import class_stats
    from segdesk.core.prediction import Prediction

    moved = carry(labels, film.pixels(number), film.pixels(number + 1))
    if not moved.known:
        raise InputError(
            tr("Nothing was copied to the next frame."),
            cause=tr("The next frame shows something else: the film was cut there."),
            hint=tr("Annotate it by hand."),
        )
    prediction = Prediction(moved.labels, moved.confidence, classes, FLOW_ID, "cpu", {})
    stats = class_stats(moved.labels, len(classes), moved.confidence)
    return pack(ProposalView(prediction, stats))

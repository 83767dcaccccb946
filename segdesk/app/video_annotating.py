"""Frames of a video as images of a project, and labels carried from one to the next."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.app.batch_showing import BatchShowing
from segdesk.app.desk import Desk
from segdesk.app.ports import ExecutorPort
from segdesk.core.errors import InputError, StorageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from segdesk.app.annotating import Annotating
    from segdesk.app.project_shelf import ProjectShelf
    from segdesk.app.proposals import PackedProposal
    from segdesk.app.video_film import Film
    from segdesk.app.videos import Videos
    from segdesk.core.classes import ClassList

FLOW_ID = "optical flow"


class VideoAnnotating:
    """Makes images of frames, in a folder beside the video, and opens them.

    Parameters
    ----------
    executor
        Decodes frames and finds how they moved; the videos' own.
    showing
        Opens an image with a proposal.
    """

    def __init__(
        self,
        desk: Desk,
        videos: "Videos",
        executor: ExecutorPort,
        showing: BatchShowing,
    ) -> None:
        self._session = desk.session
        self._notices = desk.notices
        self._videos = videos
        self._executor = executor
        self._showing = showing
        self._annotating: Annotating | None = None
        self._projects: ProjectShelf | None = None
        self._seen: Film | None = None
        videos.changed.connect(self._on_changed)

    def attach(self, annotating: "Annotating", projects: "ProjectShelf") -> None:
        """Tell what is open in the viewer."""
        self._annotating, self._projects = annotating, projects

    # ------------------------------------------------------------ what is so

    def folder(self, film: "Film") -> Path:
        """Return the folder of a video's frames."""
        return film.path.with_name(f"{film.path.stem}_frames")

    def path_of(self, film: "Film", number: int) -> Path:
        """Return where a frame lies as an image."""
        return self.folder(film) / f"{film.path.stem}_{number:06d}.png"

    @property
    def number(self) -> int | None:
        """The frame that is open in the viewer as an image; None: it is none."""
        film, image = self._videos.film, self._session.image
        if film is None or image is None or image.path.parent != self.folder(film):
            return None
        return _number_of(film, image.path)

    def why_not_carried(self, *, is_video: bool) -> str | None:
        """Return why no labels can be copied to the next frame.

        Parameters
        ----------
        is_video
            The page of the video is shown, not the viewer.
        """
        film = self._videos.film
        if film is None:
            return self._videos.why_none()
        number = self._videos.player.number if is_video else self.number
        if number is None:
            return "This image is no frame of the open video"
        if number >= film.last:
            return "This is the last frame"
        if is_video and not film.marks.get(number):
            return "Annotate this frame first"
        return None

    # ------------------------------------------------------------ what to do

    def annotate(self) -> None:
        """Make an image of the frame on screen, and open it with all tools."""
        film, number = self._videos.film, self._videos.player.number
        if film is None:
            return
        self._videos.player.pause()
        path = self.path_of(film, number)

        def done(_none: object) -> None:
            self._showing.open(path, "annotate")

        self._executor.submit(
            lambda: _write_frame(film, number, path), done, self._notices.error
        )

    def carry(self, *, is_video: bool) -> None:
        """Copy the labels to the next frame along the movement, as a proposal."""
        film = self._videos.film
        number = self._videos.player.number if is_video else self.number
        if film is None or number is None:
            return
        self._videos.player.pause()
        source, target = self.path_of(film, number), self.path_of(film, number + 1)
        labels, classes = self._open_labels(source)

        def work() -> "PackedProposal":
            own, names = labels, classes
            if own is None or names is None:
                own, names = _labels_on_disk(source)
            _write_frame(film, number + 1, target)
            return _carried(film, number, own, names)

        def done(packed: "PackedProposal") -> None:
            key = target, FLOW_ID
            self._session.settled.pop(key, None)
            self._session.rejected.discard(key)
            self._showing.show_proposal(target, packed, "annotate")
            self._videos.player.seek(number + 1)

        self._executor.submit(work, done, self._notices.error)

    def refresh(self) -> None:
        """Look anew which frames are images, and which of them are labelled."""
        film = self._videos.film
        if film is None:
            return

        def done(marks: dict[int, bool]) -> None:
            if film is self._videos.film and marks != film.marks:
                film.marks = marks
                self._videos.changed.emit()

        folder = self.folder(film)
        self._executor.submit(
            lambda: find_marks(film, folder), done, self._notices.error
        )

    def _on_changed(self) -> None:
        if self._videos.film is not self._seen:
            self._seen = self._videos.film
            self.refresh()

    def _open_labels(
        self, path: Path
    ) -> "tuple[NDArray[np.uint8] | None, ClassList | None]":
        """Return the labels of an image as they are on screen, if it is open."""
        image, annotating, projects = self._session.image, self._annotating, None
        if self._projects is not None:
            projects = self._projects.project
        document = annotating.document if annotating is not None else None
        if image is None or image.path != path or document is None or not projects:
            return None, None
        return document.labels.copy(), projects.classes


def find_marks(film: "Film", folder: Path) -> dict[int, bool]:
    """Return the frames that are images in a folder: True where they have labels."""
    from segdesk.core.project import ANNOTATIONS

    masks = {path.stem for path in (folder / ANNOTATIONS).glob("*.png")}
    marks = {}
    for path in folder.glob("*.png"):
        number = _number_of(film, path)
        if number is not None and number <= film.last:
            marks[number] = path.stem in masks
    return dict(sorted(marks.items()))


def _number_of(film: "Film", path: Path) -> int | None:
    found = re.fullmatch(rf"{re.escape(film.path.stem)}_(\d{{6,}})", path.stem)
    return int(found.group(1)) if found else None


def _write_frame(film: "Film", number: int, path: Path) -> None:
    from segdesk.core.cv import load_cv2
    from segdesk.formats.atomic import write_atomic

    if path.exists():
        return
    cv2 = load_cv2()
    pixels = film.pixels(number)
    _, data = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    try:
        path.parent.mkdir(exist_ok=True)
        write_atomic(path, data.tobytes())
    except OSError as error:
        raise StorageError(
            f"Frame {number + 1:,} was not saved as an image.",
            cause=f"{path.parent} cannot be written: {error.strerror or error}.",
            hint="Copy the video to a folder of your own, and open it there.",
        ) from error


def _labels_on_disk(image: Path) -> "tuple[NDArray[np.uint8], ClassList]":
    from segdesk.core.project import ANNOTATIONS
    from segdesk.formats.png_mask import read_mask
    from segdesk.formats.project_file import read_project

    project = read_project(image.parent)
    mask = image.parent / ANNOTATIONS / image.name
    if project.classes is None or not mask.is_file():
        raise InputError(
            "Nothing was copied to the next frame.",
            cause=f"{image.name} has no labels.",
            hint="Annotate this frame first.",
        )
    return read_mask(mask), project.classes


def _carried(
    film: "Film", number: int, labels: "NDArray[np.uint8]", classes: "ClassList"
) -> "PackedProposal":
    from segdesk.app.proposals import pack
    from segdesk.app.session import ProposalView
    from segdesk.core.flow import carry
    from segdesk.core.label_map import class_stats
    from segdesk.core.prediction import Prediction

    moved = carry(labels, film.pixels(number), film.pixels(number + 1))
    if not moved.known:
        raise InputError(
            "Nothing was copied to the next frame.",
            cause="The next frame shows something else: the film was cut there.",
            hint="Annotate it by hand.",
        )
    prediction = Prediction(moved.labels, moved.confidence, classes, FLOW_ID, "cpu", {})
    stats = class_stats(moved.labels, len(classes), moved.confidence)
    return pack(ProposalView(prediction, stats))

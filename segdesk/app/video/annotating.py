"""Frames of a video as images of a project, and labels carried from one to the next."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.app.batch.showing import BatchShowing
from segdesk.app.desk import Desk
from segdesk.app.ports import ExecutorPort
from segdesk.app.video.frame_files import (
    FLOW_ID,
    carried,
    find_marks,
    labels_on_disk,
    number_of,
    write_frame,
)
from segdesk.app.video.places import FramePlaces
from segdesk.app.video.stroke import FirstStroke, Stroke
from segdesk.core.language import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from segdesk.app.annotate.annotating import Annotating
    from segdesk.app.project.shelf import ProjectShelf
    from segdesk.app.proposals.proposals import PackedProposal
    from segdesk.app.video.film import Film
    from segdesk.app.video.videos import Videos
    from segdesk.app.window_ports import ViewerPort
    from segdesk.core.classes import ClassList
    from segdesk.core.errors import SegDeskError


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is in view of a frame: the place in the middle, and the zoom."""

    x: float
    y: float
    zoom: float


@dataclass(frozen=True, slots=True)
class _Begun:
    """A frame that is on its way to the viewer, what is done there and seen of it."""

    path: Path
    stroke: Stroke | None
    outlook: Outlook | None


class VideoAnnotating:
    """Makes images of frames, in a folder of the user's choice, and opens them.

    Parameters
    ----------
    executor
        Decodes frames and finds how they moved; the videos' own.
    showing
        Opens an image with a proposal.
    places
        Knows where frames go.

    Attributes
    ----------
    first
        Where a stroke may begin on a frame of the page; None before `attach`.
    outlook
        Returns what the page shows of the frame; None: all of it.
    """

    def __init__(
        self,
        desk: Desk,
        videos: "Videos",
        executor: ExecutorPort,
        showing: BatchShowing,
        places: FramePlaces,
    ) -> None:
        self.places = places
        self.first: FirstStroke | None = None
        self.outlook: Callable[[], Outlook | None] = lambda: None
        self._viewer: ViewerPort | None = None
        self._session = desk.session
        self._notices = desk.notices
        self._videos = videos
        self._executor = executor
        self._showing = showing
        self._annotating: Annotating | None = None
        self._projects: ProjectShelf | None = None
        self._seen: Film | None = None
        self._begun: _Begun | None = None
        videos.changed.connect(self._on_changed)

    def attach(
        self,
        annotating: "Annotating",
        projects: "ProjectShelf",
        viewer: "ViewerPort | None" = None,
    ) -> None:
        """Tell what is open in the viewer."""
        self._annotating, self._projects = annotating, projects
        self._viewer = viewer
        self.places.attach(projects)
        self.first = FirstStroke(self._videos, self._session, annotating, self.annotate)
        annotating.opened.connect(lambda _: self._on_opened())

    # ------------------------------------------------------------ what is so

    def folder(self, film: "Film") -> Path:
        """Return the folder of a video's frames, as far as it is decided on."""
        return self.places.known or film.path.with_name(f"{film.path.stem}_frames")

    def path_of(self, film: "Film", number: int) -> Path:
        """Return where a frame lies as an image."""
        return self.folder(film) / f"{film.path.stem}_{number:06d}.png"

    @property
    def number(self) -> int | None:
        """The frame that is open in the viewer as an image; None: it is none."""
        film, image = self._videos.film, self._session.image
        if film is None or image is None or image.path.parent != self.folder(film):
            return None
        return number_of(film.path.stem, image.path)

    def why_not_carried(self, *, is_video: bool) -> str | None:
        """Return why no labels can be copied to the next frame.

        Parameters
        ----------
        is_video
            The page of the video is shown, not the viewer.
        """
        film = self._videos.film
        if film is None:
            return self._videos.why_no_film()
        number = self._videos.player.number if is_video else self.number
        if number is None:
            return tr("This image is no frame of the open video")
        if number >= film.last:
            return tr("This is the last frame")
        if is_video and not film.marks.get(number):
            return tr("Annotate this frame first")
        return None

    # ------------------------------------------------------------ what to do

    def annotate(self, stroke: "Stroke | None" = None) -> None:
        """Make an image of the frame on screen, and open it with all tools.

        Parameters
        ----------
        stroke
            What was begun on it is done there.
        """
        self._videos.hold()
        shot, film = self._videos.shot, self._videos.film
        folder = self.places.decide() if shot is not None else None
        if folder is None or shot is None:
            self._drop_stroke()
            return
        if film is None:
            path = folder / f"{self.places.stem}_{_moment()}.png"
        else:
            path = self.path_of(film, shot.number)
        pixels = shot.image.pixels

        outlook = self.outlook()

        def done(root: Path) -> None:
            self._drop_stroke()
            self._begun = _Begun(path, stroke, outlook)
            self._showing.open(path, "annotate", self._root_of(path, root))

        def failed(error: "SegDeskError") -> None:
            self._drop_stroke()
            self._notices.error(error)

        self._executor.submit(
            lambda: write_frame(pixels, path, _words(film, shot.number)), done, failed
        )

    def move_frames(self) -> None:
        """Ask anew where the frames of this video go; those there stay."""
        if self.places.decide(anew=True) is not None:
            self.refresh()

    def _drop_stroke(self) -> None:
        self._begun = None
        if self.first is not None:
            self.first.forget()

    def _root_of(self, path: Path, root: Path) -> Path:
        """Return what is opened around a frame: what is open, if that holds it."""
        project = self._projects.project if self._projects is not None else None
        is_inside = project is not None and path.is_relative_to(project.root)
        return project.root if project is not None and is_inside else root

    def _on_opened(self) -> None:
        """Do the stroke that was begun on a frame, once its annotation is there."""
        image, annotating, begun = self._session.image, self._annotating, self._begun
        if begun is None or image is None or annotating is None:
            return
        if annotating.document is None or image.path != begun.path:
            return
        self._begun = None
        outlook = begun.outlook
        if outlook is not None and self._viewer is not None:
            self._viewer.look_at(outlook.x, outlook.y, outlook.zoom)
        if begun.stroke is not None:
            begun.stroke.repeat(annotating)

    def carry(self, *, is_video: bool) -> None:
        """Copy the labels to the next frame along the movement, as a proposal."""
        film = self._videos.film
        number = self._videos.player.number if is_video else self.number
        if film is None or number is None:
            return
        self._videos.player.pause()
        source, target = self.path_of(film, number), self.path_of(film, number + 1)
        labels, classes = self._open_labels(source)

        def work() -> "tuple[PackedProposal, Path]":
            own, names = labels, classes
            if own is None or names is None:
                own, names = labels_on_disk(source)
            pixels = film.pixels(number + 1)
            root = write_frame(pixels, target, _words(film, number + 1))
            return carried(film, number, own, names), root

        def done(found: "tuple[PackedProposal, Path]") -> None:
            packed, root = found
            key = target, FLOW_ID
            self._session.settled.pop(key, None)
            self._session.rejected.discard(key)
            root = self._root_of(target, root)
            self._showing.show_proposal(target, packed, "annotate", root)
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
            lambda: find_marks(film.path.stem, film.last, folder),
            done,
            self._notices.error,
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


def _moment() -> str:
    return datetime.now().astimezone().strftime("%Y%m%d-%H%M%S-%f")[:-3]


def _words(film: "Film | None", number: int) -> str:
    return (
        tr("The frame") if film is None else tr("Frame {number:,}", number=number + 1)
    )

"""Where the frames of a video become images: asked once for each video, remembered."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.app.project.reading import project_root
from segdesk.app.video.recording import file_name
from segdesk.core.language import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from segdesk.app.desk import Desk
    from segdesk.app.ports import ExecutorPort
    from segdesk.app.project.shelf import ProjectShelf
    from segdesk.app.video.memory import VideoMemory
    from segdesk.app.video.videos import Videos

_PICTURES = tr("Pictures")


@dataclass(frozen=True, slots=True)
class FramesChoice:
    """A folder that frames may go into.

    Parameters
    ----------
    title, detail
        What it is, and where.
    """

    title: str
    detail: str
    folder: Path


@dataclass(frozen=True, slots=True)
class FramesQuestion:
    """Where the frames of a video go.

    Parameters
    ----------
    name
        What the video is called.
    choices
        The first is proposed.
    """

    name: str
    choices: tuple[FramesChoice, ...]


class FramePlaces:
    """Knows the folder for the frames of the video that is open.

    Parameters
    ----------
    executor
        Writes what is remembered.

    Attributes
    ----------
    ask
        Asks the user; None: the user left it.
    """

    def __init__(
        self,
        desk: "Desk",
        videos: "Videos",
        memory: "VideoMemory",
        executor: "ExecutorPort",
    ) -> None:
        self.ask: Callable[[FramesQuestion], Path | None] = _first
        self._desk = desk
        self._videos = videos
        self._memory = memory
        self._executor = executor
        self._projects: ProjectShelf | None = None

    def attach(self, projects: "ProjectShelf") -> None:
        """Tell which project is open."""
        self._projects = projects

    @property
    def stem(self) -> str:
        """How the names of its frames begin."""
        film = self._videos.film
        return film.path.stem if film else file_name(self._videos.watch.name)

    @property
    def known(self) -> Path | None:
        """The folder, as far as it is decided on."""
        chosen = self._memory.frames_of(self._key)
        if chosen is not None and chosen.parent.is_dir():
            return chosen
        beside = self._beside()
        return beside if beside is not None and beside.is_dir() else None

    def decide(self, *, anew: bool = False) -> Path | None:
        """Return the folder; asks where there is a choice, the first time.

        Parameters
        ----------
        anew
            Ask in any case.

        Returns
        -------
        folder
            It may not be there yet; None: the user left the question.
        """
        known, choices = self.known, self._choices()
        if known is not None and not anew:
            return known
        if len(choices) == 1 and not anew:
            return choices[0].folder
        if known is not None:
            now = FramesChoice(tr("Where they go now"), str(known), known)
            choices = (now, *(one for one in choices if one.folder != known))
        name = self._videos.name
        folder = self.ask(FramesQuestion(name, choices))
        if folder is not None:
            self._memory.keep_frames(self._key, folder)
            write = self._memory.writer()
            self._executor.submit(write, _nothing, self._desk.notices.error)
        return folder

    @property
    def _key(self) -> str:
        film = self._videos.film
        return str(film.path) if film else self._videos.watch.name

    def _beside(self) -> Path | None:
        film = self._videos.film
        return film.path.with_name(f"{film.path.stem}_frames") if film else None

    def _choices(self) -> tuple[FramesChoice, ...]:
        name, choices = f"{self.stem}_frames", []
        project = self._projects.project if self._projects else None
        beside = self._beside()
        if project is not None and self._desk.session.files.root is not None:
            inside = project.root / project.layout.images / name
            title = tr("A folder of the open project {name}", name=project.root.name)
            if beside is None or project_root(beside) != project.root:
                choices.append(FramesChoice(title, str(inside), inside))
        if beside is not None:
            choices.append(FramesChoice(tr("Beside the video"), str(beside), beside))
        else:
            pictures = Path.home() / _PICTURES
            own = (pictures if pictures.is_dir() else Path.home()) / name
            choices.append(FramesChoice(tr("A folder of its own"), str(own), own))
        return tuple(choices)


def _first(question: FramesQuestion) -> Path | None:
    return question.choices[0].folder


def _nothing(_none: object) -> None:
    """Do nothing."""

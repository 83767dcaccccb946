"""Exporting a video: what the model says of it, as a film or as frames."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from segdesk.app.desk import Desk
from segdesk.app.notices import Level, Notice, Verb
from segdesk.app.ports import TrainerPort, TrainHandle
from segdesk.core.language import joined, tr
from segdesk.core.video_source import file_size
from segdesk.jobs.events import Failed, Progress, Report, Succeeded, Terminal
from segdesk.jobs.video_events import VideoDone, VideoStep
from segdesk.jobs.video_specs import VideoKind, VideoSpec

if TYPE_CHECKING:
    from segdesk.app.proposals.predicting import Predicting
    from segdesk.app.video.film import Film
    from segdesk.app.video.videos import Videos
    from segdesk.jobs.model_source import Precision

KINDS: dict[VideoKind, str] = {
    "overlay": tr("Overlay"),
    "side": tr("Side by side"),
    "mask": tr("Mask"),
    "frames": tr("Frames"),
}
STRIDES = (1, 2, 5, 10, 25)
# Bytes of a film with labels, beside those of its source for the same frames.
_WEIGHT = {"overlay": 1.2, "side": 2.3, "mask": 0.35}
_PNG_BYTES_A_PIXEL = 0.9  # overlay and mask of a frame


@dataclass(frozen=True, slots=True)
class VideoChoice:
    """What the user chose.

    Parameters
    ----------
    out
        The .mp4, or a folder for frames.
    kind, stride, smooth, audio
        As in `VideoSpec`.
    whole
        All of the video, not the range alone.
    """

    out: Path
    kind: VideoKind = "overlay"
    whole: bool = True
    stride: int = 1
    smooth: int = 1
    audio: bool = True


class VideoExporting:
    """Exports the open video, one at a time, while it can be played on.

    Parameters
    ----------
    videos
        Knows the video.
    predicting
        Knows the model.
    runner
        Runs the job in a process of its own.
    """

    def __init__(
        self,
        desk: Desk,
        videos: "Videos",
        predicting: "Predicting",
        runner: TrainerPort,
    ) -> None:
        self._desk = desk
        self._videos = videos
        self._predicting = predicting
        self._runner = runner
        self._handle: TrainHandle | None = None

    @property
    def film(self) -> "Film | None":
        """The video that would be exported."""
        return self._videos.film

    @property
    def smooth(self) -> int:
        """Over how many frames labels are calmed on screen."""
        return self._videos.live.smooth

    @property
    def model_name(self) -> str:
        """The model that would predict it."""
        return self._predicting.model_name

    def why_not(self) -> str | None:
        """Return why nothing can be exported now."""
        if self._handle is not None:
            return tr("A video is being exported")
        return self._videos.why_no_film() or self._videos.why_not_predicted()

    def proposed(self, kind: VideoKind) -> Path:
        """Return a name that is free, beside the video."""
        film = self.film
        path = film.path if film is not None else Path.home() / "video"
        ending = "" if kind == "frames" else ".mp4"
        stem = tr("{stem} {kind}", stem=path.stem, kind=kind)
        number, out = 1, path.with_name(f"{stem}{ending}")
        while out.exists():
            number += 1
            out = path.with_name(
                tr("{stem} {number}{ending}", stem=stem, number=number, ending=ending)
            )
        return out

    def problem(self, choice: VideoChoice) -> str:
        """Return why it cannot be exported like that; "": it can."""
        out = choice.out
        if not out.name or not out.parent.is_dir():
            return tr("Choose a folder that is there.")
        if choice.kind == "frames":
            if out.exists() and (not out.is_dir() or any(out.iterdir())):
                return tr("Choose an empty or a new folder.")
        elif out.suffix.lower() != ".mp4":
            return tr("The name must end in .mp4.")
        elif self.film is not None and out == self.film.path:
            return tr("That is the video itself. Choose another name.")
        elif out.exists():
            return tr("{name} is there already. Choose another name.", name=out.name)
        return ""

    def frames(self, choice: VideoChoice) -> int:
        """Return how many frames are predicted."""
        first, last = self._range(choice)
        return (last - first) // choice.stride + 1

    def bytes_of(self, choice: VideoChoice) -> float:
        """Return about how large the result becomes."""
        film = self.film
        if film is None:
            return 0.0
        count = self.frames(choice)
        facts = film.index.facts
        if choice.kind == "frames":
            return count * facts.width * facts.height * _PNG_BYTES_A_PIXEL
        each = file_size(str(film.path)) / len(film.index)
        return count * each * _WEIGHT[choice.kind]

    def seconds_of(self, choice: VideoChoice) -> float | None:
        """Return about how long it takes; None: nothing was predicted yet."""
        shot = self._videos.player.shot
        said = shot.prediction if shot is not None else None
        if said is None or not said.seconds:
            return None
        return self.frames(choice) * max(said.seconds.values())

    def run(self, choice: VideoChoice, reveal: Callable[[Path], None]) -> None:
        """Export as a job.

        Parameters
        ----------
        reveal
            Shows a file in the system's own window.
        """
        film, model = self.film, self._predicting.model
        if film is None or model is None or self.why_not() or self.problem(choice):
            return
        spec = self._spec(film, choice)
        jobs = self._desk.jobs
        row = jobs.open(tr("Export {name}", name=choice.out.name), "export", self._stop)
        jobs.report(row, Progress(0, self.frames(choice), "frames"))

        def report(event: Report) -> None:
            if isinstance(event, VideoStep):
                total = event.total or 0
                jobs.report(row, Progress(event.done, total, "frames"))
                self._take_shares(film, event)
            else:
                jobs.report(row, event)

        def ended(terminal: Terminal) -> None:
            self._handle = None
            jobs.close(row, terminal)
            self._tell(terminal, reveal)
            self._videos.changed.emit()

        self._handle = self._runner.train(spec, report, ended)
        self._videos.changed.emit()

    def _stop(self) -> None:
        if self._handle is not None:
            self._handle.stop()

    def _range(self, choice: VideoChoice) -> tuple[int, int]:
        film = self.film
        if film is None:
            return 0, 0
        whole = choice.whole
        return (0, film.last) if whole else (film.mark_in, film.mark_out)

    def _spec(self, film: "Film", choice: VideoChoice) -> VideoSpec:
        model = self._predicting.model
        assert model is not None  # noqa: S101 - `run` looked
        first, last = self._range(choice)
        preferences = self._desk.settings.preferences
        return VideoSpec(
            model=model.source,
            source=str(film.path),
            out=choice.out,
            kind=choice.kind,
            start_s=film.time_of(first),
            end_s=None if last == film.last else film.end_of(last),
            stride=choice.stride,
            smooth=choice.smooth,
            opacity=self._desk.session.view.opacity,
            audio=choice.audio,
            device=preferences.device,
            precision=cast("Precision", preferences.precision),
        )

    def _take_shares(self, film: "Film", step: VideoStep) -> None:
        classes = film.shares.classes
        for frame in step.frames:
            if classes is not None and len(frame.shares) == len(classes):
                film.shares.note(frame.number, frame.shares, classes)
        self._videos.shares_changed.emit()

    def _tell(self, terminal: Terminal, reveal: Callable[[Path], None]) -> None:
        if isinstance(terminal, Failed):
            self._desk.notices.error(terminal)
        done = terminal.result if isinstance(terminal, Succeeded) else None
        if not isinstance(done, VideoDone):
            return
        rate = done.frames / max(done.seconds, 1e-6)
        told = [
            tr("{frames:,} frames, {rate:.1f} a second.", frames=done.frames, rate=rate)
        ]
        if done.damaged:
            told.append(
                tr(
                    "{damaged:,} could not be decoded: others stand in.",
                    damaged=done.damaged,
                )
            )
        self._desk.notices.post(
            Notice(
                Level.DONE,
                tr("{name} was exported.", name=done.out.name),
                joined(" ", told),
                verbs=(Verb(tr("Show in folder"), lambda: reveal(done.out)),),
            )
        )

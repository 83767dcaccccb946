"""`segdesk video`: a film, a camera or a stream, predicted frame by frame."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, get_args

import typer

from segdesk.cli.model_choice import chosen_model, with_cure
from segdesk.cli.output import (
    ExitCode,
    print_json,
    print_line,
    say,
    show_error,
    show_report,
)
from segdesk.cli.predict_options import WINDOWS_HELP, windows_of
from segdesk.cli.progress_bar import progress_bar
from segdesk.cli.tta_option import TTA_HELP, tta_of
from segdesk.core.errors import InputError
from segdesk.core.video_source import is_live
from segdesk.jobs.events import (
    Cancelled,
    Failed,
    Noted,
    Progress,
    Report,
    Succeeded,
    Terminal,
)
from segdesk.jobs.video_events import VideoDone, VideoStep
from segdesk.jobs.video_specs import VideoKind, VideoSpec


def video(  # noqa: PLR0913 - one for each option
    source: Annotated[
        str,
        typer.Argument(
            metavar="INPUT",
            help="A video file, camera:0, or an address such as rtsp://host/path.",
            show_default=False,
        ),
    ],
    *,
    model: Annotated[
        str | None,
        typer.Option(
            help="Id of the library, or a .pth file; else the only model that is ready."
        ),
    ] = None,
    out: Annotated[
        Path,
        typer.Option(
            help="The .mp4; with --kind frames, a folder.", show_default=False
        ),
    ],
    config: Annotated[
        Path | None, typer.Option(help="Config that the .pth was trained by.")
    ] = None,
    trust: Annotated[
        bool, typer.Option("--trust", help="Execute --config as Python.")
    ] = False,
    classes: Annotated[
        Path | None,
        typer.Option(help="Class names: classes.json, or text with one on each line."),
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda:0 or mps.")] = "auto",
    kind: Annotated[
        str,
        typer.Option(
            help="overlay, side (picture and overlay), mask (colours alone), or frames "
            "(masks and overlays as files)."
        ),
    ] = "overlay",
    start: Annotated[float, typer.Option(help="First second.")] = 0.0,
    end: Annotated[
        float | None, typer.Option(help="Last second; else the whole video.")
    ] = None,
    duration: Annotated[
        float | None,
        typer.Option(help="Seconds that a camera or a stream is recorded."),
    ] = None,
    stride: Annotated[
        int, typer.Option(help="Every so many frames; speed and sound stay.")
    ] = 1,
    fps: Annotated[
        float | None,
        typer.Option(help="Frames a second of the result; else each keeps its time."),
    ] = None,
    size: Annotated[
        str | None,
        typer.Option(help="Of the pictures: 1280x720, or 720 for the height alone."),
    ] = None,
    smooth: Annotated[
        int,
        typer.Option(help="Majority over so many frames, odd, up to 15; 1: none."),
    ] = 1,
    opacity: Annotated[float, typer.Option(help="Of the colours, 0 to 1.")] = 0.5,
    quality: Annotated[
        int, typer.Option(help="Of H.264: 0 without loss, 51 the smallest file.")
    ] = 20,
    no_audio: Annotated[
        bool, typer.Option("--no-audio", help="Leave the sound out.")
    ] = False,
    shares: Annotated[
        Path | None,
        typer.Option(help="CSV of each frame's class shares; else beside the result."),
    ] = None,
    tta: Annotated[str | None, typer.Option(help=TTA_HELP)] = None,
    windows: Annotated[str | None, typer.Option(help=WINDOWS_HELP)] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace what is there.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document.")
    ] = False,
) -> None:
    """Predict a video: the classes drawn over it, the sound kept.

    Frames keep their times, also where the rate varies. Ctrl+C leaves a film of what
    was predicted until then. Writes a CSV of the class shares too.
    """
    target = out.expanduser().absolute()
    spec = VideoSpec(
        model=chosen_model(model, config, classes, trusted=trust),
        source=_source(source),
        out=target,
        kind=_kind(kind),
        start_s=start,
        end_s=end,
        duration_s=duration,
        stride=stride,
        fps=fps,
        size=_size(size),
        smooth=smooth,
        opacity=opacity,
        quality=quality,
        audio=not no_audio,
        shares=shares.expanduser().absolute() if shares else _beside(target),
        tta=tta_of(tta),
        windows=windows_of(windows),
        device=device,
        overwrite=overwrite,
    )
    # Imported here: the engine behind it takes seconds, a wrong call should not.
    from segdesk.cli.running import run_in_process

    log = _Log()
    with progress_bar("Predicting") as advance:
        terminal = run_in_process(spec, lambda event: log.take(event, advance))
    raise typer.Exit(_finish(terminal, spec, log, as_json=as_json))


def _source(text: str) -> str:
    return text if is_live(text) else str(Path(text).expanduser().absolute())


def _kind(text: str) -> VideoKind:
    known: dict[str, VideoKind] = {kind: kind for kind in get_args(VideoKind)}
    if text not in known:
        raise InputError(
            "The video was not predicted.",
            cause=f"--kind is {text!r}.",
            hint=f"It takes {', '.join(known)}.",
        )
    return known[text]


def _size(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    width, cross, height = text.lower().partition("x")
    sides = (width, height) if cross else ("0", width)
    if not all(side.isdecimal() for side in sides):
        raise InputError(
            "The video was not predicted.",
            cause=f"--size is {text!r}.",
            hint="Give it as 1280x720, or as 720 for the height alone.",
        )
    return int(sides[0]), int(sides[1])


def _beside(out: Path) -> Path:
    return out.with_suffix(".csv") if out.suffix else out / "shares.csv"


@dataclass
class _Log:
    """Keeps what a job says, for the JSON document."""

    last: VideoStep | None = None
    notes: list[Noted] = field(default_factory=list)

    def take(self, event: Report, advance: Callable[[Progress], None]) -> None:
        if isinstance(event, VideoStep):
            self.last = event
        elif isinstance(event, Progress):
            advance(event)
        else:
            if isinstance(event, Noted):
                self.notes.append(event)
            show_report(event)


def _finish(
    terminal: Terminal, spec: VideoSpec, log: _Log, *, as_json: bool
) -> ExitCode:
    """Say how it ended and return the exit code."""
    if isinstance(terminal, Failed):
        show_error(with_cure(terminal, spec.model), as_json=as_json)
        return ExitCode.WRONG
    document: dict[str, object] = {
        "model": spec.model.id,
        "source": spec.source,
        "kind": spec.kind,
        "notes": [f"{note.message} {note.cause}".strip() for note in log.notes],
    }
    code = ExitCode.STOPPED
    if isinstance(terminal, Succeeded) and isinstance(terminal.result, VideoDone):
        done = terminal.result
        code = ExitCode.SOME_FAILED if done.problem else ExitCode.OK
        rate = done.frames / max(done.seconds, 1e-6)
        document |= {"stopped": False, "frames_per_s": rate, "result": done}
        line = f"{done.frames:,} frames in {done.seconds:,.0f} s: {done.out}"
        (say if as_json else print_line)(line)
    elif isinstance(terminal, Cancelled):
        frames = log.last.done if log.last else 0
        document |= {"stopped": True, "kept": terminal.kept, "frames": frames}
        say(f"Stopped. {terminal.kept}".strip())
    if as_json:
        print_json(document)
    return code

"""Which frames of a video are predicted, and when each is shown in the result."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from segdesk.core.errors import InputError
from segdesk.core.language import tr
from segdesk.core.video import VideoFacts, VideoIndex
from segdesk.core.video_source import is_live, named
from segdesk.formats.video_file import container_of
from segdesk.jobs.video_specs import VideoSpec

MOST_SMOOTH = 15
_QUALITY = (0, 51)
_MOST_FPS = 240.0
_USUAL_FPS = 25.0  # where a file of one frame says none
_SIDE_PX = (16, 8192)


@dataclass(frozen=True, slots=True)
class VideoPlan:
    """The frames of a file that are wanted.

    Parameters
    ----------
    numbers
        Of the frames that are predicted, ascending.
    shown
        (position in `numbers`, time in the result) of each picture of the result,
        ascending; a frame is shown twice where the result has more of them a second.
    start_s, end_s
        The part of the source.
    fps
        About how many pictures a second the result has.
    """

    numbers: tuple[int, ...]
    shown: tuple[tuple[int, float], ...]
    start_s: float
    end_s: float
    fps: float

    def pictures(self) -> Iterator[tuple[int, tuple[float, ...]]]:
        """Yield each position in `numbers` with the times at which it is shown."""
        times: dict[int, list[float]] = {}
        for position, time_s in self.shown:
            times.setdefault(position, []).append(time_s)
        for position in range(len(self.numbers)):
            yield position, tuple(times.get(position, ()))


def check_part(spec: VideoSpec, facts: VideoFacts) -> None:
    """Refuse a part that lies clearly behind the end that the header tells.

    Raises
    ------
    InputError
        No frame lies there.
    """
    if facts.duration_s and spec.start_s > facts.duration_s + 1:
        raise _empty_part(spec.start_s, spec.end_s, facts, facts.duration_s)


def plan_video(spec: VideoSpec, index: VideoIndex) -> VideoPlan:
    """Choose the frames of a file.

    Raises
    ------
    InputError
        No frame lies in the part that is asked for.
    """
    facts = index.facts
    end_s = (
        index.duration_s if spec.end_s is None else min(spec.end_s, index.duration_s)
    )
    first = index.at(spec.start_s)
    if index.times_s[first] < spec.start_s - 1e-6:
        first += 1
    numbers = [
        number
        for number in range(first, len(index), spec.stride)
        if index.times_s[number] < end_s - 1e-6
    ]
    if not numbers:
        raise _empty_part(spec.start_s, spec.end_s, facts, index.duration_s)
    if spec.fps is not None:
        return _even_plan(spec.fps, numbers, index, spec.start_s, end_s)
    times = [float(index.times_s[number]) - spec.start_s for number in numbers]
    return VideoPlan(
        numbers=tuple(numbers),
        shown=tuple(enumerate(times)),
        start_s=spec.start_s,
        end_s=end_s,
        fps=(facts.fps or _USUAL_FPS) / spec.stride,
    )


def _empty_part(
    start_s: float, end_s: float | None, facts: VideoFacts, length_s: float
) -> InputError:
    to = tr(" to {end_s:g} s", end_s=end_s) if end_s is not None else ""
    return InputError(
        tr("The video was not predicted."),
        cause=tr(
            "{named} has no frame from {start_s:g} s{to}; it lasts {length_s:.2f} s.",
            named=named(facts.source),
            start_s=start_s,
            to=to,
            length_s=length_s,
        ),
        hint=tr("Give a start before its end, and an end behind the start."),
    )


def _even_plan(
    fps: float, numbers: list[int], index: VideoIndex, start_s: float, end_s: float
) -> VideoPlan:
    """Show at each tick the frame that is due; what is never due is not predicted."""
    shown: list[tuple[int, float]] = []
    used: list[int] = []
    position = 0
    for tick in range(max(1, round((end_s - start_s) * fps))):
        time_s = tick / fps
        while (
            position + 1 < len(numbers)
            and index.times_s[numbers[position + 1]] <= start_s + time_s + 1e-6
        ):
            position += 1
        if not used or used[-1] != numbers[position]:
            used.append(numbers[position])
        shown.append((len(used) - 1, time_s))
    return VideoPlan(tuple(used), tuple(shown), start_s, end_s, fps)


def picture_size(spec: VideoSpec, size: tuple[int, int]) -> tuple[int, int]:
    """Return width and height of the pictures; a side of 0 follows the other."""
    if spec.size is None:
        return size
    width, height = spec.size
    if not width:
        width = max(2, round(size[0] * height / size[1]))
    elif not height:
        height = max(2, round(size[1] * width / size[0]))
    return width, height


def check_video(spec: VideoSpec) -> None:
    """Refuse a call that cannot succeed, before anything is read.

    Raises
    ------
    InputError
        A number makes no sense, or the result would replace something.
    """
    for wrong, cause, hint in _objections(spec):
        if wrong:
            raise InputError(tr("The video was not predicted."), cause=cause, hint=hint)
    if spec.kind != "frames":
        container_of(spec.out)
    _check_place(spec)


def _objections(spec: VideoSpec) -> Iterator[tuple[bool, str, str]]:
    end_s = spec.end_s
    yield (
        spec.start_s < 0 or (end_s is not None and end_s <= spec.start_s),
        tr(
            "The part from {start_s:g} s to {end_s:g} s is empty.",
            start_s=spec.start_s,
            end_s=end_s or 0,
        ),
        tr("Give an end behind the start, in seconds."),
    )
    yield (
        spec.stride < 1,
        tr("The stride is {stride}.", stride=spec.stride),
        tr("Give 1 or more."),
    )
    yield (
        not (1 <= spec.smooth <= MOST_SMOOTH and spec.smooth % 2),
        tr("It cannot be smoothed over {smooth} frames.", smooth=spec.smooth),
        tr(
            "Give an odd number from 1, which is off, to {most_smooth}.",
            most_smooth=MOST_SMOOTH,
        ),
    )
    yield (
        not 0 <= spec.opacity <= 1,
        tr("The opacity is {opacity:g}.", opacity=spec.opacity),
        tr("It goes from 0, the picture alone, to 1, the colours alone."),
    )
    yield (
        spec.fps is not None and not 0 < spec.fps <= _MOST_FPS,
        tr("{fps:g} frames a second cannot be written.", fps=spec.fps or 0),
        tr("Give a number up to {most_fps:g}.", most_fps=_MOST_FPS),
    )
    yield (
        not _QUALITY[0] <= spec.quality <= _QUALITY[1],
        tr("The quality is {quality}.", quality=spec.quality),
        tr("It goes from 0, without loss, to 51; 20 is usual."),
    )
    low, high = _SIDE_PX
    sides = [side for side in spec.size or () if side]
    yield (
        spec.size is not None
        and (not sides or not all(low <= side <= high for side in sides)),
        tr("The size is {size}.", size=spec.size),
        tr("Give sides from {low} to {high} pixels.", low=low, high=high),
    )
    yield (
        spec.duration_s is not None and spec.duration_s <= 0,
        tr(
            "A duration of {seconds:g} s records nothing.", seconds=spec.duration_s or 0
        ),
        tr("Give seconds above 0."),
    )


def _check_place(spec: VideoSpec) -> None:
    results = [spec.out] if spec.shares is None else [spec.out, spec.shares]
    for result in results:
        _check_result(spec, result)
    if len({result.resolve() for result in results}) < len(results):
        raise InputError(
            tr("The video was not predicted."),
            cause=tr(
                "{name} is named for the video and for the class shares.",
                name=spec.out.name,
            ),
            hint=tr("Give the two different names."),
        )


def _check_result(spec: VideoSpec, result: Path) -> None:
    if not is_live(spec.source) and result.resolve() == Path(spec.source).resolve():
        raise InputError(
            tr("The video was not predicted."),
            cause=tr(
                "{name} would replace the video that it is made from.", name=result.name
            ),
            hint=tr("Give the result another name."),
        )
    if spec.overwrite or not result.exists():
        return
    is_folder = spec.kind == "frames" and result == spec.out
    if is_folder and result.is_dir() and not any(result.iterdir()):
        return
    raise InputError(
        tr("The video was not predicted."),
        cause=tr("{result} is there already.", result=result),
        hint=tr("Give another name, or allow it to be overwritten."),
    )


def source_words(facts: VideoFacts) -> str:
    """Return what a video is, in a line for the log."""
    turned = (
        tr(", turned by {rotation}°", rotation=facts.rotation) if facts.rotation else ""
    )
    return tr(
        "{named}: {width} × {height}, {codec}, {bit_depth} bit, "
        "{fps:.4g} frames a second{turned}",
        named=named(facts.source),
        width=facts.width,
        height=facts.height,
        codec=facts.codec,
        bit_depth=facts.bit_depth,
        fps=facts.fps,
        turned=turned,
    )

"""What the engine says of videos."""

from pathlib import Path

import msgspec

from segdesk.core.classes import ClassList
from segdesk.core.language import Words
from segdesk.jobs.array_ref import ArrayRef


class FrameShares(msgspec.Struct, frozen=True):
    """How much of one frame each class covers.

    Parameters
    ----------
    number
        Of the frame in the source, from 0.
    time_s
        When it is shown in the source.
    shares
        0-1, in class order.
    """

    number: int
    time_s: float
    shares: tuple[float, ...]


class VideoStep(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """How far the prediction of a video is; at most five a second, and a last one.

    Parameters
    ----------
    done, total
        Frames; `total` is None where the source has no end.
    frames_per_s
        Over the last seconds.
    eta_s
        Seconds that are left; None: not known.
    dropped
        Frames of a live source that came too fast.
    frames
        What was written since the last report, in order.
    """

    done: int
    total: int | None
    frames_per_s: float
    eta_s: float | None = None
    dropped: int = 0
    frames: tuple[FrameShares, ...] = ()


class VideoDone(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A video is predicted and written, whole.

    Parameters
    ----------
    out
        The video, or the folder of frames.
    shares
        The CSV; None: none was asked for.
    size
        Width and height of the pictures.
    encoder
        "libx264", "mpeg4", or "png".
    audio
        "copied", "encoded", or "" for none.
    dropped
        Frames of a live source that came too fast.
    damaged
        Frames that could not be decoded; the one before stands in for each.
    problem
        Why a live source ended before it was stopped; empty: it did not.
    stages
        Seconds of work by stage: decode, network and others of the prediction, draw,
        encode. They overlap, so their sum may exceed `seconds`.
    """

    out: Path
    shares: Path | None
    frames: int
    seconds: float
    size: tuple[int, int]
    encoder: str
    audio: str = ""
    dropped: int = 0
    damaged: int = 0
    problem: Words = ""
    stages: dict[str, float] = {}


class FrameDone(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """One frame that was handed over is predicted.

    Parameters
    ----------
    number, time_s
        As the spec said.
    labels
        (H, W), class index of each pixel.
    confidence
        (H, W), 0-255 for 0-1; None: not asked for.
    shares
        Share of each class, 0-1, in class order.
    seconds
        Wall time by stage: take, preprocess, network, postprocess, count, hand over.
    """

    model_id: str
    number: int
    time_s: float
    labels: ArrayRef
    confidence: ArrayRef | None
    shares: tuple[float, ...]
    classes: ClassList
    device: str
    seconds: dict[str, float]

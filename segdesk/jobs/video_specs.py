"""What can be asked of the engine about videos."""

from pathlib import Path
from typing import Literal

import msgspec

from segdesk.jobs.array_ref import ArrayRef
from segdesk.jobs.model_source import Device, ModelSource, Precision, Tta, Windows

VideoKind = Literal["overlay", "side", "mask", "frames"]


class VideoSpec(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Predict a video and write it as a video or as frames.

    Parameters
    ----------
    source
        Absolute path of a file, the address of a stream, or "camera:0".
    out
        The .mp4 to write; with the kind "frames" a folder for PNG files.
    kind
        "overlay": the colours over the picture. "side": picture and overlay side by
        side. "mask": the colours alone. "frames": index PNG, one for each frame.
    start_s, end_s
        What of a file is predicted; None: to its end.
    duration_s
        How long a camera or stream is recorded; None: until stopped.
    stride
        Every so many frames. They keep their times, so speed and sound stay right.
    fps
        Frames a second of the result, evenly spaced; None: each frame keeps its time.
    size
        Width and height of the result's pictures (of each half with "side"); None: as
        they are. The sides are made even, as H.264 asks.
    smooth
        Each pixel takes the class that won most often in so many frames around it, odd;
        1: as predicted.
    opacity
        Of the colours, 0-1.
    quality
        Constant rate factor of H.264, 0-51, less is better.
    audio
        Keep the sound.
    shares
        CSV of the class shares of each frame; None: none is written.
    tta, windows
        As for one image.
    overwrite
        Replace what lies at `out`.
    """

    model: ModelSource
    source: str
    out: Path
    kind: VideoKind = "overlay"
    start_s: float = 0.0
    end_s: float | None = None
    duration_s: float | None = None
    stride: int = 1
    fps: float | None = None
    size: tuple[int, int] | None = None
    smooth: int = 1
    opacity: float = 0.5
    quality: int = 20
    audio: bool = True
    shares: Path | None = None
    tta: Tta | None = None
    windows: Windows | None = None
    device: Device = "auto"
    precision: Precision = "auto"
    overwrite: bool = False


class FrameSpec(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Predict one frame that is handed over; the model is loaded first if need be.

    Parameters
    ----------
    pixels
        (H, W, 3) RGB; the engine takes it, so its file is gone afterwards.
    number, time_s
        Which frame it is; the answer says it again.
    scratch_dir
        Folder into which the arrays of the answer are written. The reader deletes them.
    confidence
        Hand over the confidence too; costs time.
    """

    model: ModelSource
    pixels: ArrayRef
    scratch_dir: Path
    number: int = 0
    time_s: float = 0.0
    confidence: bool = False
    tta: Tta | None = None
    windows: Windows | None = None
    device: Device = "auto"
    precision: Precision = "auto"

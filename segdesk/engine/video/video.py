"""Predict a video: decoding, network, drawing and encoding overlapped.

Four threads work on frames that follow each other: one decodes, the job's own runs the
network, one counts and draws, one encodes. What is cancelled, or a stream that breaks,
leaves a film of what was predicted until then.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from segdesk.core.errors import JobCancelledError, SegDeskError, VideoReadError
from segdesk.core.language import tr
from segdesk.core.video import IndexProgress, VideoFacts, index_video
from segdesk.core.video_frames import Frame, FrameReader
from segdesk.core.video_live import LiveSource
from segdesk.core.video_source import is_live
from segdesk.engine.pipeline import ahead
from segdesk.engine.video.order import Due, Seen, with_neighbours
from segdesk.engine.video.out import Artist, Drawn, Sink, open_sink
from segdesk.engine.video.plan import (
    VideoPlan,
    check_video,
    plan_video,
    source_words,
)
from segdesk.engine.video.progress import Clock, Teller
from segdesk.formats.video_shares import TakesRow, shares_table
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import LogLine, Noted, Progress
from segdesk.jobs.video_events import FrameShares, VideoDone
from segdesk.jobs.video_specs import VideoSpec

if TYPE_CHECKING:
    from segdesk.engine.predictor import Predictor

_WAIT_S = 0.2


@dataclass(frozen=True, slots=True)
class _Part:
    """What the result is about.

    Parameters
    ----------
    total
        Frames that are predicted; None: until it is stopped.
    fps
        Pictures a second of the result, about.
    length_s
        Of the result; None: as long as its frames.
    sound
        See `open_sink`.
    """

    facts: VideoFacts
    total: int | None
    fps: float
    length_s: float | None
    sound: tuple[float, float, float] | None


def run_video(
    spec: VideoSpec, context: JobContext, predictor: "Predictor"
) -> VideoDone:
    """Predict a video and write it as a film, or as files of its frames.

    Reports Progress and VideoStep up to five times a second.

    Raises
    ------
    InputError
        The spec makes no sense, or the source cannot be read.
    StorageError
        The result cannot be written; an earlier one is untouched.
    ModelError
        The network fails.
    JobCancelledError
        The user stopped it. It says what is kept.
    """
    check_video(spec)
    run = _Run(spec, context, predictor)
    return run.live() if is_live(spec.source) else run.file()


class _Run:
    def __init__(
        self, spec: VideoSpec, context: JobContext, predictor: "Predictor"
    ) -> None:
        self._spec = spec
        self._context = context
        self._predictor = predictor
        self._classes = predictor.built.classes
        self._began_s = time.monotonic()
        self._clock = Clock()
        self._stopped = False
        self._problem: SegDeskError | None = None

    # -------------------------------------------------------------- sources

    def file(self) -> VideoDone:
        spec, context = self._spec, self._context

        def tell(progress: IndexProgress) -> None:
            done = round(100 * progress.share)
            context.report(Progress(done, 100, "%", tr("Reading the video")))

        index = index_video(spec.source, check=context.check, report=tell)
        context.report(LogLine(source_words(index.facts)))
        for note in index.notes():
            context.report(
                Noted("warning", note, tr("All that are there are predicted."))
            )
        plan = plan_video(spec, index)
        sound = None
        if spec.audio and index.facts.audio and index.timed:
            sound = (index.zero_s, plan.start_s, plan.end_s)
        part = _Part(
            facts=index.facts,
            total=len(plan.numbers),
            fps=plan.fps,
            length_s=plan.end_s - plan.start_s,
            sound=sound,
        )
        with (
            FrameReader(index, cache_bytes=1) as reader,
            ThreadPoolExecutor(1, "decode") as decoder,
        ):
            done = self._film(part, self._decoded(reader, plan, decoder))
            damaged = len(reader.damaged)
        if damaged:
            context.report(_damage(damaged))
        return self._done(done, damaged=damaged)

    def live(self) -> VideoDone:
        self._context.report(Progress(0, None, "frames", tr("Waiting for the stream")))
        with LiveSource(self._spec.source) as source:
            self._context.report(LogLine(source_words(source.facts)))
            fps = source.facts.fps or 25.0
            part = _Part(source.facts, None, fps, None, None)
            done = self._film(part, self._arriving(source), lambda: source.dropped)
            return self._done(done, dropped=source.dropped)

    def _decoded(
        self, reader: FrameReader, plan: VideoPlan, decoder: ThreadPoolExecutor
    ) -> Iterator[Due]:
        def decode(picture: tuple[int, tuple[float, ...]]) -> Due:
            position, shown_s = picture
            number = plan.numbers[position]
            with self._clock.stage("decode"):
                pixels = reader.frame(number, self._context.check)
            time_s = float(reader.index.times_s[number])
            return Due(Frame(number, time_s, pixels), shown_s)

        return ahead(plan.pictures(), decode, decoder)

    def _arriving(self, source: LiveSource) -> Iterator[Due]:
        """Yield the newest frame whenever the network is free, from 0 s on."""
        first_s: float | None = None
        limit_s = self._spec.duration_s
        while True:
            self._context.check()
            try:
                frame = source.take(_WAIT_S)
            except VideoReadError as error:
                if first_s is None:
                    raise
                self._problem = error
                return
            if frame is None:
                continue
            first_s = frame.time_s if first_s is None else first_s
            shown_s = frame.time_s - first_s
            if limit_s is not None and shown_s >= limit_s:
                return
            if frame.number % self._spec.stride == 0 or shown_s == 0:
                yield Due(frame, (shown_s,))

    # -------------------------------------------------------------- the course

    def _film(
        self,
        part: _Part,
        frames: Iterator[Due],
        dropped: Callable[[], int] = lambda: 0,
    ) -> "_Filmed":
        spec = self._spec
        artist = Artist(spec, self._classes, part.facts.size)
        replaces = spec.kind != "frames" and spec.out.exists()
        with ExitStack() as stack:
            sink = stack.enter_context(
                open_sink(spec, self._classes, artist.size, part.fps, part.sound)
            )
            if sink.encoder == "mpeg4":
                self._context.report(_without_h264())
            table = spec.shares and shares_table(spec.shares, self._classes)
            row = stack.enter_context(table or nullcontext(_no_row))
            drawer = stack.enter_context(ThreadPoolExecutor(1, "draw"))
            encoder = stack.enter_context(ThreadPoolExecutor(1, "encode"))
            teller = Teller(self._context, part.total, dropped)

            def draw(seen: Seen) -> Drawn:
                with self._clock.stage("draw"):
                    return artist.draw(seen)

            seen = with_neighbours(self._labelled(frames), spec.smooth)
            last_s = 0.0
            for shares, end_s in ahead(
                ahead(seen, draw, drawer), self._writing(sink, row), encoder
            ):
                teller.tell(shares)
                last_s = max(last_s, end_s)
            self._check_kept(teller.done, replaces=replaces)
            complete = part.length_s is not None and not self._stopped
            sink.finish((part.length_s or 0) if complete else last_s + 1 / part.fps)
            teller.finish()
        if self._stopped:
            raise JobCancelledError(
                tr(
                    "{done:,} frames, up to {last_s:.1f} s, are in {out}.",
                    done=teller.done,
                    last_s=last_s,
                    out=spec.out,
                )
            )
        return _Filmed(teller.done, sink)

    def _labelled(
        self, frames: Iterator[Due]
    ) -> Iterator[tuple[Due, NDArray[np.uint8]]]:
        """Predict the frames until there are no more, or the user stops."""
        try:
            for due in frames:
                self._context.check()
                raw = self._predictor.predict(
                    due.frame.pixels,
                    confidence=False,
                    tta=self._spec.tta,
                    windows=self._spec.windows,
                    check=self._context.check,
                )
                self._clock.add(raw.seconds)
                yield due, raw.labels
        except JobCancelledError:
            self._stopped = True

    def _writing(
        self, sink: Sink, row: TakesRow
    ) -> Callable[[Drawn], tuple[FrameShares, float]]:
        def write(drawn: Drawn) -> tuple[FrameShares, float]:
            with self._clock.stage("encode"):
                sink.add(drawn)
                shares = drawn.shares
                row(shares.number, shares.time_s, shares.shares)
            return shares, max(drawn.shown_s, default=0.0)

        return write

    def _check_kept(self, frames: int, *, replaces: bool) -> None:
        """Give a stopped film up where it has no frame, or would replace a whole one.

        Raises
        ------
        JobCancelledError
            So that what was written goes.
        """
        if not self._stopped or (frames and not replaces):
            return
        kept = (
            tr("The earlier {name} is unchanged.", name=self._spec.out.name)
            if replaces
            else ""
        )
        raise JobCancelledError(kept or tr("Nothing was written."))

    def _done(
        self, filmed: "_Filmed", *, damaged: int = 0, dropped: int = 0
    ) -> VideoDone:
        if self._problem is not None:
            told = self._problem
            self._context.report(
                Noted("warning", told.message, told.cause, tr("What came is written."))
            )
        return VideoDone(
            out=self._spec.out,
            shares=self._spec.shares,
            frames=filmed.frames,
            seconds=time.monotonic() - self._began_s,
            size=filmed.sink.size,
            encoder=filmed.sink.encoder,
            audio=filmed.sink.audio,
            dropped=dropped,
            damaged=damaged,
            problem=str(self._problem or ""),
            stages=self._clock.seconds,
        )


@dataclass(frozen=True, slots=True)
class _Filmed:
    frames: int
    sink: Sink


def _damage(count: int) -> Noted:
    return Noted(
        "warning",
        tr("{count:,} frames could not be decoded.", count=count),
        tr("The file is broken there; the frame before stands in for each."),
        tr("Copy the video again if it was cut off."),
    )


def _without_h264() -> Noted:
    return Noted(
        "warning",
        tr("The film is written as MPEG-4 part 2."),
        tr("The installed PyAV cannot encode H.264."),
        tr("Install PyAV from PyPI (pip install av) for smaller films."),
    )


def _no_row(number: int, time_s: float, shares: tuple[float, ...]) -> None:
    """Write no table."""

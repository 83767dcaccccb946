"""What the status bar says while a page is shown in the place of the picture."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QDateTime

from segdesk.app.evaluation.words import SPLIT_WORDS
from segdesk.core.language import joined, tr
from segdesk.gui.item_models import figures

if TYPE_CHECKING:
    from segdesk.app.context import AppContext
    from segdesk.app.video.film import Film
    from segdesk.core.video import VideoFacts
    from segdesk.jobs.training_events import EvaluationDone

_NEARLY = 0.005
_CODECS = {
    "h264": "H.264",
    "hevc": "H.265",
    "mpeg4": "MPEG-4",
    "mpeg2video": "MPEG-2",
    "mjpeg": tr("Motion JPEG"),
    "prores": "ProRes",
}


def page_words(context: "AppContext") -> str:
    """Return where run or batch lie, or when a model was evaluated; "": nothing."""
    match context.window.layout_id:
        case "train" if context.runs.selected is not None:
            return tr("Run folder  {folder}", folder=context.runs.selected.folder)
        case "evaluate" if context.evaluating.shown is not None:
            return evaluated(context.evaluating.shown)
        case "batch" if context.batches.shown is not None:
            return tr("Output  {out_dir}", out_dir=context.batches.shown.out_dir)
        case "video" if context.videos.film is not None:
            return filmed(context.videos.film)
        case "video" if context.videos.watch.is_open:
            watch = context.videos.watch
            known = _facts(watch.facts) if watch.facts is not None else ()
            return joined("    ", (watch.name, *known))
    return ""


def filmed(film: "Film") -> str:
    """Return what a video is: name, size, frames a second, frames, compression."""
    facts = film.index.facts
    size, rate, codec = _facts(facts)
    frames = tr("{index} frames", index=figures.number(len(film.index)))
    return joined("    ", (film.path.name, size, rate, frames, codec))


def _facts(facts: "VideoFacts") -> tuple[str, str, str]:
    """Return size, frames a second and compression."""
    is_whole = abs(facts.fps - round(facts.fps)) < _NEARLY
    rate = figures.decimal(facts.fps, 0 if is_whole else 2)
    return (
        figures.size(*facts.size),
        tr("{rate} fps", rate=rate),
        _CODECS.get(facts.codec, facts.codec.upper()),
    )


def evaluated(done: "EvaluationDone") -> str:
    """Return when an evaluation was made, how long it took and on what."""
    split = SPLIT_WORDS.get(done.split, done.split).lower()
    pixels = figures.megapixels(sum(map(sum, done.confusion)))
    return tr(
        "{when}, {time}, {split} split, {pixels} labelled",
        when=_when(done.ended_at),
        time=figures.short_duration(done.seconds),
        split=split,
        pixels=pixels,
    )


def _when(ended_at: float) -> str:
    if not ended_at:
        return tr("Evaluated")
    ended = QDateTime.fromSecsSinceEpoch(round(ended_at))
    locale = figures.locale()
    clock = locale.toString(ended.time(), locale.FormatType.ShortFormat)
    if ended.date() == QDateTime.currentDateTime().date():
        return tr("Evaluated {clock}", clock=clock)
    day = locale.toString(ended.date(), locale.FormatType.ShortFormat)
    return tr("Evaluated {day} {clock}", day=day, clock=clock)

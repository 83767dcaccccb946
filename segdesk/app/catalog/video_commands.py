"""Videos: opening, playing, the range; in the File and View menus and on the page."""

from collections.abc import Callable

from segdesk.app.commands import Command, Where
from segdesk.app.context import AppContext
from segdesk.app.video.link import LinkState
from segdesk.core.language import tr

Run = Callable[[AppContext], None]


def _is_page(context: AppContext) -> bool:
    return context.window.layout_id == "video"


def _why_no_film(context: AppContext) -> str | None:
    return context.videos.why_none()


def _why_none(context: AppContext) -> str | None:
    """Return why nothing can be done on the page of the video."""
    shown = None if _is_page(context) else tr("Show the video first")
    return _why_no_film(context) or shown


def _why_no_frames(context: AppContext) -> str | None:
    """Return why there are no frames to go to on the page of the video."""
    return context.videos.why_no_film() or _why_none(context)


def _why_not_predicted(context: AppContext) -> str | None:
    return _why_none(context) or context.videos.why_not_predicted()


def _why_no_range(context: AppContext) -> str | None:
    film = context.videos.film
    if film is None or not _is_page(context):
        return _why_no_frames(context)
    return None if film.has_range else tr("The range is the whole video")


def _open(context: AppContext) -> None:
    path = context.dialogs.choose_video()
    if path is not None:
        context.videos.open(path)


def _open_live(context: AppContext) -> None:
    source = context.dialogs.ask_live_source(context.live_sources)
    if source is not None:
        context.live_sources.keep(source)
        context.videos.open_live(source)


def _why_not_live(context: AppContext) -> str | None:
    is_open = context.videos.watch.is_open
    return None if is_open else tr("Open a camera or a stream first")


def _why_not_lost(context: AppContext) -> str | None:
    is_lost = context.videos.watch.link.state is LinkState.LOST
    return None if is_lost else tr("The connection is not broken")


def _step(by: int) -> Run:
    return lambda context: context.videos.step(by)


def _begin(context: AppContext) -> None:
    film = context.videos.film
    if film is not None:
        context.videos.player.seek(film.mark_in)


def _end(context: AppContext) -> None:
    film = context.videos.film
    if film is not None:
        context.videos.player.seek(film.mark_out)


def _predict(context: AppContext) -> None:
    context.videos.set_predicts(on=not context.videos.predicts)


def _loop(context: AppContext) -> None:
    context.videos.player.set_loops(on=not context.videos.player.loops)


def _why_no_carry(context: AppContext) -> str | None:
    return context.video_annotating.why_not_carried(is_video=_is_page(context))


def _carry(context: AppContext) -> None:
    context.video_annotating.carry(is_video=_is_page(context))


def _why_no_export(context: AppContext) -> str | None:
    return context.video_export.why_not()


def export_video(context: AppContext) -> None:
    """Ask how the open video is exported, and do it."""
    choice = context.dialogs.ask_video_export(context.video_export)
    if choice is not None:
        context.video_export.run(choice, context.dialogs.reveal)


def _on_page(
    id_: str, title: str, icon: str, run: Run, tip: str, keys: tuple[str, ...] = ()
) -> Command:
    why = _why_none if id_ == "play" else _why_no_frames
    return Command(
        f"video.{id_}", title, icon, tr("Video"), run, keys, tip, Where.CANVAS, why
    )


COMMANDS = (
    Command(
        "file.open_video",
        tr("Open video"),
        "film-strip",
        tr("File"),
        _open,
        ("Ctrl+Shift+U",),
        tr(
            "Choose a video; it is played, stepped through and predicted frame by "
            "frame."
        ),
    ),
    Command(
        "file.open_live",
        tr("Open camera or stream"),
        "broadcast",
        tr("File"),
        _open_live,
        (),
        tr("Show a camera of this machine, or a stream of the network."),
    ),
    Command(
        "view.video",
        tr("Show video"),
        "film-strip",
        tr("View"),
        lambda context: context.window.set_layout("video"),
        (),
        tr("Go to the video that is open."),
        disabled_why=_why_no_film,
        checked=lambda context: context.window.layout_id == "video",
    ),
    _on_page(
        "play",
        tr("Play or pause"),
        "play",
        lambda context: context.videos.toggle(),
        tr("Play the video, or stay at this frame. Space does the same."),
    ),
    _on_page(
        "back", tr("Previous frame"), "caret-left", _step(-1), tr("Go one frame back.")
    ),
    _on_page(
        "forward", tr("Next frame"), "caret-right", _step(1), tr("Go one frame on.")
    ),
    _on_page(
        "begin",
        tr("Go to the beginning"),
        "skip-back",
        _begin,
        tr("Go to the range's start."),
    ),
    _on_page(
        "end", tr("Go to the end"), "skip-forward", _end, tr("Go to the range's end.")
    ),
    Command(
        "video.loop",
        tr("Loop"),
        "repeat",
        tr("Video"),
        _loop,
        (),
        tr("Begin again at the end of the range."),
        disabled_why=_why_no_frames,
        checked=lambda context: context.videos.player.loops,
    ),
    _on_page(
        "mark_in",
        tr("Mark in"),
        "arrow-line-left",
        lambda context: context.videos.mark_in(),
        tr("Let the range begin at this frame."),
        ("Shift+I",),
    ),
    _on_page(
        "mark_out",
        tr("Mark out"),
        "arrow-line-right",
        lambda context: context.videos.mark_out(),
        tr("Let the range end at this frame."),
        ("Shift+O",),
    ),
    Command(
        "video.clear_range",
        tr("Clear in and out"),
        "x",
        tr("Video"),
        lambda context: context.videos.clear_range(),
        (),
        tr("Let the range be the whole video again."),
        disabled_why=_why_no_range,
    ),
    Command(
        "video.predict",
        tr("Predict while playing"),
        "lightning",
        tr("Video"),
        _predict,
        (),
        tr("Predict each frame that is shown; frames that come too late are dropped."),
        disabled_why=_why_not_predicted,
        checked=lambda context: context.videos.predicts,
    ),
    Command(
        "video.annotate",
        tr("Annotate this frame"),
        "paint-brush",
        tr("Video"),
        lambda context: context.video_annotating.annotate(),
        (),
        tr(
            "Open the frame as an image of a project. A stroke on a still frame "
            "does so."
        ),
        disabled_why=_why_none,
    ),
    Command(
        "video.frames_place",
        tr("Frames go to"),
        "folder-open",
        tr("Video"),
        lambda context: context.video_annotating.move_frames(),
        (),
        tr("Choose the folder in which frames of this video become images."),
        disabled_why=_why_no_film,
    ),
    Command(
        "video.record",
        tr("Record"),
        "record",
        tr("Video"),
        lambda context: context.video_recording.toggle(),
        (),
        tr("Write what is live into a film, or end it."),
        Where.CANVAS,
        lambda context: context.video_recording.why_not(),
        lambda context: context.video_recording.film is not None,
    ),
    Command(
        "video.try_now",
        tr("Connect now"),
        "arrow-clockwise",
        tr("Video"),
        lambda context: context.videos.watch.link.try_now(),
        (),
        tr("Connect to the camera or the stream again, without waiting."),
        disabled_why=_why_not_lost,
    ),
    Command(
        "video.disconnect",
        tr("Disconnect"),
        "video-camera-slash",
        tr("Video"),
        lambda context: context.videos.watch.close(),
        (),
        tr("Let the camera or the stream go."),
        disabled_why=_why_not_live,
    ),
    Command(
        "video.carry",
        tr("Copy to next frame"),
        "arrow-bend-up-right",
        tr("Video"),
        _carry,
        ("Shift+V",),
        tr("Carry the labels along the movement to the next frame, as a proposal."),
        Where.CANVAS,
        _why_no_carry,
    ),
    Command(
        "video.export",
        tr("Export video"),
        "export",
        tr("Video"),
        export_video,
        (),
        tr("Write a film or frames with the classes that the model sees."),
        disabled_why=_why_no_export,
    ),
)

"""Opening a video: a file, or the address of a stream; a sentence for what is wrong.

PyAV is imported when the first video is opened. A file is opened as nothing but a file
and only by demuxers of videos: a playlist in disguise cannot make it read others.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from segdesk.core.errors import VideoReadError
from segdesk.core.language import tr

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

_SUFFIXES = (
    "mp4 m4v mov mkv webm avi mpg mpeg ts mts m2ts wmv flv 3gp ogv mxf "
    "y4m h264 hevc mjpeg vob dv"
)
VIDEO_SUFFIXES = frozenset(f".{name}" for name in _SUFFIXES.split())

CAMERA = "camera:"
_SCHEMES = ("rtsp", "rtsps", "rtmp", "rtmps", "http", "https", "udp", "tcp", "srt")
_CONTAINERS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,gif,"
    "mjpeg,h264,hevc,m4v,ivf,obu,av1,nut,dv,mxf,rm,yuv4mpegpipe,apng,wtv,vc1"
)
_OPEN_S = 10.0
READ_S = 10.0


def load_av() -> ModuleType:
    """Import PyAV, and let it say nothing of its own on stderr."""
    import av

    av.logging.set_level(None)
    return av


def is_live(source: str) -> bool:
    """Tell whether a source is a camera or a stream, not a file."""
    return source.startswith(CAMERA) or _is_address(source)


def is_video_name(path: Path) -> bool:
    """Tell whether a file is a video by its name."""
    return path.suffix.lower() in VIDEO_SUFFIXES


def named(source: str) -> str:
    """Return what a source is called in a sentence; without a password."""
    if not _is_address(source):
        return source if source.startswith(CAMERA) else Path(source).name
    scheme, _, rest = source.partition("://")
    place, slash, path = rest.partition("/")
    return f"{scheme}://{place.rpartition('@')[2]}{slash}{path}"


def without_password(source: str) -> str:
    """Return an address without its password; the user's name stays."""
    scheme, mark, rest = source.partition("://")
    place, slash, path = rest.partition("/")
    user, at, host = place.rpartition("@")
    if not mark or ":" not in user:
        return source
    return f"{scheme}://{user.partition(':')[0]}{at}{host}{slash}{path}"


def file_size(source: str) -> int:
    """Return the bytes of a file; 0 where there is none."""
    try:
        return Path(source).stat().st_size
    except OSError:
        return 0


@contextmanager
def reading_errors() -> Iterator[list[Exception]]:
    """Let what FFmpeg and the disk raise end the block, and keep it in the list."""
    av = load_av()
    errors: list[Exception] = []
    try:
        yield errors
    except (av.FFmpegError, OSError) as error:
        errors.append(error)


@contextmanager
def open_video(source: str) -> "Iterator[InputContainer]":
    """Open a file or a stream, and close it behind the block.

    Raises
    ------
    VideoReadError
        It is not there, is no video, or does not answer.
    """
    container = connect(source)
    try:
        yield container
    finally:
        container.close()


def connect(source: str) -> "InputContainer":
    """Open a file or a stream; the caller closes it.

    Raises
    ------
    VideoReadError
        It is not there, is no video, or does not answer.
    """
    av = load_av()
    container: InputContainer
    try:
        if _is_address(source):
            options = {"rtsp_transport": "tcp"} if source.startswith("rtsp") else {}
            container = av.open(source, options=options, timeout=(_OPEN_S, READ_S))
        else:
            container = av.open(
                f"file:{Path(source).absolute()}",
                container_options={
                    "format_whitelist": _CONTAINERS,
                    "protocol_whitelist": "file",
                },
                metadata_errors="replace",
            )
    except (av.FFmpegError, OSError, ValueError) as error:
        raise _not_opened(source, error) from error
    return container


def video_stream(container: "InputContainer", source: str) -> "VideoStream":
    """Return the video track, ready to be decoded by several threads.

    Raises
    ------
    VideoReadError
        There is none, or none that this FFmpeg can decode.
    """
    av = load_av()
    for stream in container.streams.video:
        if stream.disposition & av.stream.Disposition.attached_pic:
            continue  # the cover of a song
        if stream.codec_context is None:
            raise VideoReadError(
                tr("{named} was not opened.", named=named(source)),
                cause=tr("It is compressed in a way that is not known here."),
                hint=tr("Convert it to H.264 in an .mp4 file."),
            )
        if not stream.codec_context.is_open:
            stream.thread_type = "AUTO"
        return stream
    raise VideoReadError(
        tr("{named} was not opened.", named=named(source)),
        cause=tr("It has no video track."),
        hint=tr("Choose a file with pictures in it."),
    )


def _is_address(source: str) -> bool:
    return source.partition("://")[0].lower() in _SCHEMES and "://" in source


def _not_opened(source: str, error: Exception) -> VideoReadError:
    cause, hint = (_address_words if _is_address(source) else _file_words)(
        source, error
    )
    return VideoReadError(
        tr("{named} was not opened.", named=named(source)),
        cause=cause,
        hint=hint,
        # The address in it may hold a password.
        detail=str(error).replace(source, named(source)),
    )


def _address_words(_source: str, error: Exception) -> tuple[str, str]:
    if isinstance(error, TimeoutError):
        return (
            tr("It did not answer within {open_s:g} seconds.", open_s=_OPEN_S),
            tr("Check that the camera is on and reachable from this machine."),
        )
    kind = type(error).__name__
    if "Unauthorized" in kind or "Forbidden" in kind:
        return (
            tr("It asks for a name and a password, or does not take the ones given."),
            tr("Give them in the address: rtsp://name:password@host/path."),
        )
    reason = getattr(error, "strerror", None) or str(error)
    return tr("{words}.", words=reason), tr(
        "Check the address, and that the sender is running."
    )


def _file_words(source: str, error: Exception) -> tuple[str, str]:
    path = Path(source)
    if isinstance(error, FileNotFoundError) or not path.exists():
        return tr("{path} is not there.", path=path), tr("Check its name.")
    if path.is_dir():
        return tr("{path} is a folder.", path=path), tr("Choose a file.")
    if isinstance(error, PermissionError):
        return tr("You may not read it."), tr("Have its owner give you the right to.")
    if not file_size(source):
        return tr("It is empty."), tr("Copy it again.")
    with path.open("rb") as file:
        head = file.read(12)
    if head[4:8] == b"ftyp":
        return (
            tr(
                "Its table of contents is missing or broken, as when a recording or a "
                "copy was cut off."
            ),
            tr("Copy it again; a repair tool for .mp4 files may save what is there."),
        )
    return (
        tr("It is no video in a container that SegDesk knows."),
        tr("Convert it to H.264 in an .mp4 file."),
    )

"""What the dialog of a batch says of images, time and room."""

from segdesk.app.batch.estimate import BatchEstimate
from segdesk.app.batch.finding import FoundImages, MeasuredImages
from segdesk.core.language import plural, tr
from segdesk.gui.item_models import figures

_GIGA, _MEGA = 1e9, 1e6


def count_words(found: FoundImages | None) -> str:
    """Return "1,280 images"."""
    if found is None:
        return ""
    return plural(
        found.count, "1 image", "{count} images", count=figures.number(found.count)
    )


def size_words(measured: MeasuredImages | None) -> str:
    """Return "4.1 GP, 0.8 to 6.0 MP each"."""
    if measured is None:
        return ""
    whole = measured.pixels
    unit, name = (_GIGA, "GP") if whole >= _GIGA else (_MEGA, "MP")
    about = "" if measured.is_whole else "about "
    words = tr(
        "{roughly}{number} {name}",
        roughly=about,
        number=figures.decimal(whole / unit, 1),
        name=name,
    )
    least, most = (_megapixels(side) for side in (measured.least, measured.most))
    if measured.looked_at == 1 and measured.is_whole:
        return words
    return (
        tr("{words}, {least} MP each", words=words, least=least)
        if least == most
        else (
            tr(
                "{words}, {least} to {most} MP each",
                words=words,
                least=least,
                most=most,
            )
        )
    )


def estimate_words(estimate: BatchEstimate | None, count: int) -> str:
    """Return "About 2 min 40 s and 1.9 GB on disk. It goes on where …"."""
    goes_on = tr("It goes on where it was if stopped.")
    if estimate is None or not count:
        return goes_on
    if estimate.done >= count:
        return tr("Everything is there already.")
    if estimate.done:
        goes_on = tr("{done} are there already.", done=figures.number(estimate.done))
    room = tr(
        "{megabytes} on disk",
        megabytes=figures.megabytes(max(estimate.size_bytes, 100000.0)),
    )
    if estimate.seconds is None:
        if not estimate.size_bytes:
            return goes_on
        return tr("About {room}. {goes_on}", room=room, goes_on=goes_on)
    time = _rough(estimate.seconds)
    if not estimate.size_bytes:
        return tr("About {time}. {goes_on}", time=time, goes_on=goes_on)
    return tr(
        "About {time} and {room}. {goes_on}", time=time, room=room, goes_on=goes_on
    )


def _megapixels(pixels: int) -> str:
    value = pixels / _MEGA
    return figures.decimal(value, 1 if value >= 0.1 else 2)


def _rough(seconds: float) -> str:
    """Return a reckoned time: to ten seconds below ten minutes, else to the minute."""
    if seconds < 10 or seconds >= 600:
        return figures.rough_duration(seconds)
    return figures.duration(round(seconds / 10) * 10)

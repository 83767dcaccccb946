"""Memory and time of a training in words."""

from segdesk.app.training.estimate import Estimate
from segdesk.core.language import tr
from segdesk.gui.item_models import figures

_HOUR, _MINUTE = 3600, 60


def memory_words(found: Estimate | None, total_mb: float | None) -> str:
    """Return "2.4 of 8.0 GB"; what is not known is left out."""
    total = "" if total_mb is None else figures.decimal(total_mb / 1000, 1)
    if found is None:
        return tr("– of {total} GB", total=total) if total else "–"
    used = figures.decimal(found.memory_mb / 1000, 1)
    return tr("{used} of {total} GB", used=used, total=total) if total else f"{used} GB"


def time_words(found: Estimate | None) -> str:
    """Return how long it takes: "38 min"."""
    if found is None:
        return "–"
    seconds = found.seconds
    if seconds < 90:
        return tr("{seconds} s", seconds=max(1, round(seconds)))
    if seconds < 2 * _HOUR:
        return tr("{seconds} min", seconds=round(seconds / _MINUTE))
    return tr("{number} h", number=figures.decimal(seconds / _HOUR, 1))


def pace_words(found: Estimate | None) -> str:
    """Return what one iteration takes."""
    if found is None:
        return tr("Probe measures memory and time")
    digits = 2 if found.iteration_s < 10 else 1
    return tr(
        "{number} s per iteration, probed",
        number=figures.decimal(found.iteration_s, digits),
    )

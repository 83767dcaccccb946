"""Numbers as the panels write them, in the user's locale."""

from PySide6.QtCore import QLocale

from segdesk.core.language import tr

NONE = "–"
_MINUTE_S = 60
_HOUR_S = 3600


def locale() -> QLocale:
    """Return the user's locale; where the system names none, English."""
    own = QLocale()
    if own.language() is QLocale.Language.C:
        return QLocale(QLocale.Language.English, QLocale.Country.UnitedStates)
    return own


def number(value: int) -> str:
    """Return a count: "8,000"."""
    return locale().toString(value)


def decimal(value: float, digits: int) -> str:
    """Return a number with `digits` after the point: "72.9"."""
    return locale().toString(float(value), "f", digits)


def share(value: float) -> str:
    """Return a share, 0-1, as "12.4%"; what is there but tiny is "<0.1%"."""
    if 0 < value < 0.0005:
        return f"<{decimal(0.1, 1)}%"
    if value >= 0.9995:
        return f"{number(100)}%"
    return f"{decimal(value * 100, 1)}%"


def whole_percent(value: float) -> str:
    """Return a share, 0-1, as "42%"."""
    return f"{number(round(value * 100))}%"


def confidence(value: float | None) -> str:
    """Return a confidence, 0-1, as "0.91"."""
    return NONE if value is None else decimal(value, 2)


def megapixels(pixels: int) -> str:
    """Return a size of an image as "1.19 MP"."""
    return f"{decimal(pixels / 1e6, 2)} MP"


def size(width: int, height: int) -> str:
    """Return width and height in px as "1126 × 1058"."""
    return tr("{width} × {height}", width=width, height=height)


def megabytes(count: float) -> str:
    """Return bytes as "187 MB", "7.4 MB", "1.2 GB"."""
    if count >= 999.5e6:
        return f"{decimal(count / 1e9, 1)} GB"
    return f"{decimal(count / 1e6, 0 if count >= 9.95e6 else 1)} MB"


def duration(seconds: float) -> str:
    """Return a time in one or two units: "8 s", "3 min 5 s", "2 h 10 min"."""
    whole = max(0, round(seconds))
    if whole < _MINUTE_S:
        return tr("{whole} s", whole=number(whole))
    if whole < _HOUR_S:
        minutes, rest = divmod(whole, _MINUTE_S)
        return (
            tr("{minutes} min", minutes=minutes)
            if rest == 0
            else tr("{minutes} min {rest} s", minutes=minutes, rest=rest)
        )
    hours, rest = divmod(round(whole / _MINUTE_S), 60)
    return (
        tr("{hours} h", hours=number(hours))
        if rest == 0
        else tr("{hours} h {rest} min", hours=number(hours), rest=rest)
    )


def rough_duration(seconds: float) -> str:
    """Return a time that is only reckoned: "40 s", "3 min", "2 h 10 min"."""
    if seconds < _MINUTE_S:
        return duration(max(1.0, seconds))
    return duration(round(seconds / _MINUTE_S) * _MINUTE_S)


def short_duration(seconds: float) -> str:
    """Return how long something took: "0.4 s", "8 s", "3 min 5 s"."""
    if seconds < 9.95:
        return tr("{number} s", number=decimal(seconds, 1))
    return duration(seconds)


def rate(per_second: float) -> str:
    """Return how fast something goes: "12/s", "0.4/s"; slower ones by minute."""
    if per_second >= 9.95:
        return f"{number(round(per_second))}/s"
    if per_second >= 0.095:
        return f"{decimal(per_second, 1)}/s"
    return f"{decimal(per_second * 60, 1)}/min"

"""Preferences of how the window looks and what it speaks."""

from dataclasses import dataclass

from segdesk.app.settings import choices as choices_of
from segdesk.app.settings.schema import Applies, Group, setting
from segdesk.core.language import LANGUAGES, tr


@dataclass(frozen=True, slots=True)
class LookPreferences:
    """How the window looks, how large, and in which language it speaks."""

    language: str = setting(
        "system",
        Group.LOOK,
        tr("Language"),
        tr("Of the window. The command line and log files are in English."),
        choices={"system": tr("As the system"), **LANGUAGES},
        words="english chinese 中文 语言",
    )
    theme: str = setting(
        "dark",
        Group.LOOK,
        tr("Theme"),
        tr("Colours of the window. Image work starts dark."),
        choices=choices_of.THEMES,
        words=tr("light night colour appearance"),
    )
    text_scale: float = setting(
        1.0,
        Group.LOOK,
        tr("Size of text"),
        tr("Letters of the window; rows grow with them."),
        low=0.9,
        high=1.5,
        words=tr("font letters larger"),
    )
    ui_scale: str = setting(
        "system",
        Group.LOOK,
        tr("Size of everything"),
        tr("Letters, buttons and spaces together, for screens with fine pixels."),
        choices=choices_of.SCALES,
        applies=Applies.START,
        words=tr("scale zoom dpi high-dpi display"),
    )
    high_contrast: bool = setting(
        False,
        Group.LOOK,
        tr("High contrast"),
        tr("Stronger edges and a wider ring round what has the keyboard."),
        words=tr("accessibility border focus"),
    )
    reduce_motion: bool = setting(
        False,
        Group.LOOK,
        tr("Reduce motion"),
        tr("Nothing slides or fades."),
        words=tr("animation accessibility"),
    )
    tooltips: bool = setting(
        True,
        Group.LOOK,
        tr("Tooltips"),
        tr("Say name and key of a control when the pointer rests on it."),
        words=tr("hints help"),
    )
    toast_s: int = setting(
        4,
        Group.LOOK,
        tr("Short messages stay"),
        tr("How long a line says what was done; twice as long where it offers Undo."),
        low=2,
        high=60,
        unit=tr("s"),
        words=tr("toast notice notification"),
    )
